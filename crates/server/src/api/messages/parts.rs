//! What a mail is made of: its bytes, headers, HTML and files, all read out of the one original (contract §6.17,
//! §6.18). Whatever came from outside is served so that a browser neither runs nor guesses it.

use axum::{
    Json,
    body::Body as Bytes,
    extract::State,
    http::{HeaderName, HeaderValue, header},
    response::{IntoResponse, Response},
};
use desk::{
    ids::MessageId,
    permission::{Verb, can},
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use store::messages::MessageRow;
use utoipa::{IntoParams, ToSchema};

use super::find;
use crate::{
    auth::Signed,
    extract::{Params, Part},
    problem::{Problem, ProblemKind},
    state::Desk,
};

/// What mail HTML may do: show its styles and the pictures that came with it.
const MAIL_POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; \
    frame-ancestors 'self'; form-action 'none'; base-uri 'none'";
/// What a file may do: nothing.
const FILE_POLICY: &str = "sandbox; default-src 'none'";
/// Pictures a browser may show inside a mail; everything else is a download.
const PICTURES: [&str; 4] = ["image/png", "image/jpeg", "image/gif", "image/webp"];

/// The bytes of a message: the original that came, or the reply that was fixed.
async fn bytes(desk: &Desk, signed: &Signed, id: i64) -> Result<(MessageRow, Vec<u8>), Problem> {
    let mut tx = desk.store.read().await?;
    let (row, _) = find(&mut tx, &signed.who, MessageId(id)).await?;
    let sha256 = row.sha256.as_deref().ok_or(ProblemKind::NotFound)?;
    let bytes = store::blobs::fetch(&mut tx, sha256).await?;
    Ok((row, bytes))
}

/// Reading may take long for a strange mail, so it runs beside the request threads.
async fn read<T: Send + 'static>(
    bytes: Vec<u8>,
    work: impl FnOnce(&[u8]) -> T + Send + 'static,
) -> Result<T, Problem> {
    tokio::task::spawn_blocking(move || work(&bytes)).await.map_err(Problem::broken)
}

fn answer(kind: &str, policy: &'static str, body: Vec<u8>) -> Response {
    let mut response = Bytes::from(body).into_response();
    let headers = response.headers_mut();
    let kind = HeaderValue::from_str(kind).unwrap_or(HeaderValue::from_static("application/octet-stream"));
    headers.insert(header::CONTENT_TYPE, kind);
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(policy));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, max-age=3600"));
    response
}

fn attached(mut response: Response, name: &str) -> Response {
    let plain: String =
        name.chars().map(|c| if c.is_ascii_alphanumeric() || ".-_ ".contains(c) { c } else { '_' }).collect();
    let encode = |byte: u8| match byte {
        b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z' | b'.' | b'-' | b'_' => char::from(byte).to_string(),
        _ => format!("%{byte:02X}"),
    };
    let encoded: Vec<String> = name.bytes().map(encode).collect();
    let encoded = encoded.concat();
    let value = format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{encoded}");
    let value = HeaderValue::from_str(&value).unwrap_or(HeaderValue::from_static("attachment"));
    response.headers_mut().insert(header::CONTENT_DISPOSITION, value);
    response
}

/// Which bytes of a message.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct Which {
    /// Those of one of the message's `copies`; without it the original that is shown.
    pub sha256: Option<String>,
}

/// The original, byte for byte.
#[utoipa::path(get, path = "/messages/{id}/raw", tag = "messages",
    operation_id = "download_original", params(("id" = i64, Path), Which),
    responses((status = 200, content_type = "message/rfc822", body = crate::api::shapes::Binary),
              (status = 404, body = Problem)))]
pub async fn raw(
    State(desk): State<Desk>,
    signed: Signed,
    Part(id): Part<i64>,
    Params(which): Params<Which>,
) -> Result<Response, Problem> {
    whole_mail_allowed(&signed)?;
    let bytes = match which.sha256 {
        Some(sha256) => copy(&desk, &signed, id, &sha256).await?,
        None => bytes(&desk, &signed, id).await?.1,
    };
    let response = answer("message/rfc822", FILE_POLICY, bytes);
    Ok(attached(response, &format!("{id}.eml")))
}

/// The bytes of this name, if they are the message's.
async fn copy(desk: &Desk, signed: &Signed, id: i64, sha256: &str) -> Result<Vec<u8>, Problem> {
    let mut tx = desk.store.read().await?;
    let (row, ticket) = find(&mut tx, &signed.who, MessageId(id)).await?;
    let wanted = data_encoding::HEXLOWER_PERMISSIVE.decode(sha256.as_bytes());
    let wanted = wanted.map_err(|_| Problem::from(ProblemKind::NotFound))?;
    let copies = store::messages::copies(&mut tx, ticket.id).await?;
    let mut own = copies.iter().filter(|copy| copy.message == row.id).map(|copy| copy.sha256.as_slice());
    if row.sha256.as_deref() != Some(&wanted) && !own.any(|copy| copy == wanted) {
        return Err(ProblemKind::NotFound.into());
    }
    Ok(store::blobs::fetch(&mut tx, &wanted).await?)
}

/// The original and its headers show every address, so they need the right to see addresses.
fn whole_mail_allowed(signed: &Signed) -> Result<(), Problem> {
    if can(&signed.who, Verb::SeeAddress, None, None) {
        return Ok(());
    }
    Err(Problem::new(ProblemKind::NotAllowed).with("verb", Verb::SeeAddress.as_str()))
}

