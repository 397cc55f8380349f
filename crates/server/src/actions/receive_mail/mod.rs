//! The walk of one mail from kept bytes into its ticket (steps 3–8 in ARCHITECTURE.md). It can be run again at any time:
//! a mail that is in its ticket already stays there and nothing is doubled. Everything that comes in is kept and shown
//! somewhere: spam, bounces, viruses, and what could not be read at all.

mod around;
mod enter;
mod entering;
mod error;
mod known;
mod message;
mod people;
mod place;
pub mod reading;
mod walk;

use std::sync::Arc;

use desk::ids::{DeliveryId, MessageId, TicketId};
use store::{
    StoreError,
    jobs::{self, JobRow},
    originals::{self, DeliveryRow},
};

pub use self::{around::Around, error::ReceiveError, reading::Read, walk::walk};
use super::keep_mail::job_key;
use crate::state::Desk;

/// A kept mail that was read and waits to be put into its ticket.
#[derive(Debug, Clone)]
pub struct Waiting {
    /// How it arrived.
    pub arrival: DeliveryRow,
    /// What it says.
    pub read: Read,
    /// The job that asked for it; done in the same transaction. Without one, a job of the queue that waits for this
    /// delivery is done too.
    pub job: Option<JobRow>,
}

/// What became of a mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Became {
    /// It was read before.
    Known,
    /// It is another copy of a message that is there.
    Copy,
    /// It began a ticket.
    NewTicket,
    /// It joined a ticket.
    Joined,
}

/// Where a mail is now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Received {
    /// What became of it.
    pub became: Became,
    /// Its message.
    pub message: MessageId,
    /// Its ticket.
    pub ticket: TicketId,
    /// It could not be read and is shown as it is.
    pub unreadable: bool,
}

/// Reads one delivery and puts it into its ticket.
///
/// # Errors
/// The database; the mail itself is never a reason to fail.
pub async fn receive_mail(desk: &Desk, delivery: DeliveryId) -> Result<Received, ReceiveError> {
    let (arrival, bytes) = load(desk, &[delivery]).await?.pop().ok_or(StoreError::NotFound)?;
    let read = reading::read(bytes).await;
    receive_one(desk, &Waiting { arrival, read, job: None }).await
}

/// Puts one mail into its ticket, in its own transaction.
///
/// # Errors
/// As [`receive_mail`].
pub async fn receive_one(desk: &Desk, waiting: &Waiting) -> Result<Received, ReceiveError> {
    let received = receive_all(desk, std::slice::from_ref(waiting)).await?;
    received.first().copied().ok_or(ReceiveError::Store(StoreError::NotFound))
}

/// Puts mails into their tickets in one transaction, in the order given, and finishes their jobs with it.
///
/// # Errors
/// Nothing was written; another try, one by one, tells which mail it was.
pub async fn receive_all(desk: &Desk, waiting: &[Waiting]) -> Result<Vec<Received>, ReceiveError> {
    let received = store::retry(|| receive(desk, waiting)).await?;
    desk.committed();
    Ok(received)
}

async fn receive(desk: &Desk, waiting: &[Waiting]) -> Result<Vec<Received>, ReceiveError> {
    let mut tx = desk.store.begin().await?;
    let mut around = Around::load(desk, &mut tx).await?;
    let mut received = Vec::with_capacity(waiting.len());
    for mail in waiting {
        received.push(walk(&mut tx, &mut around, &mail.arrival, &mail.read).await?);
        match &mail.job {
            Some(job) => jobs::done(&mut tx, job).await?,
            None => jobs::done_by_key(&mut tx, &job_key(mail.arrival.id)).await?,
        }
    }
    tx.commit().await?;
    Ok(received)
}

/// The arrivals of these ids with their bytes; one that does not exist is left out.
///
/// # Errors
/// The database, or bytes that cannot be unpacked any more.
pub async fn load(desk: &Desk, ids: &[DeliveryId]) -> Result<Vec<(DeliveryRow, Arc<[u8]>)>, ReceiveError> {
    let mut tx = desk.store.read().await?;
    let mut loaded = Vec::with_capacity(ids.len());
    for id in ids {
        if let Some(arrival) = originals::delivery(&mut tx, *id).await? {
            let bytes = store::blobs::fetch(&mut tx, &arrival.sha256).await?;
            loaded.push((arrival, Arc::from(bytes)));
        }
    }
    Ok(loaded)
}
