//! What an import asks of a ticket that exists: has anything but old mail ever happened to it?

use crate::{
    StoreError,
    tx::{Tx, maybe_value},
};
use desk::{event::EventKind, ids::TicketId};

/// Whether a ticket's history holds nothing but what old mail writes: no event of a person, and no other kinds than that
/// it began, that messages joined, and that some could not be read.
pub async fn alone(tx: &mut Tx, ticket: TicketId) -> Result<bool, StoreError> {
    const SQL: &str = "
        select id from events
        where ticket = $1 and (actor is not null or kind not in ($2, $3, $4))
        order by id limit 1";
    let other: Option<i64> = maybe_value!(
        tx,
        SQL,
        ticket.0,
        EventKind::TicketCreated.as_str(),
        EventKind::MessageJoined.as_str(),
        EventKind::MailUnreadable.as_str()
    )?;
    Ok(other.is_none())
}
