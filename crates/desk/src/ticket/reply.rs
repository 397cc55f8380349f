//! What the life of a reply does to its ticket.

use super::{Change, Ticket};
use crate::ids::{AgentId, MessageId};
use crate::outbound::State;
use crate::status::{Delivery, Outcome, Shelf, Status, Then};
use crate::time::Millis;
use serde::{Deserialize, Serialize};

/// A reply of a person that waits to leave.
#[derive(Debug, Clone, Copy)]
pub struct Queued {
    /// The outgoing message.
    pub message: MessageId,
    /// When it was queued.
    pub at: Millis,
    /// Who answers; takes a ticket that nobody owns.
    pub by: Option<AgentId>,
    /// What the ticket becomes when it has left.
    pub then: Then,
}

/// What taking a reply back restores; kept beside the reply.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Before {
    /// The reply's message.
    pub reply: MessageId,
    status: Status,
    outcome: Option<Outcome>,
    outcome_reason: Option<String>,
    done_at: Option<Millis>,
    shelf: Option<Shelf>,
    last_message_at: Millis,
    last_message_id: Option<MessageId>,
}

/// A reply's step from one state to another, as far as the ticket is concerned.
#[derive(Debug, Clone, Copy)]
pub struct Moved {
    /// Before.
    pub from: State,
    /// Now.
    pub to: State,
    /// When.
    pub at: Millis,
    /// What the ticket becomes when the reply has left.
    pub then: Then,
    /// At least one recipient's server has taken it, whatever happened to the others.
    pub reached_somebody: bool,
    /// The customer wrote after what the reply answers: it is our turn whatever `then` says.
    pub customer_wrote_since: bool,
}

impl Ticket {
    /// A person's reply waits to leave. (An acknowledgement is not a reply: it changes no ticket.)
    pub fn reply_queued(&mut self, reply: &Queued) -> (Before, Vec<Change>) {
        let before = Before {
            reply: reply.message,
            status: self.status,
            outcome: self.outcome,
            outcome_reason: self.outcome_reason.clone(),
            done_at: self.done_at,
            shelf: self.shelf,
            last_message_at: self.last_message_at,
            last_message_id: self.last_message_id,
        };
        let changes = self.changed(|ticket| {
            ticket.drafting = false;
            ticket.approval_asked = false;
            ticket.snoozed_until = None;
            ticket.shelf = None;
            ticket.queued_replies += 1;
            ticket.newest(reply.at, reply.message);
            if ticket.assignee.is_none() {
                ticket.assignee = reply.by;
            }
            if ticket.status == Status::New || reply.then != Then::Stay {
                ticket.set_open();
            }
        });
        (before, changes)
    }

    /// A waiting reply became a draft again: its message is gone, and where nothing else happened meanwhile the
    /// ticket stands as before.
    pub fn reply_taken_back(&mut self, before: &Before) -> Vec<Change> {
        self.changed(|ticket| {
            ticket.queued_replies = ticket.queued_replies.saturating_sub(1);
            ticket.drafting = true;
            if ticket.last_message_id == Some(before.reply) {
                ticket.last_message_at = before.last_message_at;
                ticket.last_message_id = before.last_message_id;
                if ticket.status == Status::Open {
                    ticket.status = before.status;
                    ticket.outcome = before.outcome;
                    ticket.outcome_reason.clone_from(&before.outcome_reason);
                    ticket.done_at = before.done_at;
                    ticket.shelf = before.shelf;
                }
            }
        })
    }

    /// A person's reply went from one state to another. Accepted: the ticket becomes what the writer chose,
    /// unless somebody touched it meanwhile. Refused, bounced or unknown: it is our turn again.
    pub fn reply_moved(&mut self, step: &Moved) -> Vec<Change> {
        self.changed(|ticket| {
            let (was, is) = (step.from.is_under_way(), step.to.is_under_way());
            if was && !is {
                ticket.queued_replies = ticket.queued_replies.saturating_sub(1);
            } else if is && !was {
                ticket.queued_replies += 1;
            }
            ticket.ever_answered |= step.reached_somebody;
            match step.to {
                State::Accepted => ticket.reply_left(step),
                State::Refused | State::Bounced => ticket.not_delivered(Delivery::Failed),
                State::Unknown => ticket.not_delivered(Delivery::Unknown),
                State::Queued if !was => ticket.delivery = None,
                State::Held | State::Queued | State::Sending | State::Deferred => {}
            }
        })
    }

    /// One recipient of a reply refused it or bounced, while the reply may still be on its way to others.
    pub fn recipient_failed(&mut self) -> Vec<Change> {
        self.changed(|ticket| ticket.not_delivered(Delivery::Failed))
    }

    fn reply_left(&mut self, step: &Moved) {
        self.ever_answered = true;
        self.delivery = Some(Delivery::Ok);
        if self.status != Status::Open || step.customer_wrote_since {
            return;
        }
        match step.then {
            Then::WaitingOnCustomer => self.status = Status::WaitingOnCustomer,
            Then::Done => self.set_done(Outcome::Answered, None, step.at),
            Then::Stay => {}
        }
    }

    fn not_delivered(&mut self, delivery: Delivery) {
        self.delivery = Some(delivery);
        self.snoozed_until = None;
        if self.merged_into.is_none() {
            self.set_open();
        }
    }
}
