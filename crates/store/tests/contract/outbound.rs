//! The outbox.

use crate::{
    makers::{NOW, mailbox, message, reply, ticket},
    support::{Db, both},
};
use desk::{
    ids::{MessageId, OutboundId},
    outbound::State,
    ticket::Ticket,
};
use serde_json::json;
use store::{StoreError, Tx, messages, outbound};

both! {
    a_reply_waits_with_its_recipients
    a_message_id_leaves_once
    one_reply_is_taken_by_one_worker
    whoever_sends_gives_signs_of_life
    a_reply_that_should_have_left_is_found
    the_id_of_a_reply_taken_back_is_never_given_again
    twenty_replies_are_taken_once_each_by_four_workers
    a_reply_whose_worker_died_is_found
    what_a_server_said_is_kept
    a_reply_taken_back_is_gone
    undo_and_worker_never_both_win
    replies_are_listed_and_counted_by_state
}

async fn a_ticket(tx: &mut Tx) -> Ticket {
    let mailbox = mailbox(tx, "support@example.jp").await;
    ticket(tx, mailbox, |_| {}).await
}

async fn a_reply_waits_with_its_recipients(db: Db) {
    let mut tx = db.begin().await.unwrap();
    let ticket = a_ticket(&mut tx).await;
    let told = message(&mut tx, ticket.id, |_| {}).await;
    let id = reply(&mut tx, &ticket, "a@b", |reply| {
        reply.message = Some(told);
        reply.recipients.push("HANAKO@example.com".to_owned());
    })
    .await;
    let row = outbound::get(&mut tx, id).await.unwrap().unwrap();
    assert_eq!((row.state, row.not_before, row.attempts, row.version), (State::Held, NOW + 20_000, 0, 1));
    assert_eq!((row.number, &row.ticket_before), (ticket.number, &Some(json!({"status": "open"}))));
    let people = outbound::recipients(&mut tx, id).await.unwrap();
    let addresses: Vec<&str> = people.iter().map(|person| person.address.as_str()).collect();
    assert_eq!(addresses, ["a..b@docomo.ne.jp", "Hanako@example.com"], "each address once");
    assert_eq!(outbound::recipients_of_ticket(&mut tx, ticket.id).await.unwrap(), people);
    assert_eq!(outbound::by_message_id(&mut tx, "a@b").await.unwrap().as_ref(), Some(&row));
    assert_eq!(outbound::by_message(&mut tx, told).await.unwrap().as_ref(), Some(&row));
    assert_eq!(outbound::lock(&mut tx, id).await.unwrap().as_ref(), Some(&row));
    assert_eq!(outbound::of_ticket(&mut tx, ticket.id).await.unwrap(), [row]);
    assert_eq!(outbound::lock(&mut tx, OutboundId(99)).await.unwrap(), None);
    assert_eq!(outbound::by_message(&mut tx, MessageId(99)).await.unwrap(), None);
}

async fn a_message_id_leaves_once(db: Db) {
    let mut tx = db.begin().await.unwrap();
    let ticket = a_ticket(&mut tx).await;
    let id = reply(&mut tx, &ticket, "a@b", |_| {}).await;
    let row = outbound::get(&mut tx, id).await.unwrap().unwrap();
    let again = outbound::NewOutbound {
        ticket: row.ticket,
        message: None,
        mailbox: row.mailbox,
        channel: row.channel,
        message_id_header: row.message_id_header,
        bytes_sha256: row.bytes_sha256,
        size: row.size,
        envelope_from: String::new(),
        recipients: vec![],
        state: State::Queued,
        not_before: NOW,
        ticket_before: None,
        draft: None,
        automatic: true,
        agent: None,
    };
    assert!(matches!(outbound::add(&mut tx, &again, NOW).await, Err(StoreError::Conflict)));
}

async fn one_reply_is_taken_by_one_worker(db: Db) {
    let mut tx = db.begin().await.unwrap();
    let ticket = a_ticket(&mut tx).await;
    let id = reply(&mut tx, &ticket, "a@b", |reply| reply.state = State::Queued).await;
    assert_eq!(outbound::claim(&mut tx, id, "n1", NOW, NOW + 99).await.unwrap(), None, "not before its time");
    let taken = outbound::claim(&mut tx, id, "n1", NOW + 20_000, NOW + 99_000).await.unwrap().unwrap();
    assert_eq!((taken.state, taken.attempts, taken.version), (State::Sending, 1, 2));
    assert_eq!((taken.node.as_deref(), taken.lease_until), (Some("n1"), Some(NOW + 99_000)));
    assert_eq!(outbound::claim(&mut tx, id, "n2", NOW + 20_000, NOW + 99_000).await.unwrap(), None);
}

