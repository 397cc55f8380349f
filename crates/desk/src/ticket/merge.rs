//! Two tickets become one.

use super::{Change, Ticket};
use crate::status::{Outcome, Status};
use crate::time::Millis;

/// Why two tickets can't become one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MergeError {
    /// A ticket can't join itself.
    #[error("a ticket cannot join itself")]
    Itself,
    /// One of them is part of another ticket already.
    #[error("already part of another ticket")]
    AlreadyMerged,
    /// Its reply is still on its way.
    #[error("a reply is on its way")]
    ReplyUnderWay,
    /// Both have a draft; a person must choose.
    #[error("both have a draft")]
    TwoDrafts,
}

impl MergeError {
    /// The code for an answer.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Itself => "itself",
            Self::AlreadyMerged => "already_merged",
            Self::ReplyUnderWay => "reply_under_way",
            Self::TwoDrafts => "two_drafts",
        }
    }
}

impl Ticket {
    /// This ticket became part of `into`: everything it holds moves there, it is done and merged. Returns what
    /// changed on this ticket and on the other.
    pub fn merged(&mut self, into: &mut Self, at: Millis) -> Result<(Vec<Change>, Vec<Change>), MergeError> {
        if self.id == into.id {
            return Err(MergeError::Itself);
        }
        if self.merged_into.is_some() || into.merged_into.is_some() {
            return Err(MergeError::AlreadyMerged);
        }
        if self.queued_replies > 0 {
            return Err(MergeError::ReplyUnderWay);
        }
        if self.drafting && into.drafting {
            return Err(MergeError::TwoDrafts);
        }
        let theirs = into.changed(|into| into.take_in(self));
        let target = into.id;
        let ours = self.changed(|ticket| {
            ticket.set_done(Outcome::Merged, None, at);
            ticket.merged_into = Some(target);
            ticket.suggestion = None;
            ticket.drafting = false;
            ticket.approval_asked = false;
        });
        Ok((ours, theirs))
    }

    fn take_in(&mut self, other: &Self) {
        if other.last_message_at > self.last_message_at {
            self.last_message_at = other.last_message_at;
            self.last_message_id = other.last_message_id;
            self.excerpt.clone_from(&other.excerpt);
            self.kind = other.kind;
        }
        self.ever_answered |= other.ever_answered;
        self.drafting |= other.drafting;
        self.delivery = self.delivery.or(other.delivery);
        self.created_at = self.created_at.min(other.created_at);
        self.due_at = [self.due_at, other.due_at].into_iter().flatten().min();
        let ours_to_do = matches!(other.status, Status::New | Status::Open) && other.shelf.is_none();
        if ours_to_do {
            self.shelf = None;
            self.snoozed_until = None;
            self.set_open();
        }
        if self.suggestion.is_some_and(|suggestion| suggestion.ticket == other.id) {
            self.suggestion = None;
        }
    }
}
