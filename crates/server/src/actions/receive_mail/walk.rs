//! One mail, step by step: is it here already, who wrote it, where does it belong, into its ticket.

use desk::message::Kind;
use store::{Tx, originals::DeliveryRow};

use super::{
    Around, Became, Read, ReceiveError, Received,
    enter::{self, Entered},
    entering::Entering,
    known, people,
    place::{self, Place},
};

/// Puts one mail into its ticket within the transaction of the caller.
///
/// # Errors
/// The database; the transaction is of no more use.
pub async fn walk(
    tx: &mut Tx,
    around: &mut Around,
    arrival: &DeliveryRow,
    read: &Read,
) -> Result<Received, ReceiveError> {
    if let Some(received) = known::find(tx, arrival, read).await? {
        return Ok(received);
    }
    let mut mail = Entering::of(tx, around, arrival, read).await?;
    let contact = people::contact(tx, around, &mail).await?;
    let (became, entered) = match place::find(tx, around, &mut mail, contact).await? {
        Place::Known(received) => return Ok(received),
        Place::New { because, suggestion } => {
            (Became::NewTicket, enter::new_ticket(tx, around, &mail, contact, because, suggestion).await?)
        }
        Place::Join { mut ticket, because, bounced } => {
            (Became::Joined, enter::join(tx, around, &mail, &mut ticket, because, bounced).await?)
        }
    };
    let Entered { message, ticket } = entered;
    Ok(Received { became, message, ticket, unreadable: mail.kind == Kind::Unreadable })
}
