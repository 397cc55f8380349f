//! Two tickets become one: the messages of the first move into the second, and whoever wrote them may answer there
//! from now on, because their mails are part of it (contract §6.3).

use desk::{
    event::EventKind,
    permission::Verb,
    ticket::{MergeError, Ticket},
};
use serde_json::json;
use store::{Tx, drafts, messages, outbound, tickets};

use super::change_ticket::{demand, lock, save, tell};
use crate::{
    auth::Signed,
    problem::{Problem, ProblemKind},
    state::Desk,
};

/// Joins ticket `from` with ticket `into`; gives the one that stays.
///
/// # Errors
/// `same-ticket`, `cannot-merge` with the code of why.
pub async fn merge_tickets(desk: &Desk, signed: &Signed, from: i64, into: i64) -> Result<Ticket, Problem> {
    if from == into {
        return Err(ProblemKind::SameTicket.into());
    }
    let (now, actor) = (desk.now(), Some(signed.agent.id));
    let mut tx = desk.store.begin().await?;
    // Always the lower number first, so that two people who join the same tickets cannot wait for each other.
    let low = lock(&mut tx, &signed.who, from.min(into)).await?;
    let high = lock(&mut tx, &signed.who, from.max(into)).await?;
    let (mut from, mut into) = if from < into { (low, high) } else { (high, low) };
    demand(&signed.who, Verb::Send, &from)?;
    demand(&signed.who, Verb::Send, &into)?;
    let (ours, theirs) = from.merged(&mut into, now).map_err(refused)?;
    move_everything(&mut tx, &from, &into).await?;
    save(&mut tx, &mut from, &ours, actor, now).await?;
    save(&mut tx, &mut into, &theirs, actor, now).await?;
    let detail = json!({"from": from.number, "into": into.number});
    tell(&mut tx, &from, EventKind::TicketsMerged, actor, now, detail.clone()).await?;
    tell(&mut tx, &into, EventKind::TicketsMerged, actor, now, detail).await?;
    tx.commit().await?;
    desk.committed();
    Ok(into)
}

async fn move_everything(tx: &mut Tx, from: &Ticket, into: &Ticket) -> Result<(), Problem> {
    messages::move_all(tx, from.id, into.id).await?;
    outbound::move_all(tx, from.id, into.id).await?;
    drafts::move_to(tx, from.id, into.id).await?;
    Ok(())
}

/// Refuses to go on in a ticket that became part of another one: nobody would look for it there.
///
/// # Errors
/// `ticket-merged` with the number of the ticket it is part of now.
pub async fn demand_unmerged(tx: &mut Tx, ticket: &Ticket) -> Result<(), Problem> {
    let mut next = ticket.merged_into;
    let mut part_of = None;
    // That one may be part of yet another; a merged ticket takes nothing in, so the way ends.
    while let Some(id) = next {
        let into = tickets::get(tx, id).await?.ok_or(ProblemKind::NotFound)?;
        next = into.merged_into;
        part_of = Some(into.number);
    }
    match part_of {
        Some(number) => Err(Problem::new(ProblemKind::TicketMerged).with("number", number)),
        None => Ok(()),
    }
}

fn refused(error: MergeError) -> Problem {
    Problem::new(ProblemKind::CannotMerge).with("why", error.code())
}
