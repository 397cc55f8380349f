//! The life of a ticket, told in the verbs of the work.

use desk::ids::{AgentId, MailboxId, MessageId, TicketId};
use desk::import::Old;
use desk::message::{Channel, Direction, Kind};
use desk::outbound::State;
use desk::status::{Delivery, Lane, Outcome, Priority, Shelf, Status, Then};
use desk::thread::Because;
use desk::ticket::{
    Arrival, Before, Change, First, MergeError, Moved, Queued, StatusError, Suggestion, Takes, Ticket,
};
use desk::time::DAY;
use proptest::prelude::*;

fn first() -> First {
    First {
        channel: Channel::Mail,
        mailbox: MailboxId(1),
        contact: None,
        subject: "返品について".to_owned(),
        token: "abcdefghijklmnop".to_owned(),
        team: None,
        kind: Kind::Human,
        shelf: None,
        excerpt: "返品したい".to_owned(),
        at: 1_000,
        suggestion: None,
    }
}

fn ticket() -> Ticket {
    Ticket { id: TicketId(1), last_message_id: Some(MessageId(1)), ..Ticket::begun(first()) }
}

fn answered() -> Ticket {
    Ticket { status: Status::WaitingOnCustomer, ever_answered: true, assignee: Some(AgentId(7)), ..ticket() }
}

fn arrival(kind: Kind) -> Arrival<'static> {
    Arrival {
        message: MessageId(5),
        at: 5_000,
        kind,
        shelf: Shelf::of(kind, false, false),
        excerpt: "まだ届きません",
    }
}

const QUEUED: Queued =
    Queued { message: MessageId(6), at: 6_000, by: Some(AgentId(7)), then: Then::WaitingOnCustomer };

fn step(from: State, to: State) -> Moved {
    Moved {
        from,
        to,
        at: 9_000,
        then: Then::WaitingOnCustomer,
        reached_somebody: to == State::Accepted,
        customer_wrote_since: false,
    }
}

fn lanes(changes: &[Change]) -> Vec<(Lane, Lane)> {
    changes
        .iter()
        .filter_map(|change| match change {
            Change::Lane { from, to } => Some((*from, *to)),
            Change::Status { .. }
            | Change::Assignee { .. }
            | Change::Priority { .. }
            | Change::Snoozed { .. }
            | Change::Unsnoozed {} => None,
        })
        .collect()
}

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

#[test]
fn a_status_is_set_only_if_it_says_enough() {
    let set = |mut ticket: Ticket, to, outcome, reason| {
        ticket.status_set(to, outcome, reason, 9).map(|_| (ticket.status, ticket.outcome))
    };
    let no_reply = Some(Outcome::NoReplyNeeded);
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

#[derive(Debug, Clone)]
enum Verb {
    Arrives(Kind, Option<Shelf>),
    Queue(Then),
    Move(State, State, bool),
    TakeBack,
    Set(Status, Option<Outcome>, Option<&'static str>),
    Draft(bool),
    Assign(Option<i64>),
    NotSpam,
    Clear,
}

fn any_verb() -> impl Strategy<Value = Verb> {
    let any_of = |states: &'static [State]| prop::sample::select(states);
    prop_oneof![
        (prop::sample::select(Kind::ALL), prop::option::of(prop::sample::select(Shelf::ALL)))
            .prop_map(|(kind, shelf)| Verb::Arrives(kind, shelf)),
        prop::sample::select(Then::ALL).prop_map(Verb::Queue),
        (any_of(State::ALL), any_of(State::ALL), any::<bool>())
            .prop_filter("a step that can happen", |(from, to, _)| from.may_become(*to))
            .prop_map(|(from, to, since)| Verb::Move(from, to, since)),
        Just(Verb::TakeBack),
        (
            prop::sample::select(Status::ALL),
            prop::option::of(prop::sample::select(Outcome::ALL)),
            prop::option::of(Just("reason")),
        )
            .prop_map(|(status, outcome, reason)| Verb::Set(status, outcome, reason)),
        any::<bool>().prop_map(Verb::Draft),
        prop::option::of(1..3_i64).prop_map(Verb::Assign),
        Just(Verb::NotSpam),
        Just(Verb::Clear),
    ]
}

fn act(ticket: &mut Ticket, before: &mut Option<Before>, verb: &Verb, n: i64) -> Vec<Change> {
    match verb {
        Verb::Arrives(kind, shelf) => {
            let shelf = shelf.or_else(|| Shelf::of(*kind, false, false));
            ticket.message_from_customer(&Arrival {
                message: MessageId(n),
                at: n,
                kind: *kind,
                shelf,
                excerpt: "x",
            })
        }
        Verb::Queue(then) => {
            let (kept, changes) =
                ticket.reply_queued(&Queued { message: MessageId(n), at: n, by: None, then: *then });
            *before = Some(kept);
            changes
        }
        Verb::Move(from, to, since) => {
            ticket.reply_moved(&Moved { customer_wrote_since: *since, ..step(*from, *to) })
        }
        Verb::TakeBack => before.take().map(|kept| ticket.reply_taken_back(&kept)).unwrap_or_default(),
        Verb::Set(to, outcome, reason) => ticket.status_set(*to, *outcome, *reason, n).unwrap_or_default(),
        Verb::Draft(exists) => ticket.draft_exists(*exists),
        Verb::Assign(agent) => ticket.assigned(agent.map(AgentId), None),
        Verb::NotSpam => ticket.not_spam(),
        Verb::Clear => ticket.cleared_from_shelf(n),
    }
}

proptest! {
    #[test]
    fn whatever_happens_a_ticket_is_sound_and_its_changes_are_told(verbs in prop::collection::vec(any_verb(), 1..30)) {
        let mut ticket = ticket();
        let mut before = None;
        for (n, verb) in (10..).zip(&verbs) {
            let (lane, status) = (ticket.lane(), ticket.status);
            let changes = act(&mut ticket, &mut before, verb, n);
            // An outcome belongs to a done ticket, and to every one.
            prop_assert_eq!(ticket.status == Status::Done, ticket.outcome.is_some(), "{:?}", verb);
            prop_assert_eq!(ticket.status == Status::Done, ticket.done_at.is_some(), "{:?}", verb);
            if ticket.outcome == Some(Outcome::NoReplyNeeded) {
                prop_assert!(ticket.outcome_reason.is_some());
            }
            // The lane that is told is the lane that is.
            let told = lanes(&changes);
            prop_assert_eq!(told, if lane == ticket.lane() { vec![] } else { vec![(lane, ticket.lane())] });
            let status_told = changes.iter().any(|change| matches!(change, Change::Status { .. }));
            prop_assert!(status_told || status == ticket.status);
        }
    }

    #[test]
    fn a_persons_message_never_leaves_a_living_ticket_unseen(verbs in prop::collection::vec(any_verb(), 0..20), kind in prop::sample::select(Kind::ALL)) {
        prop_assume!(kind.needs_a_person());
        let mut ticket = ticket();
        let mut before = None;
        for (n, verb) in (10..).zip(&verbs) {
            act(&mut ticket, &mut before, verb, n);
        }
        ticket.message_from_customer(&arrival(kind));
        prop_assert!(matches!(ticket.lane(), Lane::New | Lane::Todo | Lane::Working | Lane::InApproval));
    }
}
