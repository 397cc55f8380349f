//! Any verbs in any order: a ticket stays sound.

use crate::begun::{arrival, lanes, step, ticket};
use desk::ids::{AgentId, MessageId};
use desk::message::Kind;
use desk::outbound::State;
use desk::status::{Lane, Outcome, Shelf, Status, Then};
use desk::ticket::{Arrival, Before, Change, Moved, Queued, Ticket};
use proptest::prelude::*;

const PERSONS: [Kind; 4] = [Kind::Human, Kind::Form, Kind::Notification, Kind::Unreadable];

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
    fn a_persons_message_never_leaves_a_living_ticket_unseen(verbs in prop::collection::vec(any_verb(), 0..20), kind in prop::sample::select(PERSONS.as_slice())) {
        let mut ticket = ticket();
        let mut before = None;
        for (n, verb) in (10..).zip(&verbs) {
            act(&mut ticket, &mut before, verb, n);
        }
        ticket.message_from_customer(&arrival(kind));
        prop_assert!(matches!(ticket.lane(), Lane::New | Lane::Todo | Lane::Working | Lane::InApproval));
    }
}
