//! What a person decides about a ticket: owner, status, priority, snooze.

use super::{Change, Ticket};
use crate::ids::{AgentId, TeamId};
use crate::status::{Outcome, Priority, Status};
use crate::time::Millis;

/// Why a status can't be set; `as_str` is the code for the field in an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum StatusError {
    /// `new` is where tickets begin; nobody puts one there.
    #[error("a ticket cannot be made new")]
    NotNew,
    /// A done ticket needs to say how it ended.
    #[error("how did it end?")]
    OutcomeMissing,
    /// An outcome belongs to a done ticket only.
    #[error("only a done ticket has an outcome")]
    OutcomeWithoutDone,
    /// Nothing was sent yet.
    #[error("no reply has left")]
    NeverAnswered,
    /// No reply needed: why?
    #[error("why was no reply needed?")]
    ReasonMissing,
    /// Merging is another verb.
    #[error("merged is what merging does")]
    NotByHand,
    /// It is part of another ticket.
    #[error("it became part of another ticket")]
    IsMerged,
}

impl StatusError {
    /// The field of the request and the code of the error.
    pub const fn field_and_code(self) -> (&'static str, &'static str) {
        match self {
            Self::NotNew => ("status", "not_by_hand"),
            Self::OutcomeMissing => ("outcome", "required"),
            Self::OutcomeWithoutDone => ("outcome", "only_when_done"),
            Self::NeverAnswered => ("outcome", "never_answered"),
            Self::ReasonMissing => ("outcome_reason", "required"),
            Self::NotByHand => ("outcome", "not_by_hand"),
            Self::IsMerged => ("status", "is_merged"),
        }
    }
}

impl Ticket {
    /// A person, or nobody, owns it now.
    pub fn assigned(&mut self, agent: Option<AgentId>, team: Option<TeamId>) -> Vec<Change> {
        self.changed(|ticket| {
            ticket.assignee = agent;
            ticket.team = team;
        })
    }

    /// A person set how soon.
    pub fn priority_set(&mut self, priority: Priority) -> Vec<Change> {
        self.changed(|ticket| ticket.priority = priority)
    }

    /// A draft exists now, or no longer.
    pub fn draft_exists(&mut self, exists: bool) -> Vec<Change> {
        self.changed(|ticket| {
            ticket.drafting = exists;
            ticket.approval_asked &= exists;
        })
    }

    /// Put away until a moment, or brought back.
    pub fn snoozed(&mut self, until: Option<Millis>) -> Vec<Change> {
        self.changed(|ticket| ticket.snoozed_until = until)
    }

    /// A person set the status. Done needs an outcome (answered, if a reply has left and none is named); no
    /// reply needed needs its reason; new says that what lies on a shelf is not spam (contract §4).
    pub fn status_set(
        &mut self,
        to: Status,
        outcome: Option<Outcome>,
        reason: Option<&str>,
        at: Millis,
    ) -> Result<Vec<Change>, StatusError> {
        if self.merged_into.is_some() {
            return Err(StatusError::IsMerged);
        }
        match to {
            Status::New if outcome.is_none() && self.is_put_away() => return Ok(self.not_spam()),
            Status::New => return Err(StatusError::NotNew),
            Status::Done => {
                let outcome = self.allowed_outcome(outcome, reason)?;
                let reason = reason.map(str::trim).filter(|words| !words.is_empty()).map(str::to_owned);
                return Ok(self.changed(|ticket| ticket.set_done(outcome, reason, at)));
            }
            Status::Open | Status::WaitingOnCustomer | Status::WaitingInside => {}
        }
        if outcome.is_some() {
            return Err(StatusError::OutcomeWithoutDone);
        }
        Ok(self.changed(|ticket| {
            ticket.shelf = None;
            ticket.snoozed_until = None;
            ticket.set_open();
            ticket.status = to;
        }))
    }

    fn allowed_outcome(
        &self,
        outcome: Option<Outcome>,
        reason: Option<&str>,
    ) -> Result<Outcome, StatusError> {
        match outcome {
            Some(Outcome::Merged) => Err(StatusError::NotByHand),
            Some(Outcome::Spam) => Ok(Outcome::Spam),
            Some(Outcome::NoReplyNeeded) if reason.is_none_or(|words| words.trim().is_empty()) => {
                Err(StatusError::ReasonMissing)
            }
            Some(Outcome::NoReplyNeeded) => Ok(Outcome::NoReplyNeeded),
            Some(Outcome::Answered) if !self.ever_answered => Err(StatusError::NeverAnswered),
            None if !self.ever_answered => Err(StatusError::OutcomeMissing),
            Some(Outcome::Answered) | None => Ok(Outcome::Answered),
        }
    }
}
