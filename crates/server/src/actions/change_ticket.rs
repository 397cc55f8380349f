//! A person changes a ticket: status, priority, owner. Also the one way a changed ticket is written: with an event for
//! each change, in the same transaction.

use desk::{
    event::EventKind,
    ids::{AgentId, TeamId},
    permission::{Verb, Who, can},
    status::{Outcome, Priority, Status},
    ticket::{Change, StatusError, Ticket},
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
    extract::Edit,
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

/// Somebody: an id, the word `me`, or an assignee or team as a ticket shows it.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(untagged)]
pub enum Whom {
    /// By id.
    Id(i64),
    /// Whoever asks.
    Word(MeWord),
    /// As shown.
    Shown {
        /// The id.
        id: i64,
    },
}

/// The word for whoever asks.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum MeWord {
    /// `me`.
    Me,
}

/// To whom a ticket is given; what is not named stays.
#[derive(Debug, Default, Clone, Copy)]
pub struct Given {
    /// The person, or nobody.
    pub assignee: Edit<Whom>,
    /// The team, or none.
    pub team: Edit<Whom>,
}

/// What a person wants to change; what is not named stays.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TicketChange {
    /// The version that was seen; a stale one is refused. Without it the change applies to what is there.
    pub version: Option<i64>,
    /// The status. `new` takes a ticket off its shelf; nothing else becomes new again.
    #[schema(value_type = Option<words::Status>)]
    pub status: Option<Status>,
    /// How it ended; alone it means `done`.
    #[schema(value_type = Option<words::Outcome>)]
    pub outcome: Option<Outcome>,
    /// Why no reply was needed; `reason` is the same.
    #[serde(alias = "reason")]
    pub outcome_reason: Option<String>,
    /// How soon.
    #[schema(value_type = Option<words::Priority>)]
    pub priority: Option<Priority>,
    /// Who answers; null for nobody. Needs the right to assign.
    #[serde(default)]
    #[schema(value_type = Option<Whom>)]
    pub assignee: Edit<Whom>,
    /// Which team answers; null for none. Needs the right to assign.
    #[serde(default)]
    #[schema(value_type = Option<Whom>)]
    pub team: Edit<Whom>,
    /// Takes the ticket off a shelf: it is not spam after all.
    pub not_spam: Option<bool>,
}

/// Changes owner, status and priority.
///
/// # Errors
/// `changed-meanwhile`, `reason-required`, `status-not-allowed`, `invalid-input` by field.
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
    if wanted.assignee.is_named() || wanted.team.is_named() {
        let given = Given { assignee: wanted.assignee, team: wanted.team };
        changes.extend(give(&mut tx, signed, &mut ticket, given).await?);
    }
    changes.extend(decide(&mut ticket, &wanted, desk.now())?);
    save(&mut tx, &mut ticket, &changes, Some(signed.agent.id), desk.now()).await?;
    tx.commit().await?;
    desk.committed();
    Ok(ticket)
}

fn decide(ticket: &mut Ticket, wanted: &TicketChange, now: Millis) -> Result<Vec<Change>, Problem> {
    let mut changes = Vec::new();
    if wanted.not_spam == Some(true) {
        changes.extend(ticket.not_spam());
    }
    if let Some(priority) = wanted.priority {
        changes.extend(ticket.priority_set(priority));
    }
    let reason = wanted.outcome_reason.as_deref();
    if let Some(status) = wanted.status.or(wanted.outcome.map(|_| Status::Done)) {
        changes.extend(ticket.status_set(status, wanted.outcome, reason, now).map_err(refused)?);
    } else if reason.is_some() {
        return Err(refused(StatusError::OutcomeMissing));
    }
    Ok(changes)
}

fn refused(error: StatusError) -> Problem {
    let (field, code) = error.field_and_code();
    let kind = match error {
        StatusError::NotNew | StatusError::IsMerged => ProblemKind::StatusNotAllowed,
        StatusError::ReasonMissing => ProblemKind::ReasonRequired,
        StatusError::OutcomeMissing
        | StatusError::OutcomeWithoutDone
        | StatusError::NeverAnswered
        | StatusError::NotByHand => ProblemKind::InvalidInput,
    };
    Problem::new(kind).field(field, code)
}

/// Gives the ticket to a person or a team, or to nobody.
///
/// # Errors
/// `not-found` for the ticket; `invalid-input` where there is no such person or team, or nothing is named.
pub async fn assign_ticket(
    desk: &Desk,
    signed: &Signed,
    number: i64,
    given: Given,
) -> Result<Ticket, Problem> {
    if !given.assignee.is_named() && !given.team.is_named() {
        return Err(Problem::new(ProblemKind::InvalidInput).field("assignee", "required"));
    }
    let mut tx = desk.store.begin().await?;
    let mut ticket = lock(&mut tx, &signed.who, number).await?;
    let changes = give(&mut tx, signed, &mut ticket, given).await?;
    save(&mut tx, &mut ticket, &changes, Some(signed.agent.id), desk.now()).await?;
    tx.commit().await?;
    desk.committed();
    Ok(ticket)
}

async fn give(
    tx: &mut Tx,
    signed: &Signed,
    ticket: &mut Ticket,
    given: Given,
) -> Result<Vec<Change>, Problem> {
    demand(&signed.who, Verb::Assign, ticket)?;
    super::merge_tickets::demand_unmerged(tx, ticket).await?;
    let assignee = match given.assignee {
        Edit::Keep => ticket.assignee,
        Edit::Clear => None,
        Edit::Set(whom) => Some(person(tx, signed, whom).await?),
    };
    let team = match given.team {
        Edit::Keep => ticket.team,
        Edit::Clear => None,
        Edit::Set(whom) => Some(team(tx, whom).await?),
    };
    Ok(ticket.assigned(assignee, team))
}

async fn person(tx: &mut Tx, signed: &Signed, whom: Whom) -> Result<AgentId, Problem> {
    let id = match whom {
        Whom::Id(id) | Whom::Shown { id } => AgentId(id),
        Whom::Word(MeWord::Me) => signed.agent.id,
    };
    let person = store::agents::by_id(tx, id).await?.filter(|person| person.active);
    let known = person.map(|person| person.id);
    known.ok_or_else(|| Problem::new(ProblemKind::InvalidInput).field("assignee", "no_such_agent"))
}

async fn team(tx: &mut Tx, whom: Whom) -> Result<TeamId, Problem> {
    let known = match whom {
        Whom::Id(id) | Whom::Shown { id } => store::teams::by_id(tx, TeamId(id)).await?,
        Whom::Word(MeWord::Me) => None,
    };
    let known = known.map(|team| team.id);
    known.ok_or_else(|| Problem::new(ProblemKind::InvalidInput).field("team", "no_such_team"))
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
