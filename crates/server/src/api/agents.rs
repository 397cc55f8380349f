//! The people of the desk.

use axum::{Json, extract::State, http::StatusCode};
use desk::{
    ids::AgentId,
    permission::{Role, Verb, can},
};
use serde::Serialize;
use store::agents::AgentRow;
use utoipa::ToSchema;

use super::{
    list::{Page, Paging, Place},
    words,
};
use crate::{
    actions::{
        add_agent::{NewAgent, add_agent},
        change_agent::{AgentChange, change_agent},
    },
    auth::Signed,
    extract::{Body, Params, Part},
    problem::{Problem, ProblemKind},
    state::Desk,
};

/// A person of the desk.
#[derive(Serialize, ToSchema)]
pub struct Agent {
    /// Its id.
    #[schema(value_type = i64)]
    pub id: AgentId,
    /// The name.
    pub name: String,
    /// The address of the account; only for administrators and oneself.
    #[schema(required)]
    pub email: Option<String>,
    /// What the person is at the desk.
    #[schema(value_type = words::Role)]
    pub role: Role,
    /// Whether the person may sign in.
    pub active: bool,
    /// Goes into the next change.
    pub version: i64,
}

fn shape(row: AgentRow, signed: &Signed) -> Agent {
    let may_see = row.id == signed.agent.id || can(&signed.who, Verb::Administer, None, None);
    Agent {
        id: row.id,
        name: row.name,
        email: may_see.then_some(row.email),
        role: row.role,
        active: row.active,
        version: row.version,
    }
}

/// The people.
#[utoipa::path(get, path = "/agents", tag = "people",
    operation_id = "list_agents", params(Paging), responses((status = 200, body = Page<Agent>)))]
pub async fn list(
    State(desk): State<Desk>,
    signed: Signed,
    Params(paging): Params<Paging>,
) -> Result<Json<Page<Agent>>, Problem> {
    let after = paging.place("agents")?.map_or(AgentId(0), |place| AgentId(place.id));
    let mut tx = desk.store.read().await?;
    let rows = store::agents::list(&mut tx, after, paging.size() + 1).await?;
    let place = |row: &AgentRow| Place { value: 0, id: row.id.0 };
    Ok(Json(Page::cut(rows, paging.size(), "agents", place, |row| shape(row, &signed))))
}

/// Adds a person.
#[utoipa::path(post, path = "/agents", tag = "people",
    operation_id = "add_agent", request_body = NewAgent,
    responses((status = 201, body = Agent), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub async fn add(
    State(desk): State<Desk>,
    signed: Signed,
    Body(asked): Body<NewAgent>,
) -> Result<(StatusCode, Json<Agent>), Problem> {
    let row = add_agent(&desk, Some(&signed.who), asked).await?;
    Ok((StatusCode::CREATED, Json(shape(row, &signed))))
}

/// Changes a person.
#[utoipa::path(patch, path = "/agents/{id}", tag = "people",
    operation_id = "change_agent", params(("id" = i64, Path)), request_body = AgentChange,
    responses((status = 200, body = Agent), (status = 404, body = Problem), (status = 409, body = Problem),
              (status = 422, body = Problem)))]
pub async fn change(
    State(desk): State<Desk>,
    signed: Signed,
    Part(id): Part<i64>,
    Body(wanted): Body<AgentChange>,
) -> Result<Json<Agent>, Problem> {
    match change_agent(&desk, &signed.who, AgentId(id), wanted).await {
        Ok(row) => Ok(Json(shape(row, &signed))),
        Err(problem) if problem.kind_of() == Some(ProblemKind::ChangedMeanwhile) => {
            let now = store::agents::by_id(&mut desk.store.read().await?, AgentId(id)).await?;
            Err(problem.current(now.map(|row| shape(row, &signed))))
        }
        Err(problem) => Err(problem),
    }
}
