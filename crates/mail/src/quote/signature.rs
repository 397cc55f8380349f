//! Where the signature begins: `-- `, a Japanese frame of lines around name and address, or a phone's "sent from".

use super::find::{Line, SENT_FROM, folded};
use std::ops::Range;

/// Lines of a signature in a frame, at most.
const FRAMED: usize = 14;

/// The lines of the signature, if there is one: from its first line to the next quoted line or the end.
pub(super) fn find(lines: &[Line<'_>], quoted: &[bool]) -> Option<Range<usize>> {
    let end = own_end(lines, quoted);
    let first = delimiter(lines, quoted, end)
        .or_else(|| frame(lines, quoted, end))
        .or_else(|| sent_from(lines, end))?;
    // answers between quoted lines may follow: then what looked like a signature was none
    (first..end).all(|n| !quoted[n]).then_some(first..end)
}

/// One behind the last line that the writer wrote.
fn own_end(lines: &[Line<'_>], quoted: &[bool]) -> usize {
    let last = (0..lines.len()).rev().find(|&n| !quoted[n] && !lines[n].text.trim().is_empty());
    last.map_or(0, |n| n + 1)
}

/// `-- ` (RFC 3676), or `--` where programs cut the blank.
fn delimiter(lines: &[Line<'_>], quoted: &[bool], end: usize) -> Option<usize> {
    (0..end).rev().find(|&n| !quoted[n] && matches!(lines[n].text.trim_end(), "--" | "—" | "__"))
}

/// The last lines between two rules, or behind one, if an address, a number or a link stands in them.
fn frame(lines: &[Line<'_>], quoted: &[bool], end: usize) -> Option<usize> {
    let earliest = end.saturating_sub(FRAMED);
    let first = (earliest..end).find(|&n| !quoted[n] && is_rule(lines[n].text))?;
    let inside = &lines[first + 1..end];
    let contact = inside.iter().any(|l| names_contact(l.text));
    let plain = (first..end).all(|n| !quoted[n]);
    (contact && plain && first > 0).then_some(first)
}

/// A line of the same few signs: `━━━━`, `=====`, `*-*-*-*`, `＝＝＝`.
fn is_rule(line: &str) -> bool {
    let line = line.trim();
    let signs = line.chars().filter(|c| !c.is_alphanumeric() && !c.is_whitespace()).count();
    let all = line.chars().filter(|c| !c.is_whitespace()).count();
    let mut kinds: Vec<char> = line.chars().filter(|c| !c.is_whitespace()).collect();
    kinds.sort_unstable();
    kinds.dedup();
    all >= 5 && signs == all && kinds.len() <= 4
}

fn names_contact(line: &str) -> bool {
    let line = folded(line);
    let digits = line.chars().filter(char::is_ascii_digit).count();
    line.contains('@') || line.contains("http") || line.contains("tel") || line.contains('〒') || digits >= 9
}

/// `iPhoneから送信` at the very end.
fn sent_from(lines: &[Line<'_>], end: usize) -> Option<usize> {
    let last = end.checked_sub(1)?;
    let line = folded(lines[last].text);
    let line = line.trim_start_matches(['[', '(', '*', '<', '-', ' ']);
    (last > 0 && line.chars().count() < 80 && SENT_FROM.iter().any(|words| line.starts_with(words)))
        .then_some(last)
}
