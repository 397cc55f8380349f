//! Where links may lead and which pictures are the mail's own.

use std::fmt::Write;

/// A link a person may follow: http, https, mailto, tel, written plainly (no blanks or controls that browsers skip).
pub(super) fn is_harmless(href: &str) -> bool {
    let href = href.trim();
    let Some((scheme, rest)) = href.split_once(':') else { return false };
    let known = ["http", "https", "mailto", "tel"].iter().any(|s| scheme.eq_ignore_ascii_case(s));
    known && !rest.is_empty() && !href.chars().any(|c| c.is_control() || c.is_whitespace() && c != ' ')
}

/// Whether showing the picture would fetch something.
pub(super) fn is_remote(src: &str) -> bool {
    let src = src.trim();
    let lower = src.get(..5).unwrap_or_default().to_ascii_lowercase();
    !src.is_empty() && !lower.starts_with("data:") && !lower.starts_with("cid:")
}

/// The address of a picture of this mail: `cid:x` becomes `base` + `x`; what is that already stays.
pub(super) fn own_picture(src: &str, base: &str) -> Option<String> {
    let src = src.trim();
    if let Some(coded) = src.strip_prefix(base).filter(|_| !base.is_empty()) {
        let plain = coded.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_~.%@".contains(&b));
        return (plain && !coded.is_empty() && !coded.contains("..")).then(|| src.to_owned());
    }
    let scheme = src.get(..4).filter(|s| s.eq_ignore_ascii_case("cid:"))?;
    let id = percent_decoded(&src[scheme.len()..]);
    (!id.is_empty() && !id.contains("..")).then(|| format!("{base}{}", percent_encoded(&id)))
}

fn percent_decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        rest = after;
        if let (b'%', [high, low, behind @ ..]) = (byte, after)
            && let (Some(high), Some(low)) = (crate::transfer::hex(*high), crate::transfer::hex(*low))
        {
            bytes.push(high * 16 + low);
            rest = behind;
        } else {
            bytes.push(byte);
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn percent_encoded(text: &str) -> String {
    let mut coded = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_~.@".contains(&byte) {
            coded.push(char::from(byte));
        } else {
            let _ = write!(coded, "%{byte:02X}");
        }
    }
    coded
}
