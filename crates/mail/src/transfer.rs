//! Content-Transfer-Encoding: base64 and quoted-printable, read as leniently as mail needs it.

use data_encoding::{BASE64, Encoding, Specification};
use std::borrow::Cow;
use std::sync::LazyLock;

/// How the bytes of a part are wrapped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Transfer {
    /// 7bit, 8bit, binary, or something unknown: as they are.
    Plain,
    /// Base64.
    Base64,
    /// Quoted-printable.
    QuotedPrintable,
    /// Uuencode, as old programs wrote it.
    Uuencode,
}

impl Transfer {
    /// By the header's word; spaces, quotes and comments around it are ignored.
    pub(crate) fn named(word: &str) -> Self {
        let word = word.split(['(', ';']).next().unwrap_or_default();
        let word = word.trim_matches(|c: char| c.is_whitespace() || matches!(c, '"' | '\''));
        match word.to_ascii_lowercase().as_str() {
            "base64" => Self::Base64,
            "quoted-printable" => Self::QuotedPrintable,
            "x-uuencode" | "x-uue" | "uuencode" => Self::Uuencode,
            _ => Self::Plain,
        }
    }

    /// The content, and whether something in it was broken.
    pub(crate) fn decode(self, bytes: &[u8]) -> (Cow<'_, [u8]>, bool) {
        match self {
            Self::Plain => (Cow::Borrowed(bytes), false),
            Self::Base64 => {
                let (content, broken) = base64(bytes);
                (Cow::Owned(content), broken)
            }
            Self::QuotedPrintable => (Cow::Owned(quoted_printable(bytes)), false),
            Self::Uuencode => (Cow::Owned(uuencode(bytes)), false),
        }
    }
}

/// Unpadded base64 that forgives stray bits at the end.
static LENIENT: LazyLock<Encoding> = LazyLock::new(|| {
    let mut spec: Specification = BASE64.specification();
    spec.padding = None;
    spec.check_trailing_bits = false;
    spec.encoding().unwrap_or(data_encoding::BASE64_NOPAD)
});

/// Decodes base64. Characters that don't belong there are left out (`true` = there were some); padding in the
/// middle begins anew; what follows padding and is no base64 (a mailing list's footer) is left out.
pub(crate) fn base64(bytes: &[u8]) -> (Vec<u8>, bool) {
    let mut content = Vec::with_capacity(bytes.len() / 4 * 3 + 3);
    let mut letters = Vec::with_capacity(bytes.len());
    let mut broken = false;
    let last_foreign = bytes.iter().rposition(|byte| !is_base64(*byte));
    for (i, &byte) in bytes.iter().enumerate() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'+' | b'/' => letters.push(byte),
            b'-' | b'_' => {
                broken = true;
                letters.push(if byte == b'-' { b'+' } else { b'/' });
            }
            b'=' => {
                flush(&mut letters, &mut content, &mut broken);
                if last_foreign.is_some_and(|at| at > i) {
                    return (content, broken);
                }
            }
            b' ' | b'\t' | b'\r' | b'\n' => {}
            _ => broken = true,
        }
    }
    flush(&mut letters, &mut content, &mut broken);
    (content, broken)
}

fn is_base64(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=' | b'\r' | b'\n')
}

fn flush(letters: &mut Vec<u8>, content: &mut Vec<u8>, broken: &mut bool) {
    if letters.len() % 4 == 1 {
        letters.pop();
        *broken = true;
    }
    match LENIENT.decode(letters) {
        Ok(mut decoded) => content.append(&mut decoded),
        Err(_) => *broken = true,
    }
    letters.clear();
}

/// Decodes quoted-printable; an `=` that begins no code stays as it is.
pub(crate) fn quoted_printable(bytes: &[u8]) -> Vec<u8> {
    let mut content = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while let Some(at) = memchr::memchr2(b'=', b'\n', rest) {
        content.extend_from_slice(&rest[..at]);
        if rest[at] == b'\n' {
            let cr = content.ends_with(b"\r");
            trim_line_end(&mut content);
            content.extend_from_slice(if cr { b"\r\n" } else { b"\n" });
            rest = &rest[at + 1..];
            continue;
        }
        rest = &rest[at + 1..];
        rest = after_equals(rest, &mut content);
    }
    content.extend_from_slice(rest);
    content
}

fn trim_line_end(content: &mut Vec<u8>) {
    while matches!(content.last(), Some(b' ' | b'\t' | b'\r')) {
        content.pop();
    }
}

/// What follows an `=`: a code, a soft line break, or nothing special.
fn after_equals<'a>(rest: &'a [u8], content: &mut Vec<u8>) -> &'a [u8] {
    if let [high, low, after @ ..] = rest
        && let (Some(high), Some(low)) = (hex(*high), hex(*low))
    {
        content.push(high * 16 + low);
        return after;
    }
    let blank = rest.iter().take_while(|b| matches!(b, b' ' | b'\t' | b'\r')).count();
    match rest.get(blank) {
        Some(b'\n') => &rest[blank + 1..],
        None => &[],
        Some(_) => {
            content.push(b'=');
            rest
        }
    }
}

/// The value of one hexadecimal digit.
pub(crate) fn hex(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).and_then(|d| u8::try_from(d).ok())
}

fn uuencode(bytes: &[u8]) -> Vec<u8> {
    let mut content = Vec::new();
    let lines = bytes.split(|b| *b == b'\n').map(<[u8]>::trim_ascii_end);
    for line in lines.skip_while(|l| !l.starts_with(b"begin ")).skip(1).take_while(|l| *l != b"end") {
        let Some((&length, letters)) = line.split_first() else { continue };
        let wanted = usize::from(length.wrapping_sub(b' ') & 63);
        let mut decoded = Vec::with_capacity(48);
        for group in letters.chunks(4) {
            let six = |i: usize| u32::from(group.get(i).map_or(0, |b| b.wrapping_sub(b' ') & 63));
            let bits = six(0) << 18 | six(1) << 12 | six(2) << 6 | six(3);
            decoded.extend_from_slice(&bits.to_be_bytes()[1..]);
        }
        decoded.truncate(wanted);
        content.append(&mut decoded);
    }
    content
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_survives_missing_padding_line_breaks_and_footers() {
        assert_eq!(base64(b"5oyo5ou2"), ("挨拶".as_bytes().to_vec(), false));
        assert_eq!(base64(b"YQ"), (b"a".to_vec(), false));
        assert_eq!(base64(b"YWJj\r\nZGVm\r\n"), (b"abcdef".to_vec(), false));
        assert_eq!(base64(b"YQ==\n-- \nlist footer\n"), (b"a".to_vec(), false));
        assert_eq!(base64(b"YQ==YWI="), (b"aab".to_vec(), false));
        assert_eq!(base64(b"YW*Jj"), (b"abc".to_vec(), true));
    }

    #[test]
    fn base64_with_padding_on_every_line_is_read_in_one_go() {
        assert_eq!(base64(&b"YQ==\n".repeat(200_000)), (vec![b'a'; 200_000], false));
    }

    #[test]
    fn quoted_printable_keeps_what_is_no_code() {
        assert_eq!(quoted_printable(b"a=3Db=\r\nc = d  \r\ne=zz"), b"a=bc = d\r\ne=zz");
        assert_eq!(quoted_printable(b"soft=  \nend="), b"softend");
    }

    #[test]
    fn uuencode_is_read() {
        assert_eq!(uuencode(b"begin 644 a.txt\n#0V%T\n`\nend\n"), b"Cat");
    }
}
