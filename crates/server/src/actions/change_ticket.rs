//! A person changes a ticket: status, priority, owner. Also the one way a changed ticket is written: with an event for
//! each change, in the same transaction.

use desk::{
    event::EventKind,
    ids::{AgentId, TeamId},
    permission::{Verb, Who, can},
    status::{Outcome, Priority, Status},
    ticket::{Change, Ticket},
    time::Millis,
};
use serde::Deserialize;
use store::{
    StoreError, Tx,
    events::{self, NewEvent},
    tickets,
};
use utoipa::ToSchema;

use crate::{
    api::words,
    auth::Signed,
    problem::{Problem, ProblemKind},
    state::Desk,
};

/// Writes the ticket, and one event for each change.
pub async fn save(
    tx: &mut Tx,
    ticket: &mut Ticket,
    changes: &[Change],
    actor: Option<AgentId>,
    now: Millis,
) -> Result<(), StoreError> {
    tickets::save(tx, ticket).await?;
    for change in changes {
        let detail = serde_json::to_value(change)?;
        events::record(tx, &NewEvent::of_ticket(change.event(), ticket, actor, now).with(detail)).await?;
    }
    Ok(())
}

/// A ticket for changing, if it is the reader's to see; others wait until this transaction ends.
///
/// # Errors
/// `not-found` where there is no such ticket or the reader may not see it.
pub async fn lock(tx: &mut Tx, who: &Who, number: i64) -> Result<Ticket, Problem> {
    visible(who, tickets::lock_by_number(tx, number).await?)
}

/// A ticket for reading.
///
/// # Errors
/// `not-found` where there is no such ticket or the reader may not see it.
pub async fn find(tx: &mut Tx, who: &Who, number: i64) -> Result<Ticket, Problem> {
    visible(who, tickets::by_number(tx, number).await?)
}

fn visible(who: &Who, ticket: Option<Ticket>) -> Result<Ticket, Problem> {
    let ticket = ticket.filter(|ticket| can(who, Verb::Read, Some(ticket.mailbox), Some(ticket.id)));
    Ok(ticket.ok_or(ProblemKind::NotFound)?)
}

/// Refuses what `who` may not do with this ticket.
///
/// # Errors
/// `not-allowed`.
pub fn demand(who: &Who, verb: Verb, ticket: &Ticket) -> Result<(), Problem> {
    if can(who, verb, Some(ticket.mailbox), Some(ticket.id)) {
        return Ok(());
    }
    Err(Problem::new(ProblemKind::NotAllowed).with("verb", verb.as_str()))
}

/// What a person wants to change; what is not named stays.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TicketChange {
    /// The version that was seen; a stale one is refused. Without it the change applies to what is there.
    pub version: Option<i64>,
    /// The status.
    #[schema(value_type = Option<words::Status>)]
    pub status: Option<Status>,
    /// How it ended, for `done`.
    #[schema(value_type = Option<words::Outcome>)]
    pub outcome: Option<Outcome>,
    /// Why no reply was needed.
    pub outcome_reason: Option<String>,
    /// How soon.
    #[schema(value_type = Option<words::Priority>)]
    pub priority: Option<Priority>,
    /// Takes the ticket off a shelf: it is not spam after all.
    pub not_spam: Option<bool>,
}

/// Changes status and priority.
///
/// # Errors
/// `changed-meanwhile`, `reason-required`, `status-not-allowed`.
pub async fn change_ticket(
    desk: &Desk,
    signed: &Signed,
    number: i64,
    wanted: TicketChange,
) -> Result<Ticket, Problem> {
    let mut tx = desk.store.begin().await?;
    let mut ticket = lock(&mut tx, &signed.who, number).await?;
    demand(&signed.who, Verb::Send, &ticket)?;
    if wanted.version.is_some_and(|seen| seen != ticket.version) {
        return Err(Problem::new(ProblemKind::ChangedMeanwhile).with("version", ticket.version));
    }
    let mut changes = Vec::new();
    if wanted.not_spam == Some(true) {
        changes.extend(ticket.not_spam());
    }
    if let Some(priority) = wanted.priority {
        changes.extend(ticket.priority_set(priority));
    }
    if let Some(status) = wanted.status {
        let set = ticket.status_set(status, wanted.outcome, wanted.outcome_reason.as_deref(), desk.now());
        changes.extend(set.map_err(|error| {
            let (field, code) = error.field_and_code();
            let kind =
                if field == "status" { ProblemKind::StatusNotAllowed } else { ProblemKind::ReasonRequired };
            Problem::new(kind).field(field, code)
        })?);
    }
    save(&mut tx, &mut ticket, &changes, Some(signed.agent.id), desk.now()).await?;
    tx.commit().await?;
    desk.committed();
    Ok(ticket)
}

/// Gives the ticket to a person, or to nobody.
///
/// # Errors
/// `not-found` for the ticket; `invalid-input` where there is no such person.
pub async fn assign_ticket(
    desk: &Desk,
    signed: &Signed,
    number: i64,
    agent: Option<AgentId>,
    team: Option<TeamId>,
) -> Result<Ticket, Problem> {
    let mut tx = desk.store.begin().await?;
    let mut ticket = lock(&mut tx, &signed.who, number).await?;
    demand(&signed.who, Verb::Assign, &ticket)?;
    super::merge_tickets::demand_unmerged(&mut tx, &ticket).await?;
    if let Some(id) = agent {
        let person = store::agents::by_id(&mut tx, id).await?.filter(|person| person.active);
        if person.is_none() {
            return Err(Problem::new(ProblemKind::InvalidInput).field("agent", "no_such_agent"));
        }
    }
    let team = team.or(ticket.team);
    let changes = ticket.assigned(agent, team);
    save(&mut tx, &mut ticket, &changes, Some(signed.agent.id), desk.now()).await?;
    tx.commit().await?;
    desk.committed();
    Ok(ticket)
}

/// What of a list of event kinds is told beside the changes of the ticket itself.
pub async fn tell(
    tx: &mut Tx,
    ticket: &Ticket,
    kind: EventKind,
    actor: Option<AgentId>,
    now: Millis,
    detail: serde_json::Value,
) -> Result<(), StoreError> {
    events::record(tx, &NewEvent::of_ticket(kind, ticket, actor, now).with(detail)).await?;
    Ok(())
}
