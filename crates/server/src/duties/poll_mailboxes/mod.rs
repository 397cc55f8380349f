//! Fetches mail by IMAP, one loop for each mailbox (contract §6.5): found by UID and by nothing else, committed before
//! the server is told anything, resumed after any outage. Mailboxes that were added, changed or removed are picked up
//! at once.

mod account;
mod folder;
mod health;
mod live;
mod past;
mod renumbered;

use std::{
    collections::HashMap,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use desk::{
    ids::MailboxId,
    mailbox::{IncomingKind, PastMail},
};
use store::{StoreError, folders, mailboxes, mailboxes::MailboxRow};
use tokio_util::sync::{CancellationToken, DropGuard};

use crate::state::Desk;

/// How often the list of mailboxes is looked at by itself, because another node may have changed it.
const LOOK: Duration = Duration::from_secs(15);

/// A mailbox that should be polled, as it is now.
struct Wanted {
    row: MailboxRow,
    /// A person asks for its past mail.
    past: bool,
}

/// A loop that runs. Dropping it ends the loop.
struct Running {
    version: i64,
    past: bool,
    ended: Arc<AtomicBool>,
    _stop: DropGuard,
}

/// Keeps one loop running for each mailbox that is fetched by IMAP.
pub(super) async fn run(desk: Desk) {
    let stop = desk.tasks.stop_signal();
    let mut loops: HashMap<MailboxId, Running> = HashMap::new();
    while !stop.is_cancelled() {
        match wanted(&desk).await {
            Ok(wanted) => settle(&desk, &mut loops, wanted),
            Err(error) => tracing::warn!(%error, "the mailboxes could not be read; trying again"),
        }
        tokio::select! {
            () = stop.cancelled() => {}
            () = desk.mailboxes_changed.notified() => {}
            () = tokio::time::sleep(LOOK) => {}
        }
    }
}

async fn wanted(desk: &Desk) -> Result<Vec<Wanted>, StoreError> {
    let mut tx = desk.store.read().await?;
    let mut wanted = Vec::new();
    for row in mailboxes::list(&mut tx).await? {
        if row.settings.incoming_kind == IncomingKind::Imap {
            let folders = folders::list(&mut tx, row.id).await?;
            let past = folders.iter().any(|folder| folder.past_state == PastMail::Running);
            wanted.push(Wanted { row, past });
        }
    }
    Ok(wanted)
}

/// Ends the loops of mailboxes that are gone, begins anew those that changed.
fn settle(desk: &Desk, loops: &mut HashMap<MailboxId, Running>, wanted: Vec<Wanted>) {
    loops.retain(|id, running| {
        let still = wanted.iter().find(|wanted| wanted.row.id == *id);
        let same = still.is_some_and(|wanted| {
            // A loop stops fetching past mail by itself; only a new wish needs to wake it.
            let woken = wanted.past && !running.past;
            running.past = wanted.past;
            wanted.row.version == running.version && !woken
        });
        same && !running.ended.load(Ordering::Acquire)
    });
    for wanted in wanted {
        loops.entry(wanted.row.id).or_insert_with(|| begin(desk, wanted));
    }
}

fn begin(desk: &Desk, wanted: Wanted) -> Running {
    let stop = desk.tasks.stop_signal().child_token();
    let ended = Arc::new(AtomicBool::new(false));
    let running = Running {
        version: wanted.row.version,
        past: wanted.past,
        ended: Arc::clone(&ended),
        _stop: stop.clone().drop_guard(),
    };
    desk.tasks.start(one(desk.clone(), wanted.row, stop, ended));
    running
}

async fn one(desk: Desk, row: MailboxRow, stop: CancellationToken, ended: Arc<AtomicBool>) {
    account::keep_polling(&desk, &row, &stop).await;
    ended.store(true, Ordering::Release);
}
