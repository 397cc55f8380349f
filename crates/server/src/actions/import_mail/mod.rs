//! Old mail from files, silently (contract §6.7): nothing is answered, nobody is told, nothing is measured. A batch is
//! one commit of its bytes and one of its tickets; an import that was cut off is finished by running it again, and
//! nothing is doubled.

mod batches;
mod files;

use std::{path::PathBuf, sync::Arc};

use desk::{
    ids::{DeliveryId, MailboxId},
    message::ArrivedBy,
    time::{MINUTE, Millis},
};
use serde::Serialize;
use store::{
    StoreError, Tx, mailboxes, messages,
    originals::{self, DeliveryRow},
};

use self::batches::{Batch, Batches};
pub use self::files::{PassedOver, Why};
use super::{
    desk_settings,
    keep_mail::{Ready, keep},
    receive_mail::{Became, ReceiveError, Received, Waiting, reading, receive_all, receive_one},
};
use crate::{
    problem::{Problem, ProblemKind},
    state::Desk,
};

/// Whoever serves the desk meanwhile leaves the mails of a batch to us for so long.
const OURS: Millis = 2 * MINUTE;

/// What to import.
#[derive(Debug, Clone)]
pub struct Import {
    /// Files and folders.
    pub paths: Vec<PathBuf>,
    /// The address of the mailbox all of it belongs to; else each mail's own recipients decide.
    pub mailbox: Option<String>,
    /// Unanswered tickets whose last mail is from this day on stay open.
    pub open_since: Option<jiff::civil::Date>,
}

/// What came of it; `files` = `kept` + `duplicates` + `skipped`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Imported {
    /// Mails looked at; an mbox counts each of its mails.
    pub files: u64,
    /// Mails whose bytes were not here before.
    pub kept: u64,
    /// Mails whose very bytes were here already.
    pub duplicates: u64,
    /// Files that are no mails, or could not be read from the disk.
    pub skipped: u64,
    /// Tickets that began.
    pub tickets: u64,
    /// Kept mails that could not be read as mails.
    pub unreadable: u64,
}

