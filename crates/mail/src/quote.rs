//! Quotations: writing the customer's words into a reply, proving that they were not changed, and finding what is
//! quoted in a mail that came in.

mod check;
mod find;
mod signature;

use crate::mail::Span;
pub use check::check;
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

/// A quoted line that does not stand there in the original.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("line {line} is marked as quoted, but does not stand there in the original")]
pub struct Altered {
    /// The line of the checked text, from 1.
    pub line: usize,
    /// The original has this line, but elsewhere: lines before it were left out without [`CUT`], or moved.
    pub elsewhere: bool,
}

/// The quotation block of `text`: each line behind `> `, never re-wrapped. `cut` holds line ranges
/// (from 0, end not included) that are left out; each becomes one 「（中略）」. Empty for [`Where::None`].
pub fn write(text: &str, where_: Where, cut: &[(usize, usize)]) -> String {
    if where_ == Where::None {
        return String::new();
    }
    let mut block = String::with_capacity(text.len() + text.len() / 16);
    let mut inside_cut = false;
    let mut cuts: Vec<(usize, usize)> = cut.to_vec();
    cuts.sort_unstable();
    let (mut cuts, mut cut_to) = (cuts.into_iter().peekable(), 0);
    for (n, line) in text.trim_end_matches(['\n', '\r']).lines().enumerate() {
        while let Some((_, to)) = cuts.next_if(|(from, _)| *from <= n) {
            cut_to = cut_to.max(to);
        }
        let is_cut = n < cut_to;
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

/// What was newly written, what is quoted (scalar offsets), and the signature of a text.
pub fn find(text: &str) -> (String, Vec<Span>, Option<String>) {
    find::find(text)
}

#[cfg(test)]
mod tests;
