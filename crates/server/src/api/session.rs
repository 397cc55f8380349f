//! Signing in and out.

use axum::{
    Json,
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};

use super::me::Me;
use crate::{
    actions::{
        sign_in::{SignIn, sign_in},
        sign_out::sign_out,
    },
    auth::{Caller, Signed, session},
    extract::Body,
    problem::Problem,
    state::Desk,
};

/// Signs in and sets the cookie.
#[utoipa::path(post, path = "/session", tag = "session",
    operation_id = "sign_in", request_body = SignIn, security(()),
    responses((status = 200, body = Me), (status = 401, body = Problem), (status = 429, body = Problem)))]
pub async fn begin(
    State(desk): State<Desk>,
    caller: Caller,
    Body(asked): Body<SignIn>,
) -> Result<Response, Problem> {
    let (signed, secret) = sign_in(&desk, asked, &caller).await?;
    with_cookie(&desk, StatusCode::OK, &signed, &secret).await
}

/// The answer that signs the browser in.
pub async fn with_cookie(
    desk: &Desk,
    status: StatusCode,
    signed: &Signed,
    secret: &str,
) -> Result<Response, Problem> {
    let me = Me::of(desk, signed).await?;
    let mut response = (status, Json(me)).into_response();
    response.headers_mut().insert(header::SET_COOKIE, session::set_cookie(secret));
    Ok(response)
}

/// Signs out.
#[utoipa::path(delete, path = "/session", tag = "session",
    operation_id = "sign_out", responses((status = 204)))]
pub async fn end(State(desk): State<Desk>, signed: Signed) -> Result<Response, Problem> {
    sign_out(&desk, &signed).await?;
    let mut response = StatusCode::NO_CONTENT.into_response();
    response.headers_mut().insert(header::SET_COOKIE, session::clear_cookie());
    Ok(response)
}
