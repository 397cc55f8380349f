//! Turns a request's cookie or bearer token into the person behind it, once, before any route.

use axum::{
    extract::{FromRequestParts, Request, State},
    http::{HeaderMap, Method, header, request::Parts},
    middleware::Next,
    response::Response,
};
use data_encoding::BASE64;
use desk::{ids::SessionId, permission::Who};
use store::{agents::AgentRow, sessions, tokens};
use subtle::ConstantTimeEq;

use super::{secret, session};
use crate::{
    problem::{Problem, ProblemKind},
    state::Desk,
};

/// The person who asks, put into the request by [`authenticate`].
#[derive(Debug, Clone)]
pub struct Signed {
    /// What this person or token may do.
    pub who: Who,
    /// The person.
    pub agent: AgentRow,
    /// The browser's session; `None` for tokens.
    pub session: Option<SessionId>,
    /// The CSRF value that belongs to the session; empty for tokens.
    pub csrf: String,
}

impl<S: Send + Sync> FromRequestParts<S> for Signed {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        parts.extensions.get::<Signed>().cloned().ok_or_else(|| ProblemKind::NotSignedIn.into())
    }
}

/// Finds out who asks; a wrong token is refused here, no token at all is left to the route.
pub async fn authenticate(
    State(desk): State<Desk>,
    mut request: Request,
    next: Next,
) -> Result<Response, Problem> {
    if let Some(signed) = by_headers(&desk, request.headers()).await? {
        refuse_forgery(&desk, request.method(), request.headers(), &signed)?;
        request.extensions_mut().insert(signed);
    }
    Ok(next.run(request).await)
}

/// The person behind a token or a cookie; `None` when the request names neither or the session has ended.
pub async fn by_headers(desk: &Desk, headers: &HeaderMap) -> Result<Option<Signed>, Problem> {
    if let Some(text) = bearer(headers) {
        return by_token(desk, &text).await.map(Some);
    }
    match session::cookie(headers) {
        Some(text) => by_session(desk, text).await,
        None => Ok(None),
    }
}

/// `Authorization: Bearer T`, or Basic with the token as user and anything as password (contract §5).
fn bearer(headers: &HeaderMap) -> Option<String> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, rest) = value.split_once(' ')?;
    if scheme.eq_ignore_ascii_case("bearer") {
        return Some(rest.trim().to_owned());
    }
    let decoded = BASE64.decode(rest.trim().as_bytes()).ok()?;
    let pair = String::from_utf8(decoded).ok()?;
    Some(pair.split(':').next().unwrap_or_default().to_owned())
}

async fn by_token(desk: &Desk, text: &str) -> Result<Signed, Problem> {
    let hash = secret::hash(text).ok_or(ProblemKind::NotSignedIn)?;
    let now = desk.now();
    let mut tx = desk.store.read().await?;
    let token = tokens::by_hash(&mut tx, &hash, now).await?.ok_or(ProblemKind::NotSignedIn)?;
    let agent = store::agents::by_id(&mut tx, token.agent)
        .await?
        .filter(|a| a.active)
        .ok_or(ProblemKind::NotSignedIn)?;
    drop(tx);
    if token.last_used_at.is_none_or(|at| now - at > session::TOUCH_MS) {
        let mut tx = desk.store.begin().await?;
        tokens::touch(&mut tx, token.id, now).await?;
        tx.commit().await?;
    }
    let who = Who { agent: agent.id, role: agent.role, verbs: Some(token.verbs) };
    Ok(Signed { who, agent, session: None, csrf: String::new() })
}

async fn by_session(desk: &Desk, text: &str) -> Result<Option<Signed>, Problem> {
    let Some(hash) = secret::hash(text) else { return Ok(None) };
    let now = desk.now();
    let mut tx = desk.store.read().await?;
    let Some(row) = sessions::by_hash(&mut tx, &hash).await? else { return Ok(None) };
    if now - row.seen_at > session::IDLE_MS || now - row.created_at > session::MAX_AGE_MS {
        return Ok(None);
    }
    let agent = store::agents::by_id(&mut tx, row.agent).await?;
    drop(tx);
    let Some(agent) = agent.filter(|agent| agent.active) else { return Ok(None) };
    if now - row.seen_at > session::TOUCH_MS {
        let mut tx = desk.store.begin().await?;
        sessions::touch(&mut tx, row.id, now).await?;
        tx.commit().await?;
    }
    let who = Who { agent: agent.id, role: agent.role, verbs: None };
    let csrf = session::csrf(desk.keys.csrf(), &hash);
    Ok(Some(Signed { who, agent, session: Some(row.id), csrf }))
}

/// A browser's cookie alone is not enough to change something: the header proves that our own page asks.
fn refuse_forgery(desk: &Desk, method: &Method, headers: &HeaderMap, signed: &Signed) -> Result<(), Problem> {
    if signed.session.is_none() || method.is_safe() {
        return Ok(());
    }
    same_origin(desk, headers)?;
    let sent = headers.get("henji-csrf").map(axum::http::HeaderValue::as_bytes).unwrap_or_default();
    if bool::from(sent.ct_eq(signed.csrf.as_bytes())) { Ok(()) } else { Err(ProblemKind::CsrfMissing.into()) }
}

/// Whether the `Origin` of a request, if the browser named one, is the desk itself.
pub fn same_origin(desk: &Desk, headers: &HeaderMap) -> Result<(), Problem> {
    let Some(origin) = headers.get(header::ORIGIN).and_then(|value| value.to_str().ok()) else {
        return Ok(());
    };
    let host = headers.get(header::HOST).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let asked = origin.split_once("://").map_or(origin, |(_, host)| host);
    let own = desk.settings.public_url.trim_end_matches('/');
    if asked == host || origin == own { Ok(()) } else { Err(ProblemKind::OriginRefused.into()) }
}
