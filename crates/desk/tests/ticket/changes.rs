//! What customers' messages and people's decisions do to a ticket.

use crate::begun::{answered, arrival, lanes, ticket};
use desk::ids::{AgentId, MessageId, TicketId};
use desk::message::Kind;
use desk::status::{Lane, Outcome, Priority, Shelf, Status};
use desk::thread::Because;
use desk::ticket::{Arrival, Change, MergeError, StatusError, Suggestion, Takes, Ticket};
use desk::time::DAY;

#[test]
fn the_lane_is_the_first_that_fits() {
    let done = Ticket { status: Status::Done, shelf: Some(Shelf::Spam), approval_asked: true, ..ticket() };
    let table = [
        (done, Lane::Done),
        (Ticket { shelf: Some(Shelf::Bounce), approval_asked: true, ..ticket() }, Lane::Aside),
        (Ticket { approval_asked: true, drafting: true, ..answered() }, Lane::InApproval),
        (Ticket { drafting: true, ..answered() }, Lane::WaitingOnCustomer),
        (Ticket { status: Status::WaitingInside, drafting: true, ..ticket() }, Lane::WaitingInside),
        (Ticket { snoozed_until: Some(1), drafting: true, ..ticket() }, Lane::WaitingInside),
        (Ticket { drafting: true, ..ticket() }, Lane::Working),
        (Ticket { queued_replies: 1, ..ticket() }, Lane::Working),
        (ticket(), Lane::New),
        (Ticket { status: Status::Open, ..ticket() }, Lane::New),
        (Ticket { assignee: Some(AgentId(1)), ..ticket() }, Lane::Todo),
        (Ticket { ever_answered: true, status: Status::Open, ..ticket() }, Lane::Todo),
    ];
    for (ticket, lane) in table {
        assert_eq!(ticket.lane(), lane, "{ticket:?}");
    }
}

#[test]
fn a_customers_answer_makes_it_our_turn_from_anywhere() {
    let done =
        Ticket { status: Status::Done, outcome: Some(Outcome::Answered), done_at: Some(1), ..answered() };
    let begun = [
        ticket(),
        answered(),
        done,
        Ticket { status: Status::WaitingInside, ..answered() },
        Ticket { snoozed_until: Some(99), ..answered() },
        Ticket { shelf: Some(Shelf::Automatic), ..ticket() },
    ];
    for mut ticket in begun {
        ticket.message_from_customer(&arrival(Kind::Human));
        assert_eq!((ticket.status, ticket.outcome, ticket.done_at), (Status::Open, None, None));
        assert_eq!((ticket.shelf, ticket.snoozed_until), (None, None));
        assert_eq!((ticket.last_message_id, ticket.last_message_at), (Some(MessageId(5)), 5_000));
        assert_eq!(ticket.excerpt, "まだ届きません");
    }
}

#[test]
fn a_machines_answer_only_stands_in_the_thread() {
    let mut ticket = answered();
    assert_eq!(ticket.message_from_customer(&arrival(Kind::AutoReply)), []);
    assert_eq!(ticket.status, Status::WaitingOnCustomer);
    assert_eq!(ticket.last_message_id, Some(MessageId(5)));
    assert_eq!(ticket.excerpt, "返品したい");
}

#[test]
fn a_customers_answer_that_looks_like_spam_still_makes_it_our_turn() {
    let mut ticket = answered();
    ticket.message_from_customer(&Arrival { shelf: Some(Shelf::Spam), ..arrival(Kind::Human) });
    assert_eq!(ticket.status, Status::Open);
}

#[test]
fn more_spam_from_the_same_sender_stays_on_the_shelf() {
    let spam = Arrival { shelf: Some(Shelf::Spam), ..arrival(Kind::Human) };
    let mut lying = Ticket { shelf: Some(Shelf::Spam), ..ticket() };
    assert_eq!(lying.message_from_customer(&spam), []);
    assert_eq!(lying.lane(), Lane::Aside);
    let mut cleared = lying.clone();
    cleared.cleared_from_shelf(9);
    assert_eq!((cleared.status, cleared.outcome), (Status::Done, Some(Outcome::Spam)));
    assert_eq!(cleared.message_from_customer(&spam), []);
    assert_eq!(cleared.status, Status::Done);
}

