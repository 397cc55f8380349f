//! How heavy a page is. Found by a dry run of the very parser that will read it (html5ever, behind ammonia and
//! html2text) into a tree that keeps nothing and only counts; it is given up at the first limit. Counting tags in the
//! source is no measure: which of them nest, close or come back is decided by the parser's own rules.

mod attributes;
mod text;
mod tree;

use super::cut;
use html5ever::driver::{ParseOpts, Parser, parse_document, parse_fragment};
use html5ever::tendril::{StrTendril, TendrilSink};
use html5ever::{QualName, local_name, ns};
use std::panic::{AssertUnwindSafe, catch_unwind};
use tree::Tree;

/// Attributes of one tag. The parser compares each with all before it.
const MAX_ATTRIBUTES: usize = 100;
/// Bytes given to the parser between two looks at the limits.
const BLOCK: usize = 4096;

/// Who is going to read the page: the two differ in what they do with `<html>`, `<frameset>` and the like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reader {
    /// ammonia, which reads the inside of an element.
    Sanitiser,
    /// html2text, which reads a whole document.
    TextMaker,
}

/// Whether the page can be laid out in time, its elements no deeper than `max_depth`.
pub(crate) fn is_light(html: &str, reader: Reader, max_depth: usize) -> bool {
    let light = || {
        let tree = Tree::new(max_depth);
        let options = ParseOpts::default();
        match reader {
            Reader::TextMaker => runs_through(parse_document(tree, options), html),
            Reader::Sanitiser => {
                let context = QualName::new(None, ns!(html), local_name!("div"));
                runs_through(parse_fragment(tree, options, context, Vec::new(), false), html)
            }
        }
    };
    attributes::most(html) <= MAX_ATTRIBUTES && catch_unwind(AssertUnwindSafe(light)).unwrap_or(false)
}

fn runs_through(mut parser: Parser<Tree>, html: &str) -> bool {
    let mut rest = html;
    while !rest.is_empty() {
        // a character may be longer than nothing, never longer than a block
        let (block, after) = rest.split_at(cut(rest, BLOCK).len());
        parser.process(StrTendril::from(block));
        if parser.tokenizer.sink.sink.is_heavy() {
            return false;
        }
        rest = after;
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_light_to_both(html: &str) -> bool {
        let [page, fragment] =
            [Reader::TextMaker, Reader::Sanitiser].map(|reader| is_light(html, reader, 200));
        assert_eq!(page, fragment, "the two disagree: {}", cut(html, 80));
        page
    }

    #[test]
    fn ordinary_pages_are_light() {
        let row = "<tr><td width=1 bgcolor=\"#fff\"><font size=2><p>A &amp; B&nbsp;<br>C</font></td></tr>";
        assert!(is_light_to_both(&format!("<table>{}</table>", row.repeat(500))));
        assert!(is_light_to_both(&"<div><p>a</p><ul><li>b<li>c</ul></div>".repeat(1_000)));
        assert!(is_light_to_both(&"<p>a<p>b<td>c".repeat(1_000)));
        assert!(is_light_to_both(&format!("<img src=\"data:image/png;base64,{}\">", "ab/ d".repeat(50_000))));
    }

    #[test]
    fn depth_is_what_the_parser_makes_of_it() {
        for piece in [
            "<div>",
            "<div></x>",
            "<div><!--</div>-->",
            "<div a='</div>'>",
            "<div><script></div></script>",
            "<span><div></span></div>",
            "<div><table></div></table>",
            "<svg><title><div></title></svg>",
            "<div><svg><p><style></div></style>",
            "<table><tr><td>",
        ] {
            assert!(!is_light_to_both(&piece.repeat(300)), "{piece}");
        }
    }

    #[test]
    fn what_makes_the_parser_look_again_and_again_is_heavy() {
        let reopened = (0..190).map(|n| format!("<b a={n}>")).collect::<Vec<_>>().concat();
        for page in [
            format!("<p>{reopened}{}", "<p>x".repeat(20_000)),
            format!("<table>{}", "<hr>".repeat(20_000)),
            format!("{}{}", "<span>".repeat(190), "</ul>".repeat(100_000)),
            format!("<p><a title='{}'>{}", "x".repeat(100_000), "<p>y".repeat(1_000)),
        ] {
            assert!(!is_light(&page, Reader::Sanitiser, 200), "{}", cut(&page, 80));
        }
    }

    #[test]
    fn a_text_with_too_much_to_escape_is_heavy_even_where_tags_of_no_account_part_it() {
        for page in ["&amp;", "&amp;</x>", "&amp;<x></x>", "&amp;<!-- -->", "\u{a0}<x>\u{a0}</x>"] {
            assert!(!is_light_to_both(&page.repeat(20_000)), "{page}");
            assert!(is_light_to_both(&format!("{page}<br>").repeat(1_000)), "{page}");
        }
        assert!(!is_light_to_both(&format!("<table>{}", "&amp;<tr>".repeat(20_000))));
        assert!(!is_light_to_both(&format!("<p title='{}'>", "&amp;".repeat(20_000))));
    }
}
