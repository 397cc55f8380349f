//! What every worker does with the queue: take, renew, finish, put back.

use std::{any::Any, time::Duration};

use desk::{job::JobKind, time::Millis};
use store::{
    StoreError,
    jobs::{self, JobRow},
};

use crate::{lease, state::Desk};

/// How long a taken job is ours without a sign of life.
pub(super) const LEASE: Millis = 60_000;
/// How often a running job gives that sign.
const RENEW: Duration = Duration::from_secs(20);
/// How long a worker without work sleeps if nobody wakes it.
const LOOK: Duration = Duration::from_secs(1);
/// A job that goes on later does so at least so much later.
const AGAIN: Millis = 1_000;
/// The longest text kept of why a job failed.
const LONGEST_ERROR: usize = 500;

/// Whether a job of this kind may run now. Only reads.
pub(super) async fn is_due(desk: &Desk, kind: JobKind) -> Result<bool, StoreError> {
    let mut tx = desk.store.read().await?;
    let next = jobs::next_run_at(&mut tx, kind).await?;
    Ok(next.is_some_and(|at| at <= desk.now()))
}

/// Takes up to `limit` jobs that may run now.
pub(super) async fn claim(desk: &Desk, kind: JobKind, limit: usize) -> Result<Vec<JobRow>, StoreError> {
    if !is_due(desk, kind).await? {
        return Ok(Vec::new());
    }
    let now = desk.now();
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let mut tx = desk.store.begin().await?;
    let claimed = jobs::claim(&mut tx, &[kind], limit, now, now + LEASE).await?;
    tx.commit().await?;
    Ok(claimed)
}

/// Sleeps until there may be work: woken by a commit of this process, at the latest after a second. `woken` was made
/// before the queue was found empty, so that nothing falls between.
pub(super) async fn sleep(desk: &Desk, woken: impl Future<Output = ()>) {
    let stop = desk.tasks.stop_signal();
    tokio::select! {
        () = stop.cancelled() => {}
        () = woken => {}
        () = tokio::time::sleep(LOOK) => {}
    }
}

/// Gives signs of life for jobs until it is dropped.
pub(super) async fn renew(desk: &Desk, jobs: &[&JobRow]) {
    lease::keep_alive(RENEW, "jobs", async || {
        let mut tx = desk.store.begin().await?;
        for job in jobs {
            match jobs::renew(&mut tx, job, desk.now() + LEASE).await {
                // Done or lost: it is not ours any more, the others are.
                Err(StoreError::Conflict) | Ok(()) => {}
                Err(error) => return Err(error),
            }
        }
        tx.commit().await
    })
    .await;
}

/// When a failed job runs again; `None` when it has failed too often.
pub(super) fn retry_at(desk: &Desk, job: &JobRow) -> Option<Millis> {
    let attempts = u32::try_from(job.attempts).unwrap_or(u32::MAX);
    desk::job::retry_at(attempts, desk.now(), u16::from_be_bytes(desk.random()))
}

/// What a panic said.
pub(super) fn words_of(panic: &(dyn Any + Send)) -> String {
    let words = panic.downcast_ref::<String>().map(String::as_str);
    let words = words.or_else(|| panic.downcast_ref::<&str>().copied());
    format!("panicked: {}", words.unwrap_or_default())
}

/// The job is done.
pub(super) async fn done(desk: &Desk, job: &JobRow) -> Result<(), StoreError> {
    store::retry(async || {
        let mut tx = desk.store.begin().await?;
        jobs::done(&mut tx, job).await?;
        tx.commit().await
    })
    .await
}

/// The job goes on later: nothing failed.
pub(super) async fn again(desk: &Desk, job: &JobRow, at: Millis) {
    put_back(desk, job, "waits for its next try", Some(at.max(desk.now() + AGAIN))).await;
}

/// The job failed: it comes back at `retry_at`, or is dead without one.
pub(super) async fn fail(desk: &Desk, job: &JobRow, why: &str, retry_at: Option<Millis>) {
    let why: String = why.chars().take(LONGEST_ERROR).collect();
    let (id, kind, attempts) = (job.id.0, &job.kind, job.attempts);
    if retry_at.is_some() {
        tracing::warn!(job = id, kind, attempts, why, "a job failed");
    } else {
        tracing::error!(job = id, kind, attempts, why, "a job was given up");
    }
    put_back(desk, job, &why, retry_at).await;
}

async fn put_back(desk: &Desk, job: &JobRow, why: &str, retry_at: Option<Millis>) {
    let written = store::retry(async || {
        let mut tx = desk.store.begin().await?;
        jobs::fail(&mut tx, job, why, retry_at, desk.now()).await?;
        tx.commit().await
    })
    .await;
    if let Err(error) = written {
        // The lease ends by itself and the job comes back.
        tracing::warn!(job = job.id.0, %error, "a job could not be put back into the queue");
    }
}
