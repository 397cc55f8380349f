//! Where header and body lie, and where the parts of a multipart: line by line, in one pass, without recursion.
//! (A library did this first; docs/decisions/0010 says what was measured against it.)

use std::ops::Range;

/// One part: its header block and its body.
pub(crate) type Found = (Range<usize>, Range<usize>);

/// The parts of a multipart.
#[derive(Debug, Default)]
pub(crate) struct Multipart {
    pub parts: Vec<Found>,
    /// The closing delimiter was there.
    pub ended: bool,
}

/// The parts of the multipart in `body`, at most `most`. A part that never ends goes to the end of the body. What
/// stands before the first delimiter or behind the last belongs to none.
pub(crate) fn multipart(bytes: &[u8], body: Range<usize>, boundary: &str, most: usize) -> Multipart {
    let boundary = boundary.trim_end().as_bytes();
    let mut found = Multipart::default();
    let mut open: Option<usize> = None;
    let mut at = body.start;
    while at < body.end && found.parts.len() < most && !found.ended {
        let end = memchr::memchr(b'\n', &bytes[at..body.end]).map_or(body.end, |i| at + i + 1);
        if let Some(last) = delimiter(&bytes[at..end], boundary) {
            if let Some(start) = open.take() {
                found.parts.push(header_and_body(bytes, start..without_line_end(bytes, start, at)));
            }
            found.ended = last;
            open = Some(end);
        }
        at = end;
    }
    if !found.ended && found.parts.len() < most {
        found.parts.extend(open.map(|start| header_and_body(bytes, start..body.end)));
    }
    found
}

/// Whether a line is `--boundary` (`Some(false)`) or `--boundary--` (`Some(true)`).
fn delimiter(line: &[u8], boundary: &[u8]) -> Option<bool> {
    let rest = line.strip_prefix(b"--")?.strip_prefix(boundary)?;
    let rest = rest.trim_ascii_end();
    match rest {
        b"" => Some(false),
        rest if rest.starts_with(b"--") => Some(true),
        _ => None,
    }
}

/// The line end before a delimiter belongs to the delimiter.
fn without_line_end(bytes: &[u8], start: usize, end: usize) -> usize {
    let part = &bytes[start..end];
    let part = part.strip_suffix(b"\n").map_or(part, |p| p.strip_suffix(b"\r").unwrap_or(p));
    start + part.len()
}

/// Cuts at the first empty line. (A line of blanks is a fold to some programs: it does not end the header.) Without one, all of it is header if its first line is a field, else all is body.
pub(crate) fn header_and_body(bytes: &[u8], part: Range<usize>) -> Found {
    let mut line = part.start;
    for i in memchr::memchr_iter(b'\n', &bytes[part.clone()]) {
        let end = part.start + i;
        if matches!(&bytes[line..end], b"" | b"\r") {
            return (part.start..line, end + 1..part.end);
        }
        line = end + 1;
    }
    let first = bytes[part.clone()].split(|b| *b == b'\n').next().unwrap_or_default();
    let colon = memchr::memchr(b':', first);
    if colon.is_some_and(|at| at > 0 && first[..at].iter().all(u8::is_ascii_graphic)) {
        (part.clone(), part.end..part.end)
    } else {
        (part.start..part.start, part)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(text: &str) -> Vec<(&str, &str)> {
        let found = multipart(text.as_bytes(), 0..text.len(), "x", 100).parts;
        found.into_iter().map(|(header, body)| (&text[header], &text[body])).collect()
    }

    #[test]
    fn parts_lie_between_delimiters() {
        assert_eq!(
            parts("pre\n--x\nA: 1\n\none\n--x  \n\ntwo\r\n\r\n--x--\npost"),
            [("A: 1\n", "one"), ("", "two\r\n")]
        );
    }

    #[test]
    fn a_longer_boundary_is_not_ours_and_a_missing_end_is_forgiven() {
        assert_eq!(parts("--x\n\n--xy\n--x-\ntext"), [("", "--xy\n--x-\ntext")]);
        assert_eq!(parts("nothing"), []);
    }

    #[test]
    fn a_part_without_an_empty_line_is_header_or_body_by_its_first_line() {
        assert_eq!(parts("--x\nA: 1\n--x\nplain words\n--x--"), [("A: 1", ""), ("", "plain words")]);
    }
}
