//! The HTML form of a reply: the writer's HTML, and under it the same signature and the same quotation as in the text, so
//! that both forms say the same.

use crate::quote::Where;
use std::fmt::Write;

/// The page. `words` is HTML that [`crate::html::sanitise`] made safe; `signature` and the quotation `block` are text,
/// the block as [`crate::quote::write`] made it.
pub fn page(words: &str, signature: &str, block: &str, where_: Where) -> String {
    let (words, signature, block) = (words.trim(), signature.trim_end(), block.trim_end());
    let mut own = format!("<div>{words}</div>");
    if !signature.is_empty() {
        let _ = write!(own, "\n<br>\n<div>{}</div>", lines(signature));
    }
    let body = match where_ {
        _ if block.is_empty() => own,
        Where::None => own,
        Where::Below => format!("{own}\n<br>\n<div>{}</div>", lines(block)),
        Where::Above => format!("<div>{}</div>\n<br>\n{own}", lines(block)),
    };
    format!("<!DOCTYPE html>\n<html><head><meta charset=\"utf-8\"></head><body>\n{body}\n</body></html>\n")
}

/// Text whose lines and blanks stand in HTML as they are.
fn lines(text: &str) -> String {
    let mut html = String::with_capacity(text.len() + text.len() / 8);
    let mut after_blank = true;
    for c in text.chars() {
        match c {
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '&' => html.push_str("&amp;"),
            '\n' => html.push_str("<br>\n"),
            ' ' if after_blank => html.push_str("&nbsp;"),
            '\r' => {}
            c => html.push(c),
        }
        after_blank = matches!(c, ' ' | '\n');
    }
    html
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_says_what_the_text_says() {
        let page = page("<p>承知いたしました。</p>", "こもれび茶舗\n", "> A < B\n>   二行目\n", Where::Below);
        let text = crate::body::from_html(&page).replace('\u{a0}', " ");
        assert_eq!(text, "承知いたしました。\n\nこもれび茶舗\n\n> A < B\n>   二行目\n");
    }

    #[test]
    fn the_quotation_stands_where_it_is_wanted() {
        let above = page("<p>本文</p>", "", "> 引用", Where::Above);
        assert!(above.find("引用") < above.find("本文"), "{above}");
        assert!(!page("<p>本文</p>", "", "> 引用", Where::None).contains("引用"));
    }
}
