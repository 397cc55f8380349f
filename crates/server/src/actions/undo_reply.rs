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
    Tx, drafts, messages,
    outbound::{self, OutboundRow},
    tickets, uploads,
};

use super::{
    change_ticket::{demand, save, tell},
    queue_reply::ReturnedDraft,
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

/// Undoes one held reply: its message and its place in the outbox go, its words come back as the draft.
async fn take_back(
    tx: &mut Tx,
    ticket: &mut Ticket,
    row: OutboundRow,
    actor: Option<AgentId>,
    why: &str,
    now: Millis,
) -> Result<(), Problem> {
    let before: Option<Before> =
        row.ticket_before.clone().and_then(|value| serde_json::from_value(value).ok());
    let returned: Option<ReturnedDraft> =
        row.draft.clone().and_then(|value| serde_json::from_value(value).ok());
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
/// put before it, so that neither is lost.
async fn restore(tx: &mut Tx, ticket: &Ticket, returned: &ReturnedDraft, now: Millis) -> Result<(), Problem> {
    for upload in &returned.body.attachments {
        uploads::set_used(tx, *upload, None).await?;
    }
    let value = serde_json::to_value(&returned.body).map_err(Problem::broken)?;
    match drafts::get(tx, ticket.id).await? {
        None => {
            drafts::restore(tx, ticket.id, returned.writer, &value, returned.begun_at, now).await?;
        }
        Some(other) => {
            drafts::snapshot(tx, ticket.id, "undone_beside", now).await?;
            let mut body = returned.body.clone();
            let words = other.body.get("text").and_then(serde_json::Value::as_str).unwrap_or_default();
            body.text = format!("{}\n\n{words}", body.text.trim_end());
            let value = serde_json::to_value(&body).map_err(Problem::broken)?;
            drafts::save(tx, ticket.id, other.writer, &value, other.version, now).await?;
        }
    }
    Ok(())
}
