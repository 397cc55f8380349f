//! Returned mail in words: qmail, Exim, Exchange, carriers and providers that write no standard report. What is looked
//! for is always the same — an address in a place of its own, and what is said about it.

use super::MAX_RECIPIENTS;
use crate::automatic::is_robot;
use crate::html::cut;
use crate::mail::{Address, Mail};
use crate::parts::Parts;
use regex::Regex;
use std::collections::HashSet;
use std::sync::LazyLock;
use unicode_normalization::UnicodeNormalization;

/// Bytes looked at before the repeated mail begins.
const MAX_REPORT: usize = 64 * 1024;
/// Lines of these in which recipients are looked for.
const MAX_LINES: usize = 400;
/// Bytes of one of these lines.
const MAX_LINE: usize = 4_000;
/// Characters kept of what a server said.
const MAX_SAID: usize = 1_000;

#[expect(clippy::expect_used, reason = "a constant pattern; a test compiles it")]
static ADDRESS: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")
        .expect("a valid pattern")
});

static COPY_MARKS: LazyLock<Vec<&'static str>> =
    LazyLock::new(|| lines(include_str!("../../data/returned_copy.txt")));
static SUBJECTS: LazyLock<Vec<&'static str>> =
    LazyLock::new(|| lines(include_str!("../../data/bounce_subjects.txt")));

fn lines(table: &'static str) -> Vec<&'static str> {
    table.lines().filter(|l| !l.starts_with('#') && !l.is_empty()).collect()
}

/// One recipient and what is said about it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Said {
    pub address: String,
    pub said: String,
}

/// Whether the mail looks like a returned one: by its sender, by its subject, or because a machine sends a mail back
/// with words that say so.
pub(super) fn looks_returned(mail: &Mail, parts: &Parts<'_>) -> bool {
    let folded =
        |text: &str| -> String { text.chars().take(800).nfkc().flat_map(char::to_lowercase).collect() };
    let says_so = |text: &str| SUBJECTS.iter().any(|word| text.contains(word));
    let subject = folded(mail.subject.as_deref().unwrap_or_default());
    let by_subject = says_so(&subject) && !crate::subject::has_reply_prefix(&subject);
    let sent_back = || mail.from.iter().any(is_robot) && parts.of_type("message/rfc822").next().is_some();
    by_subject
        || mail.from.iter().any(is_mailer_daemon)
        || mail.header("x-failed-recipients").is_some()
        || sent_back() && says_so(&folded(report_part(&mail.text)))
}

fn is_mailer_daemon(address: &Address) -> bool {
    let folded = address.folded();
    let local = folded.split('@').next().unwrap_or_default();
    ["mailer-daemon", "mailer_daemon", "mail-daemon", "postmaster", "post_master", "mailerdaemon"]
        .iter()
        .any(|w| local.starts_with(w))
}

/// What stands before the repeated mail.
pub(super) fn report_part(text: &str) -> &str {
    let text = cut(text, MAX_REPORT);
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let lower = line.trim().to_lowercase();
        let is_mark = COPY_MARKS.iter().any(|mark| lower.contains(mark));
        let is_field =
            ["return-path:", "received: ", "received: from"].iter().any(|field| lower.starts_with(field));
        if at > 0 && (is_mark || is_field) {
            return &text[..at];
        }
        at += line.len();
    }
    text
}

/// The recipients named in the report, each with what is said about it.
pub(super) fn recipients(mail: &Mail) -> Vec<Said> {
    let all = failed_lines(report_part(&mail.text));
    let writers: HashSet<String> = mail.from.iter().chain(&mail.sender).map(Address::folded).collect();
    let ours: HashSet<String> = mail.to.iter().map(Address::folded).collect();
    let mut known: HashSet<(bool, String)> = HashSet::new();
    let mut own_place: Vec<(usize, String)> = Vec::new();
    let mut anywhere: Vec<(usize, String)> = Vec::new();
    for (n, line) in all.iter().enumerate() {
        for found in ADDRESS.find_iter(line) {
            let address = Address::bare(found.as_str().trim_matches('\''));
            let folded = address.folded();
            let own = in_own_place(line, found.start(), found.end());
            let is_out = is_robot(&address) || writers.contains(&folded) || !own && ours.contains(&folded);
            let list = if own { &mut own_place } else { &mut anywhere };
            if !is_out && list.len() < MAX_RECIPIENTS && known.insert((own, folded)) {
                list.push((n, address.address));
            }
        }
    }
    anywhere.truncate(1);
    let chosen = if own_place.is_empty() { anywhere } else { own_place };
    let starts: Vec<usize> = chosen.iter().map(|(n, _)| *n).collect();
    chosen.into_iter().map(|(n, address)| Said { said: said_at(&all, n, &starts), address }).collect()
}

