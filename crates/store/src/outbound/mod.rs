//! The outbox: replies whose bytes are fixed (contract §6.15, §6.16). A row is `sending` in a committed transaction
//! before the first byte leaves; what a crash leaves there is found by [`expired`] and put before a person.

mod columns;

pub use columns::{NewOutbound, OutboundRow, RecipientRow};

use crate::{
    StoreError,
    address::fold,
    blobs,
    column::{self, json_of},
    dialect::for_update,
    tx::{Tx, all, changed, found, maybe, run, value, values},
};
use columns::outbound_columns;
use desk::{
    ids::{MessageId, OutboundId, TicketId},
    outbound::State,
    time::Millis,
};

macro_rules! select {
    ($rest:literal) => {
        concat!("select ", outbound_columns!(), " from outbound o join tickets t on t.id = o.ticket ", $rest)
    };
}

/// Puts a reply and its recipients into the outbox. Its Message-ID is there already: [`StoreError::Conflict`].
pub async fn add(tx: &mut Tx, new: &NewOutbound, now: Millis) -> Result<OutboundId, StoreError> {
    const SQL: &str = "
        insert into outbound (ticket, message, mailbox, channel, message_id_header, bytes_sha256, size, envelope_from,
            state, not_before, attempts, ticket_before, draft, automatic, agent, created_at, version)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 0, $11, $12, $13, $14, $15, 1)
        returning id";
    const RECIPIENT: &str = "
        insert into outbound_recipients (outbound, address, address_folded, state)
        values ($1, $2, $3, $4)
        on conflict (outbound, address_folded) do nothing";
    let id: i64 = value!(
        tx,
        SQL,
        new.ticket.0,
        new.message.map(|id| id.0),
        new.mailbox.0,
        new.channel.as_str(),
        &new.message_id_header,
        new.bytes_sha256.as_slice(),
        blobs::size(new.size),
        &new.envelope_from,
        new.state.as_str(),
        new.not_before,
        new.ticket_before.as_ref().map(json_of),
        new.draft.as_ref().map(json_of),
        new.automatic,
        new.agent.map(|id| id.0),
        now
    )?;
    for address in &new.recipients {
        run!(tx, RECIPIENT, id, address, fold(address), new.state.as_str())?;
    }
    Ok(OutboundId(id))
}

/// One reply.
pub async fn get(tx: &mut Tx, id: OutboundId) -> Result<Option<OutboundRow>, StoreError> {
    const SQL: &str = select!("where o.id = $1");
    Ok(maybe!(tx, SQL, id.0)?)
}

/// One reply, held until the transaction ends. Undo and the worker meet here: whoever comes first wins.
pub async fn lock(tx: &mut Tx, id: OutboundId) -> Result<Option<OutboundRow>, StoreError> {
    let sql = for_update!(tx, "select id from outbound where id = $1");
    let held: Vec<i64> = values!(tx, sql, id.0)?;
    if held.is_empty() { Ok(None) } else { get(tx, id).await }
}

/// The reply with this Message-ID: what a bounce or an answer names.
pub async fn by_message_id(tx: &mut Tx, message_id_header: &str) -> Result<Option<OutboundRow>, StoreError> {
    const SQL: &str = select!("where o.message_id_header = $1");
    Ok(maybe!(tx, SQL, message_id_header)?)
}

/// The outbox's part of a message.
pub async fn by_message(tx: &mut Tx, message: MessageId) -> Result<Option<OutboundRow>, StoreError> {
    const SQL: &str = select!("where o.message = $1");
    Ok(maybe!(tx, SQL, message.0)?)
}

/// Every reply of a ticket, the newest first; at most 500.
pub async fn of_ticket(tx: &mut Tx, ticket: TicketId) -> Result<Vec<OutboundRow>, StoreError> {
    const SQL: &str = select!("where o.ticket = $1 order by o.id desc limit 500");
    Ok(all!(tx, SQL, ticket.0)?)
}

/// Replies in this state, or in any, the newest first, before `before`.
pub async fn list(
    tx: &mut Tx,
    state: Option<State>,
    before: Option<OutboundId>,
    limit: i64,
) -> Result<Vec<OutboundRow>, StoreError> {
    const ANY: &str = select!("where o.id < $1 order by o.id desc limit $2");
    const ONE: &str = select!("where o.id < $1 and o.state = $3 order by o.id desc limit $2");
    let before = before.map_or(i64::MAX, |id| id.0);
    Ok(match state {
        Some(state) => all!(tx, ONE, before, limit, state.as_str())?,
        None => all!(tx, ANY, before, limit)?,
    })
}

/// Takes this reply if it may leave now: it is `sending` under a lease. `None` if it may not, or somebody has it.
/// Commit before the first byte leaves.
pub async fn claim(
    tx: &mut Tx,
    id: OutboundId,
    node: &str,
    now: Millis,
    lease_until: Millis,
) -> Result<Option<OutboundRow>, StoreError> {
    const SQL: &str = "
        update outbound
        set state = 'sending', attempts = attempts + 1, lease_until = $3, node = $4, version = version + 1
        where id = $1 and state in ('held', 'queued', 'deferred') and not_before <= $2";
    if run!(tx, SQL, id.0, now, lease_until, node)? == 0 { Ok(None) } else { get(tx, id).await }
}

