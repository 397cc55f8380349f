//! Sample mails for an empty desk.

use axum::{Json, extract::State, http::StatusCode};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{actions::load_samples::load_samples, auth::Signed, problem::Problem, state::Desk};

/// What was put into the desk.
#[derive(Serialize, ToSchema)]
pub struct Samples {
    /// How many mails.
    pub mails: usize,
    /// How many tickets they became.
    pub tickets: usize,
}

/// Fills an empty desk with sample mails to look around and practise; sends nothing.
#[utoipa::path(post, path = "/samples", tag = "desk",
    operation_id = "load_samples",
    responses((status = 201, body = Samples), (status = 409, body = Problem)))]
pub async fn load(State(desk): State<Desk>, signed: Signed) -> Result<(StatusCode, Json<Samples>), Problem> {
    let loaded = load_samples(&desk, &signed.who).await?;
    Ok((StatusCode::CREATED, Json(Samples { mails: loaded.mails, tickets: loaded.tickets })))
}
