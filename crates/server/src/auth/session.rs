//! The browser's session: the `__Host-henji` cookie, its ages and its CSRF value (contract §6.21).

use axum::http::{HeaderMap, HeaderValue, header};
use data_encoding::HEXLOWER;
use desk::time::Millis;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// The cookie's name; the prefix makes browsers insist on `Secure`, `Path=/` and no domain.
pub const COOKIE: &str = "__Host-henji";
/// A session that was not used for so long has ended: 12 hours.
pub const IDLE_MS: Millis = 12 * 3_600_000;
/// No session lives longer: 14 days.
pub const MAX_AGE_MS: Millis = 14 * 86_400_000;
/// The age of the last use is written back at most this often, to spare the writer: one minute.
pub const TOUCH_MS: Millis = 60_000;

/// The cookie's value in a request, if there is one.
pub fn cookie(headers: &HeaderMap) -> Option<&str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(name, _)| *name == COOKIE)
        .map(|(_, value)| value)
}

/// The header that hands `secret` to the browser.
pub fn set_cookie(secret: &str) -> HeaderValue {
    let age = MAX_AGE_MS / 1_000;
    header_value(&format!("{COOKIE}={secret}; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age={age}"))
}

/// The header that makes the browser forget the cookie.
pub fn clear_cookie() -> HeaderValue {
    header_value(&format!("{COOKIE}=; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=0"))
}

/// The value the console must send as `Henji-CSRF` with this session.
pub fn csrf(key: [u8; 32], session_hash: &[u8]) -> String {
    Hmac::<Sha256>::new_from_slice(&key)
        .map(|mut mac| {
            mac.update(session_hash);
            HEXLOWER.encode(&mac.finalize().into_bytes()[..16])
        })
        .unwrap_or_default()
}

fn header_value(text: &str) -> HeaderValue {
    HeaderValue::from_str(text).unwrap_or_else(|_| HeaderValue::from_static(""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn our_cookie_is_found_among_others() {
        let mut headers = HeaderMap::new();
        headers.insert(header::COOKIE, HeaderValue::from_static("a=1; __Host-henji=xyz; b=2"));
        assert_eq!(cookie(&headers), Some("xyz"));
        assert_eq!(cookie(&HeaderMap::new()), None);
    }

    #[test]
    fn the_csrf_value_belongs_to_one_session() {
        assert_ne!(csrf([1; 32], b"a"), csrf([1; 32], b"b"));
        assert_eq!(csrf([1; 32], b"a").len(), 32);
    }
}
