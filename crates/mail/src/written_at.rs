//! When a mail says it was written, without reading the rest of it: what sorts a folder of old mails before any is taken
//! in.

use crate::headers::dates;

/// The time in the `Date` field of the header that `head` begins with, in Unix milliseconds (UTC). `head` may be cut off
/// anywhere; without a readable `Date` in it `None`.
pub fn written_at(head: &[u8]) -> Option<i64> {
    let mut value: Option<Vec<u8>> = None;
    for line in head.split(|byte| *byte == b'\n') {
        let line = line.trim_ascii_end();
        let folded = line.starts_with(b" ") || line.starts_with(b"\t");
        match &mut value {
            Some(value) if folded => value.extend_from_slice(line),
            Some(_) => break,
            None if line.is_empty() => break,
            None => value = date(line).map(<[u8]>::to_vec),
        }
    }
    dates::parse(&String::from_utf8_lossy(&value?)).map(|sent| sent.at.as_millisecond())
}

fn date(line: &[u8]) -> Option<&[u8]> {
    let (name, value) = line.split_at_checked(5)?;
    name.eq_ignore_ascii_case(b"date:").then_some(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_date_is_found_in_the_header_and_only_there() {
        assert_eq!(
            written_at(b"Subject: a\r\nDATE: Sat, 21 Nov 2026\r\n 10:00:00 +0900\r\nTo: b\r\n\r\n"),
            Some(1_795_222_800_000)
        );
        assert_eq!(written_at(b"Subject: a\r\n\r\nDate: Sat, 21 Nov 2026 10:00:00 +0900\r\n"), None);
        assert_eq!(written_at(b"Date: long ago\r\n\r\n"), None);
        assert_eq!(written_at(b""), None);
    }
}
