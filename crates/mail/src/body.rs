//! Which parts are the text, which the HTML and which are attached; and the text itself.

mod flowed;
mod plain;

use crate::charset::{self, note};
use crate::lists::Problem;
use crate::parser::Shape;
use crate::parts::Parts;

pub(crate) use plain::from_html;

/// Bytes of one text part that are read.
const MAX_TEXT: usize = 4 * 1024 * 1024;

/// One stretch of what the mail says: as text, as HTML, or as both.
#[derive(Debug, Clone, Copy, Default)]
struct Piece {
    plain: Option<usize>,
    html: Option<usize>,
}

/// The parts of a mail by what they are for.
#[derive(Debug, Default)]
pub(crate) struct Body {
    pieces: Vec<Piece>,
    /// Nodes that are attached, in their order.
    pub attached: Vec<usize>,
    /// Nodes that stand in a `multipart/related`: pictures of the HTML, mostly.
    pub related: Vec<usize>,
}

impl Body {
    /// Sorts the parts.
    pub(crate) fn of(parts: &Parts<'_>) -> Self {
        let mut body = Self::default();
        body.sort(parts, 0);
        body
    }

    fn sort(&mut self, parts: &Parts<'_>, node: usize) {
        let Some(shape) = parts.nodes.get(node).map(|n| &n.shape) else { return };
        match (shape, parts.media_type(node)) {
            (Shape::Multipart(children), "multipart/alternative") => self.alternative(parts, children),
            (Shape::Multipart(children), media_type) => {
                for &child in children {
                    self.sort(parts, child);
                }
                if media_type == "multipart/related" {
                    self.related.extend(children);
                }
            }
            (Shape::Message(_), _) => self.attached.push(node),
            (Shape::Leaf, media_type) => self.leaf(parts, node, media_type),
        }
    }

    fn leaf(&mut self, parts: &Parts<'_>, node: usize, media_type: &str) {
        let label = &parts.labels[node];
        let named = label.disposition.param("filename").or(label.content_type.param("name")).is_some();
        let first = self.pieces.is_empty();
        let attached = label.disposition.value == "attachment" || (named && !first);
        match media_type {
            _ if attached && node != 0 => self.attached.push(node),
            "text/plain" => self.pieces.push(Piece { plain: Some(node), html: None }),
            "text/html" => self.pieces.push(Piece { plain: None, html: Some(node) }),
            // a multipart whose parts could not be found: its bytes are all there is
            other if other.starts_with("multipart/") => {
                self.pieces.push(Piece { plain: Some(node), html: None });
            }
            _ => self.attached.push(node),
        }
    }

    /// The same in several forms: one piece. Within a form there may be several parts, all of them are kept.
    fn alternative(&mut self, parts: &Parts<'_>, children: &[usize]) {
        let mut forms = Vec::new();
        for &child in children {
            let mut form = Self::default();
            form.sort(parts, child);
            self.attached.append(&mut form.attached);
            self.related.append(&mut form.related);
            forms.push(form.pieces);
        }
        let is_plain = |form: &&Vec<Piece>| form.iter().any(|p| p.plain.is_some());
        let is_html = |form: &&Vec<Piece>| form.iter().any(|p| p.html.is_some());
        let plain = forms.iter().find(|f| is_plain(f) && !is_html(f)).or_else(|| forms.iter().find(is_plain));
        let html = forms.iter().rev().find(is_html);
        let (plain, html) = (plain.map_or(&[][..], |f| f), html.map_or(&[][..], |f| f));
        for i in 0..plain.len().max(html.len()) {
            let piece =
                Piece { plain: plain.get(i).and_then(|p| p.plain), html: html.get(i).and_then(|p| p.html) };
            let beside = html.get(i).filter(|_| piece.plain.is_none()).and_then(|p| p.plain);
            self.pieces.push(Piece { plain: piece.plain.or(beside), html: piece.html });
        }
    }

    /// The whole readable text and the HTML (`None` where there is none), decoded and without controls.
    pub(crate) fn read(&self, parts: &Parts<'_>, problems: &mut Vec<Problem>) -> (String, Option<String>) {
        let mut texts: Vec<String> = Vec::new();
        let mut pages: Vec<String> = Vec::new();
        let any_html = self.pieces.iter().any(|p| p.html.is_some());
        for piece in &self.pieces {
            let html = piece.html.map(|node| text_of(parts, node, problems));
            let plain =
                piece.plain.map(|node| text_of(parts, node, problems)).filter(|t| !t.trim().is_empty());
            if any_html {
                pages.extend(html.clone().or_else(|| plain.as_deref().map(plain::as_html)));
            }
            texts.extend(plain.or_else(|| html.as_deref().map(from_html)).filter(|t| !t.trim().is_empty()));
        }
        (texts.join("\n"), any_html.then(|| pages.join("\n")))
    }
}

/// The text of a leaf: unwrapped, decoded, unfolded, cleaned.
fn text_of(parts: &Parts<'_>, node: usize, problems: &mut Vec<Problem>) -> String {
    let (content, broken) = parts.content(node);
    if broken {
        note(problems, Problem::BrokenBase64);
    }
    let mut content = &*content;
    if content.len() > MAX_TEXT {
        note(problems, Problem::TooLarge);
        content = &content[..MAX_TEXT];
    }
    let label = &parts.labels[node];
    let is_html = label.content_type.value == "text/html";
    let in_page = if is_html { plain::meta_charset(content) } else { None };
    let claimed = label.content_type.param("charset").filter(|c| !c.trim().is_empty());
    let decoded = charset::decode(content, claimed.or(in_page.as_deref()));
    decoded.problem.into_iter().for_each(|p| note(problems, p));
    let text = charset::clean(&decoded.text, problems);
    match label.content_type.param("format") {
        Some(format) if !is_html && format.eq_ignore_ascii_case("flowed") => {
            let delete = label.content_type.param("delsp").is_some_and(|d| d.eq_ignore_ascii_case("yes"));
            flowed::unfold(&text, delete)
        }
        _ => text.into_owned(),
    }
}

/// The charset that the top text part names, as a hint for unencoded headers.
pub(crate) fn charset_hint(parts: &Parts<'_>) -> Option<String> {
    parts.labels.iter().find_map(|label| label.content_type.param("charset")).map(str::to_owned)
}
