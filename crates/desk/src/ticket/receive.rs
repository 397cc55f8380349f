//! What a message from outside does to a ticket that exists.

use super::{Change, Ticket};
use crate::ids::{MessageId, TicketId};
use crate::message::Kind;
use crate::status::{Outcome, Shelf, Status};
use crate::time::{DAY, Millis};

/// A message that joins an existing ticket.
#[derive(Debug, Clone, Copy)]
pub struct Arrival<'a> {
    /// The message.
    pub message: MessageId,
    /// When it arrived.
    pub at: Millis,
    /// What wrote it.
    pub kind: Kind,
    /// The shelf it would lie on if it had begun a ticket.
    pub shelf: Option<Shelf>,
    /// Its first words.
    pub excerpt: &'a str,
}

/// Where a message that belongs to a ticket goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Takes {
    /// Into this ticket; a done one opens again.
    Here,
    /// Into the ticket that this one became part of (ask that one again).
    Elsewhere(TicketId),
    /// Into a new ticket with a suggestion to this one, which was done too long ago.
    NewLinked,
}

impl Ticket {
    /// Where a message that threading gave to this ticket goes. `reopen_days` is the desk's limit (default 30);
    /// machines' mail never opens anything and so always stays.
    pub const fn takes(&self, kind: Kind, at: Millis, reopen_days: u32) -> Takes {
        if let Some(other) = self.merged_into {
            return Takes::Elsewhere(other);
        }
        let limit = reopen_days as i64 * DAY;
        let too_late = matches!(self.done_at, Some(done) if at.saturating_sub(done) > limit);
        if matches!(self.status, Status::Done) && kind.needs_a_person() && too_late {
            return Takes::NewLinked;
        }
        Takes::Here
    }

    /// A message from outside joined. What a person wrote makes it our turn: the status becomes open, a done
    /// ticket opens again, a snooze ends, a shelf is left. What a machine wrote only stands in the thread.
    ///
    /// On a living ticket the suspicion of spam does not count: a customer's answer must not pass unseen.
    pub fn message_from_customer(&mut self, arrival: &Arrival) -> Vec<Change> {
        let put_away = self.is_put_away();
        let by_person = arrival.kind.needs_a_person() && (!put_away || arrival.shelf.is_none());
        self.changed(|ticket| {
            ticket.newest(arrival.at, arrival.message);
            if by_person {
                ticket.shelf = None;
                ticket.snoozed_until = None;
                ticket.set_open();
                ticket.kind = arrival.kind;
                arrival.excerpt.clone_into(&mut ticket.excerpt);
            }
        })
    }

    /// It lies on a shelf, or a person called it spam.
    pub(super) fn is_put_away(&self) -> bool {
        self.shelf.is_some() || self.outcome == Some(Outcome::Spam)
    }

    /// A person looked at a shelf and found a customer's mail.
    pub fn not_spam(&mut self) -> Vec<Change> {
        self.changed(|ticket| {
            if ticket.is_put_away() {
                ticket.shelf = None;
                ticket.set_open();
                ticket.status = Status::New;
            }
        })
    }

    /// It lay on its shelf for 30 days: done, spam.
    pub fn cleared_from_shelf(&mut self, at: Millis) -> Vec<Change> {
        self.changed(|ticket| {
            if ticket.shelf.is_some() {
                ticket.set_done(Outcome::Spam, None, at);
            }
        })
    }
}
