//! How requests are read: JSON bodies, queries and paths whose mistakes become problems that name the field, instead of
//! plain text. U+0000 is taken out here, once for the whole API, because PostgreSQL keeps no text with it (contract
//! §6.25).

use std::error::Error;

use axum::{
    body::Bytes,
    extract::{FromRequest, FromRequestParts, Path, Query, Request},
    http::{HeaderMap, Uri, header, request::Parts},
};
use serde::{Deserialize, Deserializer, de::DeserializeOwned};
use serde_json::Value;

use crate::problem::{Problem, ProblemKind};

/// A JSON body.
#[derive(Debug)]
pub struct Body<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Body<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let not_json = |detail: String| Problem::new(ProblemKind::BodyNotJson).with("detail", detail);
        if !is_json(request.headers()) {
            return Err(not_json("the Content-Type is not application/json".to_owned()));
        }
        let bytes = Bytes::from_request(request, state).await.map_err(|_| ProblemKind::BodyTooLarge)?;
        let mut value: Value = serde_json::from_slice(&bytes).map_err(|error| not_json(error.to_string()))?;
        strip(&mut value);
        read(value).map(Body)
    }
}

fn is_json(headers: &HeaderMap) -> bool {
    let media_type =
        headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let essence = media_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    essence == "application/json" || (essence.starts_with("application/") && essence.ends_with("+json"))
}

