//! Is the desk alive, is it ready, and a few numbers for Prometheus. Details only for this machine or an
//! administrator's token (contract §1).

use std::fmt::Write;

use axum::{
    Json, Router,
    extract::State,
    http::{HeaderMap, StatusCode, header, request::Parts},
    response::{IntoResponse, Response},
    routing::get,
};
use desk::permission::{Verb, can};
use serde_json::json;

use crate::{auth, problem::Problem, state::Desk};

/// The lines of the permission table for the routes outside the API.
pub const LINES: [(&str, &str); 3] = [
    ("/health/live", "anyone"),
    ("/health/ready", "anyone; details: this machine, or administer"),
    ("/metrics", "this machine, or administer"),
];

/// The routes outside the API.
pub fn routes() -> Router<Desk> {
    Router::new()
        .route("/health/live", get(|| async { Json(json!({"status": "ok"})) }))
        .route("/health/ready", get(ready))
        .route("/metrics", get(metrics))
}

async fn ready(State(desk): State<Desk>, parts: Parts) -> Response {
    let answer = desk.store.ping().await;
    let status = if answer.is_ok() { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    let mut body = json!({"status": if answer.is_ok() { "ok" } else { "unavailable" }});
    if may_see_details(&desk, &parts).await {
        body["database"] = json!(answer.map_or_else(|error| error.to_string(), |()| "ok".to_owned()));
        body["version"] = json!(env!("CARGO_PKG_VERSION"));
    }
    (status, Json(body)).into_response()
}

async fn metrics(State(desk): State<Desk>, parts: Parts) -> Response {
    if !may_see_details(&desk, &parts).await {
        return StatusCode::NOT_FOUND.into_response();
    }
    match numbers(&desk).await {
        Ok(text) => ([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], text).into_response(),
        Err(problem) => problem.into_response(),
    }
}

async fn numbers(desk: &Desk) -> Result<String, Problem> {
    let mut tx = desk.store.read().await?;
    let jobs = store::jobs::counts(&mut tx).await?;
    let originals = store::originals::count(&mut tx).await?;
    let mut text = String::new();
    let rows = [
        ("henji_originals_total", "counter", originals),
        ("henji_jobs_waiting", "gauge", jobs.iter().map(|kind| kind.waiting).sum::<i64>()),
        ("henji_jobs_dead", "gauge", jobs.iter().map(|kind| kind.dead).sum::<i64>()),
    ];
    for (name, kind, value) in rows {
        // Writing into a String cannot fail.
        let _ = writeln!(text, "# TYPE {name} {kind}\n{name} {value}");
    }
    Ok(text)
}

/// This machine without a proxy in between, or a token that may administer.
async fn may_see_details(desk: &Desk, parts: &Parts) -> bool {
    auth::is_local(desk, &parts.extensions, &parts.headers)
        || signed_administrator(desk, &parts.headers).await
}

async fn signed_administrator(desk: &Desk, headers: &HeaderMap) -> bool {
    match auth::by_headers(desk, headers).await {
        Ok(Some(signed)) => can(&signed.who, Verb::Administer, None, None),
        Ok(None) | Err(_) => false,
    }
}
