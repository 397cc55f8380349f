//! The header of an outgoing mail, field by field, folded.

use super::ComposeError;
use crate::fields::one_line;
use crate::mail::Address;
use crate::subject::ReplySubject;
use data_encoding::BASE64;
use jiff::Timestamp;
use jiff::tz::Offset;
use std::fmt::Write;

/// Of a longer chain, the first and the last this many are named.
pub const MAX_REFERENCES: usize = 20;
/// Columns after which a line is folded, where it can be.
const COLUMNS: usize = 76;
/// The longest word that is left in one piece; beyond it a line could pass 998 bytes.
const LONGEST_WORD: usize = 800;

/// The fields written so far.
#[derive(Debug, Default)]
pub(super) struct Head {
    text: String,
}

impl Head {
    /// A field whose value is known to be harmless ASCII.
    pub(super) fn plain(&mut self, name: &str, value: &str) {
        let value: String = value.chars().filter(|c| matches!(c, ' '..='~')).collect();
        self.fold(name, value.split(' '));
    }

    /// A list of addresses; nothing is written for an empty one.
    pub(super) fn addresses(&mut self, name: &str, list: &[Address]) -> Result<(), ComposeError> {
        let mut words = Vec::new();
        for (n, address) in list.iter().enumerate() {
            let spec =
                spec(&address.address).ok_or_else(|| ComposeError::BadAddress(address.address.clone()))?;
            let comma = if n + 1 < list.len() { "," } else { "" };
            match address
                .name
                .as_deref()
                .map(|name| one_line(name, &mut Vec::new()))
                .filter(|n| !n.is_empty())
            {
                Some(display) => {
                    words.extend(phrase(&display));
                    words.push(format!("<{spec}>{comma}"));
                }
                None => words.push(format!("{spec}{comma}")),
            }
        }
        if !words.is_empty() {
            self.fold(name, words.iter().map(String::as_str));
        }
        Ok(())
    }

    /// The subject: the customer's own header value where it may be copied, else encoded anew.
    pub(super) fn subject(&mut self, subject: &ReplySubject) {
        if let Some(raw) = subject.raw.as_deref().filter(|raw| may_stand_in_header(raw)) {
            let _ = write!(self.text, "Subject: {raw}\r\n");
            return;
        }
        let line = one_line(&subject.text, &mut Vec::new());
        let words = unstructured(&line);
        self.fold("Subject", words.iter().map(String::as_str));
    }

    pub(super) fn date(&mut self, at: Timestamp, offset_minutes: i32) -> Result<(), ComposeError> {
        let offset =
            Offset::from_seconds(offset_minutes.saturating_mul(60)).map_err(|_| ComposeError::BadDate)?;
        let civil = offset.to_datetime(at);
        if civil.year() < 1970 {
            return Err(ComposeError::BadDate);
        }
        let sign = if offset_minutes < 0 { '-' } else { '+' };
        let (hours, minutes) = (offset_minutes.abs() / 60, offset_minutes.abs() % 60);
        let date = civil.strftime("%a, %-d %b %Y %H:%M:%S");
        self.plain("Date", &format!("{date} {sign}{hours:02}{minutes:02}"));
        Ok(())
    }

    pub(super) fn message_id(&mut self, id: &str) -> Result<(), ComposeError> {
        if !is_id(id) || !id.contains('@') {
            return Err(ComposeError::BadMessageId(id.to_owned()));
        }
        self.plain("Message-ID", &format!("<{id}>"));
        Ok(())
    }

    /// Ids of other mails. What came in broken is left out: an id is a name, and a mended one names nothing.
    pub(super) fn ids(&mut self, name: &str, ids: &[String]) {
        let good: Vec<String> = ids.iter().filter(|id| is_id(id)).map(|id| format!("<{id}>")).collect();
        let from_end = good.len().saturating_sub(MAX_REFERENCES);
        let kept = good.iter().enumerate().filter(|(i, _)| *i < MAX_REFERENCES || *i >= from_end);
        let kept: Vec<&str> = kept.map(|(_, id)| id.as_str()).collect();
        if !kept.is_empty() {
            self.fold(name, kept.into_iter());
        }
    }

