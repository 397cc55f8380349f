//! From committed events to open browsers (contract §6.9): one pump per process reads what is new in `events` and
//! broadcasts it; every connection filters for its own reader. There is no replay: a reader that connects or lags is
//! told to `resync`.

use std::{sync::Arc, time::Duration};

use store::events::EventRow;
use tokio::sync::{Notify, broadcast};

use crate::state::Desk;

/// How many events a slow reader may lag behind before it has to resync.
const BACKLOG: usize = 1_024;
/// How often the pump looks by itself, because another process may have written (contract §1).
const LOOK: Duration = Duration::from_secs(1);
/// How many events are read at once.
const PAGE: i64 = 500;

/// What goes to the connections.
#[derive(Debug, Clone)]
pub enum Broadcast {
    /// Something changed.
    Change(Arc<EventRow>),
    /// The pump itself may have missed something.
    Resync,
    /// A session, a token or a person changed: every connection looks again whether it is still somebody's.
    Rights,
}

/// The broadcast of this process.
pub struct Live {
    sender: broadcast::Sender<Broadcast>,
    news: Notify,
}

impl Default for Live {
    fn default() -> Live {
        Live { sender: broadcast::Sender::new(BACKLOG), news: Notify::new() }
    }
}

impl Live {
    /// Listens from now on.
    pub fn subscribe(&self) -> broadcast::Receiver<Broadcast> {
        self.sender.subscribe()
    }

    /// What somebody may do was changed in this process, or they signed out.
    pub fn rights_changed(&self) {
        self.send(Broadcast::Rights);
    }

    /// Something was committed in this process.
    pub fn wake(&self) {
        self.news.notify_one();
    }

    fn send(&self, what: Broadcast) {
        // An error only says that nobody listens just now.
        let _ = self.sender.send(what);
    }
}

/// Runs until the desk stops: broadcasts each event once it is committed, whoever wrote it.
pub async fn pump(desk: Desk) {
    let stop = desk.tasks.stop_signal();
    let mut listener = desk.store.listen().await.ok().flatten();
    let mut last = newest(&desk).await;
    loop {
        let heard = tokio::select! {
            () = stop.cancelled() => return,
            () = desk.live.news.notified() => None,
            () = tokio::time::sleep(LOOK) => None,
            id = hear(listener.as_mut()) => id,
        };
        if let Some(id) = heard.filter(|id| *id <= last) {
            late(&desk, id).await;
        }
        last = forward(&desk, last).await;
    }
}

/// The next id another transaction announced; without a listener it never comes.
async fn hear(listener: Option<&mut store::Listener>) -> Option<i64> {
    let Some(listener) = listener else { return std::future::pending().await };
    if let Ok(id) = listener.next().await {
        return Some(id);
    }
    tokio::time::sleep(LOOK).await;
    None
}

/// PostgreSQL shows ids out of order: one below the last that we saw is read by itself.
async fn late(desk: &Desk, id: i64) {
    if let Ok(rows) = read(desk, id - 1, 1).await {
        rows.into_iter()
            .filter(|row| row.id.0 == id)
            .for_each(|row| desk.live.send(Broadcast::Change(Arc::new(row))));
    }
}

async fn forward(desk: &Desk, mut last: i64) -> i64 {
    loop {
        match read(desk, last, PAGE).await {
            Ok(rows) if rows.is_empty() => return last,
            Ok(rows) => {
                for row in rows {
                    last = last.max(row.id.0);
                    desk.live.send(Broadcast::Change(Arc::new(row)));
                }
            }
            Err(error) => {
                tracing::warn!(%error, "the events could not be read; trying again");
                desk.live.send(Broadcast::Resync);
                return last;
            }
        }
    }
}

async fn read(desk: &Desk, after: i64, limit: i64) -> Result<Vec<EventRow>, store::StoreError> {
    let mut tx = desk.store.read().await?;
    store::events::after(&mut tx, after.into(), limit).await
}

async fn newest(desk: &Desk) -> i64 {
    match desk.store.read().await {
        Ok(mut tx) => store::events::max_id(&mut tx).await.map_or(0, |id| id.0),
        Err(_) => 0,
    }
}