/// The lines that can name who failed: those behind "did not reach the following recipient(s)", where that stands.
fn failed_lines(report: &str) -> Vec<&str> {
    const LISTS: &[&str] =
        &["did not reach the following recipient", "次の受信者に到達できません", "以下の宛先"];
    let all: Vec<&str> = report.lines().take(MAX_LINES).map(|line| cut(line, MAX_LINE)).collect();
    let list = all.iter().position(|line| LISTS.iter().any(|l| line.to_lowercase().contains(l)));
    let behind =
        list.map(|n| all[n + 1..].to_vec()).filter(|rest| rest.iter().any(|line| line.contains('@')));
    behind.unwrap_or(all)
}

/// `<a@b>:`, `a@b`, `To: a@b`, `RCPT TO:<a@b>`, `Recipient: …`: the line is about this address.
fn in_own_place(line: &str, start: usize, end: usize) -> bool {
    let before = line[..start].trim().trim_end_matches(['<', '[', '(', '"', '\'']).trim().to_lowercase();
    let after = line[end..].trim_start_matches(['>', ']', ')', '"', '\'', ';']).trim_start();
    let code = before.len() == 3 && before.bytes().all(|b| b.is_ascii_digit());
    let begins = code || matches!(before.as_str(), "" | "*" | "-" | "•");
    let labelled = [
        "rcpt to:",
        "rcpt:",
        "recipient:",
        "recipient address:",
        "to:",
        "address:",
        "recipients:",
        "宛先:",
        "宛先：",
    ];
    let named = labelled.iter().any(|label| before.ends_with(label));
    (begins
        && (after.is_empty()
            || after.starts_with([':', '.', ',', '(', '\t'])
            || after.starts_with("...")
            || after.starts_with("on ")))
        || named
}

/// What is said about the address in line `n`: that line and the following ones up to an empty line, the next address
/// or the talk with the next server; if that is nothing, the next paragraph.
fn said_at(all: &[&str], n: usize, starts: &[usize]) -> String {
    let mut said = vec![all[n].trim()];
    for (i, line) in all.iter().enumerate().skip(n + 1) {
        let next_server = line.trim_start_matches(['.', ' ']).to_lowercase().starts_with("while talking to");
        let ends = line.trim().is_empty() && said.len() > 1;
        if starts.contains(&i) || next_server || ends || said.len() > 12 {
            break;
        }
        if !line.trim().is_empty() {
            said.push(line.trim());
        }
    }
    said.join(" ").chars().take(MAX_SAID).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(text: &str) -> Vec<(String, String)> {
        let mail =
            crate::read(format!("From: MAILER-DAEMON@mx.example.jp\nTo: us@example.jp\n\n{text}").as_bytes());
        recipients(&mail).into_iter().map(|s| (s.address, s.said)).collect()
    }

    #[test]
    fn qmail_names_the_address_and_then_what_was_said() {
        let text = "Hi. This is the qmail-send program at mx.example.jp.\n\n<taro@example.com>:\nSorry, no mailbox here by \
            that name. (#5.1.1)\n\n--- Below this line is a copy of the message.\n\nTo: jiro@example.com\n";
        let expected = "<taro@example.com>: Sorry, no mailbox here by that name. (#5.1.1)";
        assert_eq!(said(text), [("taro@example.com".to_owned(), expected.to_owned())]);
    }

    #[test]
    fn hundred_thousand_addresses_in_one_line_or_field_are_too_many_to_weigh() {
        let line = (0..100_000).map(|n| format!("u{n}@example.com,")).collect::<Vec<_>>().concat();
        assert_eq!(said(&line).len(), 1);
        let head = "From: MAILER-DAEMON@mx.example.jp\nSubject: Undelivered Mail\nX-Failed-Recipients: ";
        let mail = crate::read(format!("{head}{}\n\n550 user unknown\n", &line[..120_000]).as_bytes());
        assert_eq!(mail.bounce.unwrap().recipients.len(), MAX_RECIPIENTS);
    }

    #[test]
    fn our_own_address_is_not_the_one_that_failed() {
        assert_eq!(
            said("Your mail from us@example.jp to taro@example.com failed.\n")[0].0,
            "taro@example.com"
        );
        assert!(said("Your mail from us@example.jp failed.\n").is_empty());
    }
}
