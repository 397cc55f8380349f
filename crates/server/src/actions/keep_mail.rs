//! Raw first (contract §6.4, §6.6): bytes from outside are stored and committed before anything reads them, many mails
//! to one commit. Only after [`keep_mails`] has returned may the other side be told that the mail is ours.

use std::{collections::BTreeMap, sync::Arc};

use desk::{
    event::EventKind,
    ids::{DeliveryId, MailboxId},
    job::Job,
    time::Millis,
};
use serde_json::json;
use store::{
    StoreError, Tx,
    blobs::{Hash, Prepared},
    events::{self, NewEvent},
    jobs,
    originals::{self, Arrival, Kept, NewDelivery},
};

use crate::state::Desk;

/// The media type of a mail.
const MAIL: &str = "message/rfc822";
/// From this many bytes on, hashing and packing get threads of their own.
const WORTH_A_THREAD: usize = 256 << 10;

/// Bytes that came in, and how.
#[derive(Debug, Clone)]
pub struct Arrived {
    /// The mail, byte for byte; a mail to several mailboxes shares them.
    pub bytes: Arc<[u8]>,
    /// How it came.
    pub delivery: NewDelivery,
}

/// The same with its bytes hashed and packed.
pub struct Ready {
    /// The mail, byte for byte.
    pub bytes: Arc<[u8]>,
    prepared: Arc<Prepared>,
    delivery: NewDelivery,
}

impl Ready {
    /// The name of the bytes.
    pub fn sha256(&self) -> &Hash {
        &self.prepared.sha256
    }

    /// How they came.
    pub fn delivery(&self) -> &NewDelivery {
        &self.delivery
    }
}

/// Keeps mails for good, in one transaction; each becomes a job to read it. One answer for each, in their order. The
/// same bytes again are a new delivery of the same original; the very same arrival again changes nothing.
///
/// # Errors
/// Nothing was kept: [`StoreError::Busy`] (try again), a full disk ([`StoreError::is_disk_full`]), or worse.
pub async fn keep_mails(desk: &Desk, mails: Vec<Arrived>) -> Result<Vec<Kept>, StoreError> {
    keep_ready(desk, &prepare(mails).await?).await
}

/// [`keep_mails`] for mails that were prepared before.
///
/// # Errors
/// The same.
pub async fn keep_ready(desk: &Desk, ready: &[Ready]) -> Result<Vec<Kept>, StoreError> {
    let kept = store::retry(|| keep(desk, ready, 0)).await?;
    desk.committed();
    Ok(kept)
}

/// Keeps what is ready in one transaction. The jobs may run `later` milliseconds from now: more than 0 for a caller who
/// reads the mails itself at once.
pub(super) async fn keep(desk: &Desk, ready: &[Ready], later: Millis) -> Result<Vec<Kept>, StoreError> {
    let mut tx = desk.store.begin().await?;
    let kept = keep_in(&mut tx, ready, desk.now(), later).await?;
    tx.commit().await?;
    Ok(kept)
}

/// Keeps what is ready in a transaction of the caller, who commits it together with its own ledger; see
/// [`keep_mails`].
///
/// # Errors
/// The same; the transaction is of no more use.
pub async fn keep_in(
    tx: &mut Tx,
    ready: &[Ready],
    now: Millis,
    later: Millis,
) -> Result<Vec<Kept>, StoreError> {
    let mut all = Vec::with_capacity(ready.len());
    let mut by_mailbox: BTreeMap<Option<MailboxId>, Vec<DeliveryId>> = BTreeMap::new();
    for mail in ready {
        let arrival = Arrival { bytes: &mail.prepared, media_type: MAIL, delivery: &mail.delivery };
        let kept = originals::keep(tx, arrival).await?;
        if !kept.already_delivered {
            let job = Job::ReadMail { delivery: kept.delivery };
            jobs::enqueue(tx, &job, now + later, Some(&job_key(kept.delivery)), now).await?;
            by_mailbox.entry(mail.delivery.mailbox).or_default().push(kept.delivery);
        }
        all.push(kept);
    }
    for (mailbox, deliveries) in by_mailbox {
        record(tx, mailbox, &deliveries, now).await?;
    }
    Ok(all)
}

/// Only one living job reads a delivery.
pub(super) fn job_key(delivery: DeliveryId) -> String {
    format!("read_mail:{delivery}")
}

async fn record(
    tx: &mut Tx,
    mailbox: Option<MailboxId>,
    deliveries: &[DeliveryId],
    now: Millis,
) -> Result<(), StoreError> {
    let event = NewEvent { mailbox, ..NewEvent::of_desk(EventKind::MailKept, None, now) };
    events::record(tx, &event.with(json!({"deliveries": deliveries}))).await?;
    Ok(())
}

/// Hashes and packs outside of the transaction, so that nobody waits for that.
///
/// # Errors
/// Only without memory.
pub async fn prepare(mails: Vec<Arrived>) -> Result<Vec<Ready>, StoreError> {
    let size: usize = mails.iter().map(|mail| mail.bytes.len()).sum();
    if size < WORTH_A_THREAD {
        return each(mails);
    }
    let work = move || each(mails);
    let done = tokio::task::spawn_blocking(work).await;
    done.unwrap_or_else(|error| Err(StoreError::Broken(Box::new(error))))
}

/// The same mail for several mailboxes stands side by side: it is hashed and packed once.
fn each(mails: Vec<Arrived>) -> Result<Vec<Ready>, StoreError> {
    let mut all: Vec<Ready> = Vec::with_capacity(mails.len());
    for mail in mails {
        let same = all.last().filter(|before| Arc::ptr_eq(&before.bytes, &mail.bytes));
        let prepared = same.map(|before| Arc::clone(&before.prepared));
        let prepared = prepared.map_or_else(|| Prepared::new(&mail.bytes).map(Arc::new), Ok)?;
        all.push(Ready { bytes: mail.bytes, prepared, delivery: mail.delivery });
    }
    Ok(all)
}

/// Hashes and packs one mail.
pub(super) fn ready(mail: Arrived) -> Result<Ready, StoreError> {
    let prepared = Arc::new(Prepared::new(&mail.bytes)?);
    Ok(Ready { bytes: mail.bytes, prepared, delivery: mail.delivery })
}
