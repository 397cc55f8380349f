//! Drafts and their snapshots.

use crate::{
    makers::{NOW, agent, mailbox, ticket},
    support::{Db, both},
};
use desk::ids::{AgentId, TicketId};
use serde_json::json;
use store::{StoreError, Tx, drafts};

both! {
    a_draft_is_saved_over_the_version_that_was_seen
    of_two_who_begin_a_draft_at_once_one_has_it
    the_pen_is_handed_over_with_the_text
    a_removed_draft_leaves_a_snapshot
    a_version_is_never_used_twice
    a_reply_taken_back_has_its_draft_again
    snapshots_come_newest_first
    a_draft_moves_with_its_snapshots_to_a_ticket_without_one
}

async fn begun(tx: &mut Tx) -> (TicketId, AgentId) {
    let mailbox = mailbox(tx, "support@example.jp").await;
    (ticket(tx, mailbox, |_| {}).await.id, agent(tx, "hanako@example.jp").await)
}

async fn a_draft_is_saved_over_the_version_that_was_seen(db: Db) {
    let mut tx = db.begin().await.unwrap();
    let (ticket, hanako) = begun(&mut tx).await;
    assert_eq!(drafts::get(&mut tx, ticket).await.unwrap(), None);
    let body = json!({"text": "お問い合わせありがとうございます。", "cut": [[1, 2]]});
    assert_eq!(drafts::save(&mut tx, ticket, hanako, &json!({}), 0, NOW).await.unwrap(), 1);
    assert_eq!(drafts::save(&mut tx, ticket, hanako, &body, 1, NOW + 1).await.unwrap(), 2);
    for stale in [0, 1, 3] {
        let saved = drafts::save(&mut tx, ticket, hanako, &json!({}), stale, NOW + 2).await;
        assert!(matches!(saved, Err(StoreError::Conflict)), "{stale}");
    }
    let row = drafts::get(&mut tx, ticket).await.unwrap().unwrap();
    assert_eq!((row.body, row.version, row.begun_at, row.saved_at), (body, 2, NOW, NOW + 1));
    assert_eq!((row.writer, row.writer_name.as_str()), (hanako, "佐藤 花子"));
}

async fn of_two_who_begin_a_draft_at_once_one_has_it(db: Db) {
    let mut tx = db.begin().await.unwrap();
    let (ticket, hanako) = begun(&mut tx).await;
    tx.commit().await.unwrap();
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..2 {
        let db = db.clone();
        tasks.spawn(async move {
            let mut tx = db.begin().await.unwrap();
            let saved = drafts::save(&mut tx, ticket, hanako, &json!({}), 0, NOW).await;
            tx.commit().await.unwrap();
            saved.is_ok()
        });
    }
    let saved = tasks.join_all().await;
    assert_eq!(saved.iter().filter(|saved| **saved).count(), 1);
}

async fn the_pen_is_handed_over_with_the_text(db: Db) {
    let mut tx = db.begin().await.unwrap();
    let (ticket, hanako) = begun(&mut tx).await;
    let taro = agent(&mut tx, "taro@example.jp").await;
    drafts::save(&mut tx, ticket, hanako, &json!({"text": "a"}), 0, NOW).await.unwrap();
    assert!(matches!(drafts::take(&mut tx, ticket, taro, 9, NOW).await, Err(StoreError::Conflict)));
    assert_eq!(drafts::take(&mut tx, ticket, taro, 1, NOW + 1).await.unwrap(), 2);
    let row = drafts::get(&mut tx, ticket).await.unwrap().unwrap();
    assert_eq!((row.writer, row.body), (taro, json!({"text": "a"})));
}

async fn a_removed_draft_leaves_a_snapshot(db: Db) {
    let mut tx = db.begin().await.unwrap();
    let (ticket, hanako) = begun(&mut tx).await;
    drafts::save(&mut tx, ticket, hanako, &json!({"text": "a"}), 0, NOW).await.unwrap();
    assert!(matches!(drafts::delete(&mut tx, ticket, 2, "discarded", NOW).await, Err(StoreError::Conflict)));
    drafts::delete(&mut tx, ticket, 1, "discarded", NOW + 1).await.unwrap();
    assert_eq!(drafts::get(&mut tx, ticket).await.unwrap(), None);
    let kept = drafts::versions(&mut tx, ticket, None, 10).await.unwrap();
    assert_eq!((kept[0].why.as_str(), &kept[0].body), ("discarded", &json!({"text": "a"})));
    assert!(matches!(drafts::delete(&mut tx, ticket, 1, "discarded", NOW).await, Err(StoreError::Conflict)));
}

