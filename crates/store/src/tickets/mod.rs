//! Tickets: one at a time here, lists in `list`. The lane is computed by the desk at each write and stored beside, so
//! that lists and counts are index walks.

mod columns;
mod list;

pub use columns::TicketColumns;
pub use list::{Assignee, Counts, Filter, ListedTicket, Sort, counts, list, listed};

use crate::{
    StoreError,
    dialect::{self, for_update},
    tx::{Tx, all, changed, maybe, maybe_value, value},
};
use columns::{rank, ticket_columns, with_ticket};
use desk::{
    ids::{ContactId, TicketId},
    status::{Delivery, Outcome, Shelf},
    ticket::Ticket,
    time::Millis,
};

macro_rules! select {
    ($rest:literal) => {
        concat!("select ", ticket_columns!(), " from tickets t ", $rest)
    };
}

/// The next ticket number: take it before [`add`], as a ticket's token is made of its number. Numbers of tickets
/// that were not written in the end may be left out.
pub async fn next_number(tx: &mut Tx) -> Result<i64, StoreError> {
    dialect::next_ticket_number(tx).await
}

/// Writes a new ticket with its number and token; its `id` and `version` are given here.
pub async fn add(tx: &mut Tx, ticket: &Ticket) -> Result<TicketId, StoreError> {
    const SQL: &str = "
        insert into tickets (channel, mailbox, contact, subject, status, outcome, outcome_reason, priority,
            priority_rank, assignee, team, shelf, lane, ever_answered, drafting, queued_replies, approval_asked,
            snoozed_until, due_at, delivery, last_message_at, last_message_id, created_at, done_at, excerpt, kind,
            suggestion_ticket, suggestion_because, merged_into, number, token, version)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22,
            $23, $24, $25, $26, $27, $28, $29, $30, $31, 1)
        returning id";
    let id: i64 = with_ticket!(tx, value, SQL, ticket, ticket.number, &ticket.token)?;
    Ok(TicketId(id))
}

/// Writes everything of a ticket over the version in it and raises that version in `ticket`. Stale:
/// [`StoreError::Conflict`].
pub async fn save(tx: &mut Tx, ticket: &mut Ticket) -> Result<(), StoreError> {
    const SQL: &str = "
        update tickets
        set channel = $1, mailbox = $2, contact = $3, subject = $4, status = $5, outcome = $6, outcome_reason = $7,
            priority = $8, priority_rank = $9, assignee = $10, team = $11, shelf = $12, lane = $13,
            ever_answered = $14, drafting = $15, queued_replies = $16, approval_asked = $17, snoozed_until = $18,
            due_at = $19, delivery = $20, last_message_at = $21, last_message_id = $22, created_at = $23,
            done_at = $24, excerpt = $25, kind = $26, suggestion_ticket = $27, suggestion_because = $28,
            merged_into = $29, version = version + 1
        where id = $30 and version = $31
        returning version";
    let version: Option<i64> = with_ticket!(tx, maybe_value, SQL, ticket, ticket.id.0, ticket.version)?;
    changed(u64::from(version.is_some()))?;
    ticket.version += 1;
    Ok(())
}

/// One ticket.
pub async fn get(tx: &mut Tx, id: TicketId) -> Result<Option<Ticket>, StoreError> {
    const SQL: &str = select!("where t.id = $1");
    let row: Option<TicketColumns> = maybe!(tx, SQL, id.0)?;
    Ok(row.map(Ticket::from))
}

/// The ticket of this number.
pub async fn by_number(tx: &mut Tx, number: i64) -> Result<Option<Ticket>, StoreError> {
    const SQL: &str = select!("where t.number = $1");
    let row: Option<TicketColumns> = maybe!(tx, SQL, number)?;
    Ok(row.map(Ticket::from))
}

/// The ticket whose plus-address has this token.
pub async fn by_token(tx: &mut Tx, token: &str) -> Result<Option<Ticket>, StoreError> {
    const SQL: &str = select!("where t.token = $1");
    let row: Option<TicketColumns> = maybe!(tx, SQL, token)?;
    Ok(row.map(Ticket::from))
}

/// One ticket, held until the transaction ends: whoever wants to change it too waits.
pub async fn lock(tx: &mut Tx, id: TicketId) -> Result<Option<Ticket>, StoreError> {
    let sql = for_update!(tx, select!("where t.id = $1"));
    let row: Option<TicketColumns> = maybe!(tx, sql, id.0)?;
    Ok(row.map(Ticket::from))
}

/// The ticket of this number, held until the transaction ends.
pub async fn lock_by_number(tx: &mut Tx, number: i64) -> Result<Option<Ticket>, StoreError> {
    let sql = for_update!(tx, select!("where t.number = $1"));
    let row: Option<TicketColumns> = maybe!(tx, sql, number)?;
    Ok(row.map(Ticket::from))
}

/// The tickets of a contact with a message since `since`, the newest first.
pub async fn of_contact(
    tx: &mut Tx,
    contact: ContactId,
    since: Millis,
    limit: i64,
) -> Result<Vec<Ticket>, StoreError> {
    const SQL: &str = select!(
        "where t.contact = $1 and t.last_message_at >= $2 order by t.last_message_at desc, t.id desc limit $3"
    );
    let rows: Vec<TicketColumns> = all!(tx, SQL, contact.0, since, limit)?;
    Ok(rows.into_iter().map(Ticket::from).collect())
}

/// Tickets whose snooze ended by `now`.
pub async fn snooze_over(tx: &mut Tx, now: Millis, limit: i64) -> Result<Vec<Ticket>, StoreError> {
    const SQL: &str = select!(
        "where t.lane = 'waiting_inside' and t.snoozed_until <= $1 order by t.snoozed_until, t.id limit $2"
    );
    let rows: Vec<TicketColumns> = all!(tx, SQL, now, limit)?;
    Ok(rows.into_iter().map(Ticket::from).collect())
}
