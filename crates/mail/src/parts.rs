//! The parts of one mail: where they lie and what their labels say, ready to be read one by one.

use crate::charset::note;
use crate::fields::Fields;
use crate::headers::ids;
use crate::lists::Problem;
use crate::params::Parameterised;
use crate::split;
use crate::transfer::Transfer;
use std::borrow::Cow;
use std::ops::Range;

/// Bytes of a mail that are looked at (SMTP takes 100 MB, contract §6.6).
const MAX_BYTES: usize = 128 * 1024 * 1024;
/// Parts read of one mail.
const MAX_PARTS: usize = 2_000;
/// Depth of parts (reliability.md row 26).
const MAX_DEPTH: usize = 20;

/// One part.
#[derive(Debug, Clone)]
pub(crate) struct Node {
    /// Its header block.
    pub header: Range<usize>,
    /// Its body, still in its transfer encoding.
    pub body: Range<usize>,
    /// How many parts it is in.
    pub depth: usize,
    /// What it is.
    pub shape: Shape,
    /// What its header says.
    pub label: Label,
}

/// What a part is by structure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Shape {
    /// Content.
    Leaf,
    /// Several parts, by their places.
    Multipart(Vec<usize>),
    /// A mail within the mail; the place of its root.
    Message(usize),
}

/// What the header of a part says about it.
#[derive(Debug, Clone)]
pub(crate) struct Label {
    /// `type/subtype` and its parameters; `text/plain` where nothing usable stands.
    pub content_type: Parameterised,
    /// `attachment`, `inline` or empty, with its parameters.
    pub disposition: Parameterised,
    /// How the body is wrapped.
    pub transfer: Transfer,
    /// Content-ID without `<>`.
    pub content_id: Option<String>,
}

/// A mail cut into its parts.
pub(crate) struct Parts<'a> {
    bytes: &'a [u8],
    /// All parts; the mail itself is the first.
    pub nodes: Vec<Node>,
    /// The first charset that a part names: unencoded bytes of the headers are probably in it.
    pub charset_hint: Option<String>,
    /// What was wrong with structure and labels.
    pub problems: Vec<Problem>,
}

impl<'a> Parts<'a> {
    /// Cuts a mail. Deeper or further parts than the limits allow stay in the part they are in.
    pub(crate) fn of(bytes: &'a [u8]) -> Self {
        let mut parts = Self { bytes, nodes: Vec::new(), charset_hint: None, problems: Vec::new() };
        if bytes.len() > MAX_BYTES {
            parts.problems.push(Problem::TooLarge);
        }
        let whole = leading_blank(bytes)..bytes.len().min(MAX_BYTES);
        parts.add(split::header_and_body(bytes, whole), None, 0);
        let mut node = 0;
        while node < parts.nodes.len() {
            parts.cut(node);
            node += 1;
        }
        parts
    }

    fn add(&mut self, (header, body): split::Found, parent: Option<usize>, depth: usize) {
        let in_digest = parent.is_some_and(|p| self.media_type(p) == "multipart/digest");
        let label = self.label(&self.bytes[header.clone()], in_digest);
        self.nodes.push(Node { header, body, depth, shape: Shape::Leaf, label });
    }

    fn label(&mut self, header: &[u8], in_digest: bool) -> Label {
        let fields = Fields::read(header);
        let problems = &mut self.problems;
        let content_type = content_type(fields.structured("content-type", problems), in_digest, problems);
        if self.charset_hint.is_none() {
            self.charset_hint = content_type.param("charset").map(str::to_owned);
        }
        let fields = fields.with_hint(self.charset_hint.clone());
        let disposition = fields.structured("content-disposition", problems).unwrap_or_default();
        let transfer = fields.structured("content-transfer-encoding", problems);
        let content_id = fields.structured("content-id", problems);
        Label {
            content_type,
            disposition: Parameterised::read(&disposition, problems),
            transfer: transfer.map_or(Transfer::Plain, |word| Transfer::named(&word)),
            content_id: content_id.and_then(|id| ids::one(&id)),
        }
    }

    /// Cuts a multipart into its parts, a mail within the mail into header and body.
    fn cut(&mut self, node: usize) {
        let Node { body, depth, label, .. } = &self.nodes[node];
        let (body, depth, is_message) = (body.clone(), *depth, label.content_type.value == "message/rfc822");
        let found = if is_message && label.transfer == Transfer::Plain && !body.is_empty() {
            vec![split::header_and_body(self.bytes, body)]
        } else if label.content_type.value.starts_with("multipart/") {
            self.multipart(node)
        } else {
            return;
        };
        if depth == MAX_DEPTH {
            return note(&mut self.problems, Problem::TooDeep);
        }
        let first = self.nodes.len();
        for part in found {
            self.add(part, Some(node), depth + 1);
        }
        if self.nodes.len() > first {
            let children = (first..self.nodes.len()).collect();
            self.nodes[node].shape =
                if is_message { Shape::Message(first) } else { Shape::Multipart(children) };
        }
    }

