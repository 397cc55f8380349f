//! The unfinished reply of a ticket: proposed, saved, taken over, thrown away (contract §6.13).

use desk::{
    draft::{self, DraftError, HeldReply, Stored},
    event::EventKind,
    ids::{AgentId, MessageId, UploadId},
    permission::Verb,
    status::Then,
    ticket::Ticket,
    time::Millis,
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use store::{
    Tx,
    address::Address,
    drafts::{self, DraftRow},
    events,
};
use utoipa::ToSchema;

use super::{
    answer_to::demand_quotable,
    attach::{demand_files, keep_files, named_in},
    change_ticket::{demand, lock, save, tell},
    merge_tickets::demand_unmerged,
    undo_reply::{held_by, take_back},
};
use crate::{
    api::words,
    auth::Signed,
    problem::{Problem, ProblemKind},
    state::Desk,
};

/// What of the customer's mail is quoted, and where.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Quote {
    /// The message that is quoted.
    #[schema(value_type = i64)]
    pub message: MessageId,
    /// `below`, `above` or `none`.
    #[serde(rename = "where")]
    #[schema(value_type = words::QuotePlace)]
    pub place: mail::quote::Where,
    /// Whole lines left out, each as its first line (from 0) and the line behind its last.
    #[serde(default)]
    pub cut: Vec<(usize, usize)>,
}

/// What a draft holds; also what a reply is made of.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct DraftBody {
    /// The agent's words.
    pub text: String,
    /// The same as HTML, already made safe.
    #[serde(default)]
    pub html: Option<String>,
    /// The quote.
    pub quote: Option<Quote>,
    /// To whom.
    #[serde(default)]
    pub to: Vec<Address>,
    /// Copies.
    #[serde(default)]
    pub cc: Vec<Address>,
    /// Copies nobody sees.
    #[serde(default)]
    pub bcc: Vec<Address>,
    /// Files.
    #[serde(default)]
    pub attachments: Vec<UploadId>,
    /// The last message its writer has seen.
    #[serde(default)]
    pub based_on: Option<MessageId>,
    /// When it shall leave.
    #[serde(default)]
    pub send_at: Option<Millis>,
    /// What becomes of the ticket after sending.
    #[serde(default)]
    pub then: Option<Then>,
}

/// Saves the draft over the version that was seen (0: there was none); gives the new version. A reply of the same writer
/// that waits to leave is a draft again first (contract §6.16).
///
/// # Errors
/// `pen-taken` while someone else writes, `draft-changed` when the version is stale; then nothing is saved, but a reply
/// that was edited without being seen does not leave either.
pub async fn save_draft(
    desk: &Desk,
    signed: &Signed,
    number: i64,
    seen: i64,
    body: &DraftBody,
) -> Result<i64, Problem> {
    let (now, by) = (desk.now(), signed.agent.id);
    let mut tx = desk.store.begin().await?;
    let mut ticket = lock(&mut tx, &signed.who, number).await?;
    demand(&signed.who, Verb::Draft, &ticket)?;
    demand_unmerged(&mut tx, &ticket).await?;
    demand_quotable(&mut tx, &ticket, body.quote.as_ref()).await?;
    let seen = take_back_edited(&mut tx, &mut ticket, by, seen, now).await?;
    let row = drafts::get(&mut tx, ticket.id).await?;
    let stored = stored(&mut tx, &ticket, row.as_ref()).await?;
    let saved = match draft::save(stored.as_ref(), by, seen, now) {
        Ok(saved) => saved,
        Err(error) => {
            // What was taken back stays taken back: the words on screen and those in the outbox differ.
            tx.commit().await?;
            desk.committed();
            return Err(refused(error, row.as_ref()));
        }
    };
    let version = write(&mut tx, &ticket, row.as_ref(), (by, seen), body, now).await?;
    if saved.snapshot {
        drafts::snapshot(&mut tx, ticket.id, "saved", now).await?;
    }
    if !ticket.drafting {
        let changes = ticket.draft_exists(true);
        save(&mut tx, &mut ticket, &changes, Some(by), now).await?;
    }
    if saved.record {
        tell(&mut tx, &ticket, EventKind::DraftSaved, Some(by), now, json!({"version": version})).await?;
    }
    tx.commit().await?;
    desk.committed();
    Ok(version)
}

/// The writer goes on writing while their reply waits to leave: it is a draft again. Gives the version that counts as seen.
async fn take_back_edited(
    tx: &mut Tx,
    ticket: &mut Ticket,
    by: AgentId,
    seen: i64,
    now: Millis,
) -> Result<i64, Problem> {
    let has_draft = drafts::get(tx, ticket.id).await?.is_some();
    let Some((row, returned)) = held_by(tx, ticket.id, by).await? else { return Ok(seen) };
    let held = HeldReply { writer: returned.writer, version: returned.version };
    if !held.is_edited(by, has_draft) {
        return Ok(seen);
    }
    take_back(tx, ticket, row, Some(by), "edited", now).await?;
    drafts::snapshot(tx, ticket.id, "edited", now).await?;
    let restored = drafts::get(tx, ticket.id).await?.map_or(0, |row| row.version);
    Ok(held.seen(seen, restored))
}