/// Takes U+0000 out of every text.
fn strip(value: &mut Value) {
    match value {
        Value::String(text) => text.retain(|c| c != '\0'),
        Value::Array(items) => items.iter_mut().for_each(strip),
        Value::Object(fields) => {
            fields.retain(|name, _| !name.contains('\0'));
            fields.values_mut().for_each(strip);
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// Reads what is expected out of JSON.
///
/// # Errors
/// `invalid-input` with the field that is missing, unknown or of another kind.
pub fn read<T: DeserializeOwned>(value: Value) -> Result<T, Problem> {
    serde_path_to_error::deserialize(value)
        .map_err(|error| refused(&error.path().to_string(), &error.inner().to_string(), "invalid"))
}

/// The problem behind serde's words: its messages are the only thing that tells the cases apart. `otherwise` is the code
/// for what they do not tell.
fn refused(path: &str, message: &str, otherwise: &str) -> Problem {
    let quoted = || message.split('`').nth(1).unwrap_or_default();
    let at = if path == "." { "" } else { path };
    let inside = |name: &str| if at.is_empty() { name.to_owned() } else { format!("{at}.{name}") };
    let starts = |beginning: &str| message.starts_with(beginning);
    let (field, code) = if starts("missing field") {
        (inside(quoted()), "required")
    } else if starts("unknown field") {
        // The path ends with the unknown name already.
        (if at.ends_with(quoted()) { at.to_owned() } else { inside(quoted()) }, "unknown_field")
    } else if starts("unknown variant") {
        (at.to_owned(), "unknown_value")
    } else if starts("invalid type") {
        (at.to_owned(), "wrong_type")
    } else if starts("invalid value: integer") || starts("invalid value: floating") {
        (at.to_owned(), "out_of_range")
    } else {
        (at.to_owned(), otherwise)
    };
    Problem::new(ProblemKind::InvalidInput).with("detail", message).field(&field, code)
}

/// The query string.
#[derive(Debug)]
pub struct Params<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for Params<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let uri = without_nul(&parts.uri);
        match Query::<T>::try_from_uri(uri.as_ref().unwrap_or(&parts.uri)) {
            Ok(Query(value)) => Ok(Params(value)),
            Err(rejection) => Err(refused_parameter(&rejection)),
        }
    }
}

/// The same address without U+0000 in its query; `None` if there is none.
fn without_nul(uri: &Uri) -> Option<Uri> {
    let mut query = uri.query().filter(|query| query.contains("%00"))?.to_owned();
    // What stood around one may be another one.
    while query.contains("%00") {
        query = query.replace("%00", "");
    }
    format!("{}?{query}", uri.path()).parse().ok()
}

fn refused_parameter(rejection: &(dyn Error + 'static)) -> Problem {
    type Reading = serde_path_to_error::Error<serde::de::value::Error>;
    let mut cause = Some(rejection);
    while let Some(error) = cause {
        if let Some(reading) = error.downcast_ref::<Reading>() {
            return refused(&reading.path().to_string(), &reading.inner().to_string(), "unknown_value");
        }
        cause = error.source();
    }
    Problem::new(ProblemKind::InvalidInput).with("detail", rejection.to_string())
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

/// A field of a change: `null` is something else than silence. Goes with `#[serde(default)]`.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub enum Edit<T> {
    /// It was not named and stays.
    #[default]
    Keep,
    /// `null`: it is taken away.
    Clear,
    /// It becomes this.
    Set(T),
}

impl<T> Edit<T> {
    /// Whether the field was named at all.
    pub fn is_named(&self) -> bool {
        !matches!(self, Edit::Keep)
    }

    /// Lays the change over what is there.
    pub fn over(self, place: &mut Option<T>) {
        match self {
            Edit::Keep => {}
            Edit::Clear => *place = None,
            Edit::Set(value) => *place = Some(value),
        }
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Edit<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Option::deserialize(deserializer)?.map_or(Edit::Clear, Edit::Set))
    }
}

/// A field that a read shows and nobody writes: it is taken and left, so that what was read can be sent back. Goes with
/// `#[serde(default)]`.
#[derive(Debug, Default, Clone, Copy)]
pub struct ReadOnly;

impl<'de> Deserialize<'de> for ReadOnly {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        serde::de::IgnoredAny::deserialize(deserializer).map(|_| ReadOnly)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Inner {
        #[serde(default)]
        port: Edit<u16>,
        #[serde(default, rename = "id")]
        _id: ReadOnly,
    }

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "only read")]
    struct Outer {
        name: String,
        kind: Option<desk::permission::Role>,
        inner: Option<Inner>,
    }

    #[test]
    fn each_mistake_names_its_field_and_what_is_wrong() {
        let table = [
            (json!({}), "name", "required"),
            (json!({"name": 5}), "name", "wrong_type"),
            (json!({"name": null}), "name", "wrong_type"),
            (json!({"name": "a", "kind": "king"}), "kind", "unknown_value"),
            (json!({"name": "a", "nmae": "b"}), "nmae", "unknown_field"),
            (json!({"name": "a", "inner": {"prot": 1}}), "inner.prot", "unknown_field"),
            (json!({"name": "a", "inner": {"port": "x"}}), "inner.port", "wrong_type"),
            (json!({"name": "a", "inner": {"port": 70_000}}), "inner.port", "out_of_range"),
            (json!({"name": "a", "inner": {"port": -1}}), "inner.port", "out_of_range"),
            (json!("a"), "", "wrong_type"),
        ];
        for (body, field, code) in table {
            let problem = read::<Outer>(body.clone()).expect_err("refused");
            assert_eq!(problem.kind_of(), Some(ProblemKind::InvalidInput));
            assert_eq!((&*problem.errors[0].field, &*problem.errors[0].code), (field, code), "{body}");
        }
    }

    #[test]
    fn silence_null_and_a_value_are_three_things() {
        let port = |body: Value| read::<Inner>(body).unwrap().port;
        assert_eq!(port(json!({})), Edit::Keep);
        assert_eq!(port(json!({"port": null, "id": {"any": ["thing"]}})), Edit::Clear);
        assert_eq!(port(json!({"port": 25})), Edit::Set(25));
    }

    #[test]
    fn nul_is_taken_out_of_texts_at_any_depth_and_out_of_queries() {
        let mut value = json!({"a": "x\0y", "b": [{"c": "\0"}], "d": 1});
        strip(&mut value);
        assert_eq!(value, json!({"a": "xy", "b": [{"c": ""}], "d": 1}));
        let query = |text: &str| without_nul(&text.parse().unwrap()).map(|uri| uri.to_string());
        assert_eq!(query("/search?q=a%00b&r=%%0000"), Some("/search?q=ab&r=".to_owned()));
        assert_eq!(query("/search?q=%2500"), None, "an escaped percent sign is no escape");
    }

    #[test]
    fn a_parameter_that_cannot_be_is_named() {
        #[derive(Debug, Deserialize)]
        #[expect(dead_code, reason = "only read")]
        struct Paging {
            limit: Option<i64>,
        }
        let rejection = Query::<Paging>::try_from_uri(&"/x?limit=many".parse().unwrap()).unwrap_err();
        let problem = refused_parameter(&rejection);
        assert_eq!((&*problem.errors[0].field, &*problem.errors[0].code), ("limit", "unknown_value"));
    }
}