/// A header line.
#[derive(Serialize, ToSchema)]
pub struct Header {
    /// Its name.
    pub name: String,
    /// Its value, decoded.
    pub value: String,
    /// Its value as it stands.
    pub raw: String,
}

/// The header lines of a mail.
#[derive(Serialize, ToSchema)]
pub struct Headers {
    /// In their order.
    pub items: Vec<Header>,
}

/// The header lines, as they stand and decoded.
#[utoipa::path(get, path = "/messages/{id}/headers", tag = "messages",
    operation_id = "show_message_headers", params(("id" = i64, Path)),
    responses((status = 200, body = Headers), (status = 404, body = Problem)))]
pub async fn headers(
    State(desk): State<Desk>,
    signed: Signed,
    Part(id): Part<i64>,
) -> Result<Json<Headers>, Problem> {
    whole_mail_allowed(&signed)?;
    let (_, bytes) = bytes(&desk, &signed, id).await?;
    let mail = read(bytes, mail::read).await?;
    let items =
        mail.headers.into_iter().map(|line| Header { name: line.name, value: line.value, raw: line.raw });
    Ok(Json(Headers { items: items.collect() }))
}

/// What `henji explain` tells about the mail.
#[utoipa::path(get, path = "/messages/{id}/explain", tag = "messages",
    operation_id = "explain_message", params(("id" = i64, Path)),
    responses((status = 200, body = Object), (status = 404, body = Problem)))]
pub async fn explain(
    State(desk): State<Desk>,
    signed: Signed,
    Part(id): Part<i64>,
) -> Result<Json<Value>, Problem> {
    whole_mail_allowed(&signed)?;
    let (_, bytes) = bytes(&desk, &signed, id).await?;
    let name = format!("{id}.eml");
    let told = read(bytes, move |bytes| mail::explain::explain(&name, bytes)).await?;
    Ok(Json(serde_json::to_value(told).map_err(Problem::broken)?))
}

/// The mail's HTML, sanitised: no scripts, nothing from elsewhere. `Henji-Remote-Images` counts what was left out.
#[utoipa::path(get, path = "/messages/{id}/html", tag = "messages",
    operation_id = "show_message_html", params(("id" = i64, Path)),
    responses((status = 200, content_type = "text/html", body = String), (status = 404, body = Problem)))]
pub async fn html(
    State(desk): State<Desk>,
    signed: Signed,
    Part(id): Part<i64>,
) -> Result<Response, Problem> {
    let (_, bytes) = bytes(&desk, &signed, id).await?;
    let base = format!("{}/messages/{id}/inline/", crate::router::API);
    let shown =
        read(bytes, move |bytes| mail::read(bytes).html.map(|html| mail::html::sanitise(&html, &base)))
            .await?;
    let shown = shown.ok_or(ProblemKind::NotFound)?;
    let page = format!(
        "<!doctype html><html><head><meta charset=\"utf-8\"><base target=\"_blank\">\
         <style>body{{margin:0;overflow-wrap:anywhere}}img{{max-width:100%;height:auto}}</style></head><body>{}</body></html>",
        shown.html
    );
    let mut response = answer("text/html; charset=utf-8", MAIL_POLICY, page.into_bytes());
    let left_out = HeaderValue::from(shown.remote_images);
    response.headers_mut().insert(HeaderName::from_static("henji-remote-images"), left_out);
    Ok(response)
}

/// A picture that belongs into the mail's HTML.
#[utoipa::path(get, path = "/messages/{id}/inline/{cid}", tag = "messages",
    operation_id = "show_inline_picture",
    params(("id" = i64, Path), ("cid" = String, Path)),
    responses((status = 200, content_type = "image/*", body = crate::api::shapes::Binary),
              (status = 404, body = Problem)))]
pub async fn inline(
    State(desk): State<Desk>,
    signed: Signed,
    Part((id, cid)): Part<(i64, String)>,
) -> Result<Response, Problem> {
    let (_, bytes) = bytes(&desk, &signed, id).await?;
    let part = read(bytes, move |bytes| mail::inline(bytes, &cid)).await?.ok_or(ProblemKind::NotFound)?;
    if !PICTURES.contains(&part.media_type.as_str()) {
        return Err(ProblemKind::NotFound.into());
    }
    Ok(answer(&part.media_type, FILE_POLICY, part.bytes))
}

/// A file that came with the message, always as a download.
#[utoipa::path(get, path = "/messages/{id}/attachments/{n}", tag = "messages",
    operation_id = "download_attachment",
    params(("id" = i64, Path), ("n" = u32, Path)),
    responses((status = 200, content_type = "application/octet-stream", body = crate::api::shapes::Binary),
              (status = 404, body = Problem)))]
pub async fn attachment(
    State(desk): State<Desk>,
    signed: Signed,
    Part((id, n)): Part<(i64, u32)>,
) -> Result<Response, Problem> {
    let (_, bytes) = bytes(&desk, &signed, id).await?;
    let part = read(bytes, move |bytes| mail::attachment(bytes, n)).await?.ok_or(ProblemKind::NotFound)?;
    let name = if part.name.is_empty() { format!("attachment-{n}") } else { part.name };
    Ok(attached(answer(&part.media_type, FILE_POLICY, part.bytes), &name))
}