#[test]
fn a_done_ticket_opens_again_within_the_limit_and_not_after_it() {
    let done =
        Ticket { status: Status::Done, outcome: Some(Outcome::Answered), done_at: Some(0), ..answered() };
    assert_eq!(done.takes(Kind::Human, 30 * DAY, 30), Takes::Here);
    assert_eq!(done.takes(Kind::Human, 30 * DAY + 1, 30), Takes::NewLinked);
    assert_eq!(done.takes(Kind::Bounce, 300 * DAY, 30), Takes::Here, "a bounce belongs to its reply");
    assert_eq!(answered().takes(Kind::Human, 300 * DAY, 30), Takes::Here, "only done tickets grow old");
    let merged = Ticket { merged_into: Some(TicketId(2)), ..done };
    assert_eq!(merged.takes(Kind::Human, 1, 30), Takes::Elsewhere(TicketId(2)));
}

#[test]
fn a_status_is_set_only_if_it_says_enough() {
    let set = |mut ticket: Ticket, to, outcome, reason| {
        ticket.status_set(to, outcome, reason, 9).map(|_| (ticket.status, ticket.outcome))
    };
    let no_reply = Some(Outcome::NoReplyNeeded);
    let on_shelf = Ticket { shelf: Some(Shelf::Automatic), ..ticket() };
    let table = [
        (ticket(), Status::New, None, None, Err(StatusError::NotNew)),
        (ticket(), Status::Done, None, None, Err(StatusError::OutcomeMissing)),
        (ticket(), Status::Done, Some(Outcome::Answered), None, Err(StatusError::NeverAnswered)),
        (ticket(), Status::Done, no_reply, None, Err(StatusError::ReasonMissing)),
        (ticket(), Status::Done, no_reply, Some(" "), Err(StatusError::ReasonMissing)),
        (ticket(), Status::Done, Some(Outcome::Merged), None, Err(StatusError::NotByHand)),
        (ticket(), Status::Open, no_reply, None, Err(StatusError::OutcomeWithoutDone)),
        (ticket(), Status::Done, no_reply, Some("thanks_only"), Ok((Status::Done, no_reply))),
        (ticket(), Status::Done, Some(Outcome::Spam), None, Ok((Status::Done, Some(Outcome::Spam)))),
        (answered(), Status::Done, None, None, Ok((Status::Done, Some(Outcome::Answered)))),
        (on_shelf.clone(), Status::New, None, None, Ok((Status::New, None))),
        (on_shelf, Status::New, no_reply, None, Err(StatusError::NotNew)),
        (ticket(), Status::WaitingInside, None, None, Ok((Status::WaitingInside, None))),
        (ticket(), Status::WaitingOnCustomer, None, None, Ok((Status::WaitingOnCustomer, None))),
    ];
    for (ticket, to, outcome, reason, expected) in table {
        assert_eq!(set(ticket, to, outcome, reason), expected, "{to} {outcome:?} {reason:?}");
    }
    let merged = Ticket { merged_into: Some(TicketId(2)), ..ticket() };
    assert_eq!(set(merged, Status::Open, None, None), Err(StatusError::IsMerged));
}

#[test]
fn opening_a_done_ticket_by_hand_forgets_how_it_ended() {
    let mut ticket = ticket();
    ticket.status_set(Status::Done, Some(Outcome::NoReplyNeeded), Some("お礼のみ"), 9).unwrap();
    assert_eq!((ticket.outcome_reason.as_deref(), ticket.done_at), (Some("お礼のみ"), Some(9)));
    ticket.status_set(Status::Open, None, None, 10).unwrap();
    assert_eq!((ticket.outcome, ticket.outcome_reason, ticket.done_at), (None, None, None));
}

