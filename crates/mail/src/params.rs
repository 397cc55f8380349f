//! `Content-Type: text/plain; charset=…` and the like: a value and its parameters, with RFC 2231 pieces joined
//! before decoding, RFC 2047 words where they should not be, and raw Japanese.

use crate::charset;
use crate::lists::Problem;
use crate::transfer::hex;
use crate::words;
use std::collections::HashMap;

/// Pieces read of one value.
const MAX_PIECES: usize = 1_000;

/// A value with parameters.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Parameterised {
    /// The value in lower case (`text/plain`, `attachment`).
    pub value: String,
    params: HashMap<String, String>,
}

/// One parameter piece before joining.
struct Piece {
    name: String,
    /// Its number in `name*1*=`; 0 where there is none.
    number: u32,
    /// `name*=`: percent-coded, the first with its charset.
    extended: bool,
    value: String,
}

impl Parameterised {
    /// Reads `text` (unfolded, encoded-words still encoded).
    pub(crate) fn read(text: &str, problems: &mut Vec<Problem>) -> Self {
        let (value, rest) = text.split_once(';').unwrap_or((text, ""));
        let value: String = value.split('(').next().unwrap_or_default().split_whitespace().collect();
        let mut pieces = pieces(rest);
        if pieces.len() > MAX_PIECES {
            charset::note(problems, Problem::HeaderTooLong);
            pieces.truncate(MAX_PIECES);
        }
        pieces.sort_by_key(|p| p.number);
        let mut by_name: HashMap<String, Vec<Piece>> = HashMap::new();
        for piece in pieces {
            by_name.entry(piece.name.clone()).or_default().push(piece);
        }
        let params = by_name.into_iter().map(|(name, pieces)| (name, join(pieces, problems))).collect();
        Self { value: value.trim_matches('"').to_ascii_lowercase(), params }
    }

    /// A parameter, decoded. `name` in lower case.
    pub(crate) fn param(&self, name: &str) -> Option<&str> {
        self.params.get(name).map(String::as_str)
    }
}

/// The file name in a `Content-Disposition`, of a part or of an upload, in any form that programs write (RFC 2231, quoted,
/// encoded-words, plain UTF-8); `None` without one, and where its bytes cannot be read as they are labelled.
pub fn file_name(disposition: &str) -> Option<String> {
    let mut problems = Vec::new();
    let mut read = Parameterised::read(disposition, &mut problems);
    let name = read.params.remove("filename")?;
    Some(name).filter(|name| problems.is_empty() && !name.contains(char::REPLACEMENT_CHARACTER))
}

/// All pieces of one parameter → its value. A complete extended form wins over a plain one beside it.
fn join(pieces: Vec<Piece>, problems: &mut Vec<Problem>) -> String {
    if !pieces.iter().any(|p| p.extended) {
        let value: String = pieces.into_iter().map(|p| p.value).collect();
        return words::decode(&value, problems);
    }
    let mut bytes = Vec::new();
    let mut label = None;
    let numbered = pieces.iter().any(|p| p.number > 0);
    for piece in pieces.iter().filter(|p| p.extended || numbered) {
        let mut value = piece.value.as_str();
        if piece.extended && label.is_none() {
            let mut parts = value.splitn(3, '\'');
            if let (Some(charset), Some(_), Some(rest)) = (parts.next(), parts.next(), parts.next()) {
                (label, value) = (Some(charset), rest);
            }
        }
        if piece.extended { percent(value, &mut bytes) } else { bytes.extend_from_slice(value.as_bytes()) }
    }
    let decoded = charset::decode(&bytes, label.filter(|l| !l.is_empty()));
    decoded.problem.into_iter().for_each(|p| charset::note(problems, p));
    decoded.text
}

fn percent(text: &str, bytes: &mut Vec<u8>) {
    let mut rest = text.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        rest = after;
        if let (b'%', [high, low, behind @ ..]) = (byte, after)
            && let (Some(high), Some(low)) = (hex(*high), hex(*low))
        {
            bytes.push(high * 16 + low);
            rest = behind;
            continue;
        }
        bytes.push(byte);
    }
}

