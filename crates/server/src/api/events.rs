//! The stream of events to a browser (contract §6.9). An event carries ids only; whoever hears it loads what *it* may
//! see.

use std::{convert::Infallible, time::Duration};

use axum::{
    extract::State,
    response::{
        IntoResponse, Response,
        sse::{Event, KeepAlive, Sse},
    },
};
use desk::permission::{Verb, can};
use futures::{Stream, StreamExt, stream};
use serde_json::json;
use store::events::EventRow;
use tokio::sync::broadcast::{Receiver, error::RecvError};

use crate::{auth::Signed, events::Broadcast, problem::Problem, state::Desk};

/// A comment line so often keeps proxies from closing the connection.
const KEEP_ALIVE: Duration = Duration::from_secs(15);

/// What happens on the desk, as server-sent events: `change`, `notice`, `presence`, `resync`.
#[utoipa::path(get, path = "/events", tag = "events",
    operation_id = "stream_events",
    responses((status = 200, content_type = "text/event-stream", body = String), (status = 401, body = Problem)))]
pub async fn stream(State(desk): State<Desk>, signed: Signed) -> Response {
    let heard = desk.live.subscribe();
    let stop = desk.tasks.stop_signal();
    let events =
        stream::once(async { Ok(resync()) }).chain(changes(heard, signed)).take_until(stop.cancelled_owned());
    Sse::new(events).keep_alive(KeepAlive::new().interval(KEEP_ALIVE)).into_response()
}

fn resync() -> Event {
    Event::default().event("resync").data("{}")
}

fn changes(heard: Receiver<Broadcast>, signed: Signed) -> impl Stream<Item = Result<Event, Infallible>> {
    stream::unfold((heard, signed), |(mut heard, signed)| async move {
        loop {
            let event = match heard.recv().await {
                Ok(Broadcast::Change(row)) if may_see(&signed, &row) => change(&row),
                Ok(Broadcast::Change(_)) => continue,
                Ok(Broadcast::Resync) | Err(RecvError::Lagged(_)) => resync(),
                Err(RecvError::Closed) => return None,
            };
            return Some((Ok(event), (heard, signed)));
        }
    })
}

/// What a reader may not see is not announced to it either.
fn may_see(signed: &Signed, row: &EventRow) -> bool {
    let verb = if row.ticket.is_some() { Verb::Read } else { Verb::Administer };
    can(&signed.who, verb, row.mailbox, row.ticket)
}

fn change(row: &EventRow) -> Event {
    let data = json!({
        "id": row.id, "kind": row.kind, "ticket": row.number, "mailbox": row.mailbox, "team": row.team,
        "assignee": row.assignee, "lane": row.lane, "version": row.version,
    });
    Event::default().event("change").data(data.to_string())
}
