//! Encoded-words (RFC 2047). The bytes of neighbouring words of one charset are joined before they are decoded,
//! because mail programs split them inside a character or a shift state.

use crate::charset::{self, note};
use crate::lists::Problem;
use crate::transfer;
use memchr::memmem;

/// One encoded-word, its content unwrapped but not yet decoded.
struct Word<'a> {
    charset: &'a str,
    bytes: Vec<u8>,
    broken: bool,
}

/// Decodes all encoded-words of a header value. What is none stays as it stands.
pub(crate) fn decode(value: &str, problems: &mut Vec<Problem>) -> String {
    if memmem::find(value.as_bytes(), b"=?").is_none() {
        return value.to_owned();
    }
    // behind the last end of a word there is none: looking for an end never runs to the end of the value in vain
    let (value, tail) = value.split_at(value.rfind("?=").map_or(0, |at| at + 2));
    let mut text = String::with_capacity(value.len());
    let mut joined: Vec<Word<'_>> = Vec::new();
    let mut rest = value;
    while let Some((before, word, after)) = next_word(rest) {
        let blank_between = !joined.is_empty() && before.trim().is_empty();
        if !blank_between {
            flush(&mut joined, &mut text, problems);
            text.push_str(before);
        }
        match joined.last_mut() {
            Some(last) if last.charset.eq_ignore_ascii_case(word.charset) => {
                last.bytes.extend_from_slice(&word.bytes);
                last.broken |= word.broken;
            }
            _ => joined.push(word),
        }
        rest = after;
    }
    flush(&mut joined, &mut text, problems);
    text.push_str(rest);
    text.push_str(tail);
    if looks_broken(rest) || looks_broken(tail) {
        note(problems, Problem::BrokenEncodedWord);
    }
    text
}

fn looks_broken(rest: &str) -> bool {
    rest.find("=?").is_some_and(|at| rest[at + 2..].matches('?').count() >= 2 && !rest[at..].contains(' '))
}

fn flush(joined: &mut Vec<Word<'_>>, text: &mut String, problems: &mut Vec<Problem>) {
    for word in joined.drain(..) {
        let decoded = charset::decode(&word.bytes, Some(word.charset));
        let written = memmem::find(&word.bytes, "\u{fffd}".as_bytes()).is_some();
        if word.broken || (decoded.text.contains(char::REPLACEMENT_CHARACTER) && !written) {
            note(problems, Problem::BrokenEncodedWord);
        }
        decoded.problem.into_iter().for_each(|p| note(problems, p));
        text.push_str(&decoded.text);
    }
}

/// The next encoded-word: what stands before it, the word, what follows.
fn next_word(text: &str) -> Option<(&str, Word<'_>, &str)> {
    let mut from = 0;
    while let Some(found) = text[from..].find("=?") {
        let at = from + found;
        if let Some((word, length)) = parse(&text[at..]) {
            return Some((&text[..at], word, &text[at + length..]));
        }
        from = at + 2;
    }
    None
}

/// `=?charset*language?B?content?=` at the beginning of `text`, and its length.
fn parse(text: &str) -> Option<(Word<'_>, usize)> {
    let inner = &text[2..];
    let (charset, rest) = inner.split_once('?')?;
    let charset_fits =
        !charset.is_empty() && charset.len() <= 40 && charset.bytes().all(|b| b.is_ascii_graphic());
    let (encoding, content) = rest.split_once('?').filter(|_| charset_fits)?;
    let is_base64 = match encoding.trim() {
        "B" | "b" => true,
        "Q" | "q" => false,
        _ => return None,
    };
    let end = content.find("?=")?;
    let length = 2 + charset.len() + 1 + encoding.len() + 1 + end + 2;
    let content = &content[..end];
    let (bytes, broken) = if is_base64 { transfer::base64(content.as_bytes()) } else { (q(content), false) };
    let charset = charset.split('*').next().unwrap_or(charset);
    Some((Word { charset, bytes, broken }, length))
}

/// The Q encoding: quoted-printable with `_` for space.
fn q(content: &str) -> Vec<u8> {
    let bytes = content.as_bytes();
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let code = (byte == b'=')
            .then(|| Some((transfer::hex(*bytes.get(at + 1)?)?, transfer::hex(*bytes.get(at + 2)?)?)))
            .flatten();
        match (code, byte) {
            (Some((high, low)), _) => {
                decoded.push(high * 16 + low);
                at += 2;
            }
            (None, b'_') => decoded.push(b' '),
            (None, _) => decoded.push(byte),
        }
        at += 1;
    }
    decoded
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(value: &str) -> String {
        decode(value, &mut Vec::new())
    }

    #[test]
    fn words_split_inside_a_character_are_joined() {
        assert_eq!(read("=?UTF-8?B?6L+U5ZM=?= =?UTF-8?B?geOBruS7tg==?="), "返品の件");
        assert_eq!(read("=?utf-8?Q?=E8=BF?= =?UTF-8?Q?=94?="), "返");
    }

    #[test]
    fn blanks_between_words_vanish_and_blanks_before_text_stay() {
        assert_eq!(read("Re: =?utf-8?Q?a?=\t =?iso-8859-1?Q?b?= c"), "Re: ab c");
        assert_eq!(read("=?utf-8?B?6L+U?=(2)"), "返(2)");
    }

    #[test]
    fn tolerated_forms_are_read() {
        assert_eq!(read("=?iso-8859-1*en?q?a b_c?="), "a b c");
        assert_eq!(read("=?utf-8?B?6L+U5ZOB?="), "返品");
        assert_eq!(read("=?utf-8?B?YQ?="), "a");
    }

    #[test]
    fn what_is_no_word_stays() {
        for value in ["=?", "=?utf-8?X?a?=", "a =? b ?= c", "=?utf-8?B?", "1=?2"] {
            assert_eq!(read(value), value);
        }
    }

    #[test]
    fn a_hundred_thousand_beginnings_of_words_are_looked_at_once() {
        for beginning in ["=?", "=?u?Q?a", "=?u?X?a", "=?u", "=?u?Q?a "] {
            let value = beginning.repeat(100_000);
            assert_eq!(read(&value), value);
            let value = format!("{}?=", "=?u?X?a".repeat(100_000));
            assert_eq!(read(&value), value);
        }
    }

    #[test]
    fn a_broken_word_is_named() {
        let mut problems = Vec::new();
        decode("=?utf-8?B?6L*+U?=", &mut problems);
        assert_eq!(problems, [Problem::BrokenEncodedWord]);
    }
}
