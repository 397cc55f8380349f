//! Group commit: the mails that wait share one transaction, so that a hundred senders cost one flush of the disk and
//! not a hundred. Each hears of it only after the commit.

use std::time::Duration;

use channels::smtp_in::KeepError;
use store::StoreError;
use tokio::sync::{mpsc, oneshot};

use crate::{
    actions::keep_mail::{Arrived, keep_ready, prepare},
    state::Desk,
};

/// How long a commit waits for more mails while many come in; a single sender never waits.
const GATHER: Duration = Duration::from_millis(5);
/// No commit holds more mails than this …
const MOST: usize = 200;
/// … or more bytes than this, unless a single mail is larger.
const MOST_BYTES: usize = 32 << 20;
/// Mails that may wait for their turn; more senders wait at the door.
const WAITING: usize = 400;

/// Where mails are handed in.
#[derive(Debug, Clone)]
pub(super) struct Gatherer {
    queue: mpsc::Sender<Request>,
}

#[derive(Debug)]
struct Request {
    arrivals: Vec<Arrived>,
    answer: oneshot::Sender<Result<(), KeepError>>,
}

impl Request {
    fn bytes(&self) -> usize {
        self.arrivals.iter().map(|arrival| arrival.bytes.len()).sum()
    }
}

/// Starts the task that commits. It ends when every [`Gatherer`] is gone, after its last mail.
pub(super) fn start(desk: &Desk) -> Gatherer {
    let (queue, waiting) = mpsc::channel(WAITING);
    desk.tasks.start(run(desk.clone(), waiting));
    Gatherer { queue }
}

impl Gatherer {
    /// Keeps one mail for all its mailboxes; returns after the commit.
    pub(super) async fn keep(&self, arrivals: Vec<Arrived>) -> Result<(), KeepError> {
        let (answer, answered) = oneshot::channel();
        self.queue.send(Request { arrivals, answer }).await.map_err(|_| KeepError::Temporary)?;
        answered.await.unwrap_or(Err(KeepError::Temporary))
    }
}

async fn run(desk: Desk, mut waiting: mpsc::Receiver<Request>) {
    let mut busy = false;
    let mut left_over = None;
    loop {
        let first = match left_over.take() {
            Some(request) => request,
            None => match waiting.recv().await {
                Some(request) => request,
                None => return,
            },
        };
        let group;
        (group, left_over) = gather(first, &mut waiting, busy).await;
        busy = group.len() > 1 || left_over.is_some();
        commit(&desk, group).await;
    }
}

/// What waits already; while many senders are at it, also what comes in a moment. What does not fit is left over.
async fn gather(
    first: Request,
    waiting: &mut mpsc::Receiver<Request>,
    busy: bool,
) -> (Vec<Request>, Option<Request>) {
    let until = tokio::time::Instant::now() + if busy { GATHER } else { Duration::ZERO };
    let mut bytes = first.bytes();
    let mut group = vec![first];
    while group.len() < MOST && bytes < MOST_BYTES {
        let next = match waiting.try_recv() {
            Ok(request) => Some(request),
            Err(_) => tokio::time::timeout_at(until, waiting.recv()).await.ok().flatten(),
        };
        let Some(request) = next else { break };
        bytes += request.bytes();
        if bytes > MOST_BYTES {
            return (group, Some(request));
        }
        group.push(request);
    }
    (group, None)
}

/// One transaction for the group. If something in it cannot be kept, each mail gets its own transaction, so that none
/// fails for another's sake.
async fn commit(desk: &Desk, group: Vec<Request>) {
    let (arrivals, answers): (Vec<_>, Vec<_>) =
        group.into_iter().map(|request| (request.arrivals, request.answer)).unzip();
    let counts: Vec<usize> = arrivals.iter().map(Vec::len).collect();
    let ready = match prepare(arrivals.into_iter().flatten().collect()).await {
        Ok(ready) => ready,
        Err(error) => return answers.into_iter().for_each(|answer| tell(answer, said::<()>(&Err(&error)))),
    };
    let together = keep_ready(desk, &ready).await;
    let each_alone =
        counts.len() > 1 && matches!(&together, Err(StoreError::Conflict | StoreError::NotFound));
    let mut rest = ready.as_slice();
    for (count, answer) in counts.into_iter().zip(answers) {
        let (own, others) = rest.split_at(count);
        rest = others;
        let said =
            if each_alone { said(&keep_ready(desk, own).await.as_ref()) } else { said(&together.as_ref()) };
        tell(answer, said);
    }
}

/// A sender that hung up meanwhile sends the mail again; its bytes are known then.
fn tell(answer: oneshot::Sender<Result<(), KeepError>>, said: Result<(), KeepError>) {
    let _ = answer.send(said);
}

/// What the sender is told. It always may try again: a mail is never refused for our troubles.
fn said<T>(result: &Result<&T, &StoreError>) -> Result<(), KeepError> {
    match result {
        Ok(_) => Ok(()),
        Err(error) if error.is_disk_full() => {
            tracing::error!(%error, "the disk is full: mail is turned away for now");
            Err(KeepError::Full)
        }
        Err(error) => {
            tracing::error!(%error, "mail could not be kept: the sender is asked to try again");
            Err(KeepError::Temporary)
        }
    }
}
