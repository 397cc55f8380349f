//! A ticket as it is stored, the lane computed from it, and how it changes: each verb of the work is a pure method
//! that returns what changed. The methods never touch `version`; the store raises it when it writes.

mod change;
mod merge;
mod receive;
mod reply;
mod settle;

pub use change::Change;
pub use merge::MergeError;
pub use receive::{Arrival, Takes};
pub use reply::{Before, Moved, Queued};
pub use settle::StatusError;

use crate::ids::{AgentId, ContactId, MailboxId, MessageId, TeamId, TicketId};
use crate::message::{Channel, Kind};
use crate::status::{Delivery, Lane, Outcome, Priority, Shelf, Status};
use crate::thread::Because;
use crate::time::Millis;

/// One matter of one contact, from first word to close.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ticket {
    /// Its identity; never shown.
    pub id: TicketId,
    /// What people see: #20418.
    pub number: i64,
    /// By which door it began.
    pub channel: Channel,
    /// Where it came in, and from where replies go out.
    pub mailbox: MailboxId,
    /// Who it is about; `None` while no sender could be read.
    pub contact: Option<ContactId>,
    /// The first message's subject, decoded, untouched.
    pub subject: String,
    /// Stored status.
    pub status: Status,
    /// Set exactly when `status` is done.
    pub outcome: Option<Outcome>,
    /// Why no reply was needed: a code or the agent's words.
    pub outcome_reason: Option<String>,
    /// How soon.
    pub priority: Priority,
    /// Who owns it.
    pub assignee: Option<AgentId>,
    /// Whose work it is.
    pub team: Option<TeamId>,
    /// 16 base32 characters for its plus-address.
    pub token: String,
    /// Set while no person has written yet.
    pub shelf: Option<Shelf>,
    /// A reply of ours has left at least once.
    pub ever_answered: bool,
    /// A saved draft exists.
    pub drafting: bool,
    /// Replies on their way: held, queued, sending or deferred.
    pub queued_replies: u32,
    /// The draft waits for somebody's approval.
    pub approval_asked: bool,
    /// Put away until then.
    pub snoozed_until: Option<Millis>,
    /// When we should have answered.
    pub due_at: Option<Millis>,
    /// What became of our last reply; `None` before any.
    pub delivery: Option<Delivery>,
    /// When the newest message in or out came (notes don't count).
    pub last_message_at: Millis,
    /// That message.
    pub last_message_id: Option<MessageId>,
    /// When the ticket began.
    pub created_at: Millis,
    /// When it was last done.
    pub done_at: Option<Millis>,
    /// First words of the newest message of the customer, for list rows.
    pub excerpt: String,
    /// What wrote the message the row shows.
    pub kind: Kind,
    /// Another ticket this one may belong to.
    pub suggestion: Option<Suggestion>,
    /// The ticket that this one became part of.
    pub merged_into: Option<TicketId>,
    /// Raised by the store at every write; a stale one is a conflict.
    pub version: i64,
}

/// "May belong to": a person decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Suggestion {
    /// The older ticket.
    pub ticket: TicketId,
    /// What speaks for it.
    pub because: Because,
}

/// What is known of a ticket when its first message is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct First {
    /// By which door it came.
    pub channel: Channel,
    /// Where it came in, or from where we write.
    pub mailbox: MailboxId,
    /// Who it is about.
    pub contact: Option<ContactId>,
    /// The subject, decoded, untouched.
    pub subject: String,
    /// 16 base32 characters for its plus-address.
    pub token: String,
    /// Whose work it is.
    pub team: Option<TeamId>,
    /// What wrote the message.
    pub kind: Kind,
    /// Where it lies if no person wrote it.
    pub shelf: Option<Shelf>,
    /// First words of the message.
    pub excerpt: String,
    /// When the message came.
    pub at: Millis,
    /// Another ticket it may belong to.
    pub suggestion: Option<Suggestion>,
}

impl Ticket {
    /// A ticket that a message from outside begins: new. The store gives `id` and `number` and sets
    /// `last_message_id`.
    pub fn begun(first: First) -> Self {
        Self {
            id: TicketId(0),
            number: 0,
            channel: first.channel,
            mailbox: first.mailbox,
            contact: first.contact,
            subject: first.subject,
            status: Status::New,
            outcome: None,
            outcome_reason: None,
            priority: Priority::Normal,
            assignee: None,
            team: first.team,
            token: first.token,
            shelf: first.shelf,
            ever_answered: false,
            drafting: false,
            queued_replies: 0,
            approval_asked: false,
            snoozed_until: None,
            due_at: None,
            delivery: None,
            last_message_at: first.at,
            last_message_id: None,
            created_at: first.at,
            done_at: None,
            excerpt: first.excerpt,
            kind: first.kind,
            suggestion: first.suggestion,
            merged_into: None,
            version: 1,
        }
    }

    /// A ticket that we begin by writing first: open, owned by the writer, on no shelf.
    pub fn begun_by_us(first: First, writer: Option<AgentId>) -> Self {
        Self { status: Status::Open, assignee: writer, shelf: None, ..Self::begun(first) }
    }

    /// The lane, first that fits (contract §4). It needs no clock: a snooze that is over is ended by a duty.
    pub const fn lane(&self) -> Lane {
        if matches!(self.status, Status::Done) {
            Lane::Done
        } else if self.shelf.is_some() {
            Lane::Aside
        } else if self.approval_asked {
            Lane::InApproval
        } else if matches!(self.status, Status::WaitingOnCustomer) {
            Lane::WaitingOnCustomer
        } else if matches!(self.status, Status::WaitingInside) || self.snoozed_until.is_some() {
            Lane::WaitingInside
        } else if self.drafting || self.queued_replies > 0 {
            Lane::Working
        } else if self.assignee.is_none() && !self.ever_answered {
            Lane::New
        } else {
            Lane::Todo
        }
    }

    /// The number other desks' programs know.
    pub const fn status_code(&self) -> u8 {
        self.status.code()
    }
}
