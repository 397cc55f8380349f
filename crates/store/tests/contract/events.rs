//! History, and how other nodes hear of it.

use crate::{
    makers::{NOW, agent, mailbox, ticket},
    support::{Db, both},
};
use desk::{event::EventKind, ids::EventId, status::Lane};
use serde_json::json;
use std::time::Duration;
use store::{
    Store,
    events::{self, NewEvent},
};

both! {
    an_event_tells_who_did_what_to_which_ticket
    the_history_of_a_ticket_is_its_own
    the_newest_event_is_known
    other_nodes_hear_of_committed_events_only
}

async fn an_event_tells_who_did_what_to_which_ticket(db: Db) {
    let mut tx = db.begin().await.unwrap();
    let mailbox = mailbox(&mut tx, "support@example.jp").await;
    let hanako = agent(&mut tx, "hanako@example.jp").await;
    let ticket = ticket(&mut tx, mailbox, |ticket| ticket.assignee = Some(hanako)).await;
    let event = NewEvent::of_ticket(EventKind::TicketAssigned, &ticket, Some(hanako), NOW);
    let id = events::record(&mut tx, &event.with(json!({"to": hanako}))).await.unwrap();
    let rows = events::after(&mut tx, EventId(0), 10).await.unwrap();
    assert_eq!(rows.len(), 1);
    let row = &rows[0];
    assert_eq!(
        (row.id, row.at, row.kind, row.number),
        (id, NOW, EventKind::TicketAssigned, Some(ticket.number))
    );
    assert_eq!((row.ticket, row.mailbox, row.assignee), (Some(ticket.id), Some(mailbox), Some(hanako)));
    assert_eq!((row.lane, row.version, row.team), (Some(Lane::Todo), Some(1), None));
    assert_eq!((row.actor, row.actor_name.as_deref()), (Some(hanako), Some("佐藤 花子")));
    assert_eq!(row.detail, json!({"to": hanako}));
    assert_eq!(events::after(&mut tx, id, 10).await.unwrap(), []);
}

async fn the_history_of_a_ticket_is_its_own(db: Db) {
    let mut tx = db.begin().await.unwrap();
    let mailbox = mailbox(&mut tx, "support@example.jp").await;
    let one = ticket(&mut tx, mailbox, |_| {}).await;
    let other = ticket(&mut tx, mailbox, |_| {}).await;
    for (at, ticket) in [(1, &one), (2, &other), (3, &one)] {
        let event = NewEvent::of_ticket(EventKind::DraftSaved, ticket, None, at);
        events::record(&mut tx, &event).await.unwrap();
    }
    let history = events::of_ticket(&mut tx, one.id, EventId(0), 10).await.unwrap();
    assert_eq!(history.iter().map(|event| event.at).collect::<Vec<_>>(), [1, 3]);
    let rest = events::of_ticket(&mut tx, one.id, history[0].id, 10).await.unwrap();
    assert_eq!(rest.len(), 1);
    assert_eq!(events::last_of(&mut tx, one.id, EventKind::DraftSaved).await.unwrap(), Some(3));
    assert_eq!(events::last_of(&mut tx, one.id, EventKind::NoteAdded).await.unwrap(), None);
}

async fn the_newest_event_is_known(db: Db) {
    let mut tx = db.begin().await.unwrap();
    assert_eq!(events::max_id(&mut tx).await.unwrap(), EventId(0));
    let event = NewEvent::of_desk(EventKind::SettingChanged, None, NOW);
    let id = events::record(&mut tx, &event).await.unwrap();
    assert_eq!(events::max_id(&mut tx).await.unwrap(), id);
}

/// PostgreSQL tells; on SQLite one looks at the newest id, which another process sees too.
async fn other_nodes_hear_of_committed_events_only(db: Db) {
    let other = Store::open(&db.url).await.unwrap();
    let listener = other.listen().await.unwrap();
    let event = NewEvent::of_desk(EventKind::SettingChanged, None, NOW);
    let mut undone = db.begin().await.unwrap();
    events::record(&mut undone, &event).await.unwrap();
    undone.rollback().await.unwrap();
    let mut tx = db.begin().await.unwrap();
    let first = events::record(&mut tx, &event).await.unwrap();
    let second = events::record(&mut tx, &event).await.unwrap();
    tx.commit().await.unwrap();
    if let Some(mut listener) = listener {
        let heard = async { [listener.next().await.unwrap(), listener.next().await.unwrap()] };
        let heard = tokio::time::timeout(Duration::from_secs(10), heard).await.unwrap();
        assert_eq!(heard, [first.0, second.0]);
    } else {
        assert!(db.is_sqlite());
    }
    let mut tx = other.read().await.unwrap();
    assert_eq!(events::max_id(&mut tx).await.unwrap(), second);
    drop(tx);
    other.close().await;
}
