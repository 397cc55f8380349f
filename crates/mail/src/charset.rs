//! Bytes → text. Labels are claims: valid UTF-8 wins, a label that does not fit gives way to what the bytes show,
//! and Japanese mail's own habits (ISO-2022-JP without its return, half-width kana by SO/SI) are known.
//! Control characters are taken out by [`clean`], once, for everything.

mod detect;
mod emoji;
mod jis;
mod utf7;

use crate::lists::Problem;
use encoding_rs::Encoding;
use std::borrow::Cow;

/// What a label says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Label {
    /// No label, or one that says nothing (`us-ascii`, `unknown-8bit`).
    Weak,
    /// A label that is often put on anything (`iso-8859-1`).
    Latin(&'static Encoding),
    /// A charset.
    Named(&'static Encoding),
    /// The ISO-2022-JP family.
    Jis,
    /// UTF-7.
    Utf7,
    /// Not known.
    Unknown,
}

/// Decoded text and what was wrong on the way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Decoded {
    pub text: String,
    pub problem: Option<Problem>,
}

impl Decoded {
    fn fine(text: impl Into<String>) -> Self {
        Self { text: text.into(), problem: None }
    }

    fn but(text: String, problem: Problem) -> Self {
        Self { text, problem: Some(problem) }
    }
}

/// Decodes by label where the label fits, else by what the bytes are. Never fails; control characters stay in.
pub(crate) fn decode(bytes: &[u8], label: Option<&str>) -> Decoded {
    let mut decoded = by_claim(bytes, label);
    if let Cow::Owned(text) = emoji::mapped(&decoded.text) {
        decoded.text = text;
    }
    decoded
}

fn by_claim(bytes: &[u8], label: Option<&str>) -> Decoded {
    let claimed = label.map_or(Label::Weak, named);
    let escapes = bytes.contains(&0x1b) || bytes.contains(&0x0e);
    if bytes.is_ascii() && !escapes && plain_ascii(claimed) {
        return Decoded::fine(String::from_utf8_lossy(bytes));
    }
    if let Some(text) = utf8(bytes, claimed) {
        return utf8_verdict(text, claimed);
    }
    match claimed {
        Label::Jis if escapes || bytes.is_ascii() => Decoded::fine(jis::decode(bytes)),
        Label::Utf7 => Decoded::fine(utf7::decode(bytes)),
        Label::Named(encoding) => by_label(bytes, encoding),
        Label::Latin(encoding) => latin(bytes, encoding),
        Label::Weak => Decoded::but(guess(bytes), Problem::CharsetGuessed),
        Label::Unknown => Decoded::but(guess(bytes), Problem::CharsetUnknown),
        Label::Jis => Decoded::but(guess(bytes), Problem::CharsetMislabelled),
    }
}

/// Whether ASCII bytes under this label are just ASCII (they are not under UTF-16 or UTF-7).
fn plain_ascii(claimed: Label) -> bool {
    match claimed {
        Label::Named(encoding) => encoding.is_ascii_compatible(),
        Label::Utf7 => false,
        Label::Weak | Label::Latin(_) | Label::Jis | Label::Unknown => true,
    }
}

/// The bytes as UTF-8, if they are that: valid, not ASCII, and no double-byte text that only looks so. (Two-byte
/// UTF-8 sequences are ordinary pairs in EUC and Shift_JIS; three-byte ones in a row practically never.)
fn utf8(bytes: &[u8], claimed: Label) -> Option<&str> {
    let text = std::str::from_utf8(bytes).ok().filter(|_| !bytes.is_ascii())?;
    let pairs_only = bytes.iter().all(|b| *b < 0xe0);
    let double_byte = match claimed {
        Label::Named(encoding) => detect::is_double_byte(encoding),
        Label::Weak | Label::Latin(_) | Label::Jis | Label::Utf7 | Label::Unknown => false,
    };
    (!(pairs_only && double_byte)).then_some(text)
}

fn utf8_verdict(text: &str, claimed: Label) -> Decoded {
    match claimed {
        Label::Named(encoding) if encoding == encoding_rs::UTF_8 => Decoded::fine(text),
        Label::Weak => Decoded::but(text.to_owned(), Problem::CharsetGuessed),
        Label::Unknown => Decoded::but(text.to_owned(), Problem::CharsetUnknown),
        Label::Named(_) | Label::Latin(_) | Label::Jis | Label::Utf7 => {
            Decoded::but(text.to_owned(), Problem::CharsetMislabelled)
        }
    }
}

/// A label that names a charset is believed as long as the bytes fit it at least nearly.
fn by_label(bytes: &[u8], encoding: &'static Encoding) -> Decoded {
    if encoding == encoding_rs::REPLACEMENT {
        return Decoded::but(String::from_utf8_lossy(bytes).into_owned(), Problem::CharsetUnknown);
    }
    let (text, errors) = strict(bytes, encoding);
    if errors == 0 {
        return Decoded::fine(text);
    }
    if bytes.contains(&0x1b) && jis::looks_like(bytes) {
        return Decoded::but(jis::decode(bytes), Problem::CharsetMislabelled);
    }
    let other = detect::guess(bytes);
    let (other_text, other_errors) = strict(bytes, other);
    if other != encoding && other_errors == 0 && errors * 50 > bytes.len() {
        return Decoded::but(other_text, Problem::CharsetMislabelled);
    }
    Decoded::fine(text)
}

/// `iso-8859-1` stands on Japanese mail too: it gives way when the bytes are plainly Japanese.
fn latin(bytes: &[u8], encoding: &'static Encoding) -> Decoded {
    if jis::looks_like(bytes) {
        return Decoded::but(jis::decode(bytes), Problem::CharsetMislabelled);
    }
    match detect::plainly_japanese(bytes) {
        Some(text) => Decoded::but(text, Problem::CharsetMislabelled),
        None => Decoded::fine(strict(bytes, encoding).0),
    }
}

