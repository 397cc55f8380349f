//! The columns of a ticket and the desk's ticket made of them.

use crate::column;
use desk::{
    ids::{AgentId, ContactId, MailboxId, MessageId, TeamId, TicketId},
    message::{Channel, Kind},
    status::{Delivery, Outcome, Priority, Shelf, Status},
    thread::Because,
    ticket::{Suggestion, Ticket},
    time::Millis,
};

column::row! {
    /// A ticket's row.
    pub struct TicketColumns {
        /// See [`Ticket`], as for every field that has its name.
        pub id: TicketId,
        /// As above.
        pub number: i64,
        /// As above.
        pub token: String,
        /// As above.
        pub channel: Channel,
        /// As above.
        pub mailbox: MailboxId,
        /// As above.
        pub contact: Option<ContactId>,
        /// As above.
        pub subject: String,
        /// As above.
        pub status: Status,
        /// As above.
        pub outcome: Option<Outcome>,
        /// As above.
        pub outcome_reason: Option<String>,
        /// As above.
        pub priority: Priority,
        /// As above.
        pub assignee: Option<AgentId>,
        /// As above.
        pub team: Option<TeamId>,
        /// As above.
        pub shelf: Option<Shelf>,
        /// As above.
        pub ever_answered: bool,
        /// As above.
        pub drafting: bool,
        /// As above.
        pub queued_replies: u32,
        /// As above.
        pub approval_asked: bool,
        /// As above.
        pub snoozed_until: Option<Millis>,
        /// As above.
        pub due_at: Option<Millis>,
        /// As above.
        pub delivery: Option<Delivery>,
        /// As above.
        pub last_message_at: Millis,
        /// As above.
        pub last_message_id: Option<MessageId>,
        /// As above.
        pub created_at: Millis,
        /// As above.
        pub done_at: Option<Millis>,
        /// As above.
        pub excerpt: String,
        /// As above.
        pub kind: Kind,
        /// The ticket of its suggestion.
        pub suggestion_ticket: Option<TicketId>,
        /// What speaks for the suggestion.
        pub suggestion_because: Option<Because>,
        /// As above.
        pub merged_into: Option<TicketId>,
        /// As above.
        pub version: i64,
    }
}

impl From<TicketColumns> for Ticket {
    fn from(row: TicketColumns) -> Self {
        let suggestion = row
            .suggestion_ticket
            .zip(row.suggestion_because)
            .map(|(ticket, because)| Suggestion { ticket, because });
        Self {
            id: row.id,
            number: row.number,
            channel: row.channel,
            mailbox: row.mailbox,
            contact: row.contact,
            subject: row.subject,
            status: row.status,
            outcome: row.outcome,
            outcome_reason: row.outcome_reason,
            priority: row.priority,
            assignee: row.assignee,
            team: row.team,
            token: row.token,
            shelf: row.shelf,
            ever_answered: row.ever_answered,
            drafting: row.drafting,
            queued_replies: row.queued_replies,
            approval_asked: row.approval_asked,
            snoozed_until: row.snoozed_until,
            due_at: row.due_at,
            delivery: row.delivery,
            last_message_at: row.last_message_at,
            last_message_id: row.last_message_id,
            created_at: row.created_at,
            done_at: row.done_at,
            excerpt: row.excerpt,
            kind: row.kind,
            suggestion,
            merged_into: row.merged_into,
            version: row.version,
        }
    }
}

/// The columns of [`TicketColumns`], of the table under the name `t`.
macro_rules! ticket_columns {
    () => {
        "t.id, t.number, t.token, t.channel, t.mailbox, t.contact, t.subject, t.status, t.outcome, t.outcome_reason,
        t.priority, t.assignee, t.team, t.shelf, t.ever_answered, t.drafting, t.queued_replies, t.approval_asked,
        t.snoozed_until, t.due_at, t.delivery, t.last_message_at, t.last_message_id, t.created_at, t.done_at,
        t.excerpt, t.kind, t.suggestion_ticket, t.suggestion_because, t.merged_into, t.version"
    };
}
pub(crate) use ticket_columns;

/// Runs a statement whose $1 to $31 are what a ticket may change in, in the order of the table.
macro_rules! with_ticket {
    ($tx:expr, $run:ident, $sql:expr, $ticket:expr $(, $more:expr)* $(,)?) => {{
        let t: &Ticket = $ticket;
        $run!(
            $tx, $sql,
            t.channel.as_str(), t.mailbox.0, t.contact.map(|id| id.0), &t.subject, t.status.as_str(),
            t.outcome.map(Outcome::as_str), &t.outcome_reason, t.priority.as_str(), rank(t.priority),
            t.assignee.map(|id| id.0), t.team.map(|id| id.0), t.shelf.map(Shelf::as_str), t.lane().as_str(),
            t.ever_answered, t.drafting, i64::from(t.queued_replies), t.approval_asked, t.snoozed_until, t.due_at,
            t.delivery.map(Delivery::as_str), t.last_message_at, t.last_message_id.map(|id| id.0), t.created_at,
            t.done_at, &t.excerpt, t.kind.as_str(), t.suggestion.map(|s| s.ticket.0),
            t.suggestion.map(|s| s.because.as_str()), t.merged_into.map(|id| id.0)
            $(, $more)*
        )
    }};
}
pub(crate) use with_ticket;

/// Where a priority stands when a list is sorted by it: the most urgent first.
pub(crate) const fn rank(priority: Priority) -> i64 {
    match priority {
        Priority::Urgent => 0,
        Priority::High => 1,
        Priority::Normal => 2,
        Priority::Low => 3,
    }
}
