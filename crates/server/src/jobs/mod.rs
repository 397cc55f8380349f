//! The workers of the queue: kind → action, thin. Reading (processor and database) and sending (a slow network) have
//! workers of their own, so that a mail server that hangs never delays a customer's mail. A job that fails comes back
//! later, a job that fails too often is dead and shown to the administrator; nothing is dropped.

mod pool;
mod queue;
mod reader;

use std::time::Duration;

use desk::job::JobKind;
use store::StoreError;

use crate::{actions::record_sending::mark_cut_off, state::Desk};

/// How many replies may be on the wire at the same time.
const SENDERS: usize = 8;
/// How many acknowledgements are prepared at the same time.
const ACKNOWLEDGERS: usize = 1;
/// Until the database answers again.
const AFTER_A_FAULT: Duration = Duration::from_secs(2);

/// Starts every worker of this process.
pub fn start(desk: &Desk) {
    desk.tasks.start(reader::run(desk.clone()));
    desk.tasks.start(send(desk.clone()));
    desk.tasks.start(pool::run(desk.clone(), JobKind::Acknowledge, ACKNOWLEDGERS));
}

/// At the start of an SQLite desk nobody else can be working: what a crash cut off comes back at once and does not wait
/// for the end of its lease.
///
/// # Errors
/// The database.
pub async fn take_over(desk: &Desk) -> Result<(), StoreError> {
    if !desk.store.is_sqlite() {
        return Ok(());
    }
    let mut tx = desk.store.begin().await?;
    store::jobs::end_leases(&mut tx, desk.now()).await?;
    tx.commit().await
}

/// Before anything is sent, what a crash left on the wire is settled.
async fn send(desk: Desk) {
    while let Err(problem) = mark_cut_off(&desk).await {
        tracing::warn!(kind = problem.kind, "replies that were cut off could not be settled; trying again");
        tokio::time::sleep(AFTER_A_FAULT).await;
        if desk.tasks.stop_signal().is_cancelled() {
            return;
        }
    }
    pool::run(desk, JobKind::SendReply, SENDERS).await;
}
