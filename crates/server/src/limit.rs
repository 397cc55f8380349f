//! Counters of attempts in this process: sign-ins per account and per address (contract §5). Forwarding headers are
//! never believed here unless the proxy is a trusted one; the caller passes the address it has decided on.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use desk::time::Millis;

/// How many failures within [`WINDOW_MS`] close the door.
pub const MAX_FAILURES: usize = 10;
/// The window the failures are counted in.
pub const WINDOW_MS: Millis = 60_000;
/// More keys than this are only kept by an attack; the oldest go first.
const MAX_KEYS: usize = 100_000;

type Times = HashMap<String, Vec<Millis>>;

/// Attempts that failed or are not decided yet by key, each with its time.
#[derive(Default)]
pub struct Limits(Mutex<Times>);

impl Limits {
    /// Counts an attempt against each of `keys`; where one of them has used its attempts up nothing is counted. Asked
    /// and counted under one lock and before anything slow, so that a hundred attempts at once are a hundred.
    ///
    /// # Errors
    /// How many seconds to wait before the next attempt.
    pub fn attempt(&self, keys: &[&str], now: Millis) -> Result<(), u64> {
        let mut map = self.locked();
        if let Some(seconds) = keys.iter().filter_map(|key| wait_s(&map, key, now)).max() {
            return Err(seconds);
        }
        if map.len() >= MAX_KEYS {
            map.retain(|_, times| times.last().is_some_and(|at| now - at < WINDOW_MS));
        }
        for key in keys {
            let times = map.entry((*key).to_owned()).or_default();
            times.retain(|at| now - at < WINDOW_MS);
            times.push(now);
        }
        Ok(())
    }

    /// Takes back the attempt that was counted at `at`: it was no failure.
    pub fn take_back(&self, key: &str, at: Millis) {
        let mut map = self.locked();
        let Some(times) = map.get_mut(key) else { return };
        if let Some(place) = times.iter().rposition(|time| *time == at) {
            times.remove(place);
        }
        if times.is_empty() {
            map.remove(key);
        }
    }

    /// Forgets every failure of `key` after it succeeded.
    pub fn forget(&self, key: &str) {
        self.locked().remove(key);
    }

    fn locked(&self) -> MutexGuard<'_, Times> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// How many seconds `key` has to wait; `None` when it may try now.
fn wait_s(map: &Times, key: &str, now: Millis) -> Option<u64> {
    let recent: Vec<Millis> =
        map.get(key)?.iter().copied().filter(|at| now - at < WINDOW_MS && *at <= now).collect();
    let oldest = *recent.get(recent.len().checked_sub(MAX_FAILURES)?)?;
    u64::try_from((oldest + WINDOW_MS - now).max(1_000) / 1_000).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_eleventh_attempt_within_a_minute_has_to_wait() {
        let limits = Limits::default();
        for i in 0..10 {
            assert_eq!(limits.attempt(&["a"], i * 100), Ok(()));
        }
        assert!(limits.attempt(&["a"], 1_000).is_err_and(|seconds| seconds > 50));
        assert_eq!(limits.attempt(&["b"], 1_000), Ok(()), "another account is not touched");
        assert_eq!(limits.attempt(&["a"], 61_000), Ok(()), "a minute later the door is open again");
    }

    #[test]
    fn an_attempt_that_has_to_wait_is_counted_nowhere() {
        let limits = Limits::default();
        (0..10).for_each(|at| limits.attempt(&["account"], at).unwrap());
        for at in 10..100 {
            assert!(limits.attempt(&["account", "address"], at).is_err());
        }
        assert_eq!(limits.attempt(&["address"], 100), Ok(()));
    }

    #[test]
    fn a_success_forgets_the_failures_of_the_account_and_its_own_attempt_at_the_address() {
        let limits = Limits::default();
        (0..9).for_each(|at| limits.attempt(&["account", "address"], at).unwrap());
        limits.attempt(&["account", "address"], 9).unwrap();
        limits.forget("account");
        limits.take_back("address", 9);
        assert_eq!(limits.attempt(&["account", "address"], 20), Ok(()));
        assert_eq!(limits.attempt(&["account"], 21), Ok(()));
        assert!(limits.attempt(&["address"], 21).is_err(), "nine failures and one that is not decided yet");
    }
}
