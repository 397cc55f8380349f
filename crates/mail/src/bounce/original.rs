//! The mail that came back: its Message-ID and recipient, from the part, the header copy or the text that repeats it.

use crate::fields::Fields;
use crate::headers::{addresses, ids};
use crate::mail::Mail;
use crate::parts::{Parts, Shape};
use crate::split;

/// Message-ID of the returned mail, without `<>`.
pub(super) fn message_id(mail: &Mail, parts: &Parts<'_>) -> Option<String> {
    let from_part = header(parts).and_then(|block| {
        let value = Fields::read(&block).structured("message-id", &mut Vec::new())?;
        ids::one(&value)
    });
    from_part
        .or_else(|| field_in_text(&mail.text, "message-id:").and_then(ids::one))
        .filter(|id| id.contains('@'))
}

/// The first recipient of the returned mail.
pub(super) fn recipient(mail: &Mail, parts: &Parts<'_>) -> Option<String> {
    let from_part = header(parts).and_then(|block| Fields::read(&block).structured("to", &mut Vec::new()));
    let value = from_part.or_else(|| {
        let behind = &mail.text[super::text::report_part(&mail.text).len()..];
        field_in_text(behind, "to:").map(str::to_owned)
    })?;
    addresses::all(&value, &mut Vec::new()).into_iter().map(|a| a.address).find(|a| a.contains('@'))
}

/// Who complained, where the report is only the mail itself with a field for it (Microsoft's junk mail reports).
pub(super) fn complained_about(parts: &Parts<'_>) -> Vec<String> {
    let has_message = parts.nodes.iter().any(|n| matches!(n.shape, Shape::Message(_)));
    let block = has_message.then(|| header(parts)).flatten().unwrap_or_default();
    let value = Fields::read(&block).structured("x-hmxmroriginalrecipient", &mut Vec::new());
    addresses::all(&value.unwrap_or_default(), &mut Vec::new()).into_iter().map(|a| a.address).collect()
}

/// The header of the returned mail, if a part holds it.
fn header(parts: &Parts<'_>) -> Option<Vec<u8>> {
    for (node, found) in parts.nodes.iter().enumerate() {
        let is_root = node == 0;
        match (&found.shape, parts.media_type(node)) {
            (Shape::Message(inner), _) => return Some(parts.header_of(*inner).to_vec()),
            (Shape::Leaf, "message/rfc822" | "message/global" | "message/partial") if !is_root => {
                let content = parts.content(node).0.into_owned();
                let (header, _) = split::header_and_body(&content, 0..content.len());
                return Some(content[header].to_vec());
            }
            (Shape::Leaf, "text/rfc822-headers" | "message/global-headers") => {
                return Some(parts.content(node).0.into_owned());
            }
            _ => {}
        }
    }
    None
}

/// The value of a header line that a text repeats, perhaps indented or quoted.
fn field_in_text<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    text.lines().map(|line| line.trim_start_matches(['>', ' ', '\t', '|'])).find_map(|line| {
        let start = line.get(..name.len())?;
        start.eq_ignore_ascii_case(name).then(|| line[name.len()..].trim())
    })
}
