//! What is inside a ticket.

use crate::{
    makers::{NOW, agent, an_original, delivery, keep, mailbox, message, new_message, person, reply, ticket},
    support::{Db, both},
};
use desk::{
    ids::{AgentId, MessageId, TicketId},
    message::{Direction, Kind},
    view::{Around, Question},
};
use serde_json::json;
use store::{StoreError, Tx, blobs, messages, outbound, search};

both! {
    a_message_comes_back_as_it_was_written
    a_message_has_the_size_and_hash_of_what_was_sent
    a_message_is_written_again
    a_message_is_found_by_any_of_its_originals
    the_same_mail_twice_is_a_conflict
    a_page_begins_with_the_newest
    messages_can_be_walked_through
    a_named_mail_is_a_candidate
    participants_are_writers_in_and_recipients_out
    every_message_moves_when_tickets_merge
    a_message_that_never_left_is_removed_with_its_words
}

async fn some_ticket(tx: &mut Tx) -> TicketId {
    let mailbox = mailbox(tx, "support@example.jp").await;
    ticket(tx, mailbox, |_| {}).await.id
}

async fn a_message_comes_back_as_it_was_written(db: Db) {
    let mut tx = db.begin().await.unwrap();
    let mailbox = mailbox(&mut tx, "support@example.jp").await;
    let ticket = ticket(&mut tx, mailbox, |_| {}).await.id;
    let hanako = agent(&mut tx, "hanako@example.jp").await;
    let (original, _) = an_original(&mut tx, mailbox).await;
    let mut written = new_message(ticket, "茶葉が届きません。\n\"quoted\" \\ 'text' 🍵");
    written.original = Some(original.id);
    written.message_id_header = Some("a@b".to_owned());
    written.in_reply_to = vec!["x@y".to_owned()];
    written.reference_ids = vec!["w@y".to_owned(), "x@y".to_owned()];
    written.cc_addresses = vec![person("hanako@example.com")];
    written.signature = Some("-- \n太郎".to_owned());
    written.has_html = true;
    written.attachments = json!([{"n": 1, "name": "写真.jpg", "dangers": []}]);
    written.soft_key = Some(vec![1; 32]);
    written.author = Some(hanako);
    let id = messages::insert(&mut tx, &written).await.unwrap();
    let row = messages::get(&mut tx, id).await.unwrap().unwrap();
    assert_eq!(row.message, written);
    assert_eq!(row.author_name.as_deref(), Some("佐藤 花子"));
    assert_eq!((row.size, row.sha256), (Some(original.size), Some(original.sha256)));
    let bare = messages::Message { from_address: None, because: None, ..new_message(ticket, "") };
    let id = messages::insert(&mut tx, &bare).await.unwrap();
    let row = messages::get(&mut tx, id).await.unwrap().unwrap();
    assert_eq!((row.size, row.message.from_address, row.message.because), (None, None, None));
    assert_eq!(messages::get(&mut tx, MessageId(99)).await.unwrap(), None);
}

async fn a_message_has_the_size_and_hash_of_what_was_sent(db: Db) {
    let mut tx = db.begin().await.unwrap();
    let mailbox = mailbox(&mut tx, "support@example.jp").await;
    let ticket = ticket(&mut tx, mailbox, |_| {}).await;
    let id = message(&mut tx, ticket.id, |message| message.direction = Direction::Out).await;
    reply(&mut tx, &ticket, "ours@example.jp", |reply| reply.message = Some(id)).await;
    let row = messages::get(&mut tx, id).await.unwrap().unwrap();
    assert_eq!(row.sha256, Some(blobs::hash(b"ours@example.jp").to_vec()));
    assert_eq!(row.size, Some(15));
}

async fn a_message_is_written_again(db: Db) {
    let mut tx = db.begin().await.unwrap();
    let ticket = some_ticket(&mut tx).await;
    let id = message(&mut tx, ticket, |_| {}).await;
    let better =
        messages::Message { kind: Kind::AutoReply, ..new_message(ticket, "不在にしております") };
    messages::update(&mut tx, id, &better).await.unwrap();
    assert_eq!(messages::get(&mut tx, id).await.unwrap().unwrap().message, better);
    let gone = messages::update(&mut tx, MessageId(99), &better).await;
    assert!(matches!(gone, Err(StoreError::NotFound)));
}

async fn a_message_is_found_by_any_of_its_originals(db: Db) {
    let mut tx = db.begin().await.unwrap();
    let mailbox = mailbox(&mut tx, "support@example.jp").await;
    let ticket = ticket(&mut tx, mailbox, |_| {}).await.id;
    let first = keep(&mut tx, b"direct", &delivery(mailbox, 1)).await;
    let other = keep(&mut tx, b"by the list", &delivery(mailbox, 2)).await;
    let id = message(&mut tx, ticket, |message| message.original = Some(first.original)).await;
    assert_eq!(messages::by_original(&mut tx, other.original).await.unwrap(), None);
    for _ in 0..2 {
        messages::add_copy(&mut tx, id, other.original, other.delivery).await.unwrap();
    }
    for original in [first.original, other.original] {
        assert_eq!(messages::by_original(&mut tx, original).await.unwrap().unwrap().id, id);
    }
    let copies = messages::copies(&mut tx, ticket).await.unwrap();
    assert_eq!(copies.len(), 1);
    assert_eq!((copies[0].message, copies[0].size), (id, 11));
    assert_eq!(copies[0].sha256, store::blobs::hash(b"by the list"));
    assert_eq!(copies[0].mailbox_address.as_deref(), Some("support@example.jp"));
}

