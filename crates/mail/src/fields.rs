//! The header block: which fields stand in it, as bytes and as text. Folds, raw Shift_JIS or ISO-2022-JP and
//! control characters are dealt with here; what a field means is read in `headers/`.

use crate::charset::{self, note};
use crate::lists::Problem;
use crate::mail::Header;
use crate::words;
use std::borrow::Cow;

/// Fields read of one mail; more is not a header any more.
const MAX_FIELDS: usize = 2_000;
/// Bytes of one header block that are read. What stands behind them is kept with the original, as everything is.
const MAX_BLOCK: usize = 1024 * 1024;
/// Bytes of one value that are read.
const MAX_VALUE: usize = 128 * 1024;

/// One field as it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Field<'a> {
    /// The name as written.
    pub name: &'a str,
    /// The value's bytes with its folds, without the blank behind the colon and the last line end.
    pub value: &'a [u8],
}

/// The fields of one header block.
#[derive(Debug, Clone, Default)]
pub(crate) struct Fields<'a> {
    list: Vec<Field<'a>>,
    /// The charset that unencoded bytes are probably in: the body's.
    hint: Option<String>,
    /// Something was too long to be read.
    pub too_long: bool,
}

impl<'a> Fields<'a> {
    /// Reads a block. Lines that are no field (a `From ` line, junk) are left out.
    pub(crate) fn read(block: &'a [u8]) -> Self {
        let mut fields = Self { too_long: block.len() > MAX_BLOCK, ..Self::default() };
        let mut rest = &block[..block.len().min(MAX_BLOCK)];
        while !rest.is_empty() {
            let (line, after) = logical_line(rest);
            rest = after;
            if let Some(field) = field(line) {
                if fields.list.len() == MAX_FIELDS || field.value.len() > MAX_VALUE {
                    fields.too_long = true;
                    continue;
                }
                fields.list.push(field);
            }
        }
        fields
    }

    /// Names the charset in which unencoded bytes of this header probably are.
    pub(crate) fn with_hint(mut self, charset: Option<String>) -> Self {
        self.hint = charset;
        self
    }

    /// All fields of this name, any case, in their order.
    pub(crate) fn all<'s>(&'s self, name: &'s str) -> impl Iterator<Item = &'s Field<'a>> {
        self.list.iter().filter(move |f| f.name.eq_ignore_ascii_case(name))
    }

    /// The first field of this name.
    pub(crate) fn first(&self, name: &str) -> Option<&Field<'a>> {
        self.list.iter().find(|f| f.name.eq_ignore_ascii_case(name))
    }

    /// The first value of this name as text: unfolded, encoded-words still encoded.
    pub(crate) fn structured(&self, name: &str, problems: &mut Vec<Problem>) -> Option<String> {
        self.first(name).map(|field| self.text_of(field, problems))
    }

    /// A value as text: unfolded, encoded-words still encoded (commas and brackets in them are not structure).
    pub(crate) fn text_of(&self, field: &Field<'_>, problems: &mut Vec<Problem>) -> String {
        let text = self.raw_text(field.value, problems);
        let cleaned = charset::clean(&text, problems);
        unfold(&cleaned).into_owned()
    }

    /// The first value of this name as a person reads it: decoded, in one line.
    pub(crate) fn readable(&self, name: &str, problems: &mut Vec<Problem>) -> Option<String> {
        self.first(name).map(|field| self.readable_of(field, problems))
    }

    fn readable_of(&self, field: &Field<'_>, problems: &mut Vec<Problem>) -> String {
        let text = self.text_of(field, problems);
        one_line(&words::decode(&text, problems), problems)
    }

    /// Every field for showing.
    pub(crate) fn shown(&self) -> Vec<Header> {
        let mut unasked = Vec::new();
        self.list
            .iter()
            .map(|field| Header {
                name: charset::clean(field.name, &mut unasked).into_owned(),
                value: self.readable_of(field, &mut unasked),
                raw: charset::clean(&String::from_utf8_lossy(field.value), &mut unasked).into_owned(),
            })
            .collect()
    }

    fn raw_text<'v>(&self, value: &'v [u8], problems: &mut Vec<Problem>) -> Cow<'v, str> {
        if charset::has_jis(value) {
            note(problems, Problem::RawJisHeader);
            return Cow::Owned(charset::decode(value, Some("iso-2022-jp")).text);
        }
        if !value.is_ascii() {
            note(problems, Problem::RawEightBitHeader);
        }
        if let Ok(text) = std::str::from_utf8(value) {
            return Cow::Borrowed(text);
        }
        Cow::Owned(charset::decode_unlabelled(value, self.hint.as_deref()))
    }
}

