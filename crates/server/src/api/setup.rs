//! The first start: while the desk has no people, whoever holds the one-time link makes the first administrator.

use axum::{Json, extract::State, http::StatusCode, response::Response};
use serde::Serialize;
use utoipa::ToSchema;

use super::{me::Me, session::with_cookie};
use crate::{
    actions::set_up_desk::{SetUp, set_up_desk},
    auth::Caller,
    extract::Body,
    problem::Problem,
    state::Desk,
};

/// Whether the desk waits for its first administrator.
#[derive(Serialize, ToSchema)]
pub struct Setup {
    /// Nobody can sign in yet.
    pub needed: bool,
}

/// Whether the desk waits for its first administrator.
#[utoipa::path(get, path = "/setup", tag = "session",
    operation_id = "show_setup", security(()), responses((status = 200, body = Setup)))]
pub async fn show(State(desk): State<Desk>) -> Result<Json<Setup>, Problem> {
    let mut tx = desk.store.read().await?;
    let people = store::agents::count(&mut tx).await?;
    Ok(Json(Setup { needed: people == 0 }))
}

/// Makes the desk and its first administrator, and signs the browser in.
#[utoipa::path(post, path = "/setup", tag = "session",
    operation_id = "set_up_desk", request_body = SetUp, security(()),
    responses((status = 201, body = Me), (status = 403, body = Problem), (status = 409, body = Problem),
              (status = 422, body = Problem)))]
pub async fn begin(
    State(desk): State<Desk>,
    caller: Caller,
    Body(asked): Body<SetUp>,
) -> Result<Response, Problem> {
    let (signed, secret) = set_up_desk(&desk, asked, &caller).await?;
    with_cookie(&desk, StatusCode::CREATED, &signed, &secret).await
}
