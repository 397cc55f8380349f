//! Mails from the disk in batches, hashed and packed on a thread of its own while the batch before is written.

use std::path::PathBuf;

use desk::{
    ids::MailboxId,
    message::{ArrivedBy, Channel},
    time::Millis,
};
use store::originals::{Mode, NewDelivery};
use tokio::sync::mpsc;

use super::files::{self, Found, PassedOver};
use crate::actions::keep_mail::{Arrived, Ready, ready};

/// One commit holds at most so many mails and about so many bytes.
const MAILS: usize = 200;
const BYTES: usize = 16 << 20;

/// Mails for one commit.
#[derive(Default)]
pub(super) struct Batch {
    pub mails: Vec<Ready>,
    /// Files between them that are no mails, and those that were passed over.
    pub skipped: u64,
    /// What could not be read.
    pub passed_over: Vec<PassedOver>,
    bytes: usize,
}

/// The batches as they come from the disk.
pub(super) struct Batches(mpsc::Receiver<Batch>);

impl Batches {
    /// Starts to walk the paths; ends early when this value is dropped.
    pub(super) fn start(
        paths: Vec<PathBuf>,
        mailbox: Option<MailboxId>,
        open_since: Option<Millis>,
        now: Millis,
    ) -> Batches {
        // One batch waits, one is made: more would only cost memory.
        let (give, take) = mpsc::channel(1);
        let delivery = delivery(mailbox, open_since, now);
        tokio::task::spawn_blocking(move || walk(&paths, &delivery, &give));
        Batches(take)
    }

    /// The next batch; `None` at the end.
    pub(super) async fn next(&mut self) -> Option<Batch> {
        self.0.recv().await
    }
}

fn delivery(mailbox: Option<MailboxId>, open_since: Option<Millis>, now: Millis) -> NewDelivery {
    NewDelivery {
        channel: Channel::Mail,
        mailbox,
        arrived_by: ArrivedBy::Import,
        folder: None,
        uidvalidity: None,
        uid: None,
        uidl: None,
        envelope_from: None,
        envelope_to: Vec::new(),
        trace: None,
        mode: Mode::Import,
        open_since,
        junk: false,
        received_at: now,
    }
}

fn walk(paths: &[PathBuf], delivery: &NewDelivery, give: &mpsc::Sender<Batch>) {
    let mut batch = Batch::default();
    files::walk(paths, &mut |found| {
        batch.add(found, delivery);
        let full = batch.mails.len() >= MAILS || batch.bytes >= BYTES;
        !full || give.blocking_send(std::mem::take(&mut batch)).is_ok()
    });
    // Nobody listens any more when the import failed.
    let _ = give.blocking_send(batch);
}

impl Batch {
    fn add(&mut self, found: Found, delivery: &NewDelivery) {
        let bytes = match found {
            Found::Mail(bytes) => bytes,
            Found::NoMail => {
                self.skipped += 1;
                return;
            }
            Found::PassedOver(one) => {
                self.skipped += 1;
                self.passed_over.push(one);
                return;
            }
        };
        self.bytes += bytes.len();
        match ready(Arrived { bytes: bytes.into(), delivery: delivery.clone() }) {
            Ok(mail) => self.mails.push(mail),
            Err(error) => {
                tracing::warn!(%error, "a mail could not be packed");
                self.skipped += 1;
            }
        }
    }
}
