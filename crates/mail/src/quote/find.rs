//! Finding what is quoted in a text and what was newly written. Nothing is thrown away: where a text would be quoted
//! from its first to its last line (a forwarded mail), it counts as new.

use super::signature;
use crate::mail::Span;
use regex::Regex;
use std::sync::LazyLock;
use unicode_normalization::UnicodeNormalization;

/// One line of a text with its place in bytes, its line end included.
#[derive(Debug, Clone, Copy)]
pub(super) struct Line<'a> {
    pub start: usize,
    pub end: usize,
    pub text: &'a str,
}

/// Words of `data/quote_marks.tsv` of one kind.
fn marks(kind: &str) -> Vec<&'static str> {
    let rows = include_str!("../../data/quote_marks.tsv").lines().filter(|l| !l.starts_with('#'));
    rows.filter_map(|line| line.split_once('\t')).filter(|(k, _)| *k == kind).map(|(_, word)| word).collect()
}

static ATTRIBUTIONS: LazyLock<Vec<&'static str>> = LazyLock::new(|| marks("attribution"));
static SEPARATORS: LazyLock<Vec<&'static str>> = LazyLock::new(|| marks("separator"));
static OPENERS: LazyLock<Vec<&'static str>> = LazyLock::new(|| marks("opener"));
static LABELS: LazyLock<Vec<&'static str>> = LazyLock::new(|| marks("label"));
pub(super) static SENT_FROM: LazyLock<Vec<&'static str>> = LazyLock::new(|| marks("sent_from"));

/// A date and an address in brackets before a colon: how Gmail begins a quotation in every language.
#[expect(clippy::expect_used, reason = "a constant pattern; the tests of this file compile it")]
static DATED: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"\d{4}.*\d{1,2}.*[<(\[][^<>\s]+@[^<>\s]+[>)\]]\s*:?$").expect("a valid pattern")
});

/// For comparing: NFKC, lower case, trimmed.
pub(super) fn folded(line: &str) -> String {
    let end = line.char_indices().nth(300).map_or(line.len(), |(at, _)| at);
    let short = &line[..end];
    if short.is_ascii() {
        return short.trim().to_ascii_lowercase();
    }
    short.nfkc().flat_map(char::to_lowercase).collect::<String>().trim().to_owned()
}

/// What was newly written, the quoted spans, and the signature.
pub(super) fn find(text: &str) -> (String, Vec<Span>, Option<String>) {
    let lines = lines(text);
    let mut quoted = quoted_lines(&lines);
    let signature = signature::find(&lines, &quoted);
    let own = |n: usize| signature.as_ref().is_none_or(|range| !range.contains(&n));
    let is_new = |n: usize, quoted: &[bool]| !quoted[n] && own(n) && !lines[n].text.trim().is_empty();
    if !(0..lines.len()).any(|n| is_new(n, &quoted)) {
        quoted.fill(false);
    }
    let new_text: String = lines
        .iter()
        .enumerate()
        .filter(|(n, _)| !quoted[*n] && own(*n))
        .map(|(_, l)| &text[l.start..l.end])
        .collect();
    let signature = signature.map(|range| {
        let said: String = lines[range].iter().map(|l| &text[l.start..l.end]).collect();
        said.trim().to_owned()
    });
    (tidy(&new_text), spans(text, &lines, &quoted), signature.filter(|s| !s.is_empty()))
}

fn lines(text: &str) -> Vec<Line<'_>> {
    let mut at = 0;
    text.split_inclusive('\n')
        .map(|line| {
            let start = at;
            at += line.len();
            Line { start, end: at, text: line.trim_end_matches(['\n', '\r']) }
        })
        .collect()
}

/// Without empty lines at both ends.
fn tidy(text: &str) -> String {
    let text = text.trim_end();
    let blank: usize = text.split_inclusive('\n').take_while(|l| l.trim().is_empty()).map(str::len).sum();
    if text[blank..].is_empty() { String::new() } else { format!("{}\n", &text[blank..]) }
}

