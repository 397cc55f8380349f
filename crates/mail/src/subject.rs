//! Subjects: what they are without `Re:` (for comparing only), and what the subject of a reply is.
//! A customer's subject is theirs: it is never rewritten, at most one `Re: ` is put before it (contract §6.14).

use serde::{Deserialize, Serialize};
use std::sync::LazyLock;
use unicode_normalization::UnicodeNormalization;

/// One word that mail programs put before a subject.
struct Prefix {
    word: &'static str,
    reply: bool,
}

static PREFIXES: LazyLock<Vec<Prefix>> = LazyLock::new(|| {
    let lines = include_str!("../data/reply_prefixes.tsv").lines().filter(|l| !l.starts_with('#'));
    lines
        .filter_map(|line| {
            let mut columns = line.split('\t');
            let (kind, word) = (columns.next()?, columns.next()?);
            Some(Prefix { word, reply: kind == "reply" })
        })
        .collect()
});

/// The subject of an outgoing mail: what it reads as, and the header value to copy if there is one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReplySubject {
    /// What the customer will see.
    pub text: String,
    /// The customer's own header value, ready to stand behind `Subject: `; `None` = encode `text` anew.
    pub raw: Option<String>,
}

impl ReplySubject {
    /// The subject of a first mail, which answers nothing.
    pub fn fresh(text: impl Into<String>) -> Self {
        Self { text: text.into(), raw: None }
    }
}

/// The subject without reply and forward words, folded (NFKC, lower case, single spaces). For comparing only.
pub fn base(subject: &str) -> String {
    let folded: String = fold(subject);
    let mut rest = folded.as_str();
    while let Some(shorter) = without_prefix(rest, |_| true).or_else(|| without_list_tag(rest)) {
        rest = shorter;
    }
    rest.to_owned()
}

/// Whether the subject begins with a word that says "this is an answer" (`Re:`, `返信:`, `Ｒｅ：`, `Re^2:` …).
pub fn has_reply_prefix(subject: &str) -> bool {
    without_prefix(&fold(subject), |p| p.reply).is_some()
}

/// The subject of the reply to a mail with this subject. `raw` is the header value as it came
/// ([`crate::Mail::subject_raw`]); it is copied when it is valid and reads the same.
pub fn reply(decoded: &str, raw: Option<&str>) -> ReplySubject {
    let before = if has_reply_prefix(decoded) { "" } else { "Re: " };
    let raw = raw.and_then(|raw| copyable(raw, decoded));
    ReplySubject { text: format!("{before}{decoded}"), raw: raw.map(|raw| format!("{before}{raw}")) }
}

/// The header value with clean folds, if it may leave the house again and reads as `decoded`.
fn copyable(raw: &str, decoded: &str) -> Option<String> {
    let lines: Vec<&str> = raw.trim().lines().collect();
    let printable =
        |line: &&str| line.bytes().all(|b| b == b'\t' || (0x20..0x7f).contains(&b)) && line.len() <= 900;
    let folded = |line: &&str| line.starts_with([' ', '\t']) && !line.trim().is_empty();
    let fits = lines.iter().all(printable) && lines.iter().skip(1).all(folded);
    (fits && reads_as(raw, decoded)).then(|| lines.join("\r\n"))
}

fn reads_as(raw: &str, decoded: &str) -> bool {
    let read = crate::read(format!("Subject: {}\r\n\r\n", raw.trim()).as_bytes());
    read.subject.as_deref() == Some(decoded) && read.problems.is_empty()
}

fn fold(subject: &str) -> String {
    let folded: String = subject.nfkc().flat_map(char::to_lowercase).collect();
    folded.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// What follows one prefix (with its counter and colon).
fn without_prefix(folded: &str, wanted: impl Fn(&Prefix) -> bool) -> Option<&str> {
    PREFIXES.iter().filter(|p| wanted(p)).find_map(|p| {
        let rest = folded.strip_prefix(p.word)?;
        let rest = without_counter(rest).trim_start();
        Some(rest.strip_prefix(':')?.trim_start())
    })
}

/// `^2`, `[2]`, `(2)`, `*2` or `2` directly behind the word.
fn without_counter(rest: &str) -> &str {
    let inner = rest.trim_start_matches(['^', '[', '(', '*']);
    let after = inner.trim_start_matches(|c: char| c.is_ascii_digit());
    if after.len() == inner.len() { rest } else { after.trim_start_matches([']', ')']) }
}

/// A mailing list puts its tag before the answer word: `[shop 12] Re: …`. Without a word behind it the brackets
/// belong to the subject.
fn without_list_tag(folded: &str) -> Option<&str> {
    let (_, rest) = folded.strip_prefix('[')?.split_once(']')?;
    without_prefix(rest.trim_start(), |_| true)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reply_words_of_all_countries_and_widths_are_known() {
        for subject in [
            "Re: a",
            "RE:a",
            "Ｒｅ：a",
            "返信: a",
            "返信：a",
            "Re^2: a",
            "Re[3]: a",
            "Re(2):a",
            "AW: a",
            "re : a",
        ] {
            assert!(has_reply_prefix(subject), "{subject}");
            assert_eq!(base(subject), "a", "{subject}");
        }
    }

    #[test]
    fn words_that_only_begin_alike_are_no_reply_words() {
        for subject in ["返品の件", "Reなし", "request: a", "Fwd: a", "転送: a", "[注文] Re", "再送: a"]
        {
            assert!(!has_reply_prefix(subject), "{subject}");
        }
        assert_eq!(base("[shop:0012] Re: 転送：届きません"), "届きません");
        assert_eq!(base("[至急] 届きません"), "[至急] 届きません");
    }

    #[test]
    fn one_re_is_put_before_a_subject_and_never_a_second() {
        assert_eq!(reply("届きません", None).text, "Re: 届きません");
        assert_eq!(reply("Ｒｅ：届きません", None).text, "Ｒｅ：届きません");
        assert_eq!(reply("Fwd: 届きません", None).text, "Re: Fwd: 届きません");
    }

    #[test]
    fn the_customers_own_encoded_words_are_copied_with_their_folds() {
        let raw = "=?iso-2022-jp?B?GyRCSlZJSiRON28bKEI=?=\n =?iso-2022-jp?B?GyRCJEskRCQkJEYbKEI=?=";
        let subject = reply("返品の件について", Some(raw));
        assert_eq!(subject.raw.as_deref(), Some(format!("Re: {}", raw.replace('\n', "\r\n")).as_str()));
    }

    #[test]
    fn a_header_value_that_reads_otherwise_or_breaks_lines_is_not_copied() {
        assert_eq!(reply("別の件", Some("=?iso-2022-jp?B?GyRCSlZJSiRON28bKEI=?=")).raw, None);
        assert_eq!(reply("a", Some("a\r\nBcc: x@example.jp")).raw, None);
        assert_eq!(reply("件", Some("\u{1b}$B7o\u{1b}(B")).raw, None);
    }
}
