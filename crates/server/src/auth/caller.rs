//! Where a request comes from, as far as it can be known.

use std::net::{IpAddr, SocketAddr};

use axum::{
    extract::{ConnectInfo, FromRequestParts},
    http::{Extensions, HeaderMap, header, request::Parts},
};

use crate::{problem::Problem, state::Desk};

/// The caller of a sign-in; kept with the session and counted against guessing.
pub struct Caller {
    /// The network address, or an empty text where there is none.
    pub address: String,
    /// The browser's own name for itself, cut to 200 characters.
    pub browser: String,
}

impl FromRequestParts<Desk> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, desk: &Desk) -> Result<Self, Problem> {
        let browser = parts.headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok());
        Ok(Caller {
            address: address(desk, parts).map(|address| address.to_string()).unwrap_or_default(),
            browser: browser.unwrap_or_default().chars().take(200).collect(),
        })
    }
}

/// Whether the request comes from a program on this machine itself, not through a proxy that stands here. A proxy is
/// known by its header or by the configuration: not every one sets `X-Forwarded-For`.
pub fn is_local(desk: &Desk, extensions: &Extensions, headers: &HeaderMap) -> bool {
    let peer = extensions.get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip());
    let ours = |ip: IpAddr| ip.is_loopback() && !desk.settings.trusted_proxies.contains(&ip);
    peer.is_some_and(ours) && !headers.contains_key("x-forwarded-for")
}

/// The peer's address, or what a trusted proxy says of it. Anyone can write `X-Forwarded-For`; it counts only behind
/// a proxy that the configuration names.
fn address(desk: &Desk, parts: &Parts) -> Option<IpAddr> {
    let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip())?;
    if !desk.settings.trusted_proxies.contains(&peer) {
        return Some(peer);
    }
    let forwarded = parts.headers.get("x-forwarded-for").and_then(|value| value.to_str().ok());
    forwarded.and_then(|list| list.rsplit(',').next()?.trim().parse().ok()).or(Some(peer))
}
