//! How requests are read: JSON bodies and queries whose mistakes become problems instead of plain text.

use axum::{
    Json,
    extract::{
        FromRequest, FromRequestParts, Path, Query, Request,
        rejection::{JsonRejection, QueryRejection},
    },
    http::{StatusCode, request::Parts},
};
use serde::de::DeserializeOwned;

use crate::problem::{Problem, ProblemKind};

/// A JSON body.
#[derive(Debug)]
pub struct Body<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Body<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        match Json::<T>::from_request(request, state).await {
            Ok(Json(value)) => Ok(Body(value)),
            Err(rejection) => Err(refused(&rejection)),
        }
    }
}

fn refused(rejection: &JsonRejection) -> Problem {
    match rejection.status() {
        StatusCode::PAYLOAD_TOO_LARGE => ProblemKind::BodyTooLarge.into(),
        _ => Problem::new(ProblemKind::BodyNotJson).with("detail", rejection.body_text()),
    }
}

/// The query string.
#[derive(Debug)]
pub struct Params<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for Params<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        match Query::<T>::from_request_parts(parts, state).await {
            Ok(Query(value)) => Ok(Params(value)),
            Err(rejection) => Err(wrong_parameter(&rejection)),
        }
    }
}

/// The parameter that could not be read: its name, and whether it is one at all.
fn wrong_parameter(rejection: &QueryRejection) -> Problem {
    let problem = Problem::new(ProblemKind::InvalidInput).with("detail", rejection.body_text());
    let mut cause: Option<&dyn std::error::Error> = Some(rejection);
    while let Some(error) = cause {
        if let Some(error) = error.downcast_ref::<serde_path_to_error::Error<serde::de::value::Error>>() {
            let unknown = error.inner().to_string().starts_with("unknown field");
            let code = if unknown { "unknown_field" } else { "unknown_value" };
            return problem.field(&error.path().to_string(), code);
        }
        cause = error.source();
    }
    problem
}

/// A part of the path; one that cannot be read names nothing, so it is not found.
#[derive(Debug)]
pub struct Part<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned + Send> FromRequestParts<S> for Part<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        match Path::<T>::from_request_parts(parts, state).await {
            Ok(Path(value)) => Ok(Part(value)),
            Err(_) => Err(ProblemKind::NotFound.into()),
        }
    }
}