async fn a_version_is_never_used_twice(db: Db) {
    let mut tx = db.begin().await.unwrap();
    let (ticket, hanako) = begun(&mut tx).await;
    drafts::save(&mut tx, ticket, hanako, &json!({}), 0, NOW).await.unwrap();
    drafts::save(&mut tx, ticket, hanako, &json!({}), 1, NOW).await.unwrap();
    drafts::delete(&mut tx, ticket, 2, "sent", NOW).await.unwrap();
    let next = drafts::save(&mut tx, ticket, hanako, &json!({}), 0, NOW).await.unwrap();
    assert_eq!(next, 3, "a page that still shows version 2 must not overwrite the new draft");
}

async fn a_reply_taken_back_has_its_draft_again(db: Db) {
    let mut tx = db.begin().await.unwrap();
    let (ticket, hanako) = begun(&mut tx).await;
    drafts::save(&mut tx, ticket, hanako, &json!({"text": "a"}), 0, NOW).await.unwrap();
    drafts::delete(&mut tx, ticket, 1, "sent", NOW + 5).await.unwrap();
    let body = json!({"text": "a"});
    assert_eq!(drafts::restore(&mut tx, ticket, hanako, &body, NOW, NOW + 9).await.unwrap(), 2);
    let row = drafts::get(&mut tx, ticket).await.unwrap().unwrap();
    assert_eq!((row.begun_at, row.saved_at, &row.body), (NOW, NOW + 9, &body));
    let again = drafts::restore(&mut tx, ticket, hanako, &body, NOW, NOW).await;
    assert!(matches!(again, Err(StoreError::Conflict)));
}

async fn snapshots_come_newest_first(db: Db) {
    let mut tx = db.begin().await.unwrap();
    let (ticket, hanako) = begun(&mut tx).await;
    drafts::snapshot(&mut tx, ticket, "time", NOW).await.unwrap();
    assert_eq!(drafts::last_snapshot_at(&mut tx, ticket).await.unwrap(), None, "there was no draft");
    drafts::save(&mut tx, ticket, hanako, &json!({}), 0, NOW).await.unwrap();
    for at in 1..4 {
        drafts::snapshot(&mut tx, ticket, "time", NOW + at).await.unwrap();
    }
    assert_eq!(drafts::last_snapshot_at(&mut tx, ticket).await.unwrap(), Some(NOW + 3));
    let newest = drafts::versions(&mut tx, ticket, None, 2).await.unwrap();
    assert_eq!(newest.iter().map(|kept| kept.at).collect::<Vec<_>>(), [NOW + 3, NOW + 2]);
    let rest = drafts::versions(&mut tx, ticket, Some(newest[1].id), 9).await.unwrap();
    assert_eq!(rest.iter().map(|kept| (kept.at, kept.version)).collect::<Vec<_>>(), [(NOW + 1, 1)]);
}

async fn a_draft_moves_with_its_snapshots_to_a_ticket_without_one(db: Db) {
    let mut tx = db.begin().await.unwrap();
    let (from, hanako) = begun(&mut tx).await;
    let sales = mailbox(&mut tx, "sales@example.jp").await;
    let into = ticket(&mut tx, sales, |_| {}).await.id;
    drafts::save(&mut tx, from, hanako, &json!({"text": "a"}), 0, NOW).await.unwrap();
    drafts::snapshot(&mut tx, from, "time", NOW).await.unwrap();
    drafts::move_to(&mut tx, from, into).await.unwrap();
    assert_eq!(drafts::get(&mut tx, from).await.unwrap(), None);
    let moved = drafts::get(&mut tx, into).await.unwrap().unwrap();
    assert_eq!((moved.body, moved.version), (json!({"text": "a"}), 2));
    assert_eq!(drafts::versions(&mut tx, into, None, 10).await.unwrap().len(), 1);
    drafts::save(&mut tx, from, hanako, &json!({}), 0, NOW).await.unwrap();
    assert!(matches!(drafts::move_to(&mut tx, from, into).await, Err(StoreError::Conflict)));
}
