//! Reads kept mails into their tickets, many to one transaction: while one batch is written, the next is read. One
//! reader, so that a question is in its ticket before its answer is looked at; with several nodes a lease says which.

use std::{panic::AssertUnwindSafe, pin::pin};

use desk::{
    ids::DeliveryId,
    job::{Job, JobKind},
    time::{Millis, SECOND},
};
use futures::FutureExt;
use store::{StoreError, duties, jobs::JobRow};

use super::queue;
use crate::{
    actions::receive_mail::{ReceiveError, Waiting, load, reading, receive_all, receive_one},
    state::Desk,
};

/// One transaction holds at most so many mails …
const BATCH: usize = 100;
/// … and about so many bytes; what does not fit waits for the next.
const BATCH_BYTES: usize = 64 << 20;
/// The duty under which one of several nodes reads, and how long it is ours without a sign of life.
const DUTY: &str = "read_mail";
const DUTY_LEASE: Millis = 15 * SECOND;
/// A mail whose reader died so often without a word is not read as a whole again.
const DEATHS: i64 = 3;

/// A mail that was asked for by a job.
struct Asked {
    job: JobRow,
    delivery: DeliveryId,
}

/// Runs until the desk stops; what was begun is finished.
pub(super) async fn run(desk: Desk) {
    let stop = desk.tasks.stop_signal();
    let mut read = Vec::new();
    let mut asked: Vec<Asked> = Vec::new();
    loop {
        let mut woken = pin!(desk.work.notified());
        woken.as_mut().enable();
        if asked.is_empty() && !stop.is_cancelled() {
            asked = take(&desk).await;
        }
        let nothing = asked.is_empty() && read.is_empty();
        (read, asked) = one_round(&desk, asked, read).await;
        if nothing && stop.is_cancelled() {
            return;
        }
        if nothing {
            queue::sleep(&desk, woken).await;
        }
    }
}

/// Reads some of what was asked for while the batch before is written; gives what was read and what still waits. Their
/// jobs stay ours meanwhile, however long it takes.
async fn one_round(desk: &Desk, asked: Vec<Asked>, read: Vec<Waiting>) -> (Vec<Waiting>, Vec<Asked>) {
    let of_read = read.iter().filter_map(|mail| mail.job.clone());
    let jobs: Vec<JobRow> = asked.iter().map(|mail| mail.job.clone()).chain(of_read).collect();
    let jobs: Vec<&JobRow> = jobs.iter().collect();
    let work = async { tokio::join!(read_some(desk, asked), write_all(desk, read)).0 };
    tokio::select! {
        done = work => done,
        () = queue::renew(desk, &jobs) => Default::default(),
    }
}

/// Takes the next mails to read; none while another node is at it.
async fn take(desk: &Desk) -> Vec<Asked> {
    let taken = async {
        if !queue::is_due(desk, JobKind::ReadMail).await? || !is_ours(desk).await? {
            return Ok(Vec::new());
        }
        queue::claim(desk, JobKind::ReadMail, BATCH).await
    };
    let jobs: Result<Vec<JobRow>, StoreError> = taken.await;
    let jobs = jobs.unwrap_or_else(|error| {
        tracing::warn!(%error, "the queue could not be read; trying again");
        Vec::new()
    });
    let mut asked = Vec::with_capacity(jobs.len());
    for job in jobs {
        match job.job() {
            Ok(Job::ReadMail { delivery }) => asked.push(Asked { job, delivery }),
            Ok(Job::SendReply { .. } | Job::Acknowledge { .. }) => {}
            Err(error) => queue::fail(desk, &job, &error.to_string(), None).await,
        }
    }
    asked
}

async fn is_ours(desk: &Desk) -> Result<bool, StoreError> {
    if desk.store.is_sqlite() {
        return Ok(true);
    }
    let now = desk.now();
    let mut tx = desk.store.begin().await?;
    let ours = duties::take(&mut tx, DUTY, &desk.settings.node, now, now + DUTY_LEASE).await?;
    tx.commit().await?;
    Ok(ours)
}

/// Reads mails outside of any transaction, as many as fit into memory; the rest waits.
async fn read_some(desk: &Desk, asked: Vec<Asked>) -> (Vec<Waiting>, Vec<Asked>) {
    let mut waiting = Vec::with_capacity(asked.len());
    let mut reads = Vec::with_capacity(asked.len());
    let mut bytes_read = 0;
    let mut asked = asked.into_iter();
    while bytes_read < BATCH_BYTES
        && let Some(Asked { job, delivery }) = asked.next()
    {
        match load(desk, &[delivery]).await.map(|mut loaded| loaded.pop()) {
            Ok(Some((arrival, bytes))) => {
                let harmful = job.attempts > DEATHS && job.last_error.is_none();
                bytes_read += bytes.len();
                reads.push((bytes, harmful));
                waiting.push((arrival, job));
            }
            Ok(None) => queue::fail(desk, &job, "there is no such delivery", None).await,
            Err(error) => queue::fail(desk, &job, &error.to_string(), queue::retry_at(desk, &job)).await,
        }
    }
    let pairs = waiting.into_iter().zip(reading::read_all(reads).await);
    let read = pairs.map(|((arrival, job), read)| Waiting { arrival, read, job: Some(job) }).collect();
    (read, asked.collect())
}

/// Puts mails into their tickets: what was never tried together, what failed before alone, so that one mail cannot
/// hold the others up.
async fn write_all(desk: &Desk, read: Vec<Waiting>) {
    let (fresh, tried): (Vec<_>, Vec<_>) =
        read.into_iter().partition(|mail| mail.job.as_ref().is_some_and(|job| job.attempts == 1));
    if !fresh.is_empty() && !together(desk, &fresh).await {
        for mail in &fresh {
            alone(desk, mail).await;
        }
    }
    for mail in &tried {
        alone(desk, mail).await;
    }
}

/// True if all of them are in their tickets.
async fn together(desk: &Desk, mails: &[Waiting]) -> bool {
    match AssertUnwindSafe(receive_all(desk, mails)).catch_unwind().await {
        Ok(Ok(_)) => true,
        Ok(Err(error)) => {
            tracing::warn!(%error, mails = mails.len(), "a batch of mails could not be written; one by one now");
            false
        }
        Err(panic) => {
            tracing::error!(why = queue::words_of(panic.as_ref()), "a batch of mails broke; one by one now");
            false
        }
    }
}

async fn alone(desk: &Desk, mail: &Waiting) {
    let Some(job) = &mail.job else { return };
    let why = match AssertUnwindSafe(receive_one(desk, mail)).catch_unwind().await {
        Ok(Ok(_)) => return,
        // Another worker was faster: its transaction finished the job.
        Ok(Err(ReceiveError::Store(StoreError::Conflict))) => "somebody else was faster".to_owned(),
        Ok(Err(error)) => error.to_string(),
        Err(panic) => queue::words_of(panic.as_ref()),
    };
    queue::fail(desk, job, &why, queue::retry_at(desk, job)).await;
}
