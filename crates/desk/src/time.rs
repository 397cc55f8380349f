//! Time in the desk: whole Unix milliseconds in UTC, always handed in. Nothing here reads a clock.

use jiff::Timestamp;

/// Unix milliseconds, UTC.
pub type Millis = i64;

/// One second in [`Millis`].
pub const SECOND: Millis = 1_000;
/// One minute in [`Millis`].
pub const MINUTE: Millis = 60 * SECOND;
/// One hour in [`Millis`].
pub const HOUR: Millis = 60 * MINUTE;
/// One day of 24 hours in [`Millis`].
pub const DAY: Millis = 24 * HOUR;

/// The same moment as a [`Timestamp`]; moments beyond what it can hold become its nearest end.
pub fn timestamp(at: Millis) -> Timestamp {
    let end = if at < 0 { Timestamp::MIN } else { Timestamp::MAX };
    Timestamp::from_millisecond(at).unwrap_or(end)
}

/// RFC 3339 in UTC with milliseconds, as the API writes times: `2026-11-21T00:30:00.000Z`.
pub fn rfc3339(at: Millis) -> String {
    format!("{:.3}", timestamp(at))
}

/// Reads an RFC 3339 time (any offset); `None` if it is not one.
pub fn parse_rfc3339(text: &str) -> Option<Millis> {
    text.parse::<Timestamp>().ok().map(Timestamp::as_millisecond)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_written_in_utc_with_milliseconds() {
        assert_eq!(rfc3339(0), "1970-01-01T00:00:00.000Z");
        assert_eq!(rfc3339(1_795_221_000_007), "2026-11-21T00:30:00.007Z");
    }

    #[test]
    fn what_is_written_is_read_back() {
        for at in [0, 1, -1, 1_795_221_000_007] {
            assert_eq!(parse_rfc3339(&rfc3339(at)), Some(at));
        }
        assert_eq!(parse_rfc3339("2026-11-21T10:10:00+09:00"), Some(1_795_223_400_000));
        assert_eq!(parse_rfc3339("tomorrow"), None);
    }

    #[test]
    fn a_moment_beyond_all_calendars_does_not_panic() {
        assert!(rfc3339(i64::MAX).starts_with("9999-"));
        assert!(rfc3339(i64::MIN).starts_with("-009999-"));
    }
}