/// `; a=b; c*0*="d"` cut into pieces.
fn pieces(text: &str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some(equals) = rest.find('=').filter(|_| pieces.len() <= MAX_PIECES) {
        let (name, after) = (&rest[..equals], &rest[equals + 1..]);
        let name = name.rsplit(';').next().unwrap_or(name).trim().to_ascii_lowercase();
        let (value, behind) = value(after.trim_start());
        rest = behind;
        if !name.is_empty() {
            pieces.push(piece(&name, value));
        }
    }
    pieces
}

fn piece(name: &str, value: String) -> Piece {
    let (bare, extended) = name.strip_suffix('*').map_or((name, false), |bare| (bare, true));
    let numbered = bare.rsplit_once('*').and_then(|(word, n)| Some((word, n.parse().ok()?)));
    let (word, number) = numbered.unwrap_or((bare, 0));
    Piece { name: word.to_owned(), number, extended, value }
}

/// One value, quoted or not, and what follows it.
fn value(text: &str) -> (String, &str) {
    let Some(inner) = text.strip_prefix('"') else {
        let end = text.find(';').unwrap_or(text.len());
        let bare = text[..end].trim();
        return (bare.trim_matches('"').to_owned(), text.get(end + 1..).unwrap_or_default());
    };
    let mut value = String::new();
    let mut letters = inner.char_indices().peekable();
    while let Some((at, c)) = letters.next() {
        match c {
            '"' => {
                let behind = &inner[at + 1..];
                return (value, behind.find(';').map_or("", |i| &behind[i + 1..]));
            }
            '\\' => match letters.next_if(|(_, next)| matches!(next, '"' | '\\')) {
                Some((_, escaped)) => value.push(escaped),
                None => value.push('\\'),
            },
            c => value.push(c),
        }
    }
    (value, "")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(text: &str) -> String {
        let read = Parameterised::read(text, &mut Vec::new());
        read.param("filename").unwrap_or_default().to_owned()
    }

    #[test]
    fn values_are_read_quoted_bare_and_broken() {
        assert_eq!(name("attachment; filename=\"a \\\"b\\\".txt\"; x=y"), "a \"b\".txt");
        assert_eq!(name("attachment; filename=my file.txt; x=y"), "my file.txt");
        assert_eq!(name("attachment; FileName = \"C:\\tmp\\a.txt"), "C:\\tmp\\a.txt");
        assert_eq!(name("attachment;;filename=\"a;b.txt\""), "a;b.txt");
    }

    #[test]
    fn names_are_decoded_in_every_form_that_mail_programs_use() {
        assert_eq!(name("attachment; filename*=UTF-8''%E8%A6%8B%E7%A9%8D.pdf; filename=x.pdf"), "見積.pdf");
        assert_eq!(name("attachment; filename=\"=?utf-8?B?6KaL56mN?= =?utf-8?B?LnBkZg==?=\""), "見積.pdf");
        assert_eq!(name("attachment; filename*1*=%8D.pdf; filename*0*=utf-8'ja'%E8%A6%8B%E7%A9"), "見積.pdf");
        assert_eq!(name("attachment; filename*0=\"long\"; filename*1=\"name.txt\""), "longname.txt");
    }

    #[test]
    fn a_hundred_thousand_pieces_are_cut_and_named() {
        let pieces = (0..100_000).map(|n| format!("; a{n}=x; filename*{n}=y")).collect::<Vec<_>>().concat();
        let mut problems = Vec::new();
        let read = Parameterised::read(&format!("attachment{pieces}"), &mut problems);
        assert_eq!(read.param("filename").map(str::len), Some(MAX_PIECES / 2));
        assert_eq!(problems, [Problem::HeaderTooLong]);
    }

    #[test]
    fn the_value_itself_is_lower_case_and_without_comment() {
        let read = Parameterised::read("Text/Plain (old); charset=\"ISO-2022-JP\"", &mut Vec::new());
        assert_eq!((read.value.as_str(), read.param("charset")), ("text/plain", Some("ISO-2022-JP")));
    }
}
