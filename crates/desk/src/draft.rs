//! The life of a draft (contract §6.13): one draft a ticket, one writer at a time (the pen), every save names the
//! version it saw. The errors are those a person can do something about.

use crate::agent::is_address;
use crate::ids::{AgentId, MessageId};
use crate::time::{DAY, MINUTE, Millis, SECOND};

/// A snapshot is kept so often while somebody writes.
pub const SNAPSHOT_EVERY: Millis = 30 * SECOND;
/// A save is recorded as an event at most so often.
pub const EVENT_EVERY: Millis = MINUTE;
/// Most bytes of attachments of one reply (contract §6.17).
pub const ATTACHMENTS_MAX_BYTES: u64 = 20_000_000;
/// Most recipients of one reply.
pub const RECIPIENTS_MAX: usize = 100;
/// Longest text of a reply, in characters.
pub const TEXT_MAX: usize = 200_000;
/// A reply may wait for its moment so long.
pub const SEND_WITHIN: Millis = 366 * DAY;

/// A draft as it is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stored {
    /// Who holds the pen.
    pub writer: AgentId,
    /// Raised by one at each save.
    pub version: i64,
    /// When its first version was saved.
    pub begun_at: Millis,
    /// When its last snapshot was kept.
    pub snapshot_at: Option<Millis>,
    /// When its last `draft_saved` was recorded.
    pub recorded_at: Option<Millis>,
    /// It waits for approval: its text is frozen for the writer.
    pub frozen: bool,
}

/// What to write for a save.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Saved {
    /// The new version.
    pub version: i64,
    /// When the draft began.
    pub begun_at: Millis,
    /// Keep a snapshot of this version.
    pub snapshot: bool,
    /// Record `draft_saved`.
    pub record: bool,
}

/// Why a draft was not saved, taken or thrown away.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DraftError {
    /// Somebody else holds the pen; it can be taken.
    #[error("agent {writer} is writing")]
    SomebodyElseWrites {
        /// Who.
        writer: AgentId,
    },
    /// It was saved elsewhere after it was read; 0 = it is gone.
    #[error("the draft is at version {now}")]
    Changed {
        /// The version there now.
        now: i64,
    },
    /// It waits for approval.
    #[error("the draft waits for approval")]
    Frozen,
    /// There is no draft.
    #[error("there is no draft")]
    None,
}

/// Whether `by` may save over `stored`, having seen version `seen` (0 = nothing saved yet).
pub fn save(stored: Option<&Stored>, by: AgentId, seen: i64, now: Millis) -> Result<Saved, DraftError> {
    let Some(stored) = stored else {
        return if seen == 0 {
            Ok(Saved { version: 1, begun_at: now, snapshot: true, record: true })
        } else {
            Err(DraftError::Changed { now: 0 })
        };
    };
    check(stored, by, Some(seen))?;
    let is_due = |last: Option<Millis>, every| last.is_none_or(|last| now - last >= every);
    Ok(Saved {
        version: stored.version + 1,
        begun_at: stored.begun_at,
        snapshot: is_due(stored.snapshot_at, SNAPSHOT_EVERY),
        record: is_due(stored.recorded_at, EVENT_EVERY),
    })
}

/// What to write when the pen changes hands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Taken {
    /// Who held it.
    pub from: AgentId,
    /// The new version: what the other still has open can't be saved any more.
    pub version: i64,
}

/// Gives `by` the pen; a snapshot of what the other wrote is kept. `None`: `by` holds it already.
pub fn take(stored: Option<&Stored>, by: AgentId) -> Result<Option<Taken>, DraftError> {
    let stored = stored.ok_or(DraftError::None)?;
    if stored.writer == by {
        return Ok(None);
    }
    if stored.frozen {
        return Err(DraftError::Frozen);
    }
    Ok(Some(Taken { from: stored.writer, version: stored.version + 1 }))
}

/// Whether `by` may throw the draft away, having seen version `seen`.
pub fn discard(stored: Option<&Stored>, by: AgentId, seen: i64) -> Result<(), DraftError> {
    check(stored.ok_or(DraftError::None)?, by, Some(seen))
}

fn check(stored: &Stored, by: AgentId, seen: Option<i64>) -> Result<(), DraftError> {
    if stored.writer != by {
        return Err(DraftError::SomebodyElseWrites { writer: stored.writer });
    }
    if stored.frozen {
        return Err(DraftError::Frozen);
    }
    match seen {
        Some(seen) if seen != stored.version => Err(DraftError::Changed { now: stored.version }),
        Some(_) | None => Ok(()),
    }
}

