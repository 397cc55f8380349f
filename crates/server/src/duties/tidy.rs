//! What time makes worthless is removed, and what a crash left open is settled: ended sessions, files that were never
//! attached, old idempotency keys; replies that were on the wire when their worker died become `unknown`, for a person;
//! replies that should have left long ago get a worker again.

use std::time::Duration;

use desk::{
    job::Job,
    time::{DAY, HOUR, MINUTE, Millis},
};
use store::{StoreError, automatic, idempotency, jobs, outbound, sessions, uploads};

use super::pause;
use crate::{actions::record_sending::mark_expired_unknown, auth::session, state::Desk};

/// A reply that is on the wire with nobody at its end should not wait long for its person.
const EVERY: Duration = Duration::from_secs(15);
/// Old rows need no hurry.
const SWEEP_EVERY: Millis = 10 * MINUTE;
/// Uploads that were not used, and idempotency keys, live this long (contract §6.12, §6.17).
const DAY_OLD: Millis = DAY;
/// The caps of automatic mail look back over an hour; a day more is enough for a look at what happened.
const AUTOMATIC_MAIL: Millis = DAY + HOUR;
/// A reply that is due for so long has lost its job.
const LATE: Millis = 2 * MINUTE;
/// How many rows are looked at in one transaction.
const AT_ONCE: i64 = 200;

/// Runs until the desk stops.
pub(super) async fn run(desk: Desk) {
    let stop = desk.tasks.stop_signal();
    let mut swept_at = 0;
    while !stop.is_cancelled() {
        if let Err(problem) = mark_expired_unknown(&desk).await {
            tracing::warn!(
                kind = problem.kind,
                "replies with a lost worker could not be settled; trying again"
            );
        }
        if let Err(error) = send_overdue(&desk).await {
            tracing::warn!(%error, "replies that should have left could not be looked for; trying again");
        }
        let now = desk.now();
        if now - swept_at >= SWEEP_EVERY {
            match sweep(&desk, now).await {
                Ok(()) => swept_at = now,
                Err(error) => tracing::warn!(%error, "old rows could not be removed; trying again"),
            }
        }
        pause(&desk, EVERY).await;
    }
}

/// A reply whose job is gone for whatever reason must not wait for ever. A second job of the same reply does no harm: only
/// one can claim it.
async fn send_overdue(desk: &Desk) -> Result<(), StoreError> {
    let now = desk.now();
    let overdue = outbound::overdue(&mut desk.store.read().await?, now - LATE, AT_ONCE).await?;
    if overdue.is_empty() {
        return Ok(());
    }
    let mut tx = desk.store.begin().await?;
    for row in overdue {
        let key = format!("send {} overdue", row.id);
        jobs::enqueue(&mut tx, &Job::SendReply { outbound: row.id }, now, Some(&key), now).await?;
    }
    tx.commit().await?;
    desk.committed();
    Ok(())
}

async fn sweep(desk: &Desk, now: Millis) -> Result<(), StoreError> {
    let mut tx = desk.store.begin().await?;
    sessions::prune(&mut tx, now - session::IDLE_MS, now - session::MAX_AGE_MS).await?;
    idempotency::prune(&mut tx, now - DAY_OLD).await?;
    automatic::prune(&mut tx, now - AUTOMATIC_MAIL).await?;
    uploads::prune(&mut tx, now - DAY_OLD, AT_ONCE).await?;
    tx.commit().await
}
