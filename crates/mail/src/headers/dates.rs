//! Date headers, in the forms that mail programs really write.

use crate::mail::SentAt;
use jiff::civil::{Date, DateTime, Time};
use jiff::tz::Offset;

/// Zone names, minutes east. Source: RFC 5322 §4.3, and JST/KST as seen in Japanese mail. date: 2026-11
const ZONES: &[(&str, i32)] = &[
    ("JST", 540),
    ("KST", 540),
    ("UT", 0),
    ("UTC", 0),
    ("GMT", 0),
    ("Z", 0),
    ("EST", -300),
    ("EDT", -240),
    ("CST", -360),
    ("CDT", -300),
    ("MST", -420),
    ("MDT", -360),
    ("PST", -480),
    ("PDT", -420),
    ("CET", 60),
    ("CEST", 120),
    ("MET", 60),
    ("MEST", 120),
    ("WET", 0),
    ("BST", 60),
];

const MONTHS: &str = "janfebmaraprmayjunjulaugsepoctnovdec";

/// What is found of a date while its words are read.
#[derive(Default)]
struct Found {
    day: Option<i16>,
    month: Option<i16>,
    year: Option<i16>,
    time: Option<Time>,
    offset_minutes: Option<i32>,
    afternoon: Option<bool>,
}

/// The moment in a Date value: `Tue, 9 Dec 2003 21:29:52 +0900 (JST)` and its many relatives, ISO 8601 too.
/// Without a zone it is UTC (RFC 5322: "-0000").
pub(crate) fn parse(value: &str) -> Option<SentAt> {
    let value = without_comments(value);
    let mut found = Found::default();
    for word in value.split(|c: char| c.is_whitespace() || c == ',').filter(|w| !w.is_empty()).take(16) {
        found.take(word);
    }
    let date =
        Date::new(found.year?, i8::try_from(found.month?).ok()?, i8::try_from(found.day?).ok()?).ok()?;
    let offset_minutes = found.offset_minutes.unwrap_or(0);
    let civil = DateTime::from_parts(date, found.clock());
    let at = Offset::from_seconds(offset_minutes * 60).ok()?.to_timestamp(civil).ok()?;
    Some(SentAt { at, offset_minutes })
}

fn without_comments(value: &str) -> String {
    let mut depth = 0_usize;
    let outside = value.chars().filter(|c| match c {
        '(' => {
            depth += 1;
            false
        }
        ')' => {
            depth = depth.saturating_sub(1);
            false
        }
        _ => depth == 0,
    });
    outside.collect()
}

impl Found {
    fn clock(&self) -> Time {
        let time = self.time.unwrap_or_default();
        let hour = match (self.afternoon, time.hour()) {
            (Some(true), 1..=11) => time.hour() + 12,
            (Some(false), 12) => 0,
            (_, hour) => hour,
        };
        Time::new(hour, time.minute(), time.second(), 0).unwrap_or(time)
    }

    fn take(&mut self, word: &str) {
        if let Some((date, time)) = word.split_once('T').filter(|(d, t)| d.contains('-') && t.contains(':')) {
            self.take(date);
            self.take_iso_time(time);
        } else if word.contains(':') {
            self.take_iso_time(word);
        } else if let Some(offset) = numeric_offset(word).filter(|_| self.time.is_some()) {
            self.offset_minutes = Some(offset);
        } else if let Some(date) =
            word.strip_suffix(['.', ',']).or(Some(word)).filter(|w| w.contains(['-', '/']))
        {
            self.take_joined(date);
        } else if let Ok(number) = word.trim_end_matches(['.', ',']).parse::<i16>() {
            self.take_number(number, word.len());
        } else {
            self.take_name(word);
        }
    }

    /// `21:29:52`, perhaps with `Z`, a fraction or an offset at its end.
    fn take_iso_time(&mut self, word: &str) {
        let end = word.find(['+', '-', 'Z', 'z']).unwrap_or(word.len());
        let (clock, zone) = word.split_at(end);
        let mut parts = clock.split([':', '.']).map(|p| p.parse::<i8>().ok());
        let (hour, minute) = (parts.next().flatten(), parts.next().flatten());
        let second = parts.next().flatten().unwrap_or(0).min(59);
        if let (Some(hour), Some(minute)) = (hour, minute) {
            self.time = Time::new(hour, minute, second, 0).ok();
        }
        if !zone.is_empty() {
            self.offset_minutes = numeric_offset(zone).or_else(|| named_offset(zone));
        }
    }