    fn multipart(&mut self, node: usize) -> Vec<split::Found> {
        let Node { body, label, .. } = &self.nodes[node];
        let Some(boundary) = label.content_type.param("boundary").filter(|b| !b.is_empty()) else {
            note(&mut self.problems, Problem::MissingBoundary);
            return Vec::new();
        };
        let left = MAX_PARTS - self.nodes.len().min(MAX_PARTS);
        let found = split::multipart(self.bytes, body.clone(), boundary, left);
        if found.parts.is_empty() {
            note(&mut self.problems, Problem::MissingBoundary);
        } else if found.parts.len() == left {
            note(&mut self.problems, Problem::TooManyParts);
        } else if !found.ended {
            note(&mut self.problems, Problem::TruncatedMultipart);
        }
        found.parts
    }

    /// The top header block.
    pub(crate) fn header(&self) -> &'a [u8] {
        self.header_of(0)
    }

    /// The header block of a node.
    pub(crate) fn header_of(&self, node: usize) -> &'a [u8] {
        self.nodes.get(node).map_or(&[], |n| &self.bytes[n.header.clone()])
    }

    /// A node's content without its transfer encoding, and whether that was broken.
    pub(crate) fn content(&self, node: usize) -> (Cow<'a, [u8]>, bool) {
        let Some(Node { body, shape, label, .. }) = self.nodes.get(node) else {
            return (Cow::Borrowed(&[]), false);
        };
        let transfer = if *shape == Shape::Leaf { label.transfer } else { Transfer::Plain };
        transfer.decode(&self.bytes[body.clone()])
    }

    /// A node's type, as `type/subtype`.
    pub(crate) fn media_type(&self, node: usize) -> &str {
        self.nodes.get(node).map_or("", |n| n.label.content_type.value.as_str())
    }

    /// All nodes of this type, in their order.
    pub(crate) fn of_type<'s>(&'s self, wanted: &'s str) -> impl Iterator<Item = usize> {
        (0..self.nodes.len()).filter(move |&node| self.media_type(node) == wanted)
    }
}

/// A byte order mark and empty lines before the header.
fn leading_blank(bytes: &[u8]) -> usize {
    let mark = if bytes.starts_with(b"\xef\xbb\xbf") { 3 } else { 0 };
    mark + bytes[mark..].iter().take_while(|b| matches!(b, b'\r' | b'\n')).count()
}

fn content_type(value: Option<String>, in_digest: bool, problems: &mut Vec<Problem>) -> Parameterised {
    let mut content_type = Parameterised::read(&value.unwrap_or_default(), problems);
    if !content_type.value.contains('/') {
        let meant = match content_type.value.as_str() {
            "" if in_digest => "message/rfc822",
            "" | "text" | "plain" => "text/plain",
            "html" => "text/html",
            _ => "application/octet-stream",
        };
        meant.clone_into(&mut content_type.value);
    }
    content_type
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bodies<'a>(parts: &Parts<'a>) -> Vec<&'a str> {
        let bodies = parts.nodes.iter().map(|n| &parts.bytes[n.body.clone()]);
        bodies.map(|b| std::str::from_utf8(b).unwrap()).collect()
    }

    #[test]
    fn parts_are_found_with_their_places() {
        let bytes = b"Content-Type: multipart/mixed; boundary=\r\n\t\"x\"\r\n\r\n--x\r\n\r\nhello\r\n--x\r\n\
            Content-Type: text/html\r\n\r\n<p>\r\n--x--\r\n";
        let parts = Parts::of(bytes);
        assert_eq!(parts.nodes[0].shape, Shape::Multipart(vec![1, 2]));
        assert_eq!(bodies(&parts)[1..], ["hello", "<p>"]);
        assert!(parts.problems.is_empty());
    }

    #[test]
    fn a_mail_within_a_mail_is_one_node_with_its_own_root() {
        let parts = Parts::of(b"Content-Type: message/rfc822\n\nSubject: inner\n\nhello\n");
        assert_eq!(parts.nodes[0].shape, Shape::Message(1));
        assert_eq!(bodies(&parts)[1], "hello\n");
    }

    #[test]
    fn bombs_stop_at_the_limits() {
        let nested = b"Content-Type: message/rfc822\n\n".repeat(5_000);
        let parts = Parts::of(&nested);
        assert_eq!((parts.nodes.len(), &parts.problems[..]), (MAX_DEPTH + 1, &[Problem::TooDeep][..]));
        let head = b"Content-Type: multipart/mixed; boundary=x\n\n".as_slice();
        let wide = [head, &b"--x\n\na\n".repeat(9_000)].concat();
        let parts = Parts::of(&wide);
        assert_eq!((parts.nodes.len(), &parts.problems[..]), (MAX_PARTS, &[Problem::TooManyParts][..]));
    }

    #[test]
    fn a_multipart_without_boundary_or_end_is_named() {
        assert_eq!(Parts::of(b"Content-Type: multipart/mixed\n\nx").problems, [Problem::MissingBoundary]);
        let cut = b"Content-Type: multipart/mixed; boundary=x\n\n--x\n\nhello";
        assert_eq!(Parts::of(cut).problems, [Problem::TruncatedMultipart]);
    }

    #[test]
    fn empty_lines_and_a_byte_order_mark_before_the_header_do_no_harm() {
        let parts = Parts::of(b"\xef\xbb\xbf\r\n\r\nSubject: a\r\n\r\nbody");
        assert!(parts.header().starts_with(b"Subject: a"));
        assert_eq!(bodies(&parts), ["body"]);
    }
}
