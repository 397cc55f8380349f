//! Counters of attempts in this process: sign-ins per account and per address (contract §5). Forwarding headers are
//! never believed here unless the proxy is a trusted one; the caller passes the address it has decided on.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use desk::time::Millis;

/// How many failures within [`WINDOW_MS`] close the door.
pub const MAX_FAILURES: usize = 10;
/// The window the failures are counted in.
pub const WINDOW_MS: Millis = 60_000;
/// More keys than this are only kept by an attack; the oldest go first.
const MAX_KEYS: usize = 100_000;

/// Failed attempts by key, each with its time.
#[derive(Default)]
pub struct Limits(Mutex<HashMap<String, Vec<Millis>>>);

impl Limits {
    /// How many seconds to wait before `key` may try again; `None` when it may try now.
    pub fn wait_s(&self, key: &str, now: Millis) -> Option<u64> {
        let map = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let recent: Vec<Millis> =
            map.get(key)?.iter().copied().filter(|at| now - at < WINDOW_MS && *at <= now).collect();
        let oldest = *recent.get(recent.len().checked_sub(MAX_FAILURES)?)?;
        u64::try_from((oldest + WINDOW_MS - now).max(1_000) / 1_000).ok()
    }

    /// Counts one failed attempt.
    pub fn failed(&self, key: &str, now: Millis) {
        let mut map = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if map.len() >= MAX_KEYS {
            map.retain(|_, times| times.last().is_some_and(|at| now - at < WINDOW_MS));
        }
        let times = map.entry(key.to_owned()).or_default();
        times.retain(|at| now - at < WINDOW_MS);
        times.push(now);
    }

    /// Forgets the failures of `key` after it succeeded.
    pub fn succeeded(&self, key: &str) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(key);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_eleventh_attempt_within_a_minute_has_to_wait() {
        let limits = Limits::default();
        for i in 0..10 {
            assert_eq!(limits.wait_s("a", i * 100), None);
            limits.failed("a", i * 100);
        }
        assert!(limits.wait_s("a", 1_000).is_some_and(|s| s > 50));
        assert_eq!(limits.wait_s("b", 1_000), None, "another account is not touched");
        assert_eq!(limits.wait_s("a", 61_000), None, "a minute later the door is open again");
    }

    #[test]
    fn a_success_forgets_the_failures() {
        let limits = Limits::default();
        (0..10).for_each(|i| limits.failed("a", i));
        limits.succeeded("a");
        assert_eq!(limits.wait_s("a", 20), None);
    }
}
