//! Mailboxes and the ledger of their folders.

use crate::{
    makers::{NOW, delivery, keep, mailbox, settings},
    support::{Db, both},
};
use desk::{
    ids::MailboxId,
    mailbox::{PastMail, Switch},
};
use serde_json::json;
use store::{
    StoreError, Tx,
    folders::{self, FolderRow, NewFolder},
    mailboxes,
};

both! {
    a_mailbox_comes_back_as_it_was_written
    a_mailbox_is_changed_over_the_version_that_was_seen
    the_address_of_a_removed_mailbox_is_free_again
    health_is_no_change_of_the_settings
    a_folder_is_known_from_its_first_connection_on
    live_mail_only_advances
    another_account_may_use_the_same_numbers
    past_mail_is_counted_down
    another_numbering_of_the_server_begins_again
}

async fn a_mailbox_comes_back_as_it_was_written(db: Db) {
    let mut tx = db.begin().await.unwrap();
    let written = settings("Support@Example.jp");
    let id = mailboxes::add(&mut tx, &written, NOW).await.unwrap();
    let row = mailboxes::get(&mut tx, id).await.unwrap().unwrap();
    assert_eq!(row.settings, written);
    assert_eq!((row.version, row.created_at, row.deleted_at, &row.health), (1, NOW, None, &json!({})));
    assert_eq!(mailboxes::by_address(&mut tx, "SUPPORT@example.JP").await.unwrap(), Some(row.clone()));
    assert_eq!(mailboxes::list(&mut tx).await.unwrap(), [row]);
    assert_eq!(mailboxes::get(&mut tx, MailboxId(99)).await.unwrap(), None);
}

async fn a_mailbox_is_changed_over_the_version_that_was_seen(db: Db) {
    let mut tx = db.begin().await.unwrap();
    let id = mailbox(&mut tx, "support@example.jp").await;
    let mut changed = settings("help@example.jp");
    changed.sending = Switch::On;
    changed.outgoing_port = Some(587);
    changed.catch_all = true;
    mailboxes::update(&mut tx, id, 1, &changed).await.unwrap();
    assert!(matches!(mailboxes::update(&mut tx, id, 1, &changed).await, Err(StoreError::Conflict)));
    let row = mailboxes::by_address(&mut tx, "help@example.jp").await.unwrap().unwrap();
    assert_eq!((row.settings, row.version), (changed, 2));
}

async fn the_address_of_a_removed_mailbox_is_free_again(db: Db) {
    let mut tx = db.begin().await.unwrap();
    let id = mailbox(&mut tx, "support@example.jp").await;
    assert!(matches!(mailboxes::delete(&mut tx, id, 7, NOW).await, Err(StoreError::Conflict)));
    mailboxes::delete(&mut tx, id, 1, NOW).await.unwrap();
    assert_eq!(mailboxes::by_address(&mut tx, "support@example.jp").await.unwrap(), None);
    assert_eq!(mailboxes::get(&mut tx, id).await.unwrap().unwrap().deleted_at, Some(NOW));
    let next = mailbox(&mut tx, "support@example.jp").await;
    assert_ne!(next, id);
    tx.commit().await.unwrap();
    let mut tx = db.begin().await.unwrap();
    let taken = mailboxes::add(&mut tx, &settings("SUPPORT@example.jp"), NOW).await;
    assert!(matches!(taken, Err(StoreError::Conflict)));
}

async fn health_is_no_change_of_the_settings(db: Db) {
    let mut tx = db.begin().await.unwrap();
    let id = mailbox(&mut tx, "support@example.jp").await;
    let health = json!({"state": "failing", "code": "login_refused", "said": "535 5.7.8"});
    mailboxes::set_health(&mut tx, id, &health).await.unwrap();
    mailboxes::set_self_test(&mut tx, id, true).await.unwrap();
    let row = mailboxes::get(&mut tx, id).await.unwrap().unwrap();
    assert_eq!((row.health, row.settings.self_test_passed, row.version), (health, true, 1));
    let gone = mailboxes::set_health(&mut tx, MailboxId(99), &json!({})).await;
    assert!(matches!(gone, Err(StoreError::NotFound)));
}

