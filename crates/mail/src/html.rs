//! A mail's HTML made safe to show (reliability.md row 1–4). ammonia does the work behind a strict list: no script, no
//! form, no frame, no style sheet, nothing that fetches; pictures only from the mail itself; links only to places a
//! person may want to go, always in a new window without a way back. The frame and the CSP stand outside of this.

mod css;
mod links;
mod weight;

use ammonia::{Builder, UrlRelative};
use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
pub(crate) use weight::{Reader, is_light};

/// Bytes of a page that are shown.
const MAX_HTML: usize = 2 * 1024 * 1024;
/// Depth of elements up to which a page is laid out; deeper ones are shown as text.
const MAX_DEPTH: usize = 500;

/// HTML that may be shown, and what was taken out of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    /// The safe HTML.
    pub html: String,
    /// Pictures that would have been fetched from outside.
    pub remote_images: usize,
}

const TAGS: &[&str] = &[
    "a",
    "abbr",
    "acronym",
    "address",
    "article",
    "aside",
    "b",
    "bdi",
    "bdo",
    "big",
    "blockquote",
    "br",
    "caption",
    "center",
    "cite",
    "code",
    "col",
    "colgroup",
    "dd",
    "del",
    "dfn",
    "div",
    "dl",
    "dt",
    "em",
    "figcaption",
    "figure",
    "font",
    "footer",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "header",
    "hr",
    "i",
    "img",
    "ins",
    "kbd",
    "li",
    "main",
    "mark",
    "ol",
    "p",
    "pre",
    "q",
    "rp",
    "rt",
    "ruby",
    "s",
    "samp",
    "section",
    "small",
    "span",
    "strike",
    "strong",
    "sub",
    "sup",
    "table",
    "tbody",
    "td",
    "tfoot",
    "th",
    "thead",
    "tr",
    "tt",
    "u",
    "ul",
    "var",
    "wbr",
];

/// Elements whose content is no text for people.
const SILENT: &[&str] = &[
    "script", "style", "title", "template", "svg", "math", "iframe", "object", "embed", "applet", "noembed",
    "noframes", "xmp", "textarea", "select", "audio", "video",
];

const ANYWHERE: &[&str] = &["align", "dir", "lang", "style", "title", "valign"];

const ATTRIBUTES: &[(&str, &[&str])] = &[
    ("a", &["href"]),
    ("img", &["src", "alt", "width", "height", "border"]),
    ("font", &["color", "face", "size"]),
    ("table", &["border", "cellpadding", "cellspacing", "width", "height", "bgcolor"]),
    ("tr", &["bgcolor", "height"]),
    ("td", &["bgcolor", "colspan", "height", "nowrap", "rowspan", "width"]),
    ("th", &["bgcolor", "colspan", "height", "nowrap", "rowspan", "width"]),
    ("col", &["span", "width"]),
    ("colgroup", &["span", "width"]),
    ("hr", &["color", "noshade", "size", "width"]),
    ("ol", &["start", "type"]),
    ("ul", &["type"]),
    ("li", &["value"]),
];

/// Sanitises. Pictures of the mail itself (`cid:`) are led to `inline_base` + Content-ID
/// (`/api/v1/messages/5/inline/` …). What this gives, given to it again, stays as it is.
pub fn sanitise(html: &str, inline_base: &str) -> Shown {
    let html = cut(html, MAX_HTML);
    if !is_light(html, Reader::Sanitiser, MAX_DEPTH) {
        return as_text(html);
    }
    let twice = || {
        let first = cleaned(html, inline_base);
        // once more over its own output: what a browser reads there is then what was looked at
        Shown { html: cleaned(&first.html, inline_base).html, ..first }
    };
    catch_unwind(AssertUnwindSafe(twice)).unwrap_or_else(|_| as_text(html))
}

fn cleaned(html: &str, inline_base: &str) -> Shown {
    let remote = Arc::new(AtomicUsize::new(0));
    let (seen, base) = (Arc::clone(&remote), inline_base.to_owned());
    let mut builder = Builder::empty();
    builder
        .tags(TAGS.iter().copied().collect())
        .clean_content_tags(SILENT.iter().copied().collect())
        .generic_attributes(ANYWHERE.iter().copied().collect())
        .tag_attributes(attributes())
        .url_schemes(["http", "https", "mailto", "tel", "cid"].into_iter().collect())
        // relative ones are refused by `keep`, which alone knows our own pictures
        .url_relative(UrlRelative::PassThrough)
        .link_rel(Some("noopener noreferrer"))
        .set_tag_attribute_value("a", "target", "_blank")
        .attribute_filter(move |tag, name, value| keep(tag, name, value, &base, &seen));
    // read in blocks: given all at once, 300,000 entities take the parser 46 s instead of one
    let cleaned = builder.clean_from_reader(html.as_bytes()).map(|document| document.to_string());
    Shown { html: cleaned.unwrap_or_default(), remote_images: remote.load(Ordering::Relaxed) }
}

fn attributes() -> HashMap<&'static str, HashSet<&'static str>> {
    ATTRIBUTES.iter().map(|(tag, names)| (*tag, names.iter().copied().collect())).collect()
}

/// What HTML says as text, each line of a `blockquote` behind `> `: what [`crate::quote::check`] can look at.
pub fn text(html: &str) -> String {
    crate::body::from_html(html).replace('\u{a0}', " ")
}

/// What an attribute that passed the list may say.
fn keep<'v>(tag: &str, name: &str, value: &'v str, base: &str, remote: &AtomicUsize) -> Option<Cow<'v, str>> {
    match (tag, name) {
        (_, "style") => {
            let style = css::filter(value);
            (!style.is_empty()).then_some(Cow::Owned(style))
        }
        ("img", "src") => {
            let own = links::own_picture(value, base).map(Cow::Owned);
            if own.is_none() && links::is_remote(value) {
                remote.fetch_add(1, Ordering::Relaxed);
            }
            own
        }
        (_, "href") => links::is_harmless(value).then_some(Cow::Borrowed(value)),
        (_, "src") => None,
        _ => Some(Cow::Borrowed(value)),
    }
}

/// The page's text alone.
fn as_text(html: &str) -> Shown {
    let text = crate::body::from_html(html);
    Shown { html: format!("<pre>{}</pre>", ammonia::clean_text(&text)), remote_images: 0 }
}

/// The first `limit` bytes of a page, cut between two characters.
pub(crate) fn cut(html: &str, limit: usize) -> &str {
    let mut end = html.len().min(limit);
    while !html.is_char_boundary(end) {
        end -= 1;
    }
    &html[..end]
}

#[cfg(test)]
mod tests;
