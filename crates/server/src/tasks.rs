//! The only place that starts and stops tasks. Everything that runs beside the requests is started here, hears the
//! same stop signal and is waited for, so that SIGTERM never cuts a commit in half.

use std::{future::Future, time::Duration};

use tokio_util::{sync::CancellationToken, task::TaskTracker};

/// The tasks of one running desk.
#[derive(Clone, Default)]
pub struct Tasks {
    tracker: TaskTracker,
    stop: CancellationToken,
}

impl Tasks {
    /// The signal that every long-running task listens to.
    pub fn stop_signal(&self) -> CancellationToken {
        self.stop.clone()
    }

    /// Starts `task`; it must end soon after the stop signal.
    pub fn start(&self, task: impl Future<Output = ()> + Send + 'static) {
        self.tracker.spawn(task);
    }

    /// Tells every task to stop and waits for them, at most `patience`.
    pub async fn stop(&self, patience: Duration) {
        self.stop.cancel();
        self.tracker.close();
        if tokio::time::timeout(patience, self.tracker.wait()).await.is_err() {
            tracing::warn!(left = self.tracker.len(), "some tasks did not stop in time");
        }
    }
}
