//! The tickets that the stories begin with.

use desk::ids::{AgentId, MailboxId, MessageId, TicketId};
use desk::message::{Channel, Kind};
use desk::outbound::State;
use desk::status::{Lane, Shelf, Status, Then};
use desk::ticket::{Arrival, Change, First, Moved, Queued, Ticket};

pub fn first() -> First {
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

pub fn ticket() -> Ticket {
    Ticket { id: TicketId(1), last_message_id: Some(MessageId(1)), ..Ticket::begun(first()) }
}

pub fn answered() -> Ticket {
    Ticket { status: Status::WaitingOnCustomer, ever_answered: true, assignee: Some(AgentId(7)), ..ticket() }
}

pub fn arrival(kind: Kind) -> Arrival<'static> {
    Arrival {
        message: MessageId(5),
        at: 5_000,
        kind,
        shelf: Shelf::of(kind, false, false),
        excerpt: "まだ届きません",
    }
}

pub const QUEUED: Queued =
    Queued { message: MessageId(6), at: 6_000, by: Some(AgentId(7)), then: Then::WaitingOnCustomer };

pub fn step(from: State, to: State) -> Moved {
    Moved {
        from,
        to,
        at: 9_000,
        then: Then::WaitingOnCustomer,
        reached_somebody: to == State::Accepted,
        customer_wrote_since: false,
    }
}

pub fn lanes(changes: &[Change]) -> Vec<(Lane, Lane)> {
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