async fn the_same_mail_twice_is_a_conflict(db: Db) {
    let mut tx = db.begin().await.unwrap();
    let ticket = some_ticket(&mut tx).await;
    let id = message(&mut tx, ticket, |message| message.soft_key = Some(vec![7; 32])).await;
    let found = messages::by_soft_key(&mut tx, &[7; 32]).await.unwrap().unwrap();
    assert_eq!(found.id, id);
    assert_eq!(messages::by_soft_key(&mut tx, &[8; 32]).await.unwrap(), None);
    let again = messages::Message { soft_key: Some(vec![7; 32]), ..new_message(ticket, "") };
    assert!(matches!(messages::insert(&mut tx, &again).await, Err(StoreError::Conflict)));
}

async fn a_page_begins_with_the_newest(db: Db) {
    let mut tx = db.begin().await.unwrap();
    let ticket = some_ticket(&mut tx).await;
    for at in [5, 9, 5, 7] {
        message(&mut tx, ticket, |message| message.at = at).await;
    }
    let first = messages::page(&mut tx, ticket, None, 2).await.unwrap();
    assert_eq!(first.iter().map(|row| row.message.at).collect::<Vec<_>>(), [9, 7]);
    let last = first.last().unwrap();
    let rest = messages::page(&mut tx, ticket, Some((last.message.at, last.id)), 10).await.unwrap();
    assert_eq!(rest.iter().map(|row| row.id.0).collect::<Vec<_>>(), [3, 1]);
}

async fn messages_can_be_walked_through(db: Db) {
    let mut tx = db.begin().await.unwrap();
    let ticket = some_ticket(&mut tx).await;
    for _ in 0..3 {
        message(&mut tx, ticket, |_| {}).await;
    }
    let rows = messages::list(&mut tx, MessageId(1), 10).await.unwrap();
    assert_eq!(rows.iter().map(|row| row.id.0).collect::<Vec<_>>(), [2, 3]);
}

async fn a_named_mail_is_a_candidate(db: Db) {
    let mut tx = db.begin().await.unwrap();
    let ticket = some_ticket(&mut tx).await;
    for n in 0..50 {
        message(&mut tx, ticket, |message| message.message_id_header = Some(format!("{n}@example.jp"))).await;
    }
    let ids: Vec<String> = (20..65).rev().map(|n| format!("{n}@example.jp")).collect();
    let found = messages::by_header_ids(&mut tx, &ids).await.unwrap();
    let headers: Vec<&str> = found.iter().map(|row| row.message_id_header.as_str()).collect();
    assert_eq!(headers.len(), 30);
    assert_eq!(
        (headers[0], headers[29]),
        ("49@example.jp", "20@example.jp"),
        "in the order that was asked for"
    );
    assert!(found.iter().all(|row| row.ticket == ticket && row.direction == Direction::In && row.at == NOW));
    assert_eq!(messages::by_header_ids(&mut tx, &["49@EXAMPLE.jp".to_owned()]).await.unwrap(), []);
    assert_eq!(messages::by_header_ids(&mut tx, &[]).await.unwrap(), []);
}

async fn participants_are_writers_in_and_recipients_out(db: Db) {
    let mut tx = db.begin().await.unwrap();
    let ticket = some_ticket(&mut tx).await;
    for _ in 0..3 {
        message(&mut tx, ticket, |_| {}).await;
    }
    message(&mut tx, ticket, |message| {
        message.direction = Direction::Out;
        message.from_address = Some(person("support@example.jp"));
        message.to_addresses = vec![person("Hanako@example.com")];
        message.at = NOW + 1;
    })
    .await;
    message(&mut tx, ticket, |message| message.direction = Direction::Note).await;
    let people = messages::participants(&mut tx, ticket).await.unwrap();
    assert_eq!(people.len(), 2, "the same people once, and notes have none");
    assert_eq!(people[0].direction, Direction::Out);
    assert_eq!(people[0].to_addresses[0].folded(), "hanako@example.com");
    assert_eq!(people[1].from_folded.as_deref(), Some("taro@example.com"));
}

async fn every_message_moves_when_tickets_merge(db: Db) {
    let mut tx = db.begin().await.unwrap();
    let mailbox = mailbox(&mut tx, "support@example.jp").await;
    let from = ticket(&mut tx, mailbox, |_| {}).await;
    let into = ticket(&mut tx, mailbox, |_| {}).await;
    message(&mut tx, from.id, |_| {}).await;
    message(&mut tx, from.id, |_| {}).await;
    reply(&mut tx, &from, "a@b", |_| {}).await;
    assert_eq!(messages::move_all(&mut tx, from.id, into.id).await.unwrap(), 2);
    assert_eq!(outbound::move_all(&mut tx, from.id, into.id).await.unwrap(), 1);
    assert_eq!(messages::page(&mut tx, into.id, None, 10).await.unwrap().len(), 2);
    assert_eq!(outbound::of_ticket(&mut tx, into.id).await.unwrap().len(), 1);
}

async fn a_message_that_never_left_is_removed_with_its_words(db: Db) {
    let mut tx = db.begin().await.unwrap();
    let ticket = some_ticket(&mut tx).await;
    let id = message(&mut tx, ticket, |_| {}).await;
    search::index(&mut tx, id, NOW, &japanese::tokens::rows("返品について")).await.unwrap();
    messages::delete(&mut tx, id).await.unwrap();
    assert_eq!(messages::get(&mut tx, id).await.unwrap(), None);
    let asked = Question::parse("返品").settle(&Around::only(AgentId(1), NOW)).unwrap().unwrap();
    assert_eq!(search::query(&mut tx, &asked, None, 10).await.unwrap(), []);
    assert!(matches!(messages::delete(&mut tx, id).await, Err(StoreError::NotFound)));
}
