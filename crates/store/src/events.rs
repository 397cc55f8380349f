//! What happened: history of each ticket, audit trail, live stream and source of reports, in one table that only grows
//! (contract §6.9). An event carries codes and ids, never text.

use crate::{
    StoreError, column,
    tx::{Tx, all, maybe_value, value},
};
use desk::{
    event::EventKind,
    ids::{AgentId, EventId, MailboxId, TeamId, TicketId},
    status::Lane,
    ticket::Ticket,
    time::Millis,
};
use serde_json::Value;

/// An event to write.
#[derive(Debug, Clone)]
pub struct NewEvent {
    /// When.
    pub at: Millis,
    /// What.
    pub kind: EventKind,
    /// To which ticket.
    pub ticket: Option<TicketId>,
    /// In which mailbox.
    pub mailbox: Option<MailboxId>,
    /// Whose team's work it is after the event.
    pub team: Option<TeamId>,
    /// Whose work it is after the event.
    pub assignee: Option<AgentId>,
    /// Where the ticket stands after the event.
    pub lane: Option<Lane>,
    /// The version of the ticket after the event.
    pub version: Option<i64>,
    /// Who did it; `None`: the desk itself, or a customer.
    pub actor: Option<AgentId>,
    /// Codes and ids, by kind.
    pub detail: Value,
}

impl NewEvent {
    /// An event without a ticket.
    pub fn of_desk(kind: EventKind, actor: Option<AgentId>, at: Millis) -> Self {
        Self {
            at,
            kind,
            ticket: None,
            mailbox: None,
            team: None,
            assignee: None,
            lane: None,
            version: None,
            actor,
            detail: Value::Object(serde_json::Map::new()),
        }
    }

    /// An event of a ticket as it stands now, its version being the one in `ticket`.
    pub fn of_ticket(kind: EventKind, ticket: &Ticket, actor: Option<AgentId>, at: Millis) -> Self {
        Self {
            ticket: Some(ticket.id),
            mailbox: Some(ticket.mailbox),
            team: ticket.team,
            assignee: ticket.assignee,
            lane: Some(ticket.lane()),
            version: Some(ticket.version),
            ..Self::of_desk(kind, actor, at)
        }
    }

    /// The same event with this detail.
    #[must_use]
    pub fn with(self, detail: Value) -> Self {
        Self { detail, ..self }
    }
}

column::row! {
    /// One event.
    pub struct EventRow {
        /// Identity; grows with time, but on PostgreSQL ids become visible out of order.
        pub id: EventId,
        /// When.
        pub at: Millis,
        /// What.
        pub kind: EventKind,
        /// To which ticket.
        pub ticket: Option<TicketId>,
        /// That ticket's number.
        pub number: Option<i64>,
        /// In which mailbox.
        pub mailbox: Option<MailboxId>,
        /// Whose team's work it is after the event.
        pub team: Option<TeamId>,
        /// Whose work it is after the event.
        pub assignee: Option<AgentId>,
        /// Where the ticket stands after the event.
        pub lane: Option<Lane>,
        /// The version of the ticket after the event.
        pub version: Option<i64>,
        /// Who did it; `None`: the desk itself, or a customer.
        pub actor: Option<AgentId>,
        /// Their name.
        pub actor_name: Option<String>,
        /// Codes and ids, by kind.
        pub detail: Value,
    }
}

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "select e.id, e.at, e.kind, e.ticket, t.number, e.mailbox, e.team, e.assignee, e.lane, e.version,
                e.actor, a.name as actor_name, e.detail
            from events e
            left join tickets t on t.id = e.ticket
            left join agents a on a.id = e.actor ",
            $rest
        )
    };
}

/// Writes an event; other nodes hear its id when the transaction commits.
pub async fn record(tx: &mut Tx, event: &NewEvent) -> Result<EventId, StoreError> {
    const SQL: &str = "
        insert into events (at, kind, ticket, mailbox, team, assignee, lane, version, actor, detail)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
        returning id";
    let id: i64 = value!(
        tx,
        SQL,
        event.at,
        event.kind.as_str(),
        event.ticket.map(|id| id.0),
        event.mailbox.map(|id| id.0),
        event.team.map(|id| id.0),
        event.assignee.map(|id| id.0),
        event.lane.map(Lane::as_str),
        event.version,
        event.actor.map(|id| id.0),
        column::json_of(&event.detail)
    )?;
    tx.recorded.push(id);
    Ok(EventId(id))
}

/// Events after `after`, by id.
pub async fn after(tx: &mut Tx, after: EventId, limit: i64) -> Result<Vec<EventRow>, StoreError> {
    const SQL: &str = select!("where e.id > $1 order by e.id limit $2");
    Ok(all!(tx, SQL, after.0, limit)?)
}

/// The history of a ticket: its events after `after`, by id.
pub async fn of_ticket(
    tx: &mut Tx,
    ticket: TicketId,
    after: EventId,
    limit: i64,
) -> Result<Vec<EventRow>, StoreError> {
    const SQL: &str = select!("where e.ticket = $1 and e.id > $2 order by e.id limit $3");
    Ok(all!(tx, SQL, ticket.0, after.0, limit)?)
}

/// When this last happened to a ticket.
pub async fn last_of(tx: &mut Tx, ticket: TicketId, kind: EventKind) -> Result<Option<Millis>, StoreError> {
    const SQL: &str = "select at from events where ticket = $1 and kind = $2 order by id desc limit 1";
    Ok(maybe_value!(tx, SQL, ticket.0, kind.as_str())?)
}

/// The newest event's id; 0 before any.
pub async fn max_id(tx: &mut Tx) -> Result<EventId, StoreError> {
    let id: i64 = value!(tx, "select coalesce(max(id), 0) from events")?;
    Ok(EventId(id))
}
