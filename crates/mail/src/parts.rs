//! The parts of one mail with their labels, ready to be read one by one.

use crate::charset::note;
use crate::fields::Fields;
use crate::headers::ids;
use crate::lists::Problem;
use crate::params::Parameterised;
use crate::parser::{self, Node, Shape};
use crate::transfer::Transfer;
use std::borrow::Cow;

/// One part and what its header says about it.
#[derive(Debug, Clone)]
pub(crate) struct Labelled {
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
    /// The mail's bytes.
    pub bytes: &'a [u8],
    /// The nodes of the tree, the root first.
    pub nodes: Vec<Node>,
    /// A label for every node.
    pub labels: Vec<Labelled>,
    /// What was wrong with structure and labels.
    pub problems: Vec<Problem>,
}

impl<'a> Parts<'a> {
    /// Cuts a mail.
    pub(crate) fn of(bytes: &'a [u8]) -> Self {
        let tree = parser::structure(bytes);
        let mut problems = tree.problems;
        let labels: Vec<Labelled> =
            tree.nodes.iter().map(|node| label(&bytes[node.header.clone()], &mut problems)).collect();
        let parts = Self { bytes, nodes: tree.nodes, labels, problems };
        parts.with_multipart_problems()
    }

    /// The top header block.
    pub(crate) fn header(&self) -> &'a [u8] {
        self.header_of(0)
    }

    /// The header block of a node.
    pub(crate) fn header_of(&self, node: usize) -> &'a [u8] {
        self.nodes.get(node).map_or(&[], |n| &self.bytes[n.header.clone()])
    }

    /// A node's body as it stands.
    pub(crate) fn raw_body(&self, node: usize) -> &'a [u8] {
        self.nodes.get(node).map_or(&[], |n| &self.bytes[n.body.clone()])
    }

    /// A node's content without its transfer encoding, and whether that was broken.
    pub(crate) fn content(&self, node: usize) -> (Cow<'a, [u8]>, bool) {
        let transfer = match self.nodes.get(node).map(|n| &n.shape) {
            Some(Shape::Leaf) => self.labels[node].transfer,
            _ => Transfer::Plain,
        };
        transfer.decode(self.raw_body(node))
    }

    /// A node's type, as `type/subtype`.
    pub(crate) fn media_type(&self, node: usize) -> &str {
        self.labels.get(node).map_or("", |l| l.content_type.value.as_str())
    }

    /// All nodes of this type, in their order.
    pub(crate) fn of_type<'s>(&'s self, wanted: &'s str) -> impl Iterator<Item = usize> {
        (0..self.nodes.len()).filter(move |&node| self.media_type(node) == wanted)
    }

    fn with_multipart_problems(mut self) -> Self {
        for node in 0..self.nodes.len() {
            if !self.media_type(node).starts_with("multipart/") {
                continue;
            }
            match (self.labels[node].content_type.param("boundary"), &self.nodes[node].shape) {
                (None, _) | (Some(_), Shape::Leaf | Shape::Message(_)) => {
                    note(&mut self.problems, Problem::MissingBoundary);
                }
                (Some(boundary), Shape::Multipart(_)) => {
                    let end = format!("--{boundary}--");
                    if memchr::memmem::find(self.bytes, end.as_bytes()).is_none() {
                        note(&mut self.problems, Problem::TruncatedMultipart);
                    }
                }
            }
        }
        self
    }
}

fn label(header: &[u8], problems: &mut Vec<Problem>) -> Labelled {
    let fields = Fields::read(header);
    let mut read = |name: &str| {
        let value = fields.structured(name, problems).unwrap_or_default();
        Parameterised::read(&value, problems)
    };
    let mut content_type = read("content-type");
    if !content_type.value.contains('/') {
        let is_text = matches!(content_type.value.as_str(), "" | "text" | "plain");
        content_type.value = if is_text { "text/plain" } else { "application/octet-stream" }.to_owned();
    }
    let disposition = read("content-disposition");
    let transfer = fields.structured("content-transfer-encoding", problems);
    let content_id = fields.structured("content-id", problems);
    Labelled {
        content_type,
        disposition,
        transfer: transfer.map_or(Transfer::Plain, |word| Transfer::named(&word)),
        content_id: content_id.and_then(|id| ids::one(&id)),
    }
}