#[test]
fn not_spam_is_new() {
    let mut ticket = Ticket { shelf: Some(Shelf::Spam), ..ticket() };
    assert_eq!(lanes(&ticket.not_spam()), [(Lane::Aside, Lane::New)]);
    ticket.cleared_from_shelf(9);
    assert_eq!(ticket.status, Status::New, "what lies on no shelf is not cleared");
    let mut untouched = answered();
    assert_eq!(untouched.not_spam(), []);
}

#[test]
fn what_changed_is_what_is_told() {
    let mut ticket = ticket();
    let changes = ticket.assigned(Some(AgentId(7)), None);
    let kinds: Vec<&str> = changes.iter().map(|change| change.event().as_str()).collect();
    assert_eq!(kinds, ["ticket_assigned", "lane_changed"]);
    assert_eq!(serde_json::to_string(&changes[0]).unwrap(), r#"{"from":null,"to":7,"team":null}"#);
    assert_eq!(serde_json::to_string(&changes[1]).unwrap(), r#"{"from":"new","to":"todo"}"#);
    assert_eq!(ticket.assigned(Some(AgentId(7)), None), []);
    let changes = ticket.priority_set(Priority::High);
    assert_eq!(serde_json::to_string(&changes).unwrap(), r#"[{"from":"normal","to":"high"}]"#);
    assert_eq!(ticket.snoozed(Some(5))[0], Change::Snoozed { until: 5 });
    assert_eq!(ticket.snoozed(None)[0], Change::Unsnoozed {});
}

#[test]
fn a_draft_thrown_away_takes_its_approval_with_it() {
    let mut ticket = Ticket { drafting: true, approval_asked: true, ..ticket() };
    assert_eq!(lanes(&ticket.draft_exists(false)), [(Lane::InApproval, Lane::New)]);
    assert_eq!(lanes(&ticket.draft_exists(true)), [(Lane::New, Lane::Working)]);
}

#[test]
fn two_tickets_become_one() {
    let hint = Some(Suggestion { ticket: TicketId(1), because: Because::SameSenderSameSubject });
    let mut into = Ticket { id: TicketId(1), ..answered() };
    let mut from = Ticket {
        id: TicketId(2),
        last_message_at: 8_000,
        last_message_id: Some(MessageId(8)),
        excerpt: "追伸です".to_owned(),
        suggestion: hint,
        ..ticket()
    };
    let (ours, theirs) = from.merged(&mut into, 9_000).unwrap();
    assert_eq!(
        (from.status, from.outcome, from.merged_into),
        (Status::Done, Some(Outcome::Merged), Some(TicketId(1)))
    );
    assert_eq!(from.suggestion, None);
    assert_eq!((into.status, into.last_message_id), (Status::Open, Some(MessageId(8))));
    assert_eq!(into.excerpt, "追伸です");
    assert_eq!(lanes(&ours), [(Lane::New, Lane::Done)]);
    assert_eq!(lanes(&theirs), [(Lane::WaitingOnCustomer, Lane::Todo)]);
}

#[test]
fn some_tickets_cannot_become_one() {
    let with = |id, drafting, queued_replies, merged_into: Option<i64>| Ticket {
        id: TicketId(id),
        drafting,
        queued_replies,
        merged_into: merged_into.map(TicketId),
        ..ticket()
    };
    let table = [
        (with(1, false, 0, None), with(1, false, 0, None), MergeError::Itself),
        (with(1, false, 0, Some(3)), with(2, false, 0, None), MergeError::AlreadyMerged),
        (with(1, false, 0, None), with(2, false, 0, Some(3)), MergeError::AlreadyMerged),
        (with(1, false, 1, None), with(2, false, 0, None), MergeError::ReplyUnderWay),
        (with(1, true, 0, None), with(2, true, 0, None), MergeError::TwoDrafts),
    ];
    for (mut from, mut into, error) in table {
        let (before_from, before_into) = (from.clone(), into.clone());
        assert_eq!(from.merged(&mut into, 9), Err(error));
        assert_eq!((from, into), (before_from, before_into), "nothing changes on {error}");
    }
}
