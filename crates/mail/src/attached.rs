//! Attachments: their names, sizes and hashes, and the bytes of one.

use crate::body::Body;
use crate::charset::note;
use crate::dangers;
use crate::fields::{Fields, one_line};
use crate::html::cut;
use crate::lists::Problem;
use crate::mail::{Attachment, Part};
use crate::parts::{Parts, Shape};
use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};
use std::collections::HashSet;

/// Bytes of a Content-ID in a page; longer ones are none.
const MAX_ID: usize = 998;

/// All attachments in their order. `html` tells which pictures are shown within the text.
pub(crate) fn all(
    parts: &Parts<'_>,
    body: &Body,
    html: Option<&str>,
    problems: &mut Vec<Problem>,
) -> Vec<Attachment> {
    let shown = html.map(shown_in).unwrap_or_default();
    let numbered = body.attached.iter().zip(1_u32..);
    numbered.map(|(&node, n)| one(parts, body, node, n, &shown, problems)).collect()
}

/// The Content-IDs that a page names.
fn shown_in(page: &str) -> HashSet<&str> {
    let ends = |c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '<' | '>' | '(' | ')');
    let mut shown = HashSet::new();
    let mut rest = page;
    while let Some((_, behind)) = rest.split_once("cid:") {
        let near = cut(behind, MAX_ID + 1);
        let length = near.find(ends).unwrap_or(near.len());
        if length <= MAX_ID {
            shown.insert(&near[..length]);
        }
        rest = &behind[length..];
    }
    shown
}

fn one(
    parts: &Parts<'_>,
    body: &Body,
    node: usize,
    n: u32,
    shown: &HashSet<&str>,
    problems: &mut Vec<Problem>,
) -> Attachment {
    let (content, broken) = parts.content(node);
    if broken {
        note(problems, Problem::BrokenBase64);
    }
    let label = &parts.nodes[node].label;
    let name = name(parts, node, n, problems);
    let media_type = label.content_type.value.clone();
    let inline = match label.content_id.as_deref() {
        Some(id) if shown.contains(id) => true,
        _ => label.disposition.value == "inline" && body.related.contains(&node),
    };
    Attachment {
        n,
        dangers: dangers::of(&name, &media_type, &content),
        name,
        media_type,
        size: content.len() as u64,
        sha256: HEXLOWER.encode(&Sha256::digest(&content)),
        inline,
        content_id: label.content_id.clone(),
    }
}

/// The file name: `filename=`, else `name=`, else one made of what is known.
fn name(parts: &Parts<'_>, node: usize, n: u32, problems: &mut Vec<Problem>) -> String {
    let label = &parts.nodes[node].label;
    let given = label.disposition.param("filename").or_else(|| label.content_type.param("name"));
    let cleaned = given.map(|name| one_line(name, problems)).filter(|name| !name.is_empty());
    cleaned.unwrap_or_else(|| made_up(parts, node, n))
}

fn made_up(parts: &Parts<'_>, node: usize, n: u32) -> String {
    if let Some(Shape::Message(inner)) = parts.nodes.get(node).map(|n| &n.shape) {
        let subject = Fields::read(parts.header_of(*inner)).readable("subject", &mut Vec::new());
        let subject = subject.filter(|s| !s.is_empty()).unwrap_or_else(|| format!("message-{n}"));
        let short: String = subject.replace(['/', '\\'], "_").chars().take(80).collect();
        return format!("{short}.eml");
    }
    format!("part-{n}.{}", dangers::extension_of(parts.media_type(node)))
}

/// The bytes of attachment `n`.
pub(crate) fn part(bytes: &[u8], n: u32) -> Option<Part> {
    let parts = Parts::of(bytes);
    let body = Body::of(&parts);
    let node = *body.attached.get(usize::try_from(n.checked_sub(1)?).ok()?)?;
    Some(content(&parts, node, n))
}

/// The bytes of the part with this Content-ID.
pub(crate) fn by_content_id(bytes: &[u8], content_id: &str) -> Option<Part> {
    let parts = Parts::of(bytes);
    let wanted = content_id.trim_matches(['<', '>']);
    let node = parts.nodes.iter().position(|n| n.label.content_id.as_deref() == Some(wanted))?;
    Some(content(&parts, node, 1))
}

fn content(parts: &Parts<'_>, node: usize, n: u32) -> Part {
    Part {
        name: name(parts, node, n, &mut Vec::new()),
        media_type: parts.media_type(node).to_owned(),
        bytes: parts.content(node).0.into_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::shown_in;

    #[test]
    fn the_pictures_that_a_page_names_are_found_once_for_all_attachments() {
        let page = "<img src=\"cid:a@b.jp\"><img src='cid:c'><td background=cid:d>cid: cid:é";
        let mut shown: Vec<_> = shown_in(page).into_iter().collect();
        shown.sort_unstable();
        assert_eq!(shown, ["", "a@b.jp", "c", "d", "é"]);
        assert!(shown_in(&"cid:".repeat(500_000)).len() < 2);
    }

    #[test]
    fn two_thousand_pictures_and_a_long_page_are_put_together_at_once() {
        let page = "<img src=\"cid:1\">".repeat(50_000);
        let part = "--b\nContent-Type: image/png\nContent-ID: <1>\n\nx\n".repeat(1_990);
        let head = "Content-Type: multipart/related; boundary=b\n\n--b\nContent-Type: text/html\n\n";
        let mail = crate::read(format!("{head}{page}\n{part}--b--\n").as_bytes());
        assert_eq!(mail.attachments.iter().filter(|a| a.inline).count(), 1_990);
    }
}
