//! Attachments: their names, sizes and hashes, and the bytes of one.

use crate::body::Body;
use crate::charset::note;
use crate::dangers;
use crate::fields::{Fields, one_line};
use crate::lists::Problem;
use crate::mail::{Attachment, Part};
use crate::parts::{Parts, Shape};
use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};

/// All attachments in their order. `html` tells which pictures are shown within the text.
pub(crate) fn all(
    parts: &Parts<'_>,
    body: &Body,
    html: Option<&str>,
    problems: &mut Vec<Problem>,
) -> Vec<Attachment> {
    let numbered = body.attached.iter().zip(1_u32..);
    numbered.map(|(&node, n)| one(parts, body, node, n, html, problems)).collect()
}

fn one(
    parts: &Parts<'_>,
    body: &Body,
    node: usize,
    n: u32,
    html: Option<&str>,
    problems: &mut Vec<Problem>,
) -> Attachment {
    let (content, broken) = parts.content(node);
    if broken {
        note(problems, Problem::BrokenBase64);
    }
    let label = &parts.nodes[node].label;
    let name = name(parts, node, n, problems);
    let media_type = label.content_type.value.clone();
    let shown = |id: &str| html.is_some_and(|page| page.contains(&format!("cid:{id}")));
    let inline = match label.content_id.as_deref() {
        Some(id) if shown(id) => true,
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
