//! HTML ⇄ text, for mails that have only one of them.

use crate::html::Reader;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Bytes of HTML that are turned into text.
const MAX_HTML: usize = 1024 * 1024;
/// Depth of elements up to which a page is laid out; deeper ones only lose their tags.
const MAX_DEPTH: usize = 200;
/// Columns: lines end where the writer ended them.
const WIDTH: usize = 20_000;

/// The text that a page says.
pub(crate) fn from_html(html: &str) -> String {
    let html = crate::html::cut(html, MAX_HTML);
    if !crate::html::is_light(html, Reader::TextMaker, MAX_DEPTH) {
        return without_tags(html);
    }
    let laid_out = catch_unwind(AssertUnwindSafe(|| {
        html2text::config::plain_no_decorate()
            .raw_mode(true)
            .allow_width_overflow()
            .string_from_read(html.as_bytes(), WIDTH)
    }));
    match laid_out {
        Ok(Ok(text)) => tidy(&text),
        Ok(Err(_)) | Err(_) => without_tags(html),
    }
}

/// No blanks at line ends, no more than two line ends in a row, one at the end.
fn tidy(text: &str) -> String {
    let mut tidied = String::with_capacity(text.len());
    let mut empty = 0;
    for line in text.lines().map(str::trim_end) {
        empty = if line.is_empty() { empty + 1 } else { 0 };
        if empty < 2 && !(tidied.is_empty() && line.is_empty()) {
            tidied.push_str(line);
            tidied.push('\n');
        }
    }
    tidied.truncate(tidied.trim_end().len());
    if !tidied.is_empty() {
        tidied.push('\n');
    }
    tidied
}

/// What is left when everything between `<` and `>` goes. For pages that can't be laid out.
fn without_tags(html: &str) -> String {
    let mut text = String::new();
    let mut rest = html;
    while let Some((before, tag)) = rest.split_once('<') {
        text.push_str(before);
        rest = tag.split_once('>').map_or("", |(_, after)| after);
    }
    text.push_str(rest);
    tidy(&text)
}

/// Text as a page, for a mail whose other parts are HTML.
pub(super) fn as_html(text: &str) -> String {
    let mut page = String::with_capacity(text.len() + text.len() / 8 + 16);
    page.push_str("<pre>");
    for c in text.chars() {
        match c {
            '<' => page.push_str("&lt;"),
            '>' => page.push_str("&gt;"),
            '&' => page.push_str("&amp;"),
            c => page.push(c),
        }
    }
    page.push_str("</pre>");
    page
}

/// The charset named in a page's `<meta>`, among its first bytes.
pub(super) fn meta_charset(page: &[u8]) -> Option<String> {
    let head = page[..page.len().min(2048)].to_ascii_lowercase();
    let meta = memchr::memmem::find(&head, b"<meta")?;
    let at = memchr::memmem::find(&head[meta..], b"charset=")? + meta + b"charset=".len();
    let label: Vec<u8> = head[at..]
        .iter()
        .skip_while(|b| matches!(b, b'"' | b'\'' | b' '))
        .take_while(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b':' | b'.'))
        .copied()
        .collect();
    String::from_utf8(label).ok().filter(|l| !l.is_empty() && !l.starts_with("utf-16"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_becomes_the_text_a_person_sees() {
        let page = "<html><head><title>x</title><style>p{}</style></head><body><p>こんにちは<br>二行目</p>\
            <div>A &amp; B</div><script>alert(1)</script></body></html>";
        assert_eq!(from_html(page), "こんにちは\n二行目\n\nA & B\n");
    }

    #[test]
    fn pages_made_to_hurt_are_still_read_quickly() {
        let deep = format!("{}text{}", "<div>".repeat(50_000), "</div>".repeat(50_000));
        assert_eq!(from_html(&deep), "text\n");
    }

    #[test]
    fn the_charset_of_a_page_is_found_in_both_forms() {
        assert_eq!(meta_charset(b"<META charset=\"Shift_JIS\">").as_deref(), Some("shift_jis"));
        let old = b"<meta http-equiv=Content-Type content=\"text/html; charset=iso-2022-jp\">";
        assert_eq!(meta_charset(old).as_deref(), Some("iso-2022-jp"));
        assert_eq!(meta_charset(b"<p>charset=x"), None);
    }
}