/// Writes the draft over the version its writer saw; the files it names stay.
async fn write(
    tx: &mut Tx,
    ticket: &Ticket,
    row: Option<&DraftRow>,
    (by, seen): (AgentId, i64),
    body: &DraftBody,
    now: Millis,
) -> Result<i64, Problem> {
    let before = named_in(row);
    demand_files(tx, &body.attachments, by, &before).await?;
    keep_files(tx, &before, &body.attachments, now).await?;
    let value = serde_json::to_value(body).map_err(Problem::broken)?;
    Ok(drafts::save(tx, ticket.id, by, &value, seen, now).await?)
}

/// Takes the pen from whoever holds it; what was written stays.
pub async fn take_draft(desk: &Desk, signed: &Signed, number: i64) -> Result<(), Problem> {
    let (now, by) = (desk.now(), signed.agent.id);
    let mut tx = desk.store.begin().await?;
    let ticket = lock(&mut tx, &signed.who, number).await?;
    demand(&signed.who, Verb::Draft, &ticket)?;
    demand_unmerged(&mut tx, &ticket).await?;
    let row = drafts::get(&mut tx, ticket.id).await?;
    let stored = stored(&mut tx, &ticket, row.as_ref()).await?;
    let taken = draft::take(stored.as_ref(), by).map_err(|error| refused(error, row.as_ref()))?;
    if let (Some(taken), Some(row)) = (taken, row) {
        drafts::snapshot(&mut tx, ticket.id, "handed_over", now).await?;
        let version = drafts::take(&mut tx, ticket.id, by, row.version, now).await?;
        let detail = json!({"taken_from": taken.from, "version": version});
        tell(&mut tx, &ticket, EventKind::DraftSaved, Some(by), now, detail).await?;
        tx.commit().await?;
        desk.committed();
    }
    Ok(())
}

/// Throws the draft away; a snapshot of it is kept.
pub async fn discard_draft(desk: &Desk, signed: &Signed, number: i64, seen: i64) -> Result<(), Problem> {
    let (now, by) = (desk.now(), signed.agent.id);
    let mut tx = desk.store.begin().await?;
    let mut ticket = lock(&mut tx, &signed.who, number).await?;
    demand(&signed.who, Verb::Draft, &ticket)?;
    let row = drafts::get(&mut tx, ticket.id).await?;
    let stored = stored(&mut tx, &ticket, row.as_ref()).await?;
    draft::discard(stored.as_ref(), by, seen).map_err(|error| refused(error, row.as_ref()))?;
    drafts::delete(&mut tx, ticket.id, seen, "discarded", now).await?;
    keep_files(&mut tx, &named_in(row.as_ref()), &[], now).await?;
    let changes = ticket.draft_exists(false);
    save(&mut tx, &mut ticket, &changes, Some(by), now).await?;
    tell(&mut tx, &ticket, EventKind::DraftDiscarded, Some(by), now, json!({"version": seen})).await?;
    tx.commit().await?;
    desk.committed();
    Ok(())
}

/// A draft as the rules of `desk` look at it.
pub async fn stored(tx: &mut Tx, ticket: &Ticket, row: Option<&DraftRow>) -> Result<Option<Stored>, Problem> {
    let Some(row) = row else { return Ok(None) };
    Ok(Some(Stored {
        writer: row.writer,
        version: row.version,
        begun_at: row.begun_at,
        snapshot_at: drafts::last_snapshot_at(tx, ticket.id).await?,
        recorded_at: events::last_of(tx, ticket.id, EventKind::DraftSaved).await?,
        frozen: ticket.approval_asked,
    }))
}

/// The problem that a refusal by the rules is, with what stands there now.
pub fn refused(error: DraftError, row: Option<&DraftRow>) -> Problem {
    let problem = match error {
        DraftError::SomebodyElseWrites { .. } => {
            let writer = row.map(|row| row.writer_name.clone()).unwrap_or_default();
            Problem::new(ProblemKind::PenTaken).with("writer", writer)
        }
        DraftError::Changed { now } => Problem::new(ProblemKind::DraftChanged).with("version", now),
        DraftError::Frozen => ProblemKind::DraftFrozen.into(),
        DraftError::None => ProblemKind::NotFound.into(),
    };
    match (row, error) {
        (Some(row), _) => problem.current(current(row)),
        (None, DraftError::Changed { .. }) => problem.current(Value::Null),
        (None, _) => problem,
    }
}

/// A draft as a conflict shows it.
fn current(row: &DraftRow) -> Value {
    json!({
        "version": row.version,
        "writer": {"id": row.writer, "name": row.writer_name},
        "text": row.body.get("text"),
        "saved_at": crate::api::time(row.saved_at),
    })
}