/// Gives a sign of life for a reply that this node is sending. False if it is no longer so.
pub async fn renew(tx: &mut Tx, id: OutboundId, node: &str, lease_until: Millis) -> Result<bool, StoreError> {
    const SQL: &str =
        "update outbound set lease_until = $3 where id = $1 and node = $2 and state = 'sending'";
    Ok(run!(tx, SQL, id.0, node, lease_until)? == 1)
}

/// Replies that might have left before `due`, the longest waiting first.
pub async fn overdue(tx: &mut Tx, due: Millis, limit: i64) -> Result<Vec<OutboundRow>, StoreError> {
    const SQL: &str = select!(
        "where o.state in ('held', 'queued', 'deferred') and o.not_before < $1
        order by o.not_before, o.id limit $2"
    );
    Ok(all!(tx, SQL, due, limit)?)
}

/// Replies that are `sending` under a lease that is over: their worker died, and nobody knows whether they left.
pub async fn expired(tx: &mut Tx, now: Millis, limit: i64) -> Result<Vec<OutboundRow>, StoreError> {
    const SQL: &str = select!("where o.state = 'sending' and o.lease_until < $1 order by o.id limit $2");
    Ok(all!(tx, SQL, now, limit)?)
}

/// Writes state, times, lease, answer and attempts over the version in the row and raises it. Stale:
/// [`StoreError::Conflict`].
pub async fn save(tx: &mut Tx, row: &mut OutboundRow) -> Result<(), StoreError> {
    const SQL: &str = "
        update outbound
        set state = $3, not_before = $4, attempts = $5, lease_until = $6, node = $7, answer = $8, sent_at = $9,
            version = version + 1
        where id = $1 and version = $2";
    let rows = run!(
        tx,
        SQL,
        row.id.0,
        row.version,
        row.state.as_str(),
        row.not_before,
        row.attempts,
        row.lease_until,
        &row.node,
        &row.answer,
        row.sent_at
    )?;
    changed(rows)?;
    row.version += 1;
    Ok(())
}

/// Removes a reply that never left (undo), its recipients with it. Stale: [`StoreError::Conflict`]. Remove its message
/// after it.
pub async fn delete(tx: &mut Tx, row: &OutboundRow) -> Result<(), StoreError> {
    run!(tx, "delete from outbound_recipients where outbound = $1", row.id.0)?;
    changed(run!(tx, "delete from outbound where id = $1 and version = $2", row.id.0, row.version)?)
}

/// The recipients of a reply, in the order they were given.
pub async fn recipients(tx: &mut Tx, id: OutboundId) -> Result<Vec<RecipientRow>, StoreError> {
    const SQL: &str = "
        select id, outbound, address, state, answer from outbound_recipients
        where outbound = $1
        order by id limit 1000";
    Ok(all!(tx, SQL, id.0)?)
}

/// The recipients of every reply of a ticket: what its page shows.
pub async fn recipients_of_ticket(tx: &mut Tx, ticket: TicketId) -> Result<Vec<RecipientRow>, StoreError> {
    const SQL: &str = "
        select r.id, r.outbound, r.address, r.state, r.answer
        from outbound_recipients r
        join outbound o on o.id = r.outbound
        where o.ticket = $1
        order by r.id limit 5000";
    Ok(all!(tx, SQL, ticket.0)?)
}

/// Writes what became of one recipient.
pub async fn save_recipient(tx: &mut Tx, row: &RecipientRow) -> Result<(), StoreError> {
    const SQL: &str = "update outbound_recipients set state = $2, answer = $3 where id = $1";
    found(run!(tx, SQL, row.id, row.state.as_str(), &row.answer)?)
}

/// How many replies are in this state.
pub async fn count(tx: &mut Tx, state: State) -> Result<i64, StoreError> {
    Ok(value!(tx, "select count(*) from outbound where state = $1", state.as_str())?)
}

column::row! {
    /// How many replies are in one state.
    pub struct StateCount {
        /// The state.
        pub state: State,
        /// How many.
        pub replies: i64,
    }
}

/// How many replies there are in each state that is not `accepted`.
pub async fn counts(tx: &mut Tx) -> Result<Vec<StateCount>, StoreError> {
    const SQL: &str = "
        select state, count(*) as replies from outbound
        where state in ('held', 'queued', 'sending', 'deferred', 'refused', 'unknown', 'bounced')
        group by state
        order by state limit 10";
    Ok(all!(tx, SQL)?)
}

/// Puts every reply of one ticket into another (merge); how many.
pub async fn move_all(tx: &mut Tx, from: TicketId, into: TicketId) -> Result<u64, StoreError> {
    Ok(run!(tx, "update outbound set ticket = $2 where ticket = $1", from.0, into.0)?)
}