    /// `2003-12-09`, `2003/12/09`, `9-Dec-2003`.
    fn take_joined(&mut self, word: &str) {
        let parts: Vec<&str> = word.split(['-', '/']).collect();
        let [a, b, c] = parts[..] else { return self.take_name(word) };
        let day_first = a.len() <= 2;
        for (part, is_month) in [(a, false), (b, true), (c, false)] {
            match (part.parse::<i16>(), is_month) {
                (Ok(number), true) => self.month = Some(number),
                (Ok(number), false) => self.take_number(number, part.len()),
                (Err(_), _) => self.take_name(part),
            }
        }
        if day_first && self.year.is_none() {
            self.year = c.parse().ok().map(full_year);
        }
    }

    fn take_number(&mut self, number: i16, digits: usize) {
        if digits >= 3 || self.day.is_some() {
            self.year = self.year.or(Some(full_year(number)));
        } else {
            self.day = Some(number);
        }
    }

    fn take_name(&mut self, word: &str) {
        let lower = word.to_ascii_lowercase();
        let month = lower.get(..3).and_then(|m| MONTHS.find(m)).filter(|at| at % 3 == 0);
        if let Some(at) = month.filter(|_| self.month.is_none()) {
            self.month = i16::try_from(at / 3 + 1).ok();
        } else if matches!(lower.as_str(), "am" | "pm") {
            self.afternoon = Some(lower == "pm");
        } else if let Some(offset) = named_offset(word) {
            self.offset_minutes = self.offset_minutes.or(Some(offset));
        }
    }
}

/// Two-digit years as RFC 5322 §4.3 reads them.
fn full_year(year: i16) -> i16 {
    match year {
        0..=49 => year + 2000,
        50..=999 => year + 1900,
        _ => year,
    }
}

/// `+0900`, `-03:30`, `GMT+9` without its word.
fn numeric_offset(word: &str) -> Option<i32> {
    let word = word.trim_start_matches("GMT").trim_start_matches("UTC");
    let (sign, digits) = match word.split_at_checked(1)? {
        ("+", digits) => (1, digits),
        ("-", digits) => (-1, digits),
        _ => return None,
    };
    let digits: String = digits.chars().filter(|c| *c != ':').collect();
    let number: i32 = digits.parse().ok().filter(|_| digits.len() <= 4)?;
    let minutes = if digits.len() <= 2 { number * 60 } else { number / 100 * 60 + number % 100 };
    (minutes <= 26 * 60).then_some(sign * minutes)
}

fn named_offset(word: &str) -> Option<i32> {
    ZONES.iter().find(|(name, _)| name.eq_ignore_ascii_case(word)).map(|(_, minutes)| *minutes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_read_in_the_forms_mail_programs_write() {
        let sample = SentAt { at: "2003-12-09T12:29:52Z".parse().unwrap(), offset_minutes: 540 };
        for value in [
            "Tue, 9 Dec 2003 21:29:52 +0900",
            "Tue, 09 Dec 2003 21:29:52 +0900 (JST)",
            "9 Dec 03 21:29:52 JST",
            "Tue,  9 Dec 2003 21:29:52 +0900 (日本標準時)",
            "2003-12-09T21:29:52+09:00",
            "2003-12-09 21:29:52 +0900",
            "2003/12/09 21:29:52 JST",
            "Tue Dec  9 21:29:52 2003 +0900",
            "Tue, 9 Dec 2003 09:29:52 PM +0900",
            "9-Dec-2003 21:29:52 +0900",
            "Tuesday, December 9, 2003 21:29:52 +0900",
        ] {
            assert_eq!(parse(value), Some(sample), "{value}");
        }
    }

    #[test]
    fn a_date_without_zone_is_utc_and_nonsense_is_none() {
        assert_eq!(parse("Tue, 9 Dec 2003 12:29:52").unwrap().offset_minutes, 0);
        assert_eq!(parse("Tue, 9 Dec 2003 12:29:52 -0330").unwrap().offset_minutes, -210);
        for value in
            ["", "yesterday", "32 Dec 2003 10:00:00 +0000", "Tue, Dec 2003", "9 Dec 99999 1:1:1 +0000"]
        {
            assert_eq!(parse(value), None, "{value}");
        }
    }
}
