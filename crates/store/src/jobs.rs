//! Background work, put into the queue by the transaction that makes it necessary. A worker takes a job for a time
//! (the lease); a job whose worker died comes back when the lease ends. Nothing is dropped: what fails too often is
//! dead and shown.

use crate::{
    StoreError, column,
    dialect::skip_locked,
    tx::{Tx, all, changed, found, maybe, maybe_value, run},
};
use desk::{
    ids::JobId,
    job::{Job, JobKind},
    time::Millis,
};
use serde_json::Value;

column::row! {
    /// One job.
    pub struct JobRow {
        /// Identity.
        pub id: JobId,
        /// Its kind, as stored.
        pub kind: String,
        /// What it needs; see [`JobRow::job`].
        pub payload: Value,
        /// When it may run (again).
        pub run_at: Millis,
        /// How often it was taken, this time included. Together with `id` it proves the lease.
        pub attempts: i64,
        /// Until when a worker has it.
        pub lease_until: Option<Millis>,
        /// Only one living job has this key.
        pub dedup_key: Option<String>,
        /// Why it last failed.
        pub last_error: Option<String>,
        /// When it was given up.
        pub dead_at: Option<Millis>,
        /// When it was put into the queue.
        pub created_at: Millis,
    }
}

impl JobRow {
    /// What to do. Fails for a job that a newer program wrote.
    pub fn job(&self) -> Result<Job, serde_json::Error> {
        serde_json::from_value(self.payload.clone())
    }
}

macro_rules! columns {
    () => {
        "id, kind, payload, run_at, attempts, lease_until, dedup_key, last_error, dead_at, created_at"
    };
}

/// Puts a job into the queue. `None` if a living job has the same key: it stays as it is.
pub async fn enqueue(
    tx: &mut Tx,
    job: &Job,
    run_at: Millis,
    dedup_key: Option<&str>,
    now: Millis,
) -> Result<Option<JobId>, StoreError> {
    const SQL: &str = "
        insert into jobs (kind, payload, run_at, attempts, dedup_key, created_at)
        values ($1, $2, $3, 0, $4, $5)
        on conflict (dedup_key) where dead_at is null do nothing
        returning id";
    let id: Option<i64> =
        maybe_value!(tx, SQL, job.kind().as_str(), column::json_of(job), run_at, dedup_key, now)?;
    Ok(id.map(JobId))
}

/// Takes up to `limit` jobs that may run, until `lease_until`; kinds in the order of importance. Commit before
/// working on them.
pub async fn claim(
    tx: &mut Tx,
    kinds: &[JobKind],
    limit: i64,
    now: Millis,
    lease_until: Millis,
) -> Result<Vec<JobRow>, StoreError> {
    let mut claimed = Vec::new();
    for kind in kinds {
        let wanted = limit - i64::try_from(claimed.len()).unwrap_or(limit);
        if wanted > 0 {
            claimed.extend(claim_kind(tx, *kind, wanted, now, lease_until).await?);
        }
    }
    Ok(claimed)
}

/// A taken job's `run_at` moves to the end of its lease, so that one index tells what may run.
async fn claim_kind(
    tx: &mut Tx,
    kind: JobKind,
    limit: i64,
    now: Millis,
    lease_until: Millis,
) -> Result<Vec<JobRow>, StoreError> {
    let sql = skip_locked!(
        tx,
        "with ready as materialized (
            select id from jobs
            where kind = $1 and run_at <= $2 and dead_at is null
            order by run_at, id limit $3",
        concat!(
            ")
        update jobs set attempts = attempts + 1, lease_until = $4, run_at = $4
        where id in (select id from ready)
        returning ",
            columns!()
        )
    );
    let mut jobs: Vec<JobRow> = all!(tx, sql, kind.as_str(), now, limit, lease_until)?;
    jobs.sort_by_key(|job| job.id);
    Ok(jobs)
}

/// Whether something waits: the earliest moment at which a job of this kind may run.
pub async fn next_run_at(tx: &mut Tx, kind: JobKind) -> Result<Option<Millis>, StoreError> {
    const SQL: &str =
        "select run_at from jobs where kind = $1 and dead_at is null order by run_at, id limit 1";
    Ok(maybe_value!(tx, SQL, kind.as_str())?)
}

/// Keeps a job longer. [`StoreError::Conflict`] if the lease was lost to another worker.
pub async fn renew(tx: &mut Tx, job: &JobRow, lease_until: Millis) -> Result<(), StoreError> {
    const SQL: &str = "
        update jobs set lease_until = $3, run_at = $3
        where id = $1 and attempts = $2 and dead_at is null";
    changed(run!(tx, SQL, job.id.0, job.attempts, lease_until)?)
}

