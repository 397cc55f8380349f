//! What a person does with a ticket beside answering: status, owner, notes, joining.

use axum::{
    Json,
    extract::State,
    http::{HeaderMap, StatusCode},
};
use serde::Deserialize;
use serde_json::{Value, json};
use store::idempotency::Key;
use utoipa::ToSchema;

use super::{Ticket, load};
use crate::{
    actions::{
        change_ticket::{self, Given, TicketChange, Whom},
        merge_tickets, note_ticket,
        once::{self, Answered},
    },
    api::messages::{self, Message},
    auth::Signed,
    extract::{Body, Edit, Part},
    problem::Problem,
    state::Desk,
};

async fn current(desk: &Desk, signed: &Signed, number: i64) -> Result<Json<Ticket>, Problem> {
    let mut tx = desk.store.read().await?;
    Ok(Json(load(&mut tx, &signed.who, number).await?))
}

/// Changes status, priority or owner.
#[utoipa::path(patch, path = "/tickets/{number}", tag = "tickets", operation_id = "change_ticket", params(("number" = i64, Path)),
    request_body = TicketChange,
    responses((status = 200, body = Ticket), (status = 404, body = Problem), (status = 409, body = Problem),
              (status = 422, body = Problem)))]
pub async fn change(
    State(desk): State<Desk>,
    signed: Signed,
    Part(number): Part<i64>,
    Body(wanted): Body<TicketChange>,
) -> Result<Json<Ticket>, Problem> {
    let stale = wanted.version;
    match change_ticket::change_ticket(&desk, &signed, number, wanted).await {
        Ok(_) => current(&desk, &signed, number).await,
        Err(problem) if stale.is_some() && problem.status == StatusCode::CONFLICT.as_u16() => {
            let Json(now) = current(&desk, &signed, number).await?;
            Err(problem.current(now))
        }
        Err(problem) => Err(problem),
    }
}

/// Who takes it; what is not said stays, but something has to be said.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Assign {
    /// The person; null for nobody.
    #[serde(default)]
    #[schema(value_type = Option<Whom>)]
    pub assignee: Edit<Whom>,
    /// Another word for `assignee`.
    #[serde(default)]
    #[schema(value_type = Option<Whom>)]
    pub agent: Edit<Whom>,
    /// The team; null for none.
    #[serde(default)]
    #[schema(value_type = Option<Whom>)]
    pub team: Edit<Whom>,
}

/// Gives the ticket to a person or a team, or to nobody.
#[utoipa::path(post, path = "/tickets/{number}/assign", tag = "tickets", operation_id = "assign_ticket", params(("number" = i64, Path)),
    request_body = Assign,
    responses((status = 200, body = Ticket), (status = 404, body = Problem), (status = 409, body = Problem),
              (status = 422, body = Problem)))]
pub async fn assign(
    State(desk): State<Desk>,
    signed: Signed,
    Part(number): Part<i64>,
    Body(asked): Body<Assign>,
) -> Result<Json<Ticket>, Problem> {
    let assignee = if asked.assignee.is_named() { asked.assignee } else { asked.agent };
    change_ticket::assign_ticket(&desk, &signed, number, Given { assignee, team: asked.team }).await?;
    current(&desk, &signed, number).await
}

/// A note nobody outside sees.
#[derive(Deserialize, ToSchema)]
pub struct Note {
    /// Its words.
    pub text: String,
}

/// Writes a note. With an `Idempotency-Key` the same request twice is one note.
#[utoipa::path(post, path = "/tickets/{number}/notes", tag = "tickets", operation_id = "add_note",
    params(("number" = i64, Path), ("Idempotency-Key" = Option<String>, Header)), request_body = Note,
    responses((status = 201, body = Message), (status = 404, body = Problem), (status = 409, body = Problem),
              (status = 422, body = Problem)))]
pub async fn note(
    State(desk): State<Desk>,
    signed: Signed,
    headers: HeaderMap,
    Part(number): Part<i64>,
    Body(asked): Body<Note>,
) -> Result<(StatusCode, Json<Value>), Problem> {
    let path = format!("/tickets/{number}/notes");
    let key = once::key(&headers)?.map(|key| Key { agent: signed.agent.id, path: &path, key });
    let mut tx = desk.store.begin().await?;
    let same = json!({"text": asked.text});
    if let Some(Answered { status, body }) = once::begin(&mut tx, key, &same, desk.now()).await? {
        return Ok((status, Json(body)));
    }
    let id = note_ticket::note_in(&mut tx, &signed, number, &asked.text, desk.now()).await?;
    let written: Message = messages::load(&mut tx, &signed.who, id).await?;
    let body = serde_json::to_value(written).map_err(Problem::broken)?;
    once::finish(&mut tx, key, StatusCode::CREATED, &body).await?;
    tx.commit().await?;
    desk.committed();
    Ok((StatusCode::CREATED, Json(body)))
}

/// Which ticket takes this one in.
#[derive(Deserialize, ToSchema)]
pub struct Merge {
    /// The number of the ticket that stays.
    pub into: i64,
}

/// Joins this ticket with another: its messages move there, and its writer may answer there from now on.
#[utoipa::path(post, path = "/tickets/{number}/merge", tag = "tickets",
    operation_id = "merge_ticket", params(("number" = i64, Path)),
    request_body = Merge,
    responses((status = 200, body = Ticket), (status = 404, body = Problem), (status = 409, body = Problem)))]
pub async fn merge(
    State(desk): State<Desk>,
    signed: Signed,
    Part(number): Part<i64>,
    Body(asked): Body<Merge>,
) -> Result<Json<Ticket>, Problem> {
    merge_tickets::merge_tickets(&desk, &signed, number, asked.into).await?;
    current(&desk, &signed, asked.into).await
}
