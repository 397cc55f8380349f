//! The body of an outgoing mail: text alone, text and HTML, and files beside them. All of it base64, so that nothing
//! on the way can change a character.

use super::head::{chunks, encoded};
use super::{File, Outgoing, outgoing_text};
use crate::fields::one_line;
use data_encoding::{BASE64, HEXLOWER};
use sha2::{Digest, Sha256};
use std::fmt::Write;

/// Characters of base64 in a line.
const COLUMNS: usize = 76;

/// The MIME headers of the whole, the empty line, and the body.
pub(super) fn body(mail: &Outgoing) -> String {
    let text = text_part("plain", &mail.text);
    let boundary = boundary(&mail.message_id);
    let words = match mail.html.as_deref() {
        Some(html) => multipart("alternative", &format!("{boundary}a"), &[text, text_part("html", html)]),
        None => text,
    };
    if mail.attachments.is_empty() {
        return words;
    }
    let mut parts = vec![words];
    parts.extend(mail.attachments.iter().map(file_part));
    multipart("mixed", &format!("{boundary}m"), &parts)
}

/// `=_` never stands in base64, so no part can hold this line; the hash keeps quoted mails apart.
fn boundary(message_id: &str) -> String {
    format!("=_{}", &HEXLOWER.encode(&Sha256::digest(message_id))[..24])
}

fn text_part(subtype: &str, text: &str) -> String {
    let mut part =
        format!("Content-Type: text/{subtype}; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n");
    base64_lines(outgoing_text(text).as_bytes(), &mut part);
    part
}

fn file_part(file: &File) -> String {
    let name = one_line(&file.name, &mut Vec::new());
    let name = if name.is_empty() { "attachment" } else { name.as_str() };
    let mut part = format!("Content-Type: {}", media_type(&file.media_type));
    let _ =
        write!(part, ";\r\n name=\"{}\"\r\n", quotable(name).unwrap_or_else(|| encoded(name).join("\r\n ")));
    part.push_str("Content-Transfer-Encoding: base64\r\nContent-Disposition: attachment");
    file_name(name, &mut part);
    part.push_str("\r\n\r\n");
    base64_lines(&file.bytes, &mut part);
    part
}

/// A type that may stand there; what must not be base64 (messages, multiparts) goes as bytes.
fn media_type(wanted: &str) -> &str {
    let token = |t: &str| {
        !t.is_empty()
            && t.len() <= 120
            && t.bytes().all(|b| b.is_ascii_alphanumeric() || b"!#$&^_.+-".contains(&b))
    };
    match wanted.split_once('/') {
        Some((kind, subtype))
            if token(kind)
                && token(subtype)
                && !matches!(kind.to_ascii_lowercase().as_str(), "message" | "multipart") =>
        {
            wanted
        }
        _ => "application/octet-stream",
    }
}

/// The name between quotes, if it is short ASCII.
fn quotable(name: &str) -> Option<String> {
    let plain = name.len() <= 60 && name.bytes().all(|b| (0x20..0x7f).contains(&b)) && !name.contains("=?");
    plain.then(|| name.replace('\\', "\\\\").replace('"', "\\\""))
}

/// `filename=`, or RFC 2231 in pieces that split no character.
fn file_name(name: &str, part: &mut String) {
    if let Some(quoted) = quotable(name) {
        let _ = write!(part, ";\r\n filename=\"{quoted}\"");
        return;
    }
    let pieces = chunks(name, 18);
    let numbered = pieces.len() > 1;
    for (n, piece) in pieces.iter().enumerate() {
        let number = if numbered { format!("*{n}") } else { String::new() };
        let charset = if n == 0 { "UTF-8''" } else { "" };
        let _ = write!(part, ";\r\n filename{number}*={charset}{}", percent(piece));
    }
}

fn percent(text: &str) -> String {
    let mut coded = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_') {
            coded.push(char::from(byte));
        } else {
            let _ = write!(coded, "%{byte:02X}");
        }
    }
    coded
}

fn multipart(subtype: &str, boundary: &str, parts: &[String]) -> String {
    let mut body = format!("Content-Type: multipart/{subtype};\r\n boundary=\"{boundary}\"\r\n\r\n");
    for part in parts {
        let _ = write!(body, "--{boundary}\r\n{part}");
    }
    let _ = write!(body, "--{boundary}--\r\n");
    body
}

fn base64_lines(bytes: &[u8], part: &mut String) {
    part.reserve(bytes.len() / 3 * 4 + bytes.len() / 28 + 8);
    for line in bytes.chunks(COLUMNS / 4 * 3) {
        BASE64.encode_append(line, part);
        part.push_str("\r\n");
    }
}
