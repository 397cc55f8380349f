//! The history of one ticket, as codes; the screen makes sentences of them.

use axum::{Json, extract::State};
use desk::{event::EventKind, ids::EventId};
use serde::Serialize;
use serde_json::Value;
use store::events::EventRow;
use utoipa::ToSchema;

use super::Named;
use crate::{
    actions::change_ticket::find,
    api::{
        list::{Page, Paging, Place},
        time, words,
    },
    auth::Signed,
    extract::{Params, Part},
    problem::Problem,
    state::Desk,
};

/// Something that happened.
#[derive(Serialize, ToSchema)]
pub struct Event {
    /// Its id; later events have larger ones.
    #[schema(value_type = i64)]
    pub id: EventId,
    /// When.
    pub at: String,
    /// What (`event.<kind>`).
    #[schema(value_type = words::EventKind)]
    pub kind: EventKind,
    /// Who did it; null for the desk itself.
    #[schema(required)]
    pub actor: Option<Named>,
    /// Codes and ids, by kind.
    #[schema(value_type = Object)]
    pub detail: Value,
}

fn shape(row: EventRow) -> Event {
    let actor = row.actor.zip(row.actor_name).map(|(id, name)| Named { id: id.0, name });
    Event { id: row.id, at: time(row.at), kind: row.kind, actor, detail: row.detail }
}

/// What happened with a ticket, from its beginning.
#[utoipa::path(get, path = "/tickets/{number}/history", tag = "tickets",
    operation_id = "list_history",
    params(("number" = i64, Path), Paging),
    responses((status = 200, body = Page<Event>), (status = 404, body = Problem)))]
pub async fn list(
    State(desk): State<Desk>,
    signed: Signed,
    Part(number): Part<i64>,
    Params(paging): Params<Paging>,
) -> Result<Json<Page<Event>>, Problem> {
    let name = format!("history {number}");
    let after = paging.place(&name)?.map_or(EventId(0), |place| EventId(place.id));
    let mut tx = desk.store.read().await?;
    let ticket = find(&mut tx, &signed.who, number).await?;
    let rows = store::events::of_ticket(&mut tx, ticket.id, after, paging.size() + 1).await?;
    Ok(Json(Page::cut(rows, paging.size(), &name, |row| Place { value: 0, id: row.id.0 }, shape)))
}
