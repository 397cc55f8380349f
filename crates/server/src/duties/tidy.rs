//! What time makes worthless is removed, and what a crash left open is settled: ended sessions, files that were never
//! attached, old idempotency keys; replies that were on the wire when their worker died become `unknown`, for a person.

use std::time::Duration;

use desk::time::{DAY, HOUR, MINUTE, Millis};
use store::{StoreError, automatic, idempotency, sessions, uploads};

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
/// How many files are removed in one transaction.
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

async fn sweep(desk: &Desk, now: Millis) -> Result<(), StoreError> {
    let mut tx = desk.store.begin().await?;
    sessions::prune(&mut tx, now - session::IDLE_MS, now - session::MAX_AGE_MS).await?;
    idempotency::prune(&mut tx, now - DAY_OLD).await?;
    automatic::prune(&mut tx, now - AUTOMATIC_MAIL).await?;
    uploads::prune(&mut tx, now - DAY_OLD, AT_ONCE).await?;
    tx.commit().await
}
