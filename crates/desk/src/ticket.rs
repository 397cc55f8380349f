//! A ticket as it is stored, and the lane computed from it. How a ticket changes stands in [`crate::change`].

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

impl Ticket {
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