fn inbox(mailbox: MailboxId) -> NewFolder {
    NewFolder {
        mailbox,
        name: "INBOX".to_owned(),
        kind: "inbox".to_owned(),
        uidvalidity: u32::MAX,
        live_from_uid: 101,
        past_total: 70,
    }
}

async fn only(tx: &mut Tx, mailbox: MailboxId) -> FolderRow {
    let mut rows = folders::list(tx, mailbox).await.unwrap();
    assert_eq!(rows.len(), 1);
    rows.remove(0)
}

async fn a_folder_is_known_from_its_first_connection_on(db: Db) {
    let mut tx = db.begin().await.unwrap();
    let mailbox = mailbox(&mut tx, "support@example.jp").await;
    let row = folders::upsert(&mut tx, &inbox(mailbox), NOW).await.unwrap();
    assert_eq!((row.uidvalidity, row.live_from_uid, row.last_uid), (u32::MAX, 101, 100));
    assert_eq!((row.past_state, row.past_below, row.past_total, row.past_taken), (PastMail::Off, 101, 70, 0));
    folders::looked(&mut tx, row.id, 71, NOW + 1).await.unwrap();
    let seen = only(&mut tx, mailbox).await;
    assert_eq!((seen.on_server, seen.looked_at, seen.connected_at), (71, Some(NOW + 1), NOW));
}

async fn live_mail_only_advances(db: Db) {
    let mut tx = db.begin().await.unwrap();
    let mailbox = mailbox(&mut tx, "support@example.jp").await;
    let id = folders::upsert(&mut tx, &inbox(mailbox), NOW).await.unwrap().id;
    folders::advance(&mut tx, id, 105, 5).await.unwrap();
    folders::advance(&mut tx, id, 103, 3).await.unwrap();
    let row = only(&mut tx, mailbox).await;
    assert_eq!((row.last_uid, row.live_taken), (105, 8), "what came beyond a mail that was held back counts");
}

async fn another_account_may_use_the_same_numbers(db: Db) {
    let mut tx = db.begin().await.unwrap();
    let mailbox = mailbox(&mut tx, "support@example.jp").await;
    folders::upsert(&mut tx, &inbox(mailbox), NOW).await.unwrap();
    keep(&mut tx, b"one", &delivery(mailbox, 7)).await;
    assert!(keep(&mut tx, b"two", &delivery(mailbox, 7)).await.already_delivered);
    folders::forget_numbers(&mut tx, mailbox).await.unwrap();
    assert_eq!(only(&mut tx, mailbox).await.uidvalidity, 0);
    assert!(!keep(&mut tx, b"two", &delivery(mailbox, 7)).await.already_delivered);
}

async fn past_mail_is_counted_down(db: Db) {
    let mut tx = db.begin().await.unwrap();
    let mailbox = mailbox(&mut tx, "support@example.jp").await;
    let id = folders::upsert(&mut tx, &inbox(mailbox), NOW).await.unwrap().id;
    folders::set_past(&mut tx, mailbox, PastMail::Running).await.unwrap();
    folders::past_progress(&mut tx, id, 51, 40).await.unwrap();
    let row = only(&mut tx, mailbox).await;
    assert_eq!((row.past_state, row.past_below, row.past_taken), (PastMail::Running, 51, 40));
    folders::past_done(&mut tx, id).await.unwrap();
    let row = only(&mut tx, mailbox).await;
    assert_eq!((row.past_state, row.past_below, row.past_taken), (PastMail::Done, 101, 40));
}

async fn another_numbering_of_the_server_begins_again(db: Db) {
    let mut tx = db.begin().await.unwrap();
    let mailbox = mailbox(&mut tx, "support@example.jp").await;
    let id = folders::upsert(&mut tx, &inbox(mailbox), NOW).await.unwrap().id;
    folders::advance(&mut tx, id, 105, 5).await.unwrap();
    let renumbered = NewFolder { uidvalidity: 7, live_from_uid: 1, past_total: 0, ..inbox(mailbox) };
    let row = folders::upsert(&mut tx, &renumbered, NOW + 9).await.unwrap();
    assert_eq!((row.id, row.uidvalidity, row.live_from_uid, row.last_uid), (id, 7, 1, 0));
    assert_eq!((row.connected_at, row.live_taken), (NOW, 5), "when it was connected and what was taken stay");
}
