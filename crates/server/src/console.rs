//! The console's files, embedded in the binary; every path that is no file is the console's own to route.

use axum::{
    extract::Request,
    http::{HeaderValue, StatusCode, header},
    response::{Html, IntoResponse, Response},
};
use rust_embed::RustEmbed;

#[derive(RustEmbed)]
#[folder = "../../console/dist"]
#[allow_missing = true]
struct Files;

/// Built files carry a hash in their name and never change: a year.
const FOREVER: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");
const ASK_AGAIN: HeaderValue = HeaderValue::from_static("no-cache");

/// Answers with the file, or with `index.html` for the console's own paths, or with a page that says how to build it.
pub async fn serve(request: Request) -> Response {
    let path = request.uri().path().trim_start_matches('/');
    if let Some(file) = Files::get(path).filter(|_| !path.is_empty()) {
        let cache = if path.starts_with("assets/") { FOREVER } else { ASK_AGAIN };
        return answer(path, file, cache);
    }
    let looks_like_a_file = path.rsplit('/').next().is_some_and(|last| last.contains('.'));
    match Files::get("index.html") {
        _ if looks_like_a_file => StatusCode::NOT_FOUND.into_response(),
        Some(file) => answer("index.html", file, ASK_AGAIN),
        None => (StatusCode::OK, Html(include_str!("console_missing.html"))).into_response(),
    }
}

fn answer(path: &str, file: rust_embed::EmbeddedFile, cache: HeaderValue) -> Response {
    let kind = mime_guess::from_path(path).first_or_octet_stream();
    let kind = HeaderValue::from_str(&match kind.type_() {
        mime_guess::mime::TEXT => format!("{kind}; charset=utf-8"),
        _ => kind.to_string(),
    });
    let mut response = file.data.into_response();
    let headers = response.headers_mut();
    headers
        .insert(header::CONTENT_TYPE, kind.unwrap_or(HeaderValue::from_static("application/octet-stream")));
    headers.insert(header::CACHE_CONTROL, cache);
    response
}