    /// Writes words with one space between them, in a new line where a line gets too long. No word is ever broken.
    fn fold<'a>(&mut self, name: &str, words: impl Iterator<Item = &'a str>) {
        let _ = write!(self.text, "{name}:");
        let mut column = name.len() + 1;
        for (n, word) in words.enumerate() {
            if n > 0 && column + 1 + word.len() > COLUMNS && !word.is_empty() {
                self.text.push_str("\r\n");
                column = 0;
            }
            self.text.push(' ');
            self.text.push_str(word);
            column += 1 + word.len();
        }
        self.text.push_str("\r\n");
    }

    pub(super) fn into_bytes(self) -> Vec<u8> {
        self.text.into_bytes()
    }
}

/// Whether a header value may be written as it is: printable ASCII, and line ends only as folds.
pub fn may_stand_in_header(value: &str) -> bool {
    let mut lines = value.split("\r\n");
    let printable =
        |line: &str| line.len() <= 900 && line.bytes().all(|b| b == b'\t' || (0x20..0x7f).contains(&b));
    let first = lines.next().is_some_and(printable);
    first && lines.all(|line| printable(line) && line.starts_with([' ', '\t']) && !line.trim().is_empty())
}

fn is_id(id: &str) -> bool {
    !id.is_empty()
        && id.len() <= LONGEST_WORD
        && id.bytes().all(|b| b.is_ascii_graphic() && !matches!(b, b'<' | b'>'))
}

/// The words of free text. Text that is all ASCII stays readable; else everything behind a leading `Re:` becomes
/// encoded-words.
fn unstructured(text: &str) -> Vec<String> {
    if is_plain(text) {
        return words(text);
    }
    match text.split_once(": ") {
        Some((prefix, rest))
            if prefix.len() <= 10 && is_plain(prefix) && !prefix.contains(' ') && !rest.starts_with(' ') =>
        {
            let mut all = vec![format!("{prefix}:")];
            all.extend(encoded(rest));
            all
        }
        _ => encoded(text),
    }
}

/// Printable ASCII that nobody takes for an encoded-word, in words that fit a line.
fn is_plain(text: &str) -> bool {
    text.bytes().all(|b| (0x20..0x7f).contains(&b))
        && !text.contains("=?")
        && text.split(' ').all(|word| word.len() <= LONGEST_WORD)
}

/// Words by single spaces; further spaces stay at the word before, so that none is lost by a fold.
fn words(text: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    for word in text.split(' ') {
        match words.last_mut() {
            Some(last) if word.is_empty() || last.is_empty() || last.ends_with(' ') => {
                last.push(' ');
                last.push_str(word);
            }
            _ => words.push(word.to_owned()),
        }
    }
    words
}

/// UTF-8 B words of at most 75 characters that split no character.
pub(super) fn encoded(text: &str) -> Vec<String> {
    // 75 − "=?UTF-8?B?" − "?=" = 63 characters of base64 = 45 bytes
    chunks(text, 45)
        .into_iter()
        .map(|chunk| format!("=?UTF-8?B?{}?=", BASE64.encode(chunk.as_bytes())))
        .collect()
}

/// Cuts into pieces of at most `most` bytes, between characters.
pub(super) fn chunks(text: &str, most: usize) -> Vec<&str> {
    let mut chunks = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let mut end = rest.len().min(most);
        while !rest.is_char_boundary(end) {
            end -= 1;
        }
        let (chunk, after) = rest.split_at(end);
        chunks.push(chunk);
        rest = after;
    }
    chunks
}

/// A display name: as it is, quoted, or encoded.
fn phrase(name: &str) -> Vec<String> {
    let atoms = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-/=?^_`{|}~ ".contains(c);
    if !is_plain(name) {
        return encoded(name);
    }
    if name.chars().all(atoms) && !name.contains("  ") && !name.starts_with('\'') {
        return words(name);
    }
    words(&format!("\"{}\"", name.replace('\\', "\\\\").replace('"', "\\\"")))
}

/// `local@domain` as it may stand in a header; a local part that is no dot-atom (`a..b`) is quoted.
fn spec(address: &str) -> Option<String> {
    let (local, domain) = address.rsplit_once('@')?;
    let fits = address.len() <= 320 && address.bytes().all(|b| (0x20..0x7f).contains(&b));
    let domain_fits = !domain.is_empty()
        && domain
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_' | b'[' | b']' | b':'));
    if !fits || !domain_fits || local.is_empty() {
        return None;
    }
    let atext = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-/=?^_`{|}~".contains(c);
    let dot_atom = local.split('.').all(|atom| !atom.is_empty() && atom.chars().all(atext));
    if dot_atom {
        return Some(format!("{local}@{domain}"));
    }
    Some(format!("\"{}\"@{domain}", local.replace('\\', "\\\\").replace('"', "\\\"")))
}