/// Whether a message came that the writer had not seen. `based_on` is the last message seen; without it nothing
/// is claimed and nothing is checked.
pub fn moved_on(based_on: Option<MessageId>, newest: Option<MessageId>) -> bool {
    matches!((based_on, newest), (Some(seen), Some(newest)) if newest > seen)
}

/// When a reply leaves whose writer chose a moment: then, but never before its waits are over.
pub fn leaves_at(not_before: Millis, send_at: Option<Millis>) -> Millis {
    send_at.map_or(not_before, |send_at| send_at.max(not_before))
}

/// A reply that waits to leave, as a save of the draft looks at it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HeldReply {
    /// Who wrote it.
    pub writer: AgentId,
    /// The version of the draft it was; 0: it never was one.
    pub version: i64,
}

impl HeldReply {
    /// Whether a save by `by` is an edit of this reply, which so becomes a draft again (contract §6.16): the writer goes
    /// on writing, and there is no other draft.
    pub fn is_edited(&self, by: AgentId, has_draft: bool) -> bool {
        !has_draft && self.writer == by
    }

    /// The version a save has seen, once this reply is the draft `restored`: who saw the draft it was, knows its words.
    /// Anybody else must look at them first.
    pub const fn seen(&self, seen: i64, restored: i64) -> i64 {
        if seen == self.version { restored } else { seen }
    }
}

/// What matters of a reply that shall leave.
#[derive(Debug, Clone, Copy)]
pub struct Reply<'a> {
    /// The stored draft, if there is one.
    pub draft: Option<&'a Stored>,
    /// The version of the draft that was sent along.
    pub draft_version: Option<i64>,
    /// Who sends.
    pub by: AgentId,
    /// The mailbox sends.
    pub sending: bool,
    /// The last message the writer saw.
    pub based_on: Option<MessageId>,
    /// The ticket's newest message.
    pub newest: Option<MessageId>,
    /// The writer's words.
    pub text: &'a str,
    /// Addresses in To.
    pub to: &'a [&'a str],
    /// Addresses in Cc and Bcc.
    pub copies: &'a [&'a str],
    /// Bytes of all attachments together.
    pub attached_bytes: u64,
    /// When its writer wants it to leave.
    pub send_at: Option<Millis>,
    /// The time.
    pub now: Millis,
}

/// Why a reply can't leave.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ReplyError {
    /// The mailbox's sending is off.
    #[error("sending is off")]
    SendingIsOff,
    /// A newer message came.
    #[error("message {newest} came meanwhile")]
    MovedOn {
        /// The newest one.
        newest: MessageId,
    },
    /// The draft says no.
    #[error(transparent)]
    Draft(#[from] DraftError),
    /// A field is wrong; the API names field and code.
    #[error("{field}: {code}")]
    Field {
        /// `text`, `to`, `cc`, `attachments` or `send_at`.
        field: &'static str,
        /// `required`, `too_long`, `not_an_address`, `too_many`, `too_large`, `too_far`.
        code: &'static str,
    },
}

/// Whether a reply may be queued. A draft that somebody else writes stands in the way: two answers to one mail are
/// worse than a question. A reply without any draft is free (programs do that).
pub fn may_leave(reply: &Reply) -> Result<(), ReplyError> {
    if !reply.sending {
        return Err(ReplyError::SendingIsOff);
    }
    match (reply.draft, reply.draft_version) {
        (Some(stored), _) => check(stored, reply.by, reply.draft_version)?,
        (None, Some(1..)) => Err(DraftError::Changed { now: 0 })?,
        (None, Some(_) | None) => {}
    }
    if let (true, Some(newest)) = (moved_on(reply.based_on, reply.newest), reply.newest) {
        return Err(ReplyError::MovedOn { newest });
    }
    let wrong = [
        (reply.text.trim().is_empty(), "text", "required"),
        (reply.text.chars().count() > TEXT_MAX, "text", "too_long"),
        (reply.to.is_empty(), "to", "required"),
        (!reply.to.iter().all(|address| is_address(address.trim())), "to", "not_an_address"),
        (!reply.copies.iter().all(|address| is_address(address.trim())), "cc", "not_an_address"),
        (reply.to.len() + reply.copies.len() > RECIPIENTS_MAX, "to", "too_many"),
        (reply.attached_bytes > ATTACHMENTS_MAX_BYTES, "attachments", "too_large"),
        (reply.send_at.is_some_and(|at| at > reply.now + SEND_WITHIN), "send_at", "too_far"),
    ];
    let first = wrong.into_iter().find(|(applies, ..)| *applies);
    first.map_or(Ok(()), |(_, field, code)| Err(ReplyError::Field { field, code }))
}
