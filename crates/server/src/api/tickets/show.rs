//! One ticket.

use axum::{Json, extract::State};

use super::{Ticket, load};
use crate::{auth::Signed, extract::Part, problem::Problem, state::Desk};

/// One ticket.
#[utoipa::path(get, path = "/tickets/{number}", tag = "tickets",
    operation_id = "show_ticket", params(("number" = i64, Path)),
    responses((status = 200, body = Ticket), (status = 404, body = Problem)))]
pub async fn show(
    State(desk): State<Desk>,
    signed: Signed,
    Part(number): Part<i64>,
) -> Result<Json<Ticket>, Problem> {
    let mut tx = desk.store.read().await?;
    Ok(Json(load(&mut tx, &signed.who, number).await?))
}
