//! Opening, migrating, beginning, being busy.

use crate::support::{Db, both};
use std::sync::atomic::{AtomicU32, Ordering};
use store::{Store, StoreError, Url, settings};

use crate::makers::NOW;

both! {
    an_open_database_answers_and_has_nothing_to_migrate
    a_database_says_what_it_is_and_whether_it_is_sound
    eight_that_open_a_database_at_once_find_it_whole
    a_reader_cannot_write
    a_reader_does_not_wait_for_the_writer
    a_busy_action_is_run_again
    an_action_that_stays_busy_says_so
}

async fn an_open_database_answers_and_has_nothing_to_migrate(db: Db) {
    db.ping().await.unwrap();
    assert_eq!(db.pending_migrations().await.unwrap(), [""; 0]);
    let unmigrated = Store::connect(&db.url).await.unwrap();
    assert_eq!(unmigrated.pending_migrations().await.unwrap(), [""; 0]);
    unmigrated.close().await;
}

async fn a_database_says_what_it_is_and_whether_it_is_sound(db: Db) {
    let version = db.version().await.unwrap();
    let (name, sound) = if db.is_sqlite() { ("SQLite 3.", Some(Vec::new())) } else { ("PostgreSQL 1", None) };
    assert!(version.starts_with(name), "{version}");
    assert_eq!(db.integrity().await.unwrap(), sound);
}

#[tokio::test]
async fn a_file_without_tables_has_everything_to_migrate_and_looking_changes_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let url = Url::Sqlite(dir.path().join("henji.db"));
    for _ in 0..2 {
        let unmigrated = Store::connect(&url).await.unwrap();
        assert!(unmigrated.pending_migrations().await.unwrap()[0].starts_with("0001 "));
        unmigrated.close().await;
    }
}

async fn eight_that_open_a_database_at_once_find_it_whole(db: Db) {
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..8 {
        let url = db.url.clone();
        tasks.spawn(async move {
            let store = Store::open(&url).await.unwrap();
            let mut tx = store.begin().await.unwrap();
            assert_eq!(settings::get(&mut tx, "desk").await.unwrap(), None);
            drop(tx);
            store.close().await;
        });
    }
    assert_eq!(tasks.join_all().await.len(), 8);
}

async fn a_reader_cannot_write(db: Db) {
    let mut tx = db.read().await.unwrap();
    let written = settings::put(&mut tx, "desk", &serde_json::json!(1), 0, NOW).await;
    assert!(matches!(written, Err(StoreError::Broken(_))));
}

async fn a_reader_does_not_wait_for_the_writer(db: Db) {
    let mut writer = db.begin().await.unwrap();
    settings::put(&mut writer, "desk", &serde_json::json!(1), 0, NOW).await.unwrap();
    let mut reader = db.read().await.unwrap();
    assert_eq!(settings::get(&mut reader, "desk").await.unwrap(), None, "not committed");
    writer.commit().await.unwrap();
    let mut reader = db.read().await.unwrap();
    assert!(settings::get(&mut reader, "desk").await.unwrap().is_some());
}

async fn a_busy_action_is_run_again(_db: Db) {
    let runs = AtomicU32::new(0);
    let done = store::retry(|| async {
        if runs.fetch_add(1, Ordering::Relaxed) < 2 { Err(StoreError::Busy) } else { Ok(5) }
    });
    assert_eq!(done.await.unwrap(), 5);
    assert_eq!(runs.into_inner(), 3);
}

async fn an_action_that_stays_busy_says_so(_db: Db) {
    let runs = AtomicU32::new(0);
    let done: Result<(), StoreError> = store::retry(|| async {
        runs.fetch_add(1, Ordering::Relaxed);
        Err(StoreError::Busy)
    })
    .await;
    assert!(matches!(done, Err(StoreError::Busy)));
    assert_eq!(runs.into_inner(), 3);
}
