//! Files that will be attached to a reply (contract §6.17): one file as the body, its name in `Content-Disposition`.

use axum::{
    Json,
    body::Bytes,
    extract::{FromRequest, Request, State},
    http::{HeaderMap, StatusCode, header},
};
use desk::ids::UploadId;
use serde::Serialize;
use serde_json::{Value, json};
use store::{blobs::Prepared, idempotency::Key};
use utoipa::ToSchema;

use crate::{
    actions::once::{self, Answered},
    auth::Signed,
    problem::{Problem, ProblemKind},
    state::Desk,
};

/// A file that waits to be attached; it is thrown away after 24 hours unused.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Upload {
    /// Goes into `attachments` of a reply.
    #[schema(value_type = i64)]
    pub id: UploadId,
    /// Its name.
    pub name: String,
    /// What it says it is.
    pub media_type: String,
    /// Bytes.
    pub size: u64,
    /// SHA-256, in hex.
    pub sha256: String,
}

/// Keeps a file for a reply. With an `Idempotency-Key` the same request twice is one file.
#[utoipa::path(post, path = "/uploads", tag = "uploads", operation_id = "add_upload", params(("Idempotency-Key" = Option<String>, Header)),
    request_body(content = crate::api::shapes::Binary, content_type = "application/octet-stream"),
    responses((status = 201, body = Upload), (status = 413, body = Problem), (status = 422, body = Problem)))]
pub async fn add(
    State(desk): State<Desk>,
    signed: Signed,
    request: Request,
) -> Result<(StatusCode, Json<Value>), Problem> {
    let headers = request.headers().clone();
    let name = file_name(&headers).ok_or_else(|| {
        Problem::new(ProblemKind::InvalidInput).field("content-disposition", "file_name_missing")
    })?;
    let key = once::key(&headers)?.map(|key| Key { agent: signed.agent.id, path: "/uploads", key });
    let media_type = media_type(&headers, &name);
    let body = Bytes::from_request(request, &desk).await.map_err(|_| ProblemKind::BodyTooLarge)?;
    let prepared =
        tokio::task::spawn_blocking(move || Prepared::new(&body)).await.map_err(Problem::broken)??;
    let sha256 = data_encoding::HEXLOWER.encode(&prepared.sha256);
    let mut tx = desk.store.begin().await?;
    let same = json!({"name": name, "media_type": media_type, "sha256": sha256});
    if let Some(Answered { status, body }) = once::begin(&mut tx, key, &same, desk.now()).await? {
        return Ok((status, Json(body)));
    }
    let id = store::uploads::add(&mut tx, &prepared, &name, &media_type, signed.agent.id, desk.now()).await?;
    let upload = Upload { id, name, media_type, size: prepared.size, sha256 };
    let body = serde_json::to_value(upload).map_err(Problem::broken)?;
    once::finish(&mut tx, key, StatusCode::CREATED, &body).await?;
    tx.commit().await?;
    Ok((StatusCode::CREATED, Json(body)))
}

/// The name that the caller gives the file; folders and control characters are no part of it. The bytes of the header are
/// read as UTF-8, since curl sends them so.
fn file_name(headers: &HeaderMap) -> Option<String> {
    let value = headers.get(header::CONTENT_DISPOSITION)?;
    let name = mail::file_name(std::str::from_utf8(value.as_bytes()).ok()?)?;
    let name = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let name: String = name.chars().filter(|c| !c.is_control()).take(200).collect();
    Some(name.trim().to_owned()).filter(|name| !name.is_empty())
}

/// What the browser says the file is, else what its name says.
fn media_type(headers: &HeaderMap, name: &str) -> String {
    let said = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let said = said.and_then(|text| text.parse::<mime_guess::mime::Mime>().ok());
    let said = said.filter(|mime| *mime != mime_guess::mime::APPLICATION_OCTET_STREAM);
    said.unwrap_or_else(|| mime_guess::from_path(name).first_or_octet_stream()).essence_str().to_owned()
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn named(value: &'static str) -> Option<String> {
        let mut headers = HeaderMap::new();
        headers.insert(header::CONTENT_DISPOSITION, HeaderValue::from_static(value));
        file_name(&headers)
    }

    #[test]
    fn a_japanese_name_arrives_as_it_is() {
        let name = named("attachment; filename=\"_.pdf\"; filename*=UTF-8''%E9%A0%98%E5%8F%8E%E6%9B%B8.pdf");
        assert_eq!(name.as_deref(), Some("領収書.pdf"));
    }

    #[test]
    fn a_name_is_what_stands_between_the_quotes() {
        assert_eq!(named("attachment; filename=\"a;b=c.pdf\"").as_deref(), Some("a;b=c.pdf"));
        assert_eq!(
            named("attachment; filename=\"a \\\"b\\\" c.pdf\"; size=3").as_deref(),
            Some("a \"b\" c.pdf")
        );
        assert_eq!(named("attachment; filename=\"C:\\dir\\a.pdf\"").as_deref(), Some("a.pdf"));
        assert_eq!(named("attachment; filename=a.pdf").as_deref(), Some("a.pdf"));
    }

    #[test]
    fn a_japanese_name_may_stand_there_as_it_is() {
        let mut headers = HeaderMap::new();
        let value = HeaderValue::from_bytes("attachment; filename=\"領収書.pdf\"".as_bytes()).unwrap();
        headers.insert(header::CONTENT_DISPOSITION, value);
        assert_eq!(file_name(&headers).as_deref(), Some("領収書.pdf"));
        assert_eq!(named("attachment; filename*=UTF-8'ja'%E8%A1%A8.pdf").as_deref(), Some("表.pdf"));
    }

    #[test]
    fn a_name_never_leads_out_of_its_folder() {
        assert_eq!(named("attachment; filename=\"../../etc/passwd\"").as_deref(), Some("passwd"));
        assert_eq!(named("attachment; filename*=UTF-8''a%0D%0AX: y").as_deref(), Some("aX: y"));
        assert_eq!(named("attachment"), None);
        assert_eq!(named("attachment; filename*=UTF-8''%FF%ZZ"), None);
    }
}
