//! `format=flowed` (RFC 3676): lines that end in a blank go on in the next one.

/// Joins the lines that belong together; `delete` is `delsp=yes`, as Japanese needs it (no blank between words).
pub(super) fn unfold(text: &str, delete: bool) -> String {
    let mut unfolded = String::with_capacity(text.len());
    let mut open: Option<usize> = None;
    for line in text.split_inclusive('\n') {
        let body = line.trim_end_matches('\n');
        let depth = body.bytes().take_while(|b| *b == b'>').count();
        let content = body[depth..].strip_prefix(' ').unwrap_or(&body[depth..]);
        if open != Some(depth) {
            if open.is_some() {
                unfolded.push('\n');
            }
            unfolded.push_str(&">".repeat(depth));
            if depth > 0 {
                unfolded.push(' ');
            }
        }
        let flows = content.ends_with(' ') && content != "-- " && line.ends_with('\n');
        unfolded.push_str(if flows && delete { &content[..content.len() - 1] } else { content });
        open = flows.then_some(depth);
        if !flows && line.ends_with('\n') {
            unfolded.push('\n');
        }
    }
    unfolded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_that_flow_are_joined_with_or_without_their_blank() {
        assert_eq!(unfold("これは \n長い文です。\n次\n", true), "これは長い文です。\n次\n");
        assert_eq!(unfold("a \nb\n", false), "a b\n");
    }

    #[test]
    fn quotations_signatures_and_stuffed_lines_keep_their_shape() {
        assert_eq!(unfold("> a \n> b\nc\n", false), "> a b\nc\n");
        assert_eq!(unfold("a\n-- \nme\n", false), "a\n-- \nme\n");
        assert_eq!(unfold(" > no quote\n", false), "> no quote\n");
        assert_eq!(unfold("> a \nb\n", false), "> a \nb\n");
    }
}
