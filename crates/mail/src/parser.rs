//! The one file that knows the parsing library: where the parts of a mail lie. mail-parser is used for structure
//! only — charsets, headers and transfer encodings are ours — behind limits that are looked at before it starts,
//! because a library may be slow, deep or wrong on bytes that were made to hurt it.

use crate::charset::note;
use crate::lists::Problem;
use mail_parser::{Encoding, Message, MessageParser, PartType};
use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::LazyLock;

/// Bytes of a mail that are looked at (SMTP takes 100 MB, contract §6.6).
const MAX_BYTES: usize = 128 * 1024 * 1024;
/// Parts read of one mail.
const MAX_PARTS: usize = 2_000;
/// Mails within a mail; the library nests its values, and so would their drop.
const MAX_MESSAGES: usize = 200;
/// Depth of parts (reliability.md row 26).
const MAX_DEPTH: usize = 20;
/// Boundaries × bytes: the library looks for each boundary through the whole mail.
const MAX_WORK: usize = 4_000_000_000;

/// Where the parts of a mail lie in its bytes. There is always a root.
#[derive(Debug, Clone)]
pub(crate) struct Tree {
    /// All parts, the root first.
    pub nodes: Vec<Node>,
    /// What was wrong with the structure.
    pub problems: Vec<Problem>,
}

/// One part.
#[derive(Debug, Clone)]
pub(crate) struct Node {
    /// Its header block.
    pub header: Range<usize>,
    /// Its body, still in its transfer encoding.
    pub body: Range<usize>,
    /// What it is.
    pub shape: Shape,
}

/// What a part is by structure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Shape {
    /// Content.
    Leaf,
    /// Several parts, by their places in [`Tree::nodes`].
    Multipart(Vec<usize>),
    /// A mail within the mail; its root.
    Message(usize),
}

static PARSER: LazyLock<MessageParser> = LazyLock::new(|| MessageParser::new().with_mime_headers());

/// Finds the parts. Bytes that are too much, too deep or no mail at all give one leaf.
pub(crate) fn structure(bytes: &[u8]) -> Tree {
    let mut problems = Vec::new();
    let end = bytes.len().min(MAX_BYTES);
    if end < bytes.len() {
        problems.push(Problem::TooLarge);
    }
    let start = leading_blank(&bytes[..end]);
    let seen = &bytes[start..end];
    let mut tree = match too_much(seen) {
        Some(problem) => {
            problems.push(problem);
            flat(seen)
        }
        None => parsed(seen).unwrap_or_else(|| flat(seen)),
    };
    for node in &mut tree.nodes {
        shift(&mut node.header, start);
        shift(&mut node.body, start);
    }
    problems.into_iter().for_each(|p| note(&mut tree.problems, p));
    tree
}

fn shift(range: &mut Range<usize>, by: usize) {
    *range = range.start + by..range.end + by;
}

/// A byte order mark and empty lines before the header.
fn leading_blank(bytes: &[u8]) -> usize {
    let mark = if bytes.starts_with(b"\xef\xbb\xbf") { 3 } else { 0 };
    mark + bytes[mark..].iter().take_while(|b| matches!(b, b'\r' | b'\n')).count()
}

/// Counts what would cost time or stack before anything is parsed.
fn too_much(bytes: &[u8]) -> Option<Problem> {
    let delimiters = memchr::memmem::find_iter(bytes, b"\n--").count();
    let mut boundaries = 0_usize;
    let mut messages = 0_usize;
    for at in memchr::memchr2_iter(b'/', b'=', bytes) {
        let (before, after) = (&bytes[at.saturating_sub(8)..at], &bytes[at + 1..]);
        boundaries += usize::from(before.trim_ascii_end().to_ascii_lowercase().ends_with(b"ary"));
        messages +=
            usize::from(before.ends_with_ignore_case(b"message") && after.starts_with_ignore_case(b"rfc822"));
    }
    if delimiters > MAX_PARTS * 4 || boundaries.saturating_mul(bytes.len()) > MAX_WORK {
        return Some(Problem::TooManyParts);
    }
    (messages > MAX_MESSAGES).then_some(Problem::TooDeep)
}

/// Comparing header words in bytes.
trait IgnoreCase {
    fn ends_with_ignore_case(&self, word: &[u8]) -> bool;
    fn starts_with_ignore_case(&self, word: &[u8]) -> bool;
}

impl IgnoreCase for [u8] {
    fn ends_with_ignore_case(&self, word: &[u8]) -> bool {
        self.len().checked_sub(word.len()).is_some_and(|at| self[at..].eq_ignore_ascii_case(word))
    }
    fn starts_with_ignore_case(&self, word: &[u8]) -> bool {
        self.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word))
    }
}