/// What is told on the way.
pub enum Told<'a> {
    /// How far it came.
    SoFar(&'a Imported),
    /// Something could not be read; the rest goes on.
    PassedOver(&'a PassedOver),
}

/// Imports mails; `tell` hears how far it came and what was passed over.
///
/// # Errors
/// `invalid-input` for a mailbox that does not exist; the database. What was committed before stays.
pub async fn import_mail(
    desk: &Desk,
    asked: &Import,
    tell: &(dyn Fn(Told<'_>) + Sync),
) -> Result<Imported, Problem> {
    let (mailbox, open_since) = settle(desk, asked).await?;
    let mut batches = Batches::start(asked.paths.clone(), mailbox, open_since, desk.now());
    let mut so_far = Imported::default();
    let mut read = Vec::new();
    loop {
        let next = batches.next().await;
        let ended = next.is_none();
        for one in next.iter().flat_map(|batch| &batch.passed_over) {
            tell(Told::PassedOver(one));
        }
        let unread = match next {
            Some(batch) => take(desk, batch, mailbox, &mut so_far).await.map_err(failed)?,
            None => Vec::new(),
        };
        let (fresh, written) = tokio::join!(read_all(unread), write(desk, std::mem::take(&mut read)));
        count(&mut so_far, &written.map_err(failed)?);
        read = fresh;
        tell(Told::SoFar(&so_far));
        if ended && read.is_empty() {
            return Ok(so_far);
        }
    }
}

fn failed(error: ReceiveError) -> Problem {
    match error {
        ReceiveError::Store(error) => error.into(),
        ReceiveError::Part(why) => Problem::broken(why),
    }
}

async fn settle(desk: &Desk, asked: &Import) -> Result<(Option<MailboxId>, Option<Millis>), Problem> {
    let mut tx = desk.store.read().await?;
    let mailbox = match &asked.mailbox {
        Some(address) => {
            let row = mailboxes::by_address(&mut tx, address).await?;
            let unknown = || Problem::new(ProblemKind::InvalidInput).field("mailbox", "no_such_mailbox");
            Some(row.ok_or_else(unknown)?.id)
        }
        None => None,
    };
    let (settings, _) = desk_settings::load(&mut tx).await?;
    let zone = jiff::tz::TimeZone::get(&settings.timezone).unwrap_or(jiff::tz::TimeZone::UTC);
    let open_since = asked.open_since.and_then(|day| day.to_zoned(zone).ok());
    Ok((mailbox, open_since.map(|start| start.timestamp().as_millisecond())))
}

/// A mail that is kept and not yet in a ticket.
struct Unread {
    arrival: DeliveryRow,
    bytes: Arc<[u8]>,
}

/// Keeps the mails of a batch that are new, in one commit, and gives those that wait to be read: the new ones, and old
/// ones whose reading was cut off.
async fn take(
    desk: &Desk,
    batch: Batch,
    mailbox: Option<MailboxId>,
    so_far: &mut Imported,
) -> Result<Vec<Unread>, ReceiveError> {
    so_far.files += batch.skipped + batch.mails.len() as u64;
    so_far.skipped += batch.skipped;
    let mut unread = Vec::new();
    let mut fresh = Vec::new();
    let mut tx = desk.store.read().await?;
    for mail in batch.mails {
        match imported_before(&mut tx, &mail, mailbox).await? {
            None => fresh.push(mail),
            Some(arrival) => {
                so_far.duplicates += 1;
                if messages::by_original(&mut tx, arrival.original).await?.is_none() {
                    unread.push(Unread { arrival, bytes: mail.bytes });
                }
            }
        }
    }
    drop(tx);
    let kept = store::retry(|| keep(desk, &fresh, OURS)).await?;
    for (mail, kept) in fresh.into_iter().zip(kept) {
        if kept.new {
            so_far.kept += 1;
        } else {
            so_far.duplicates += 1;
        }
        unread.push(Unread { arrival: arrival(&mail, kept.delivery, kept.original), bytes: mail.bytes });
    }
    Ok(unread)
}

fn arrival(mail: &Ready, id: DeliveryId, original: desk::ids::OriginalId) -> DeliveryRow {
    DeliveryRow { id, original, sha256: mail.sha256().to_vec(), delivery: mail.delivery().clone() }
}

/// The arrival of these very bytes by an earlier import into the same place.
async fn imported_before(
    tx: &mut Tx,
    mail: &Ready,
    mailbox: Option<MailboxId>,
) -> Result<Option<DeliveryRow>, StoreError> {
    let Some(original) = originals::by_hash(tx, mail.sha256()).await? else { return Ok(None) };
    let arrivals = originals::deliveries(tx, original.id).await?;
    let same =
        |row: &DeliveryRow| row.delivery.arrived_by == ArrivedBy::Import && row.delivery.mailbox == mailbox;
    Ok(arrivals.into_iter().find(same))
}

async fn read_all(unread: Vec<Unread>) -> Vec<Waiting> {
    let bytes = unread.iter().map(|mail| (Arc::clone(&mail.bytes), false)).collect();
    let reads = reading::read_all(bytes).await;
    let pairs = unread.into_iter().zip(reads);
    pairs.map(|(mail, read)| Waiting { arrival: mail.arrival, read, job: None }).collect()
}

/// All in one transaction; if that fails one by one, so that a single mail is named by the error.
async fn write(desk: &Desk, read: Vec<Waiting>) -> Result<Vec<Received>, ReceiveError> {
    if read.is_empty() {
        return Ok(Vec::new());
    }
    match receive_all(desk, &read).await {
        Ok(received) => return Ok(received),
        Err(error) => tracing::warn!(%error, "a batch could not be written; one by one now"),
    }
    let mut received = Vec::with_capacity(read.len());
    for mail in &read {
        received.push(receive_one(desk, mail).await?);
    }
    Ok(received)
}

fn count(so_far: &mut Imported, received: &[Received]) {
    let tickets = received.iter().filter(|one| one.became == Became::NewTicket).count();
    so_far.tickets += tickets as u64;
    so_far.unreadable += received.iter().filter(|one| one.unreadable).count() as u64;
}