/// Which lines are quoted.
fn quoted_lines(lines: &[Line<'_>]) -> Vec<bool> {
    let mut quoted: Vec<bool> = lines.iter().map(|l| has_mark(l.text)).collect();
    for n in 0..lines.len() {
        let begins = quoted[n] && (n == 0 || !quoted[n - 1]);
        if begins && let Some(first) = attribution_before(lines, n) {
            quoted[first..n].fill(true);
        }
    }
    let rest = (0..lines.len()).find(|&n| !quoted[n] && opens_rest(lines, n, &quoted));
    if let Some(first) = rest {
        quoted[first..].fill(true);
    }
    quoted
}

/// `>` in both widths, but not the face `>_<`.
fn has_mark(line: &str) -> bool {
    let line = line.trim_start_matches([' ', '\t', '\u{3000}']);
    line.starts_with(['>', '＞']) && !line.starts_with(">_")
}

/// The first of up to three lines that end, before line `n`, in words that name a writer.
fn attribution_before(lines: &[Line<'_>], n: usize) -> Option<usize> {
    let last = (0..n).rev().find(|&i| !lines[i].text.trim().is_empty()).filter(|&i| n - i <= 2)?;
    let fits = |first: usize| joined(lines, first, last).is_some_and(|text| is_attribution(&text));
    let from = last.saturating_sub(2);
    let opened = (from..=last).find(|&first| begins_attribution(lines[first].text) && fits(first));
    opened.or_else(|| (from..=last).rev().find(|&first| fits(first)))
}

/// Lines put together as one; `None` if an empty one is among them.
fn joined(lines: &[Line<'_>], first: usize, last: usize) -> Option<String> {
    let words: Vec<&str> = lines[first..=last].iter().map(|l| l.text.trim()).collect();
    words.iter().all(|l| !l.is_empty()).then(|| words.join(" "))
}

/// `On Tue, 9 Dec …`, `2026年11月21日 …`, `Le lun. …`.
fn begins_attribution(line: &str) -> bool {
    let line = folded(line);
    let line = line.trim_start_matches(['-', ' ']);
    let dated = line.starts_with(|c: char| c.is_ascii_digit());
    let word = line.split(|c: char| !c.is_alphabetic()).next().unwrap_or_default();
    dated || OPENERS.contains(&word)
}

fn is_attribution(line: &str) -> bool {
    let line = folded(line);
    let line = line.trim_end_matches(['-', ' ']);
    let dashed = line.starts_with("--") && line.ends_with("wrote");
    dashed || ATTRIBUTIONS.iter().any(|words| line.ends_with(words)) || DATED.is_match(line)
}

/// Whether everything from line `n` on is an older mail.
fn opens_rest(lines: &[Line<'_>], n: usize, quoted: &[bool]) -> bool {
    let line = folded(lines[n].text);
    if line.is_empty() {
        return false;
    }
    is_separator(&line) || is_little_header(lines, n) || is_strong_attribution(lines, n, quoted)
}

/// `-----Original Message-----`, `----- 元のメッセージ -----`, `Begin forwarded message:`.
fn is_separator(line: &str) -> bool {
    let bare = line.trim_matches(|c: char| c.is_whitespace() || "-_=*─━:>".contains(c));
    let framed =
        line.starts_with("--") || line.starts_with("__") || line.starts_with("==") || line.starts_with("──");
    (framed && SEPARATORS.contains(&bare)) || bare == "begin forwarded message"
}

/// `From: …`, `Sent: …`, `To: …`: three lines of a header, a rule of underscores perhaps before them.
fn is_little_header(lines: &[Line<'_>], n: usize) -> bool {
    let first = folded(lines[n].text);
    let rule = first.len() >= 10 && first.chars().all(|c| matches!(c, '_' | '-' | '─' | '━'));
    let from = if rule { n + 1 } else { n };
    let labels: Vec<&str> = lines[from..]
        .iter()
        .filter(|l| !l.text.trim().is_empty())
        .take(4)
        .map_while(|l| {
            let line = folded(l.text);
            let line = line.trim_start_matches(['*', ' ']);
            LABELS
                .iter()
                .copied()
                .find(|label| line.starts_with(label) || line.replace('*', "").starts_with(label))
        })
        .collect();
    let distinct = labels.iter().enumerate().filter(|(i, l)| !labels[..*i].contains(l)).count();
    distinct >= 3
}

/// An attribution with a date or an address in it, and no marked lines behind it: the program quotes without marks.
fn is_strong_attribution(lines: &[Line<'_>], n: usize, quoted: &[bool]) -> bool {
    if !begins_attribution(lines[n].text) {
        return false;
    }
    let fits = |last: &usize| joined(lines, n, *last).is_some_and(|text| is_dated_attribution(&text));
    let Some(last) = (n..lines.len().min(n + 3)).find(fits) else { return false };
    let next = (last + 1..lines.len()).find(|&i| !lines[i].text.trim().is_empty());
    next.is_some_and(|i| !quoted[i])
}

fn is_dated_attribution(line: &str) -> bool {
    let folded = folded(line);
    let dashed = folded.starts_with("--") && folded.trim_end_matches(['-', ' ']).ends_with("wrote");
    let dated = folded.chars().filter(char::is_ascii_digit).count() >= 4 || folded.contains('@');
    dashed && dated
        || DATED.is_match(&folded) && folded.ends_with(':')
        || dated && ATTRIBUTIONS.iter().any(|words| folded.ends_with(words)) && folded.len() < 250
}

/// Runs of quoted lines as scalar offsets.
fn spans(text: &str, lines: &[Line<'_>], quoted: &[bool]) -> Vec<Span> {
    let mut spans: Vec<Span> = Vec::new();
    let mut at = 0;
    for (line, is_quoted) in lines.iter().zip(quoted) {
        let end = at + text[line.start..line.end].chars().count();
        match spans.last_mut().filter(|last| last.end == at) {
            Some(last) if *is_quoted => last.end = end,
            _ if *is_quoted => spans.push(Span { start: at, end }),
            _ => {}
        }
        at = end;
    }
    spans
}