fn parsed(bytes: &[u8]) -> Option<Tree> {
    let message = catch_unwind(AssertUnwindSafe(|| PARSER.parse(bytes))).ok().flatten()?;
    let mut walk = Walk { tree: Tree { nodes: Vec::new(), problems: Vec::new() }, limit: bytes.len() };
    walk.part(&message, 0, 0);
    (!walk.tree.nodes.is_empty()).then_some(walk.tree)
}

/// Copies the library's tree into ours.
struct Walk {
    tree: Tree,
    limit: usize,
}

impl Walk {
    /// Adds a part and what is in it; gives its place, or nothing if a limit is reached.
    fn part(&mut self, message: &Message<'_>, id: usize, depth: usize) -> Option<usize> {
        let part = message.parts.get(id)?;
        if depth > MAX_DEPTH {
            note(&mut self.tree.problems, Problem::TooDeep);
            return None;
        }
        if self.tree.nodes.len() == MAX_PARTS {
            note(&mut self.tree.problems, Problem::TooManyParts);
            return None;
        }
        let place = self.tree.nodes.len();
        let header = self.range(part.offset_header, part.offset_body);
        let body = self.range(part.offset_body, part.offset_end);
        self.tree.nodes.push(Node { header, body, shape: Shape::Leaf });
        let shape = match &part.body {
            PartType::Multipart(children) => {
                let children =
                    children.iter().filter_map(|&child| self.part(message, child as usize, depth + 1));
                Shape::Multipart(children.collect())
            }
            PartType::Message(inner) if part.encoding == Encoding::None => {
                self.part(inner, 0, depth + 1).map_or(Shape::Leaf, Shape::Message)
            }
            PartType::Message(_)
            | PartType::Text(_)
            | PartType::Html(_)
            | PartType::Binary(_)
            | PartType::InlineBinary(_) => Shape::Leaf,
        };
        self.tree.nodes[place].shape = shape;
        Some(place)
    }

    fn range(&self, start: u32, end: u32) -> Range<usize> {
        let start = (start as usize).min(self.limit);
        start..(end as usize).clamp(start, self.limit)
    }
}

/// One leaf: the header up to the first empty line, the rest is the body.
fn flat(bytes: &[u8]) -> Tree {
    let mut line = 0;
    let mut body = bytes.len();
    for end in memchr::memchr_iter(b'\n', bytes) {
        if bytes[line..end].trim_ascii().is_empty() {
            body = end + 1;
            break;
        }
        line = end + 1;
    }
    let header = if body == bytes.len() { bytes.len() } else { line };
    Tree {
        nodes: vec![Node { header: 0..header, body: body..bytes.len(), shape: Shape::Leaf }],
        problems: Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_found_with_their_places() {
        let bytes = b"Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n\r\nhello\r\n--x\r\n\
            Content-Type: text/html\r\n\r\n<p>\r\n--x--\r\n";
        let tree = structure(bytes);
        assert_eq!(tree.nodes[0].shape, Shape::Multipart(vec![1, 2]));
        assert_eq!(&bytes[tree.nodes[1].body.clone()], b"hello");
        assert_eq!(&bytes[tree.nodes[2].body.clone()], b"<p>");
    }

    #[test]
    fn a_mail_within_a_mail_is_one_node_with_its_own_root() {
        let bytes = b"Content-Type: message/rfc822\n\nSubject: inner\n\nhello\n";
        let tree = structure(bytes);
        assert_eq!(tree.nodes[0].shape, Shape::Message(1));
        assert_eq!(&bytes[tree.nodes[1].header.clone()], b"Subject: inner\n\n");
    }

    #[test]
    fn bombs_are_refused_before_they_are_parsed() {
        let nested = b"Content-Type: message/rfc822\n\n".repeat(5_000);
        assert_eq!(structure(&nested).problems, [Problem::TooDeep]);
        let wide =
            [b"Content-Type: multipart/mixed; boundary=x\n\n".as_slice(), &b"--x\n\na\n".repeat(9_000)]
                .concat();
        assert_eq!(structure(&wide).problems, [Problem::TooManyParts]);
    }

    #[test]
    fn empty_lines_and_a_byte_order_mark_before_the_header_do_no_harm() {
        let bytes = b"\xef\xbb\xbf\r\n\r\nSubject: a\r\n\r\nbody";
        let tree = structure(bytes);
        assert!(bytes[tree.nodes[0].header.clone()].starts_with(b"Subject: a"));
        assert_eq!(&bytes[tree.nodes[0].body.clone()], b"body");
    }
}
