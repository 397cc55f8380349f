//! Is this mail here already (contract §6.4)? The same original was read before; the same mail came in other bytes; or
//! it is our own mail that found its way back to us.

use desk::{
    ids::{MessageId, TicketId},
    message::Direction,
};
use mail::Warning;
use store::{
    Tx, blobs,
    messages::{self, Candidate, MessageRow},
    originals::DeliveryRow,
    outbound,
};

use super::{Became, Read, ReceiveError, Received, entering::Entering};

/// What became of it, if it was read before or is another copy.
pub(super) async fn find(
    tx: &mut Tx,
    arrival: &DeliveryRow,
    read: &Read,
) -> Result<Option<Received>, ReceiveError> {
    if let Some(row) = messages::by_original(tx, arrival.original).await? {
        return Ok(Some(received(Became::Known, &row)));
    }
    match messages::by_soft_key(tx, &read.soft_key).await? {
        Some(row) => also_arrived(tx, arrival, row.id, row.message.ticket).await.map(Some),
        None => Ok(None),
    }
}

/// Another message has this mail's Message-ID. If that message is ours and says the same, the mail is a copy of it (a
/// list or an automatic forward sent it back); otherwise somebody used the id twice, and the mail says so.
pub(super) async fn of_same_id(
    tx: &mut Tx,
    mail: &mut Entering<'_>,
    others: &[Candidate],
) -> Result<Option<Received>, ReceiveError> {
    for other in others.iter().filter(|other| other.direction == Direction::Out) {
        if says_the_same(tx, other.message, mail.read).await? {
            return also_arrived(tx, mail.arrival, other.message, other.ticket).await.map(Some);
        }
    }
    if !others.is_empty() && !mail.warnings.contains(&Warning::MessageIdReused) {
        mail.warnings.push(Warning::MessageIdReused);
    }
    Ok(None)
}

async fn says_the_same(tx: &mut Tx, ours: MessageId, read: &Read) -> Result<bool, ReceiveError> {
    let Some(row) = outbound::by_message(tx, ours).await? else { return Ok(false) };
    let bytes = blobs::fetch(tx, &row.bytes_sha256).await?;
    // Our own bytes are read without a guard: we wrote them.
    Ok(mail::soft_key::of(&mail::read(&bytes), &bytes) == read.soft_key)
}

async fn also_arrived(
    tx: &mut Tx,
    arrival: &DeliveryRow,
    message: MessageId,
    ticket: TicketId,
) -> Result<Received, ReceiveError> {
    messages::add_copy(tx, message, arrival.original, arrival.id).await?;
    Ok(Received { became: Became::Copy, message, ticket, unreadable: false })
}

fn received(became: Became, row: &MessageRow) -> Received {
    Received { became, message: row.id, ticket: row.message.ticket, unreadable: false }
}
