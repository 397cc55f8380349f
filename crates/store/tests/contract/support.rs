//! A fresh database for each test: a temporary file, or a copy of a migrated PostgreSQL template.

use sqlx::{Connection, PgConnection, Postgres, QueryBuilder, Row};
use std::{
    future::Future,
    ops::Deref,
    panic::{AssertUnwindSafe, catch_unwind, resume_unwind},
    sync::atomic::{AtomicU32, Ordering},
};
use store::{Store, Url};

/// Which database a test runs on.
#[derive(Debug, Clone, Copy)]
pub enum On {
    Sqlite,
    Postgres,
}

/// An open, fresh database.
#[derive(Clone)]
pub struct Db {
    pub store: Store,
    pub url: Url,
}

impl Deref for Db {
    type Target = Store;
    fn deref(&self) -> &Store {
        &self.store
    }
}

/// One test on both databases.
macro_rules! both {
    ($($name:ident)+) => {$(
        mod $name {
            #[test]
            fn on_sqlite() {
                crate::support::run(crate::support::On::Sqlite, super::$name);
            }
            #[test]
            fn on_postgres() {
                crate::support::run(crate::support::On::Postgres, super::$name);
            }
        }
    )+};
}
pub(crate) use both;

/// Runs a test on a fresh database and removes it, whatever the test's end.
pub fn run<F, Fut>(on: On, test: F)
where
    F: FnOnce(Db) -> Fut,
    Fut: Future<Output = ()>,
{
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let (url, folder) = match on {
        On::Sqlite => {
            let folder = tempfile::tempdir().unwrap();
            (Url::Sqlite(folder.path().join("henji.db")), Some(folder))
        }
        On::Postgres => (runtime.block_on(copy_of_template()), None),
    };
    let outcome = catch_unwind(AssertUnwindSafe(|| {
        runtime.block_on(async {
            let db = Db { store: Store::open(&url).await.unwrap(), url: url.clone() };
            test(db.clone()).await;
            db.close().await;
        });
    }));
    if let Url::Postgres(url) = &url {
        runtime.block_on(drop_database(url));
    }
    drop(folder);
    if let Err(panic) = outcome {
        resume_unwind(panic);
    }
}

/// The server that the tests may use, with a database they may connect to.
#[expect(clippy::disallowed_methods, reason = "tests are told the server by the program that started it")]
fn server() -> String {
    std::env::var("HENJI_TEST_POSTGRES")
        .expect("no PostgreSQL for tests (HENJI_TEST_POSTGRES is not set): run make test, which starts one")
}

/// The URL of another database on the same server.
fn database(name: &str) -> String {
    let server = server();
    let (base, _) = server.rsplit_once('/').expect("HENJI_TEST_POSTGRES ends in /postgres");
    format!("{base}/{name}")
}

/// A database of this test's own, made from the template.
async fn copy_of_template() -> Url {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let mut admin = PgConnection::connect(&server()).await.unwrap();
    let template = template(&mut admin).await;
    let name = format!("henji_test_{}_{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
    // What an earlier run with the same process id left behind after it was killed.
    execute(&mut admin, &["drop database if exists ", &name, " with (force)"]).await;
    execute(&mut admin, &["create database ", &name, " template ", &template]).await;
    Url::Postgres(database(&name))
}

async fn drop_database(url: &str) {
    let name = url.rsplit('/').next().unwrap();
    let mut admin = PgConnection::connect(&server()).await.unwrap();
    execute(&mut admin, &["drop database ", name, " with (force)"]).await;
}

/// The migrated template; its name changes with the migrations. Of all test processes one makes it, under a lock of the
/// server, the others wait; it is marked as a template only when it is complete.
async fn template(admin: &mut PgConnection) -> String {
    const LOCK: &str = "select pg_advisory_lock(7406)";
    const UNLOCK: &str = "select pg_advisory_unlock(7406)";
    const COMPLETE: &str = "select datistemplate from pg_database where datname = $1";
    let name = format!("henji_template_{}", &hex(&store::blobs::hash(migrations().as_bytes()))[..16]);
    sqlx::query(LOCK).execute(&mut *admin).await.unwrap();
    let complete = sqlx::query(COMPLETE).bind(&name).fetch_optional(&mut *admin).await.unwrap();
    if !complete.is_some_and(|row| row.get(0)) {
        execute(admin, &["drop database if exists ", &name, " with (force)"]).await;
        execute(admin, &["create database ", &name]).await;
        let store = Store::open(&Url::Postgres(database(&name))).await.unwrap();
        store.close().await;
        execute(admin, &["alter database ", &name, " with is_template true"]).await;
    }
    sqlx::query(UNLOCK).execute(&mut *admin).await.unwrap();
    name
}

/// The text of all migrations of PostgreSQL.
fn migrations() -> String {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/migrations/postgres");
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files.iter().map(|file| std::fs::read_to_string(file).unwrap()).collect()
}

async fn execute(admin: &mut PgConnection, parts: &[&str]) {
    let mut statement: QueryBuilder<Postgres> = QueryBuilder::new("");
    for part in parts {
        statement.push(part);
    }
    statement.build().persistent(false).execute(admin).await.unwrap();
}

pub fn hex(bytes: &[u8]) -> String {
    bytes
        .iter()
        .flat_map(|byte| [byte >> 4, byte & 15])
        .filter_map(|half| char::from_digit(half.into(), 16))
        .collect()
}