/// The job is done and leaves the queue; write it in the transaction that does it. [`StoreError::Conflict`] if the
/// lease was lost: then undo what was done.
pub async fn done(tx: &mut Tx, job: &JobRow) -> Result<(), StoreError> {
    const SQL: &str = "delete from jobs where id = $1 and attempts = $2 and dead_at is null";
    changed(run!(tx, SQL, job.id.0, job.attempts)?)
}

/// What a living job with this key asks for was done by another hand: it leaves the queue, whoever has it. Write it in
/// the transaction that did the work.
pub async fn done_by_key(tx: &mut Tx, dedup_key: &str) -> Result<(), StoreError> {
    run!(tx, "delete from jobs where dedup_key = $1 and dead_at is null", dedup_key)?;
    Ok(())
}

/// The job failed: it runs again at `retry_at`, or is dead without one.
pub async fn fail(
    tx: &mut Tx,
    job: &JobRow,
    error: &str,
    retry_at: Option<Millis>,
    now: Millis,
) -> Result<(), StoreError> {
    const AGAIN: &str = "
        update jobs set last_error = $3, lease_until = null, run_at = $4
        where id = $1 and attempts = $2 and dead_at is null";
    const DEAD: &str = "
        update jobs set last_error = $3, lease_until = null, dead_at = $4
        where id = $1 and attempts = $2 and dead_at is null";
    let sql = if retry_at.is_some() { AGAIN } else { DEAD };
    changed(run!(tx, sql, job.id.0, job.attempts, error, retry_at.unwrap_or(now))?)
}

/// Ends every lease: nobody is working. Each job keeps count of how often it was begun.
pub async fn end_leases(tx: &mut Tx, now: Millis) -> Result<(), StoreError> {
    const SQL: &str =
        "update jobs set lease_until = null, run_at = $1 where lease_until is not null and dead_at is null";
    run!(tx, SQL, now)?;
    Ok(())
}

/// Lets a dead job begin again now, or a waiting one not wait. Being worked on or gone: [`StoreError::NotFound`]; a
/// living job has the same key: [`StoreError::Conflict`].
pub async fn retry(tx: &mut Tx, id: JobId, now: Millis) -> Result<(), StoreError> {
    const DEAD: &str = "
        update jobs set dead_at = null, lease_until = null, run_at = $2, attempts = 0
        where id = $1 and dead_at is not null";
    const WAITING: &str = "
        update jobs set run_at = $2
        where id = $1 and dead_at is null and (lease_until is null or lease_until <= $2)";
    if run!(tx, DEAD, id.0, now)? == 0 {
        found(run!(tx, WAITING, id.0, now)?)?;
    }
    Ok(())
}

/// One job.
pub async fn get(tx: &mut Tx, id: JobId) -> Result<Option<JobRow>, StoreError> {
    const SQL: &str = concat!("select ", columns!(), " from jobs where id = $1");
    Ok(maybe!(tx, SQL, id.0)?)
}

/// Dead jobs, the newest first, before `before` if given.
pub async fn dead(tx: &mut Tx, before: Option<JobId>, limit: i64) -> Result<Vec<JobRow>, StoreError> {
    const SQL: &str = concat!(
        "select ",
        columns!(),
        " from jobs where dead_at is not null and id < $1 order by id desc limit $2"
    );
    Ok(all!(tx, SQL, before.map_or(i64::MAX, |id| id.0), limit)?)
}

/// Waiting jobs by id; at most `limit` after `after`.
pub async fn waiting(tx: &mut Tx, after: JobId, limit: i64) -> Result<Vec<JobRow>, StoreError> {
    const SQL: &str =
        concat!("select ", columns!(), " from jobs where dead_at is null and id > $1 order by id limit $2");
    Ok(all!(tx, SQL, after.0, limit)?)
}

column::row! {
    /// How many jobs of one kind there are.
    pub struct JobCount {
        /// The kind, as stored.
        pub kind: String,
        /// In the queue or being worked on.
        pub waiting: i64,
        /// Given up.
        pub dead: i64,
    }
}

/// How many jobs there are, by kind.
pub async fn counts(tx: &mut Tx) -> Result<Vec<JobCount>, StoreError> {
    const SQL: &str = "
        select kind, count(*) - count(dead_at) as waiting, count(dead_at) as dead from jobs
        group by kind
        order by kind limit 100";
    Ok(all!(tx, SQL)?)
}
