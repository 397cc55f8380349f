//! What the life of a reply does to its ticket.

use crate::begun::{QUEUED, answered, arrival, lanes, step, ticket};
use desk::ids::{AgentId, MessageId};
use desk::message::Kind;
use desk::outbound::State;
use desk::status::{Delivery, Lane, Outcome, Shelf, Status, Then};
use desk::ticket::{Arrival, Before, Moved, Queued, Ticket};

#[test]
fn a_reply_is_work_until_it_has_left_and_then_it_waits_for_the_customer() {
    let mut ticket = Ticket { drafting: true, approval_asked: true, ..ticket() };
    let (_, changes) = ticket.reply_queued(&QUEUED);
    assert_eq!(ticket.lane(), Lane::Working);
    assert_eq!((ticket.drafting, ticket.approval_asked, ticket.queued_replies), (false, false, 1));
    assert_eq!(ticket.assignee, Some(AgentId(7)), "who answers an unowned ticket owns it");
    assert_eq!(lanes(&changes), [(Lane::InApproval, Lane::Working)]);
    assert_eq!(ticket.reply_moved(&step(State::Held, State::Sending)), []);
    let changes = ticket.reply_moved(&step(State::Sending, State::Accepted));
    assert_eq!(lanes(&changes), [(Lane::Working, Lane::WaitingOnCustomer)]);
    assert_eq!((ticket.queued_replies, ticket.ever_answered, ticket.delivery), (0, true, Some(Delivery::Ok)));
}

#[test]
fn what_the_writer_chose_happens_when_the_reply_has_left() {
    let table = [
        (Then::WaitingOnCustomer, Status::New, Status::WaitingOnCustomer),
        (Then::Done, Status::Open, Status::Done),
        (Then::Stay, Status::New, Status::Open),
        (Then::Stay, Status::WaitingInside, Status::WaitingInside),
        (Then::WaitingOnCustomer, Status::WaitingInside, Status::WaitingOnCustomer),
    ];
    for (then, begun, ended) in table {
        let mut ticket = Ticket { status: begun, ..ticket() };
        ticket.reply_queued(&Queued { then, ..QUEUED });
        ticket.reply_moved(&Moved { then, ..step(State::Sending, State::Accepted) });
        assert_eq!(ticket.status, ended, "{then} from {begun}");
        assert_eq!(ticket.outcome, (ended == Status::Done).then_some(Outcome::Answered));
    }
}

#[test]
fn a_customer_who_writes_while_the_reply_leaves_is_not_left_waiting() {
    let mut ticket = ticket();
    ticket.reply_queued(&QUEUED);
    ticket.message_from_customer(&Arrival { message: MessageId(7), ..arrival(Kind::Human) });
    ticket.reply_moved(&Moved { customer_wrote_since: true, ..step(State::Sending, State::Accepted) });
    assert_eq!(ticket.status, Status::Open);
    assert!(ticket.ever_answered);
}

#[test]
fn a_status_that_a_person_set_meanwhile_stays() {
    let mut ticket = ticket();
    ticket.reply_queued(&QUEUED);
    ticket.status_set(Status::WaitingInside, None, None, 1).unwrap();
    ticket.reply_moved(&step(State::Sending, State::Accepted));
    assert_eq!(ticket.status, Status::WaitingInside);
}

#[test]
fn a_reply_that_did_not_arrive_is_our_turn_again() {
    let table = [
        (State::Sending, State::Refused, Delivery::Failed),
        (State::Accepted, State::Bounced, Delivery::Failed),
        (State::Sending, State::Unknown, Delivery::Unknown),
    ];
    for (from, to, delivery) in table {
        let queued_replies = u32::from(from.is_under_way());
        let done = Some(Outcome::Answered);
        let mut ticket =
            Ticket { status: Status::Done, outcome: done, done_at: Some(1), queued_replies, ..answered() };
        ticket.reply_moved(&step(from, to));
        assert_eq!(
            (ticket.status, ticket.outcome, ticket.delivery),
            (Status::Open, None, Some(delivery)),
            "{to}"
        );
        assert_eq!((ticket.queued_replies, ticket.lane()), (0, Lane::Todo));
    }
}

#[test]
fn a_copy_that_was_refused_reopens_though_the_customer_got_the_reply() {
    let mut ticket = ticket();
    ticket.reply_queued(&QUEUED);
    ticket.reply_moved(&Moved { reached_somebody: true, ..step(State::Sending, State::Refused) });
    assert_eq!(
        (ticket.status, ticket.delivery, ticket.ever_answered),
        (Status::Open, Some(Delivery::Failed), true)
    );
    let mut under_way = Ticket { queued_replies: 1, ..answered() };
    under_way.recipient_failed();
    assert_eq!((under_way.delivery, under_way.queued_replies), (Some(Delivery::Failed), 1));
}

#[test]
fn an_unclear_reply_that_is_sent_again_is_work_again() {
    let mut ticket = Ticket { delivery: Some(Delivery::Unknown), status: Status::Open, ..answered() };
    ticket.reply_moved(&step(State::Unknown, State::Queued));
    assert_eq!((ticket.queued_replies, ticket.delivery, ticket.lane()), (1, None, Lane::Working));
}

#[test]
fn a_reply_taken_back_leaves_the_ticket_as_it_was_with_a_draft() {
    let done = Ticket { status: Status::Done, outcome: Some(Outcome::Spam), done_at: Some(1), ..answered() };
    for begun in [ticket(), answered(), done, Ticket { shelf: Some(Shelf::Spam), ..ticket() }] {
        let mut ticket = begun.clone();
        let (before, _) = ticket.reply_queued(&QUEUED);
        let kept: Before = serde_json::from_str(&serde_json::to_string(&before).unwrap()).unwrap();
        ticket.reply_taken_back(&kept);
        let assignee = begun.assignee.or(QUEUED.by);
        assert_eq!(ticket, Ticket { drafting: true, assignee, ..begun });
    }
}

#[test]
fn a_reply_taken_back_because_the_customer_wrote_leaves_it_our_turn() {
    let mut ticket = answered();
    let (before, _) = ticket.reply_queued(&QUEUED);
    ticket.message_from_customer(&Arrival { message: MessageId(7), at: 7_000, ..arrival(Kind::Human) });
    ticket.reply_taken_back(&before);
    assert_eq!((ticket.status, ticket.last_message_id), (Status::Open, Some(MessageId(7))));
    assert!(ticket.drafting);
}