async fn whoever_sends_gives_signs_of_life(db: Db) {
    let mut tx = db.begin().await.unwrap();
    let ticket = a_ticket(&mut tx).await;
    let id = reply(&mut tx, &ticket, "a@b", |reply| reply.not_before = NOW).await;
    assert!(!outbound::renew(&mut tx, id, "n1", NOW + 50).await.unwrap(), "nobody sends it yet");
    outbound::claim(&mut tx, id, "n1", NOW, NOW + 10).await.unwrap().unwrap();
    assert!(outbound::renew(&mut tx, id, "n1", NOW + 50).await.unwrap());
    assert!(!outbound::renew(&mut tx, id, "n2", NOW + 90).await.unwrap(), "another node does not send it");
    assert_eq!(outbound::expired(&mut tx, NOW + 50, 10).await.unwrap(), []);
    assert_eq!(outbound::expired(&mut tx, NOW + 51, 10).await.unwrap().len(), 1);
}

async fn a_reply_that_should_have_left_is_found(db: Db) {
    let mut tx = db.begin().await.unwrap();
    let ticket = a_ticket(&mut tx).await;
    let late = reply(&mut tx, &ticket, "late@b", |reply| reply.not_before = NOW - 9).await;
    let taken = reply(&mut tx, &ticket, "taken@b", |reply| reply.not_before = NOW - 9).await;
    reply(&mut tx, &ticket, "later@b", |reply| reply.not_before = NOW).await;
    outbound::claim(&mut tx, taken, "n1", NOW, NOW + 10).await.unwrap().unwrap();
    let found = outbound::overdue(&mut tx, NOW, 10).await.unwrap();
    assert_eq!(found.iter().map(|row| row.id).collect::<Vec<_>>(), [late]);
}

async fn the_id_of_a_reply_taken_back_is_never_given_again(db: Db) {
    let mut tx = db.begin().await.unwrap();
    let ticket = a_ticket(&mut tx).await;
    let told = message(&mut tx, ticket.id, |_| {}).await;
    let first = reply(&mut tx, &ticket, "first@b", |reply| reply.message = Some(told)).await;
    let row = outbound::get(&mut tx, first).await.unwrap().unwrap();
    outbound::delete(&mut tx, &row).await.unwrap();
    messages::delete(&mut tx, told).await.unwrap();
    let again = message(&mut tx, ticket.id, |_| {}).await;
    let second = reply(&mut tx, &ticket, "second@b", |reply| reply.message = Some(again)).await;
    assert!(second > first && again > told);
}

async fn twenty_replies_are_taken_once_each_by_four_workers(db: Db) {
    let mut tx = db.begin().await.unwrap();
    let ticket = a_ticket(&mut tx).await;
    let mut all = Vec::new();
    for n in 0..20 {
        all.push(reply(&mut tx, &ticket, &format!("{n}@b"), |reply| reply.not_before = NOW).await);
    }
    tx.commit().await.unwrap();
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..4 {
        let (db, all) = (db.clone(), all.clone());
        tasks.spawn(async move {
            let mut mine = Vec::new();
            for id in all {
                let mut tx = db.begin().await.unwrap();
                let taken = outbound::claim(&mut tx, id, "n", NOW, NOW + 99_000).await.unwrap();
                tx.commit().await.unwrap();
                mine.extend(taken.map(|row| row.id));
            }
            mine
        });
    }
    let mut taken: Vec<OutboundId> = tasks.join_all().await.into_iter().flatten().collect();
    assert_eq!(taken.len(), 20);
    taken.sort();
    taken.dedup();
    assert_eq!(taken.len(), 20);
}

async fn a_reply_whose_worker_died_is_found(db: Db) {
    let mut tx = db.begin().await.unwrap();
    let ticket = a_ticket(&mut tx).await;
    let id = reply(&mut tx, &ticket, "a@b", |reply| reply.not_before = NOW).await;
    outbound::claim(&mut tx, id, "n1", NOW, NOW + 60).await.unwrap().unwrap();
    assert_eq!(outbound::expired(&mut tx, NOW + 60, 10).await.unwrap(), []);
    let lost = outbound::expired(&mut tx, NOW + 61, 10).await.unwrap();
    assert_eq!(lost.iter().map(|row| row.id).collect::<Vec<_>>(), [id]);
}

