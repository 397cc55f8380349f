//! How tickets of old mail end.

use crate::begun::{answered, first};
use desk::ids::MessageId;
use desk::import::Old;
use desk::message::{Direction, Kind};
use desk::status::{Lane, Outcome, Status};
use desk::ticket::{First, Ticket};

fn old(direction: Direction, kind: Kind, at: i64) -> Old<'static> {
    Old {
        message: MessageId(at), direction, kind, at, excerpt: "古いメール", alone: true, open_since: None
    }
}

#[test]
fn old_mail_ends_by_its_newest_message_in_whatever_order_it_comes() {
    let asked = old(Direction::In, Kind::Human, 10);
    let replied = old(Direction::Out, Kind::Human, 20);
    let thanked = old(Direction::In, Kind::Human, 30);
    let away = old(Direction::In, Kind::AutoReply, 40);
    let (answered, imported) = ((Outcome::Answered, None), (Outcome::NoReplyNeeded, Some("imported")));
    let table = [
        (vec![asked], imported),
        (vec![asked, replied], answered),
        (vec![replied, asked], answered),
        (vec![asked, replied, thanked], imported),
        (vec![thanked, replied, asked], imported),
        (vec![asked, replied, away], answered),
        (vec![away], imported),
    ];
    for (messages, (outcome, reason)) in table {
        let mut ticket =
            Ticket { last_message_id: None, ..Ticket::begun(First { at: messages[0].at, ..first() }) };
        for message in &messages {
            ticket.old_message(message);
        }
        assert_eq!((ticket.status, ticket.outcome), (Status::Done, Some(outcome)), "{messages:?}");
        assert_eq!(ticket.outcome_reason.as_deref(), reason);
        assert_eq!(ticket.created_at, messages.iter().map(|message| message.at).min().unwrap());
    }
}

#[test]
fn young_old_mail_stays_open_until_our_answer_comes() {
    let since = |message: Old<'static>| Old { open_since: Some(15), ..message };
    let mut ticket = Ticket { last_message_id: None, ..Ticket::begun(First { at: 10, ..first() }) };
    ticket.old_message(&since(old(Direction::In, Kind::Human, 10)));
    assert_eq!(ticket.status, Status::Done, "too old");
    ticket.old_message(&since(old(Direction::In, Kind::Human, 20)));
    assert_eq!((ticket.status, ticket.lane()), (Status::Open, Lane::New));
    ticket.old_message(&since(old(Direction::Out, Kind::Human, 30)));
    assert_eq!((ticket.status, ticket.outcome), (Status::Done, Some(Outcome::Answered)));
}

#[test]
fn a_living_ticket_only_shows_old_mail() {
    let mut ticket = answered();
    assert_eq!(ticket.old_message(&Old { alone: false, ..old(Direction::Out, Kind::Human, 9_000) }), []);
    assert_eq!((ticket.status, ticket.last_message_id), (Status::WaitingOnCustomer, Some(MessageId(9_000))));
}
