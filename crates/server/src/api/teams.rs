//! The teams of the desk, by name.

use axum::{Json, extract::State};
use desk::ids::TeamId;
use serde::Serialize;
use utoipa::ToSchema;

use super::list::Page;
use crate::{problem::Problem, state::Desk};

/// Agents who share work.
#[derive(Serialize, ToSchema)]
pub struct Team {
    /// Its id.
    #[schema(value_type = i64)]
    pub id: TeamId,
    /// Its name.
    pub name: String,
}

/// The teams.
#[utoipa::path(get, path = "/teams", tag = "people", operation_id = "list_teams",
    responses((status = 200, body = Page<Team>)))]
pub async fn list(State(desk): State<Desk>) -> Result<Json<Page<Team>>, Problem> {
    let mut tx = desk.store.read().await?;
    let rows = store::teams::list(&mut tx).await?;
    let items = rows.into_iter().map(|row| Team { id: row.id, name: row.name }).collect();
    Ok(Json(Page { items, next: None }))
}