async fn what_a_server_said_is_kept(db: Db) {
    let mut tx = db.begin().await.unwrap();
    let ticket = a_ticket(&mut tx).await;
    let id = reply(&mut tx, &ticket, "a@b", |reply| reply.not_before = NOW).await;
    let mut row = outbound::claim(&mut tx, id, "n1", NOW, NOW + 60).await.unwrap().unwrap();
    let mut stale = row.clone();
    row.state = State::Accepted;
    row.answer = Some("250 2.0.0 Ok: queued as 4F1".to_owned());
    row.sent_at = Some(NOW + 5);
    row.lease_until = None;
    outbound::save(&mut tx, &mut row).await.unwrap();
    assert_eq!(outbound::get(&mut tx, id).await.unwrap(), Some(row));
    assert!(matches!(outbound::save(&mut tx, &mut stale).await, Err(StoreError::Conflict)));
    let mut person = outbound::recipients(&mut tx, id).await.unwrap().remove(1);
    person.state = State::Refused;
    person.answer = Some("550 5.1.1 unknown".to_owned());
    outbound::save_recipient(&mut tx, &person).await.unwrap();
    assert_eq!(outbound::recipients(&mut tx, id).await.unwrap()[1], person);
    person.id = 99;
    assert!(matches!(outbound::save_recipient(&mut tx, &person).await, Err(StoreError::NotFound)));
}

async fn a_reply_taken_back_is_gone(db: Db) {
    let mut tx = db.begin().await.unwrap();
    let ticket = a_ticket(&mut tx).await;
    let told = message(&mut tx, ticket.id, |_| {}).await;
    let id = reply(&mut tx, &ticket, "a@b", |reply| reply.message = Some(told)).await;
    let row = outbound::lock(&mut tx, id).await.unwrap().unwrap();
    outbound::delete(&mut tx, &row).await.unwrap();
    messages::delete(&mut tx, told).await.unwrap();
    assert_eq!(outbound::get(&mut tx, id).await.unwrap(), None);
    assert_eq!(outbound::recipients(&mut tx, id).await.unwrap(), []);
    assert!(matches!(outbound::delete(&mut tx, &row).await, Err(StoreError::Conflict)));
}

async fn undo_and_worker_never_both_win(db: Db) {
    let mut tx = db.begin().await.unwrap();
    let ticket = a_ticket(&mut tx).await;
    let id = reply(&mut tx, &ticket, "a@b", |reply| reply.not_before = NOW).await;
    tx.commit().await.unwrap();
    let worker = async {
        let mut tx = db.begin().await.unwrap();
        let taken = outbound::claim(&mut tx, id, "n", NOW, NOW + 60).await.unwrap();
        tx.commit().await.unwrap();
        taken.is_some()
    };
    let undo = async {
        let mut tx = db.begin().await.unwrap();
        let row = outbound::lock(&mut tx, id).await.unwrap().filter(|row| row.state == State::Held);
        if let Some(row) = &row {
            outbound::delete(&mut tx, row).await.unwrap();
        }
        tx.commit().await.unwrap();
        row.is_some()
    };
    let (sent, undone) = tokio::join!(worker, undo);
    assert!(sent != undone, "sent {sent}, undone {undone}");
}

async fn replies_are_listed_and_counted_by_state(db: Db) {
    let mut tx = db.begin().await.unwrap();
    let ticket = a_ticket(&mut tx).await;
    let held = reply(&mut tx, &ticket, "a@b", |_| {}).await;
    let unknown = reply(&mut tx, &ticket, "c@d", |reply| reply.state = State::Unknown).await;
    reply(&mut tx, &ticket, "e@f", |reply| reply.state = State::Accepted).await;
    let listed = outbound::list(&mut tx, Some(State::Unknown), None, 10).await.unwrap();
    assert_eq!(listed.iter().map(|row| row.id).collect::<Vec<_>>(), [unknown]);
    let all = outbound::list(&mut tx, None, None, 2).await.unwrap();
    assert_eq!(all.len(), 2);
    let rest = outbound::list(&mut tx, None, Some(all[1].id), 10).await.unwrap();
    assert_eq!(rest.iter().map(|row| row.id).collect::<Vec<_>>(), [held]);
    let counts = outbound::counts(&mut tx).await.unwrap();
    let counts: Vec<(State, i64)> = counts.iter().map(|count| (count.state, count.replies)).collect();
    assert_eq!(counts, [(State::Held, 1), (State::Unknown, 1)]);
    assert_eq!(outbound::count(&mut tx, State::Accepted).await.unwrap(), 1);
}
