//! Turns a request's cookie or bearer token into the person behind it, once, before any route.

use axum::{
    extract::{FromRequestParts, Request, State},
    http::{HeaderMap, Method, header, request::Parts},
    middleware::Next,
    response::{IntoResponse, Response},
};
use data_encoding::BASE64;
use desk::{
    ids::{SessionId, TokenId},
    permission::Who,
    time::Millis,
};
use store::{agents::AgentRow, sessions, tokens};
use subtle::ConstantTimeEq;

use super::{is_local, secret, session};
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
    /// The token; `None` for browsers.
    pub token: Option<TokenId>,
    /// The CSRF value that belongs to the session; empty for tokens.
    pub csrf: String,
}

impl<S: Send + Sync> FromRequestParts<S> for Signed {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        parts.extensions.get::<Signed>().cloned().ok_or_else(|| ProblemKind::NotSignedIn.into())
    }
}

/// Finds out who asks; a wrong token is refused here, no token at all is left to the route. A token's requests are
/// counted, and its answers tell how many are left.
pub async fn authenticate(
    State(desk): State<Desk>,
    mut request: Request,
    next: Next,
) -> Result<Response, Problem> {
    let Some(signed) = by_headers(&desk, request.headers()).await? else {
        return Ok(next.run(request).await);
    };
    refuse_forgery(&desk, request.method(), request.headers(), &signed)?;
    let Some(token) = signed.token else {
        request.extensions_mut().insert(signed);
        return Ok(next.run(request).await);
    };
    let rate = desk.rates.count(token, desk.now());
    let mut response = if rate.used_up && !is_local(&desk, request.extensions(), request.headers()) {
        Problem::new(ProblemKind::TooManyRequests).retry_after(rate.reset_s).into_response()
    } else {
        request.extensions_mut().insert(signed);
        next.run(request).await
    };
    rate.tell(response.headers_mut());
    Ok(response)
}

/// The person behind a token or a cookie; `None` when the request names neither or the session has ended. The use is
/// noted: it keeps a session awake.
pub async fn by_headers(desk: &Desk, headers: &HeaderMap) -> Result<Option<Signed>, Problem> {
    let Some(seen) = look(desk, headers).await? else { return Ok(None) };
    let now = desk.now();
    if seen.used_at.is_none_or(|at| now - at > session::TOUCH_MS) {
        let mut tx = desk.store.begin().await?;
        if let Some(token) = seen.signed.token {
            tokens::touch(&mut tx, token, now).await?;
        }
        if let Some(session) = seen.signed.session {
            sessions::touch(&mut tx, session, now).await?;
        }
        tx.commit().await?;
    }
    Ok(Some(seen.signed))
}

/// Who stands behind the same headers by now. Asking is no use: an open page alone keeps no session awake.
pub async fn still(desk: &Desk, headers: &HeaderMap) -> Result<Option<Signed>, Problem> {
    Ok(look(desk, headers).await?.map(|seen| seen.signed))
}

/// Somebody, and when they were last here.
struct Seen {
    signed: Signed,
    used_at: Option<Millis>,
}

async fn look(desk: &Desk, headers: &HeaderMap) -> Result<Option<Seen>, Problem> {
    if let Some(text) = token(headers) {
        return by_token(desk, &text).await.map(Some);
    }
    match session::cookie(headers) {
        Some(text) => by_session(desk, text).await,
        None => Ok(None),
    }
}

/// `Authorization: Bearer T`, or Basic (contract §5) with the token as user and anything as password, or the user
/// `token` with the token as password.
fn token(headers: &HeaderMap) -> Option<String> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, rest) = value.split_once(' ')?;
    if scheme.eq_ignore_ascii_case("bearer") {
        return Some(rest.trim().to_owned());
    }
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let decoded = BASE64.decode(rest.trim().as_bytes()).ok()?;
    let pair = String::from_utf8(decoded).ok()?;
    let (user, password) = pair.split_once(':').unwrap_or((&pair, ""));
    Some(if user == "token" { password } else { user }.to_owned())
}

async fn by_token(desk: &Desk, text: &str) -> Result<Seen, Problem> {
    let hash = secret::hash(text).ok_or(ProblemKind::NotSignedIn)?;
    let mut tx = desk.store.read().await?;
    let token = tokens::by_hash(&mut tx, &hash, desk.now()).await?.ok_or(ProblemKind::NotSignedIn)?;
    let agent = store::agents::by_id(&mut tx, token.agent)
        .await?
        .filter(|a| a.active)
        .ok_or(ProblemKind::NotSignedIn)?;
    let who = Who { agent: agent.id, role: agent.role, verbs: Some(token.verbs) };
    let signed = Signed { who, agent, session: None, token: Some(token.id), csrf: String::new() };
    Ok(Seen { signed, used_at: token.last_used_at })
}

async fn by_session(desk: &Desk, text: &str) -> Result<Option<Seen>, Problem> {
    let Some(hash) = secret::hash(text) else { return Ok(None) };
    let now = desk.now();
    let mut tx = desk.store.read().await?;
    let Some(row) = sessions::by_hash(&mut tx, &hash).await? else { return Ok(None) };
    if now - row.seen_at > session::IDLE_MS || now - row.created_at > session::MAX_AGE_MS {
        return Ok(None);
    }
    let agent = store::agents::by_id(&mut tx, row.agent).await?;
    let Some(agent) = agent.filter(|agent| agent.active) else { return Ok(None) };
    let who = Who { agent: agent.id, role: agent.role, verbs: None };
    let csrf = session::csrf(desk.keys.csrf(), &hash);
    let signed = Signed { who, agent, session: Some(row.id), token: None, csrf };
    Ok(Some(Seen { signed, used_at: Some(row.seen_at) }))
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

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn named(value: &str) -> Option<String> {
        let mut headers = HeaderMap::new();
        headers.insert(header::AUTHORIZATION, HeaderValue::from_str(value).unwrap());
        token(&headers)
    }

    fn basic(pair: &str) -> String {
        format!("Basic {}", BASE64.encode(pair.as_bytes()))
    }

    #[test]
    fn a_token_comes_as_bearer_as_user_or_as_the_password_of_the_user_token() {
        for value in ["Bearer abc".to_owned(), basic("abc:X"), basic("abc:"), basic("token:abc")] {
            assert_eq!(named(&value).as_deref(), Some("abc"), "{value}");
        }
        assert_eq!(
            named(&format!("Digest {}", BASE64.encode(b"abc:X"))),
            None,
            "another scheme names no token"
        );
    }
}
