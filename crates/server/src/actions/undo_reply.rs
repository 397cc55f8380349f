//! A held reply becomes a draft again: because its writer presses undo, or because the customer wrote meanwhile.

use desk::{
    event::EventKind,
    ids::{AgentId, OutboundId, TicketId},
    outbound::State,
    permission::Verb,
    ticket::{Before, Ticket},
    time::Millis,
};
use serde_json::json;
use store::{
    Tx,
    drafts::{self, DraftRow},
    messages,
    outbound::{self, OutboundRow},
    tickets,
};

use super::{
    attach::{keep_files, named_in},
    change_ticket::{demand, save, tell},
    queue_reply::ReturnedDraft,
    save_draft::DraftBody,
};
use crate::{
    auth::Signed,
    problem::{Problem, ProblemKind},
    state::Desk,
};

/// Takes a held reply back; gives the ticket's number.
///
/// # Errors
/// `already-on-its-way` once it may have left.
pub async fn undo_reply(desk: &Desk, signed: &Signed, id: OutboundId) -> Result<i64, Problem> {
    let now = desk.now();
    let mut tx = desk.store.begin().await?;
    // The ticket first, then its reply: every action locks in this order.
    let seen = outbound::get(&mut tx, id).await?.ok_or(ProblemKind::NotFound)?;
    let mut ticket = tickets::lock(&mut tx, seen.ticket).await?.ok_or(ProblemKind::NotFound)?;
    demand(&signed.who, Verb::Send, &ticket)?;
    let row = outbound::lock(&mut tx, id).await?.ok_or(ProblemKind::NotFound)?;
    if !row.state.may_be_taken_back() || row.automatic {
        return Err(ProblemKind::AlreadyOnItsWay.into());
    }
    take_back(&mut tx, &mut ticket, row, Some(signed.agent.id), "undone", now).await?;
    tx.commit().await?;
    desk.committed();
    Ok(ticket.number)
}

/// Takes back every held reply of a ticket, as when the customer wrote meanwhile; the caller holds the ticket.
pub async fn take_back_all(
    tx: &mut Tx,
    ticket: &mut Ticket,
    why: &str,
    now: Millis,
) -> Result<usize, Problem> {
    let mut taken = 0;
    for row in held(tx, ticket.id).await? {
        if let Some(row) = outbound::lock(tx, row.id).await?.filter(|row| row.state == State::Held) {
            take_back(tx, ticket, row, None, why, now).await?;
            taken += 1;
        }
    }
    Ok(taken)
}

async fn held(tx: &mut Tx, ticket: TicketId) -> Result<Vec<OutboundRow>, Problem> {
    let rows = outbound::of_ticket(tx, ticket).await?;
    Ok(rows.into_iter().filter(|row| row.state == State::Held && !row.automatic).collect())
}

/// The newest reply of a ticket that waits to leave and is written by this agent, with its words; held until the
/// transaction ends.
pub async fn held_by(
    tx: &mut Tx,
    ticket: TicketId,
    writer: AgentId,
) -> Result<Option<(OutboundRow, ReturnedDraft)>, Problem> {
    for row in held(tx, ticket).await? {
        let returned = returned(&row).filter(|returned| returned.writer == writer);
        let Some(returned) = returned else { continue };
        let row = outbound::lock(tx, row.id).await?.filter(|row| row.state.may_be_taken_back());
        return Ok(row.map(|row| (row, returned)));
    }
    Ok(None)
}

fn returned(row: &OutboundRow) -> Option<ReturnedDraft> {
    row.draft.clone().and_then(|value| serde_json::from_value(value).ok())
}

/// Undoes one held reply: its message and its place in the outbox go, its words come back as the draft.
pub async fn take_back(
    tx: &mut Tx,
    ticket: &mut Ticket,
    row: OutboundRow,
    actor: Option<AgentId>,
    why: &str,
    now: Millis,
) -> Result<(), Problem> {
    let before: Option<Before> =
        row.ticket_before.clone().and_then(|value| serde_json::from_value(value).ok());
    let returned = returned(&row);
    outbound::delete(tx, &row).await?;
    if let Some(message) = row.message {
        messages::delete(tx, message).await?;
    }
    if let Some(returned) = &returned {
        restore(tx, ticket, returned, now).await?;
    }
    let changes = before.map(|before| ticket.reply_taken_back(&before)).unwrap_or_default();
    save(tx, ticket, &changes, actor, now).await?;
    let detail = json!({"outbound": row.id, "why": why});
    tell(tx, ticket, EventKind::ReplyUndone, actor, now, detail).await?;
    Ok(())
}

/// Gives the words back. If somebody has begun another draft meanwhile, that one stays and the words that come back are
/// put before it, its files beside the others, so that nothing is lost.
async fn restore(tx: &mut Tx, ticket: &Ticket, returned: &ReturnedDraft, now: Millis) -> Result<(), Problem> {
    keep_files(tx, &[], &returned.body.attachments, now).await?;
    match drafts::get(tx, ticket.id).await? {
        None => {
            let value = serde_json::to_value(&returned.body).map_err(Problem::broken)?;
            drafts::restore(tx, ticket.id, returned.writer, &value, returned.begun_at, now).await?;
        }
        Some(other) => {
            drafts::snapshot(tx, ticket.id, "undone_beside", now).await?;
            let body = beside(&returned.body, &other);
            let value = serde_json::to_value(&body).map_err(Problem::broken)?;
            drafts::save(tx, ticket.id, other.writer, &value, other.version, now).await?;
        }
    }
    Ok(())
}

/// Both texts as one draft. Two texts have no common HTML, so it goes.
fn beside(returned: &DraftBody, other: &DraftRow) -> DraftBody {
    let words = other.body.get("text").and_then(serde_json::Value::as_str).unwrap_or_default();
    let mut attachments = returned.attachments.clone();
    attachments.extend(named_in(Some(other)).into_iter().filter(|id| !returned.attachments.contains(id)));
    let text = format!("{}\n\n{words}", returned.text.trim_end());
    DraftBody { text, html: None, attachments, ..returned.clone() }
}