/// A decoded value in one line, without controls: an encoded-word may hold anything.
pub(crate) fn one_line(text: &str, problems: &mut Vec<Problem>) -> String {
    let cleaned = charset::clean(text, problems);
    let line: String = cleaned.chars().map(|c| if matches!(c, '\n' | '\t') { ' ' } else { c }).collect();
    line.trim().to_owned()
}

/// Text without its folds: the line end goes, the blank behind it stays as one space.
fn unfold(text: &str) -> Cow<'_, str> {
    if !text.contains('\n') && !text.contains('\t') {
        return Cow::Borrowed(text.trim());
    }
    let mut line = String::with_capacity(text.len());
    for (i, piece) in text.split('\n').enumerate() {
        if i > 0 && !line.is_empty() {
            line.push(' ');
        }
        line.push_str(if i > 0 { piece.trim_start_matches([' ', '\t']) } else { piece });
    }
    Cow::Owned(line.replace('\t', " ").trim().to_owned())
}

/// One field with its folded lines, and what follows.
fn logical_line(bytes: &[u8]) -> (&[u8], &[u8]) {
    let mut end = 0;
    loop {
        end += memchr::memchr(b'\n', &bytes[end..]).map_or(bytes.len() - end, |i| i + 1);
        match bytes.get(end) {
            Some(b' ' | b'\t') => {}
            _ => return bytes.split_at(end),
        }
    }
}

fn field(line: &[u8]) -> Option<Field<'_>> {
    let colon = memchr::memchr(b':', line)?;
    let name = std::str::from_utf8(&line[..colon]).ok()?.trim();
    let is_name = !name.is_empty() && name.len() <= 128 && name.bytes().all(|b| b.is_ascii_graphic());
    is_name.then(|| Field { name, value: line[colon + 1..].trim_ascii() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(value: &[u8]) -> (String, Vec<Problem>) {
        let mut problems = Vec::new();
        let block = [b"Subject: ".as_slice(), value, b"\r\n"].concat();
        (Fields::read(&block).readable("subject", &mut problems).unwrap(), problems)
    }

    #[test]
    fn folds_vanish_and_leave_one_space() {
        assert_eq!(one(b"a\r\n b\n\tc").0, "a b c");
    }

    #[test]
    fn raw_japanese_is_read_and_named() {
        assert_eq!(one(b"\x1b$BJVIJ$N7o\x1b(B"), ("返品の件".into(), vec![Problem::RawJisHeader]));
        assert_eq!(
            one(b"\x95\xd4\x95i\x82\xcc\x8c\x8f"),
            ("返品の件".into(), vec![Problem::RawEightBitHeader])
        );
        assert_eq!(one("返品の件".as_bytes()), ("返品の件".into(), vec![Problem::RawEightBitHeader]));
    }

    #[test]
    fn raw_western_letters_are_read_in_the_charset_of_the_body() {
        let head = "Content-Type: text/plain; charset=iso-8859-1; name=gr".as_bytes();
        let mail = [head, b"\xfc\xdfe.txt\nSubject: Die Fr\xf6sche f\xfcr M\xfcller\n\nx\n"].concat();
        assert_eq!(crate::read(&mail).subject.as_deref(), Some("Die Frösche für Müller"));
    }

    #[test]
    fn line_breaks_hidden_in_an_encoded_word_become_blanks() {
        assert_eq!(one(b"=?utf-8?Q?a=0D=0ABcc:_x?=").0, "a Bcc: x");
    }

    #[test]
    fn a_header_without_end_is_read_up_to_its_limit() {
        let field = format!("X-A: {}\n", "=?u?Q?a".repeat(15_000));
        let block = format!("Subject: a\n{}Subject: b\n", field.repeat(20));
        let fields = Fields::read(block.as_bytes());
        assert!(fields.too_long);
        let shown = fields.shown();
        assert_eq!((shown[0].value.as_str(), shown.len()), ("a", 1 + MAX_BLOCK.div_ceil(field.len())));
        assert_eq!(crate::read(block.as_bytes()).problems, [Problem::HeaderTooLong]);
    }

    #[test]
    fn junk_lines_are_left_out_and_the_rest_is_read() {
        let block = b"From me Tue Dec 9 21:29:52 2003\nno field\nX-A: 1\n x\n:\nX-B:2\n";
        let names: Vec<_> = Fields::read(block).shown().into_iter().map(|h| (h.name, h.value)).collect();
        assert_eq!(names, [("X-A".to_owned(), "1 x".to_owned()), ("X-B".to_owned(), "2".to_owned())]);
    }
}
