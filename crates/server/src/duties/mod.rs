//! Reconcilers: each looks at the state of the world and sets it right, again and again; none has input of its own, and
//! each may be killed at any moment. What only one node may do at a time is guarded by a lease in the database.

mod poll_mailboxes;
pub mod take_smtp;
mod tidy;

use std::{panic::AssertUnwindSafe, time::Duration};

use futures::FutureExt;

use crate::state::Desk;

/// After a fault of ours a duty begins again; not at once, so that a fault that stays does not fill the log.
const AFTER_A_FAULT: Duration = Duration::from_secs(5);

/// Starts every duty of this process.
pub fn start(desk: &Desk) {
    desk.tasks.start(unbroken(desk.clone(), "poll_mailboxes", poll_mailboxes::run));
    desk.tasks.start(unbroken(desk.clone(), "tidy", tidy::run));
}

/// Runs a duty until the desk stops; a panic in it is logged, and it begins again.
async fn unbroken<Fut: Future<Output = ()>>(desk: Desk, name: &'static str, duty: impl Fn(Desk) -> Fut) {
    let stop = desk.tasks.stop_signal();
    while !stop.is_cancelled() {
        if AssertUnwindSafe(duty(desk.clone())).catch_unwind().await.is_ok() {
            return;
        }
        tracing::error!(duty = name, "a duty broke; it begins again");
        pause(&desk, AFTER_A_FAULT).await;
    }
}

/// Waits, but never longer than the desk runs.
async fn pause(desk: &Desk, time: Duration) {
    let stop = desk.tasks.stop_signal();
    tokio::select! {
        () = stop.cancelled() => {}
        () = tokio::time::sleep(time) => {}
    }
}