fn guess(bytes: &[u8]) -> String {
    if jis::looks_like(bytes) {
        return jis::decode(bytes);
    }
    match detect::plainly_japanese(bytes) {
        Some(text) => text,
        None => strict(bytes, detect::guess(bytes)).0,
    }
}

/// The text, with U+FFFD where bytes don't fit, and how many there are of these.
fn strict(bytes: &[u8], encoding: &'static Encoding) -> (String, usize) {
    let (text, _, broken) = encoding.decode(bytes);
    let errors = if broken { text.matches('\u{fffd}').count() } else { 0 };
    (text.into_owned(), errors)
}

/// What a label stands for. Many names in use are not in the WHATWG list that `encoding_rs` follows.
fn named(label: &str) -> Label {
    let label = label.trim().trim_matches(['"', '\'', '<', '>']).to_ascii_lowercase();
    match label.as_str() {
        "" | "us-ascii" | "ascii" | "unknown-8bit" | "x-unknown" | "8bit" | "7bit" | "default"
        | "ansi_x3.4-1968" => Label::Weak,
        "iso-8859-1" | "latin1" | "iso8859-1" | "iso_8859-1" => Label::Latin(encoding_rs::WINDOWS_1252),
        "cp932" | "sjis-win" | "shift-jis" | "shift_jis-2004" | "shift_jisx0213" | "ibm-943"
        | "sjis-docomo" | "sjis-softbank" | "sjis-au" => Label::Named(encoding_rs::SHIFT_JIS),
        "cp51932" | "eucjp-ms" | "euc-jp-ms" | "eucjp-win" | "eucjp" | "ujis" | "euc-jis-2004" => {
            Label::Named(encoding_rs::EUC_JP)
        }
        "utf-7" | "unicode-1-1-utf-7" | "x-unicode-1-1-utf-7" | "utf7" => Label::Utf7,
        "utf8mb4" | "utf-8-mac" | "cp65001" | "65001" => Label::Named(encoding_rs::UTF_8),
        "cp936" | "ms936" | "gb18030-2022" => Label::Named(encoding_rs::GBK),
        "cp949" | "ms949" | "uhc" => Label::Named(encoding_rs::EUC_KR),
        "cp950" | "ms950" => Label::Named(encoding_rs::BIG5),
        other if is_jis_name(other) => Label::Jis,
        other => by_whatwg(other),
    }
}

fn is_jis_name(label: &str) -> bool {
    label.starts_with("iso-2022-jp")
        || label.starts_with("iso2022-jp")
        || label.starts_with("cp5022")
        || matches!(label, "csiso2022jp" | "iso2022jp" | "jis" | "x-windows-iso2022jp" | "jis7" | "junet")
}

fn by_whatwg(label: &str) -> Label {
    let known = Encoding::for_label(label.as_bytes()).or_else(|| {
        let number = label.strip_prefix("cp").or_else(|| label.strip_prefix("windows"))?;
        Encoding::for_label(format!("windows-{}", number.trim_start_matches('-')).as_bytes())
    });
    known.map_or(Label::Unknown, Label::Named)
}

/// Text without NUL, control characters and byte order mark; line ends as `\n`. The only place where this is done
/// (contract §6.25: PostgreSQL refuses NUL).
pub(crate) fn clean<'a>(text: &'a str, problems: &mut Vec<Problem>) -> Cow<'a, str> {
    let harmless = |b: u8| (b >= 0x20 && b != 0x7f) || b == b'\n' || b == b'\t';
    if text.bytes().all(harmless) && !text.contains(is_removed) {
        return Cow::Borrowed(text);
    }
    let mut cleaned = String::with_capacity(text.len());
    let mut letters = text.chars().peekable();
    while let Some(c) = letters.next() {
        match c {
            '\r' if letters.peek() == Some(&'\n') => {}
            '\r' => cleaned.push('\n'),
            '\0' => note(problems, Problem::NulRemoved),
            '\u{feff}' => {}
            c if is_removed(c) => note(problems, Problem::ControlsRemoved),
            c => cleaned.push(c),
        }
    }
    Cow::Owned(cleaned)
}

/// C0 and C1 controls (tab and line feed stay), DEL, the byte order mark and the non-characters.
fn is_removed(c: char) -> bool {
    (c.is_control() && c != '\n' && c != '\t') || matches!(c, '\u{feff}' | '\u{fffe}' | '\u{ffff}')
}

/// Notes a problem once.
pub(crate) fn note(problems: &mut Vec<Problem>, problem: Problem) {
    if !problems.contains(&problem) {
        problems.push(problem);
    }
}

/// Decodes bytes that carry no label, such as a raw header. `hint` is the charset they are probably in.
pub(crate) fn decode_unlabelled(bytes: &[u8], hint: Option<&str>) -> String {
    let hinted = match hint.map_or(Label::Weak, named) {
        Label::Named(encoding) => Some(strict(bytes, encoding)).filter(|(_, errors)| *errors == 0),
        Label::Latin(encoding) => return latin(bytes, encoding).text,
        Label::Weak | Label::Jis | Label::Utf7 | Label::Unknown => None,
    };
    hinted.map_or_else(|| guess(bytes), |(text, _)| text)
}

/// Whether unlabelled bytes hold ISO-2022-JP.
pub(crate) fn has_jis(bytes: &[u8]) -> bool {
    jis::looks_like(bytes)
}

#[cfg(test)]
mod tests;
