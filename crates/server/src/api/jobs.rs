//! The queue as an administrator sees it: what waits, what failed for good. Nothing is dropped silently.

use axum::{Json, extract::State, http::StatusCode};
use desk::ids::JobId;
use serde::{Deserialize, Serialize};
use store::jobs::JobRow;
use utoipa::{IntoParams, ToSchema};

use super::{
    list::{Page, Paging, Place},
    time,
};
use crate::{
    extract::{Params, Part},
    problem::Problem,
    state::Desk,
};

/// A piece of background work.
#[derive(Serialize, ToSchema)]
pub struct Job {
    /// Its id.
    #[schema(value_type = i64)]
    pub id: JobId,
    /// What is to be done.
    pub kind: String,
    /// How often it was tried.
    pub attempts: i64,
    /// When it is tried next; null when it is not tried any more.
    #[schema(required)]
    pub run_at: Option<String>,
    /// Why the last try failed.
    #[schema(required)]
    pub last_error: Option<String>,
    /// When it was given up.
    #[schema(required)]
    pub dead_at: Option<String>,
}

/// Which work is listed.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Which {
    /// `dead` (default) or `waiting`.
    pub state: Option<String>,
    /// `next` of the page before.
    pub after: Option<String>,
    /// How many items, at most 100.
    pub limit: Option<i64>,
}

fn shape(row: JobRow) -> Job {
    Job {
        id: row.id,
        kind: row.kind,
        attempts: row.attempts,
        run_at: row.dead_at.is_none().then(|| time(row.run_at)),
        last_error: row.last_error,
        dead_at: row.dead_at.map(time),
    }
}

/// Work that waits, or that failed for good.
#[utoipa::path(get, path = "/jobs", tag = "health",
    operation_id = "list_jobs", params(Which), responses((status = 200, body = Page<Job>)))]
pub async fn list(
    State(desk): State<Desk>,
    Params(which): Params<Which>,
) -> Result<Json<Page<Job>>, Problem> {
    let waiting = which.state.as_deref() == Some("waiting");
    let name = if waiting { "jobs waiting" } else { "jobs dead" };
    let paging = Paging { after: which.after, limit: which.limit };
    let place = paging.place(name)?.map(|place| JobId(place.id));
    let mut tx = desk.store.read().await?;
    let rows = if waiting {
        store::jobs::waiting(&mut tx, place.unwrap_or(JobId(0)), paging.size() + 1).await?
    } else {
        store::jobs::dead(&mut tx, place, paging.size() + 1).await?
    };
    Ok(Json(Page::cut(rows, paging.size(), name, |row| Place { value: 0, id: row.id.0 }, shape)))
}

/// Tries once more what was given up.
#[utoipa::path(post, path = "/jobs/{id}/retry", tag = "health",
    operation_id = "retry_job", params(("id" = i64, Path)),
    responses((status = 202), (status = 404, body = Problem)))]
pub async fn retry(State(desk): State<Desk>, Part(id): Part<i64>) -> Result<StatusCode, Problem> {
    let mut tx = desk.store.begin().await?;
    store::jobs::retry(&mut tx, JobId(id), desk.now()).await?;
    tx.commit().await?;
    desk.committed();
    Ok(StatusCode::ACCEPTED)
}
