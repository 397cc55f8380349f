//! The unfinished reply of each ticket, one at a time with one writer (contract §6.13), and snapshots of it.

use crate::{
    StoreError, column,
    tx::{Tx, all, changed, found, maybe, maybe_value, run},
};
use desk::{
    ids::{AgentId, DraftId, TicketId},
    time::Millis,
};
use serde_json::Value;

column::row! {
    /// The draft of a ticket.
    pub struct DraftRow {
        /// Its ticket.
        pub ticket: TicketId,
        /// Who holds the pen.
        pub writer: AgentId,
        /// Their name.
        pub writer_name: String,
        /// Raised at every save; never used twice for one ticket.
        pub version: i64,
        /// Text, quote, recipients, attachments …: the shape of `PUT /tickets/{number}/draft`.
        pub body: Value,
        /// When it was begun.
        pub begun_at: Millis,
        /// When it was last saved.
        pub saved_at: Millis,
    }
}

/// The draft of a ticket, if there is one.
pub async fn get(tx: &mut Tx, ticket: TicketId) -> Result<Option<DraftRow>, StoreError> {
    const SQL: &str = "
        select d.ticket, d.writer, a.name as writer_name, d.version, d.body, d.begun_at, d.saved_at
        from drafts d
        join agents a on a.id = d.writer
        where d.ticket = $1";
    Ok(maybe!(tx, SQL, ticket.0)?)
}

/// Saves a draft over the version that was seen, 0 for a new one, and hands the pen to `writer`. The new version; stale:
/// [`StoreError::Conflict`].
pub async fn save(
    tx: &mut Tx,
    ticket: TicketId,
    writer: AgentId,
    body: &Value,
    seen: i64,
    now: Millis,
) -> Result<i64, StoreError> {
    const ADD: &str = "
        insert into drafts (ticket, writer, version, body, begun_at, saved_at)
        values ($1, $2, coalesce((select max(version) from draft_versions where ticket = $1), 0) + 1, $3, $4, $4)
        on conflict (ticket) do nothing
        returning version";
    const CHANGE: &str = "
        update drafts set writer = $2, version = version + 1, body = $3, saved_at = $4
        where ticket = $1 and version = $5
        returning version";
    let body = column::json_of(body);
    let version: Option<i64> = if seen == 0 {
        maybe_value!(tx, ADD, ticket.0, writer.0, body, now)?
    } else {
        maybe_value!(tx, CHANGE, ticket.0, writer.0, body, now, seen)?
    };
    version.ok_or(StoreError::Conflict)
}

/// Gives a reply that was taken back its draft again, begun when it was begun. There is a draft: [`StoreError::Conflict`].
pub async fn restore(
    tx: &mut Tx,
    ticket: TicketId,
    writer: AgentId,
    body: &Value,
    begun_at: Millis,
    now: Millis,
) -> Result<i64, StoreError> {
    let version = save(tx, ticket, writer, body, 0, now).await?;
    found(run!(tx, "update drafts set begun_at = $2 where ticket = $1", ticket.0, begun_at)?)?;
    Ok(version)
}

/// Hands the pen to another writer; the text stays. The new version; stale: [`StoreError::Conflict`].
pub async fn take(
    tx: &mut Tx,
    ticket: TicketId,
    writer: AgentId,
    seen: i64,
    now: Millis,
) -> Result<i64, StoreError> {
    const SQL: &str = "
        update drafts set writer = $2, version = version + 1, saved_at = $4
        where ticket = $1 and version = $3
        returning version";
    let version: Option<i64> = maybe_value!(tx, SQL, ticket.0, writer.0, seen, now)?;
    version.ok_or(StoreError::Conflict)
}

/// Removes a draft of the version that was seen, after a snapshot with the reason `why`. Stale or gone:
/// [`StoreError::Conflict`].
pub async fn delete(
    tx: &mut Tx,
    ticket: TicketId,
    seen: i64,
    why: &str,
    now: Millis,
) -> Result<(), StoreError> {
    snapshot(tx, ticket, why, now).await?;
    changed(run!(tx, "delete from drafts where ticket = $1 and version = $2", ticket.0, seen)?)
}

column::row! {
    /// A snapshot of a draft.
    pub struct DraftVersion {
        /// Identity.
        pub id: DraftId,
        /// The version it was.
        pub version: i64,
        /// Who held the pen.
        pub writer: AgentId,
        /// As in [`DraftRow`].
        pub body: Value,
        /// Why it was kept: `time`, `taken`, `sent`, `discarded` …
        pub why: String,
        /// When.
        pub at: Millis,
    }
}

/// Keeps the draft as it stands now; without one, nothing.
pub async fn snapshot(tx: &mut Tx, ticket: TicketId, why: &str, now: Millis) -> Result<(), StoreError> {
    const SQL: &str = "
        insert into draft_versions (ticket, version, writer, body, why, at)
        select ticket, version, writer, body, $2, $3 from drafts where ticket = $1";
    run!(tx, SQL, ticket.0, why, now)?;
    Ok(())
}

/// When the last snapshot was kept.
pub async fn last_snapshot_at(tx: &mut Tx, ticket: TicketId) -> Result<Option<Millis>, StoreError> {
    const SQL: &str = "select at from draft_versions where ticket = $1 order by id desc limit 1";
    Ok(maybe_value!(tx, SQL, ticket.0)?)
}

/// Snapshots of a ticket's drafts, the newest first; at most `limit` before `before`.
pub async fn versions(
    tx: &mut Tx,
    ticket: TicketId,
    before: Option<DraftId>,
    limit: i64,
) -> Result<Vec<DraftVersion>, StoreError> {
    const SQL: &str = "
        select id, version, writer, body, why, at from draft_versions
        where ticket = $1 and id < $2
        order by id desc limit $3";
    Ok(all!(tx, SQL, ticket.0, before.map_or(i64::MAX, |id| id.0), limit)?)
}

/// Moves a draft and its snapshots to another ticket (joining tickets). That one has a draft: [`StoreError::Conflict`].
pub async fn move_to(tx: &mut Tx, from: TicketId, into: TicketId) -> Result<(), StoreError> {
    run!(tx, "update drafts set ticket = $2, version = version + 1 where ticket = $1", from.0, into.0)?;
    run!(tx, "update draft_versions set ticket = $2 where ticket = $1", from.0, into.0)?;
    Ok(())
}
