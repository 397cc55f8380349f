//! What taking mail in asks: which UIDs are in the ledger, is a ticket made of old mail alone, is a job done already.

use crate::{
    makers::{NOW, agent, delivery, keep, mailbox, ticket},
    support::{Db, both},
};
use desk::{event::EventKind, job::Job};
use store::{
    events::{self, NewEvent},
    jobs, old_mail,
    originals::NewDelivery,
    uids::{self, Numbering},
};

both! {
    the_uids_of_one_numbering_are_told_in_their_order
    a_ticket_is_old_mail_alone_until_a_person_or_live_mail_touches_it
    a_job_that_another_hand_did_leaves_the_queue
}

async fn the_uids_of_one_numbering_are_told_in_their_order(db: Db) {
    let mut tx = db.begin().await.unwrap();
    let ours = mailbox(&mut tx, "support@example.jp").await;
    let other = mailbox(&mut tx, "sales@example.jp").await;
    for uid in [7, 3, 9, 5] {
        keep(&mut tx, b"a mail", &delivery(ours, uid)).await;
    }
    keep(&mut tx, b"a mail", &delivery(other, 4)).await;
    let known = delivery(ours, 6);
    let renumbered = NewDelivery { uidvalidity: known.uidvalidity.map(|old| old - 1), ..known.clone() };
    keep(&mut tx, b"a mail", &renumbered).await;
    let folder = known.folder.as_deref().unwrap();
    let numbering = Numbering { mailbox: ours, folder, uidvalidity: known.uidvalidity.unwrap() };
    assert_eq!(uids::taken(&mut tx, numbering, 1, u32::MAX, 100).await.unwrap(), [3, 5, 7, 9]);
    assert_eq!(uids::taken(&mut tx, numbering, 5, 7, 100).await.unwrap(), [5, 7]);
    assert_eq!(uids::taken(&mut tx, numbering, 1, 9, 2).await.unwrap(), [3, 5]);
}

async fn a_ticket_is_old_mail_alone_until_a_person_or_live_mail_touches_it(db: Db) {
    let mut tx = db.begin().await.unwrap();
    let mailbox = mailbox(&mut tx, "support@example.jp").await;
    let hanako = agent(&mut tx, "hanako@example.jp").await;
    for (kind, actor) in [(EventKind::MessageReceived, None), (EventKind::MessageJoined, Some(hanako))] {
        let ticket = ticket(&mut tx, mailbox, |_| {}).await;
        for old in [EventKind::TicketCreated, EventKind::MessageJoined, EventKind::MailUnreadable] {
            events::record(&mut tx, &NewEvent::of_ticket(old, &ticket, None, NOW)).await.unwrap();
        }
        assert!(old_mail::alone(&mut tx, ticket.id).await.unwrap());
        events::record(&mut tx, &NewEvent::of_ticket(kind, &ticket, actor, NOW)).await.unwrap();
        assert!(!old_mail::alone(&mut tx, ticket.id).await.unwrap());
    }
}

async fn a_job_that_another_hand_did_leaves_the_queue(db: Db) {
    let mut tx = db.begin().await.unwrap();
    let read = |delivery: i64| Job::ReadMail { delivery: delivery.into() };
    jobs::enqueue(&mut tx, &read(1), NOW, Some("one"), NOW).await.unwrap();
    jobs::enqueue(&mut tx, &read(2), NOW, Some("two"), NOW).await.unwrap();
    jobs::done_by_key(&mut tx, "one").await.unwrap();
    jobs::done_by_key(&mut tx, "never there").await.unwrap();
    let left = jobs::waiting(&mut tx, 0.into(), 10).await.unwrap();
    assert_eq!(left.iter().map(|job| job.dedup_key.as_deref()).collect::<Vec<_>>(), [Some("two")]);
}
