//! What the shop says about itself.

use axum::{Json, extract::State};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    actions::desk_settings::{self, DeskSettings, DeskSettingsChange},
    auth::Signed,
    extract::Body,
    problem::{Problem, ProblemKind},
    state::Desk,
};

/// The settings with their version.
#[derive(Serialize, ToSchema)]
pub struct Settings {
    /// Goes into the next change.
    pub version: i64,
    /// The settings.
    #[serde(flatten)]
    pub settings: DeskSettings,
}

/// The settings of the desk.
#[utoipa::path(get, path = "/settings", tag = "desk",
    operation_id = "show_settings", responses((status = 200, body = Settings)))]
pub async fn show(State(desk): State<Desk>) -> Result<Json<Settings>, Problem> {
    let mut tx = desk.store.read().await?;
    let (settings, version) = desk_settings::load(&mut tx).await?;
    Ok(Json(Settings { version, settings }))
}

/// Changes settings that are still as they were seen.
#[utoipa::path(patch, path = "/settings", tag = "desk",
    operation_id = "change_settings", request_body = DeskSettingsChange,
    responses((status = 200, body = Settings), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub async fn change(
    State(desk): State<Desk>,
    signed: Signed,
    Body(wanted): Body<DeskSettingsChange>,
) -> Result<Json<Settings>, Problem> {
    match desk_settings::change(&desk, &signed.who, wanted).await {
        Ok((settings, version)) => Ok(Json(Settings { version, settings })),
        Err(problem) if problem.kind_of() == Some(ProblemKind::ChangedMeanwhile) => {
            let Json(now) = show(State(desk)).await?;
            Err(problem.current(now))
        }
        Err(problem) => Err(problem),
    }
}
