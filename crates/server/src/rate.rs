//! How many requests each token makes in a minute, in this process (contract §5): every answer tells what is left, and
//! a program that asks more has to wait. Programs on this machine are told the same and never made to wait.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use axum::http::{HeaderMap, HeaderName, HeaderValue};
use desk::{
    ids::TokenId,
    time::{MINUTE, Millis},
};

/// Requests a token may make in one minute.
pub const PER_MINUTE: u32 = 600;

/// The current minute of each token: when it began, how many requests it had.
#[derive(Default)]
pub struct Rates(Mutex<HashMap<TokenId, (Millis, u32)>>);

/// Where a token stands in its minute.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    /// Requests that are left.
    pub remaining: u32,
    /// Seconds until the next minute begins.
    pub reset_s: u64,
    /// This request is one too many.
    pub used_up: bool,
}

impl Rates {
    /// Counts one request of `token`.
    pub fn count(&self, token: TokenId, now: Millis) -> Rate {
        let mut map = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (begun, count) = map.entry(token).or_insert((now, 0));
        if !(0..MINUTE).contains(&(now - *begun)) {
            (*begun, *count) = (now, 0);
        }
        *count = count.saturating_add(1);
        Rate {
            remaining: PER_MINUTE.saturating_sub(*count),
            reset_s: u64::try_from((*begun + MINUTE - now).div_euclid(1_000)).unwrap_or_default().max(1),
            used_up: *count > PER_MINUTE,
        }
    }
}

impl Rate {
    /// Says so in the headers of an answer.
    pub fn tell(self, headers: &mut HeaderMap) {
        let numbers = [
            ("ratelimit-limit", u64::from(PER_MINUTE)),
            ("ratelimit-remaining", u64::from(self.remaining)),
            ("ratelimit-reset", self.reset_s),
            ("x-ratelimit-remaining", u64::from(self.remaining)),
        ];
        for (name, number) in numbers {
            headers.insert(HeaderName::from_static(name), HeaderValue::from(number));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_request_after_the_last_one_of_a_minute_is_one_too_many() {
        let rates = Rates::default();
        let first = rates.count(TokenId(1), 1_000);
        assert_eq!(first, Rate { remaining: 599, reset_s: 60, used_up: false });
        let last = (1..600).map(|_| rates.count(TokenId(1), 31_000)).last();
        assert_eq!(last, Some(Rate { remaining: 0, reset_s: 30, used_up: false }));
        assert_eq!(rates.count(TokenId(1), 31_000), Rate { remaining: 0, reset_s: 30, used_up: true });
        assert!(!rates.count(TokenId(2), 31_000).used_up, "another token is not touched");
        assert!(!rates.count(TokenId(1), 61_000).used_up, "a new minute begins");
    }
}
