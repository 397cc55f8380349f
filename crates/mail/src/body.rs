//! Which parts are the text, which the HTML and which are attached; and the text itself.

mod flowed;
mod plain;

use crate::charset::{self, note};
use crate::lists::Problem;
use crate::parts::{Parts, Shape};

pub(crate) use plain::from_html;

/// Bytes of one text part that are read.
const MAX_TEXT: usize = 4 * 1024 * 1024;

/// One stretch of what the mail says: as text, as HTML, or as both.
#[derive(Debug, Clone, Default)]
struct Piece {
    plain: Vec<usize>,
    html: Vec<usize>,
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
        let label = &parts.nodes[node].label;
        let named = label.disposition.param("filename").or(label.content_type.param("name")).is_some();
        let first = self.pieces.is_empty();
        let attached = label.disposition.value == "attachment" || (named && !first);
        if attached && node == 0 && media_type.starts_with("text/") {
            // the mail is a file and nothing else: it is listed, and its text is all there is to read
            self.attached.push(node);
        }
        match media_type {
            _ if attached && node != 0 => self.attached.push(node),
            "text/plain" => self.pieces.push(Piece { plain: vec![node], html: Vec::new() }),
            "text/html" => self.pieces.push(Piece { plain: Vec::new(), html: vec![node] }),
            // a multipart whose parts could not be found: its bytes are all there is
            other if other.starts_with("multipart/") => {
                self.pieces.push(Piece { plain: vec![node], html: Vec::new() });
            }
            _ if self.attached.last() == Some(&node) => {}
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
        let is_plain = |form: &&Vec<Piece>| form.iter().any(|p| !p.plain.is_empty());
        let is_html = |form: &&Vec<Piece>| form.iter().any(|p| !p.html.is_empty());
        let plain = forms.iter().find(|f| is_plain(f) && !is_html(f)).or_else(|| forms.iter().find(is_plain));
        let html = forms.iter().rev().find(is_html);
        let nodes = |form: Option<&Vec<Piece>>, of: fn(&Piece) -> &Vec<usize>| {
            form.into_iter().flatten().flat_map(of).copied().collect()
        };
        self.pieces.push(Piece { plain: nodes(plain, |p| &p.plain), html: nodes(html, |p| &p.html) });
    }

    /// The whole readable text and the HTML (`None` where there is none), decoded and without controls.
    pub(crate) fn read(&self, parts: &Parts<'_>, problems: &mut Vec<Problem>) -> (String, Option<String>) {
        let mut texts: Vec<String> = Vec::new();
        let mut pages: Vec<String> = Vec::new();
        let any_html = self.pieces.iter().any(|p| !p.html.is_empty());
        for piece in &self.pieces {
            let mut read = |nodes: &[usize]| -> Vec<String> {
                let texts = nodes.iter().map(|&node| text_of(parts, node, problems));
                texts.filter(|text| !text.trim().is_empty()).collect()
            };
            let (plain, html) = (read(&piece.plain), read(&piece.html));
            let from_html = plain.is_empty().then(|| html.iter().map(|page| from_html(page)));
            texts.extend(from_html.into_iter().flatten().filter(|t| !t.is_empty()));
            if any_html && html.is_empty() {
                pages.extend(plain.iter().map(|text| plain::as_html(text)));
            }
            texts.extend(plain);
            pages.extend(html);
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
    let label = &parts.nodes[node].label;
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

#[cfg(test)]
mod tests {
    #[test]
    fn a_mail_that_is_only_a_text_file_lists_it_and_shows_its_text() {
        let head = "Subject: x\nContent-Disposition: attachment; filename=orders.csv\nContent-Type: ";
        for media_type in ["text/plain", "text/html", "text/csv"] {
            let mail = crate::read(format!("{head}{media_type}\n\na,b\n").as_bytes());
            let names: Vec<_> = mail.attachments.iter().map(|a| (a.name.as_str(), a.size)).collect();
            assert_eq!(names, [("orders.csv", 4)], "{media_type}");
            assert_eq!(mail.text, if media_type == "text/csv" { "" } else { "a,b\n" });
        }
    }
}
