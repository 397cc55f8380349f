//! What a person does with a ticket beside answering: status, owner, notes, joining.

use axum::{Json, extract::State, http::StatusCode};
use desk::ids::{AgentId, TeamId};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{Ticket, load};
use crate::{
    actions::{
        change_ticket::{self, TicketChange},
        merge_tickets, note_ticket,
    },
    api::messages::{self, Message},
    auth::Signed,
    extract::{Body, Part},
    problem::Problem,
    state::Desk,
};

async fn current(desk: &Desk, signed: &Signed, number: i64) -> Result<Json<Ticket>, Problem> {
    let mut tx = desk.store.read().await?;
    Ok(Json(load(&mut tx, &signed.who, number).await?))
}

/// Changes status or priority.
#[utoipa::path(patch, path = "/tickets/{number}", tag = "tickets",
    operation_id = "change_ticket", params(("number" = i64, Path)),
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

/// Who takes it.
#[derive(Deserialize, ToSchema)]
pub struct Assign {
    /// The person; null for nobody.
    #[schema(value_type = Option<i64>)]
    pub agent: Option<AgentId>,
    /// The team; stays if not said.
    #[schema(value_type = Option<i64>)]
    pub team: Option<TeamId>,
}

/// Gives the ticket to a person, or to nobody.
#[utoipa::path(post, path = "/tickets/{number}/assign", tag = "tickets",
    operation_id = "assign_ticket", params(("number" = i64, Path)),
    request_body = Assign,
    responses((status = 200, body = Ticket), (status = 404, body = Problem), (status = 422, body = Problem)))]
pub async fn assign(
    State(desk): State<Desk>,
    signed: Signed,
    Part(number): Part<i64>,
    Body(asked): Body<Assign>,
) -> Result<Json<Ticket>, Problem> {
    change_ticket::assign_ticket(&desk, &signed, number, asked.agent, asked.team).await?;
    current(&desk, &signed, number).await
}

/// A note nobody outside sees.
#[derive(Deserialize, ToSchema)]
pub struct Note {
    /// Its words.
    pub text: String,
}

/// Writes a note.
#[utoipa::path(post, path = "/tickets/{number}/notes", tag = "tickets",
    operation_id = "add_note", params(("number" = i64, Path)),
    request_body = Note,
    responses((status = 201, body = Message), (status = 404, body = Problem), (status = 422, body = Problem)))]
pub async fn note(
    State(desk): State<Desk>,
    signed: Signed,
    Part(number): Part<i64>,
    Body(asked): Body<Note>,
) -> Result<(StatusCode, Json<Message>), Problem> {
    let id = note_ticket::note_ticket(&desk, &signed, number, &asked.text).await?;
    let mut tx = desk.store.read().await?;
    Ok((StatusCode::CREATED, Json(messages::load(&mut tx, &signed.who, id).await?)))
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
