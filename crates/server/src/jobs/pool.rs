//! Workers for one kind of job, each job in a task of its own: as many at a time as there are seats. A panic costs the
//! job one attempt, never the worker.

use std::{panic::AssertUnwindSafe, pin::pin, sync::Arc};

use desk::{
    job::{Job, JobKind},
    time::Millis,
};
use futures::FutureExt;
use store::jobs::JobRow;
use tokio::sync::Semaphore;

use super::queue;
use crate::{
    actions::{acknowledge::acknowledge, send_reply::send_reply},
    state::Desk,
};

/// What came of running a job.
enum Ran {
    /// There is nothing more to do.
    Done,
    /// Not before this moment there is more to do.
    Again(Millis),
}

/// Runs until the desk stops.
pub(super) async fn run(desk: Desk, kind: JobKind, seats: usize) {
    let free = Arc::new(Semaphore::new(seats));
    let stop = desk.tasks.stop_signal();
    loop {
        let seat = tokio::select! {
            () = stop.cancelled() => return,
            seat = Arc::clone(&free).acquire_owned() => seat,
        };
        let mut woken = pin!(desk.work.notified());
        woken.as_mut().enable();
        match queue::claim(&desk, kind, 1).await {
            Ok(mut claimed) => {
                if let Some(job) = claimed.pop() {
                    let desk_of_job = desk.clone();
                    desk.tasks.start(async move {
                        work(&desk_of_job, &job).await;
                        drop(seat);
                    });
                    continue;
                }
            }
            Err(error) => tracing::warn!(%error, %kind, "the queue could not be read; trying again"),
        }
        drop(seat);
        queue::sleep(&desk, woken).await;
    }
}

/// Runs one job to its end and writes that down.
async fn work(desk: &Desk, job: &JobRow) {
    let ours = [job];
    let ran = tokio::select! {
        ran = AssertUnwindSafe(act(desk, job)).catch_unwind() => ran,
        () = queue::renew(desk, &ours) => return,
    };
    match ran {
        Ok(Ok(Ran::Done)) => {
            if let Err(error) = queue::done(desk, job).await {
                tracing::warn!(job = job.id.0, %error, "a job that is done could not be taken out of the queue");
            }
        }
        Ok(Ok(Ran::Again(at))) => queue::again(desk, job, at).await,
        Ok(Err(why)) => queue::fail(desk, job, &why, queue::retry_at(desk, job)).await,
        Err(panic) => {
            queue::fail(desk, job, &queue::words_of(panic.as_ref()), queue::retry_at(desk, job)).await;
        }
    }
}

/// Kind → action.
async fn act(desk: &Desk, job: &JobRow) -> Result<Ran, String> {
    match job.job().map_err(|error| error.to_string())? {
        Job::SendReply { outbound } => {
            let later = send_reply(desk, outbound).await.map_err(|problem| problem.kind)?;
            Ok(later.map_or(Ran::Done, Ran::Again))
        }
        Job::Acknowledge { message } => {
            acknowledge(desk, message).await.map_err(|error| error.to_string())?;
            Ok(Ran::Done)
        }
        Job::ReadMail { .. } => Err("mails are read by the reader".to_owned()),
    }
}
