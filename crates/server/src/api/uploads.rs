//! Files that will be attached to a reply (contract §6.17): one file as the body, its name in `Content-Disposition`.

use axum::{
    Json,
    body::Bytes,
    extract::{FromRequest, Request, State},
    http::{HeaderMap, StatusCode, header},
};
use desk::ids::UploadId;
use serde::Serialize;
use store::blobs::Prepared;
use utoipa::ToSchema;

use crate::{
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

/// Keeps a file for a reply.
#[utoipa::path(post, path = "/uploads", tag = "uploads",
    operation_id = "add_upload",
    request_body(content = crate::api::shapes::Binary, content_type = "application/octet-stream"),
    responses((status = 201, body = Upload), (status = 413, body = Problem), (status = 422, body = Problem)))]
pub async fn add(
    State(desk): State<Desk>,
    signed: Signed,
    request: Request,
) -> Result<(StatusCode, Json<Upload>), Problem> {
    let name = file_name(request.headers()).ok_or_else(|| {
        Problem::new(ProblemKind::InvalidInput).field("content-disposition", "file_name_missing")
    })?;
    let media_type = media_type(request.headers(), &name);
    let body = Bytes::from_request(request, &desk).await.map_err(|_| ProblemKind::BodyTooLarge)?;
    let prepared =
        tokio::task::spawn_blocking(move || Prepared::new(&body)).await.map_err(Problem::broken)??;
    let mut tx = desk.store.begin().await?;
    let id = store::uploads::add(&mut tx, &prepared, &name, &media_type, signed.agent.id, desk.now()).await?;
    tx.commit().await?;
    let sha256 = data_encoding::HEXLOWER.encode(&prepared.sha256);
    Ok((StatusCode::CREATED, Json(Upload { id, name, media_type, size: prepared.size, sha256 })))
}

/// The name, from `filename*=UTF-8''…` or `filename="…"`; folders and control characters are no part of a name.
fn file_name(headers: &HeaderMap) -> Option<String> {
    let value = headers.get(header::CONTENT_DISPOSITION)?.to_str().ok()?;
    let parameter = |wanted: &str| {
        value
            .split(';')
            .filter_map(|part| part.trim().split_once('='))
            .find(|(name, _)| name.eq_ignore_ascii_case(wanted))
    };
    let extended = parameter("filename*").and_then(|(_, text)| percent_decoded(text.split_once("''")?.1));
    let name =
        extended.or_else(|| parameter("filename").map(|(_, text)| text.trim_matches('"').to_owned()))?;
    let name = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let name: String = name.chars().filter(|c| !c.is_control()).take(200).collect();
    Some(name.trim().to_owned()).filter(|name| !name.is_empty())
}

fn percent_decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, tail)) = rest.split_first() {
        rest = tail;
        if *first == b'%' {
            let (digits, tail) = rest.split_at_checked(2)?;
            bytes.push(u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()?);
            rest = tail;
        } else {
            bytes.push(*first);
        }
    }
    String::from_utf8(bytes).ok()
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
    fn a_name_never_leads_out_of_its_folder() {
        assert_eq!(named("attachment; filename=\"../../etc/passwd\"").as_deref(), Some("passwd"));
        assert_eq!(named("attachment; filename*=UTF-8''a%0D%0AX: y").as_deref(), Some("aX: y"));
        assert_eq!(named("attachment"), None);
        assert_eq!(named("attachment; filename*=UTF-8''%FF%ZZ"), None);
    }
}
