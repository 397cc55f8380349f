//! What a verb of the work changed on a ticket, so that the caller writes exactly those events.

use super::Ticket;
use crate::event::EventKind;
use crate::ids::{AgentId, MessageId, TeamId};
use crate::status::{Lane, Outcome, Priority, Status};
use crate::time::Millis;
use serde::Serialize;

/// One difference that a change of a ticket made; as JSON it is the detail of its event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Change {
    /// The stored status, with the outcome of a done one.
    Status {
        /// Before.
        from: Status,
        /// Now.
        to: Status,
        /// How it ended.
        #[serde(skip_serializing_if = "Option::is_none")]
        outcome: Option<Outcome>,
    },
    /// The computed lane.
    Lane {
        /// Before.
        from: Lane,
        /// Now.
        to: Lane,
    },
    /// The owner or the team.
    Assignee {
        /// Before.
        from: Option<AgentId>,
        /// Now.
        to: Option<AgentId>,
        /// The team now.
        team: Option<TeamId>,
    },
    /// How soon.
    Priority {
        /// Before.
        from: Priority,
        /// Now.
        to: Priority,
    },
    /// Put away.
    Snoozed {
        /// Until then.
        until: Millis,
    },
    /// Back again.
    Unsnoozed {},
}

impl Change {
    /// The event to write for it.
    pub const fn event(&self) -> EventKind {
        match self {
            Self::Status { .. } => EventKind::StatusChanged,
            Self::Lane { .. } => EventKind::LaneChanged,
            Self::Assignee { .. } => EventKind::TicketAssigned,
            Self::Priority { .. } => EventKind::PriorityChanged,
            Self::Snoozed { .. } => EventKind::Snoozed,
            Self::Unsnoozed {} => EventKind::Unsnoozed,
        }
    }
}

// The steps that the verbs share.
impl Ticket {
    pub(crate) fn changed(&mut self, change: impl FnOnce(&mut Self)) -> Vec<Change> {
        let seen = Seen::of(self);
        change(self);
        seen.differences(&Seen::of(self))
    }

    pub(super) fn newest(&mut self, at: Millis, message: MessageId) {
        self.last_message_at = self.last_message_at.max(at);
        self.last_message_id = Some(message);
    }

    pub(crate) fn set_open(&mut self) {
        self.status = Status::Open;
        self.outcome = None;
        self.outcome_reason = None;
        self.done_at = None;
    }

    pub(crate) fn set_done(&mut self, outcome: Outcome, reason: Option<String>, at: Millis) {
        self.status = Status::Done;
        self.outcome = Some(outcome);
        self.outcome_reason = reason;
        self.done_at = Some(at);
        self.snoozed_until = None;
    }
}

/// What of a ticket is looked at for differences.
struct Seen {
    status: Status,
    outcome: Option<Outcome>,
    lane: Lane,
    assignee: Option<AgentId>,
    team: Option<TeamId>,
    priority: Priority,
    snoozed_until: Option<Millis>,
}

impl Seen {
    const fn of(ticket: &Ticket) -> Self {
        Self {
            status: ticket.status,
            outcome: ticket.outcome,
            lane: ticket.lane(),
            assignee: ticket.assignee,
            team: ticket.team,
            priority: ticket.priority,
            snoozed_until: ticket.snoozed_until,
        }
    }

    fn differences(&self, now: &Self) -> Vec<Change> {
        let status = (self.status != now.status || self.outcome != now.outcome).then_some(Change::Status {
            from: self.status,
            to: now.status,
            outcome: now.outcome,
        });
        let assignee = (self.assignee != now.assignee || self.team != now.team).then_some(Change::Assignee {
            from: self.assignee,
            to: now.assignee,
            team: now.team,
        });
        let priority = (self.priority != now.priority)
            .then_some(Change::Priority { from: self.priority, to: now.priority });
        let snooze = (self.snoozed_until != now.snoozed_until)
            .then(|| now.snoozed_until.map_or(Change::Unsnoozed {}, |until| Change::Snoozed { until }));
        let lane = (self.lane != now.lane).then_some(Change::Lane { from: self.lane, to: now.lane });
        [status, assignee, priority, snooze, lane].into_iter().flatten().collect()
    }
}
