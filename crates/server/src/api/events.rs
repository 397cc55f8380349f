//! The stream of events to a browser (contract §6.9). An event carries ids only; whoever hears it loads what *it* may
//! see.

use std::{convert::Infallible, time::Duration};

use axum::{
    extract::State,
    http::HeaderMap,
    response::{
        IntoResponse, Response,
        sse::{Event, KeepAlive, Sse},
    },
};
use desk::permission::{Verb, can};
use futures::{Stream, StreamExt, stream};
use serde_json::json;
use store::events::EventRow;
use tokio::{
    sync::broadcast::{Receiver, error::RecvError},
    time::{Instant, MissedTickBehavior},
};

use crate::{
    auth::{self, Signed},
    events::Broadcast,
    problem::{Problem, ProblemKind},
    state::Desk,
};

/// A comment line so often keeps proxies from closing the connection.
const KEEP_ALIVE: Duration = Duration::from_secs(15);
/// A connection is open for hours: so often it looks again whether its reader may still hear it.
const LOOK_AGAIN: Duration = Duration::from_secs(20);

/// What happens on the desk, as server-sent events: `change`, `notice`, `presence`, `resync`.
///
/// The stream ends when the session or the token does.
#[utoipa::path(get, path = "/events", tag = "events",
    operation_id = "stream_events",
    responses((status = 200, content_type = "text/event-stream", body = String), (status = 401, body = Problem)))]
pub async fn stream(State(desk): State<Desk>, signed: Signed, headers: HeaderMap) -> Response {
    let heard = occasions(desk.live.subscribe(), LOOK_AGAIN);
    let stop = desk.tasks.stop_signal();
    let reader = Reader { desk, headers, signed };
    let events =
        stream::once(async { Ok(resync()) }).chain(told(reader, heard)).take_until(stop.cancelled_owned());
    Sse::new(events).keep_alive(KeepAlive::new().interval(KEEP_ALIVE)).into_response()
}

/// Everything that is heard; `Rights` also by the clock, because another process may have changed them.
fn occasions(heard: Receiver<Broadcast>, every: Duration) -> impl Stream<Item = Broadcast> {
    let mut clock = tokio::time::interval_at(Instant::now() + every, every);
    clock.set_missed_tick_behavior(MissedTickBehavior::Delay);
    stream::unfold((heard, clock), |(mut heard, mut clock)| async move {
        let occasion = tokio::select! {
            _ = clock.tick() => Broadcast::Rights,
            heard = heard.recv() => match heard {
                Ok(heard) => heard,
                Err(RecvError::Lagged(_)) => Broadcast::Resync,
                Err(RecvError::Closed) => return None,
            },
        };
        Some((occasion, (heard, clock)))
    })
}

/// The events for one reader, until there is nobody any more who may hear them.
fn told(
    reader: Reader,
    occasions: impl Stream<Item = Broadcast>,
) -> impl Stream<Item = Result<Event, Infallible>> {
    stream::unfold((reader, Box::pin(occasions)), |(mut reader, mut occasions)| async move {
        loop {
            let event = match occasions.next().await? {
                Broadcast::Change(row) if reader.may_see(&row) => change(&row),
                Broadcast::Change(_) => continue,
                Broadcast::Resync => resync(),
                Broadcast::Rights if reader.is_still_there().await => continue,
                Broadcast::Rights => return None,
            };
            return Some((Ok(event), (reader, occasions)));
        }
    })
}

/// Who listens, and the headers they came with.
struct Reader {
    desk: Desk,
    headers: HeaderMap,
    signed: Signed,
}

impl Reader {
    /// What a reader may not see is not announced to it either.
    fn may_see(&self, row: &EventRow) -> bool {
        let verb = if row.ticket.is_some() { Verb::Read } else { Verb::Administer };
        can(&self.signed.who, verb, row.mailbox, row.ticket)
    }

    /// Learns what the reader may by now; false when there is no session, token or person any more. A database that
    /// cannot tell just now is no reason to hang up.
    async fn is_still_there(&mut self) -> bool {
        match auth::still(&self.desk, &self.headers).await {
            Ok(Some(signed)) => {
                self.signed = signed;
                can(&self.signed.who, Verb::Read, None, None)
            }
            Ok(None) => false,
            Err(problem) => problem.kind_of() != Some(ProblemKind::NotSignedIn),
        }
    }
}

fn resync() -> Event {
    Event::default().event("resync").data("{}")
}

fn change(row: &EventRow) -> Event {
    let data = json!({
        "id": row.id, "kind": row.kind, "ticket": row.number, "mailbox": row.mailbox, "team": row.team,
        "assignee": row.assignee, "lane": row.lane, "version": row.version,
    });
    Event::default().event("change").data(data.to_string())
}

#[cfg(test)]
mod tests {
    use tokio::sync::broadcast;

    use super::*;

    #[tokio::test]
    async fn a_connection_on_which_nothing_happens_looks_at_its_rights_all_the_same() {
        let sender = broadcast::Sender::new(1);
        let heard = occasions(sender.subscribe(), Duration::from_millis(1));
        let first: Vec<Broadcast> = heard.take(3).collect().await;
        assert!(first.iter().all(|occasion| matches!(occasion, Broadcast::Rights)), "{first:?}");
    }
}
