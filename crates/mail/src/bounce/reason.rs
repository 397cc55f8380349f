//! Why a mail was not taken: first by what the server said, then by its status code. Both are tables.

use crate::lists::Reason;
use std::collections::HashMap;
use std::sync::LazyLock;

/// Characters that a `*` in a phrase may stand for.
const GAP: usize = 80;

/// One row of the phrases.
struct Phrase {
    reason: Reason,
    /// Says too little to stand against other words or a code.
    weak: bool,
    pieces: Vec<&'static str>,
}

static PHRASES: LazyLock<Vec<Phrase>> = LazyLock::new(|| {
    let rows = include_str!("../../data/bounce_phrases.tsv").lines().filter(|l| !l.starts_with('#'));
    rows.filter_map(|line| line.split_once('\t'))
        .filter_map(|(word, phrase)| {
            let reason = Reason::parse(word.trim_end_matches('?'))?;
            Some(Phrase {
                reason,
                weak: word.ends_with('?'),
                pieces: phrase.split('*').map(str::trim).collect(),
            })
        })
        .collect()
});

static BY_STATUS: LazyLock<HashMap<&'static str, Reason>> = LazyLock::new(|| {
    let rows = include_str!("../../data/bounce_status.tsv").lines().filter(|l| !l.starts_with('#'));
    rows.filter_map(|line| line.split_once('\t'))
        .filter_map(|(code, reason)| Reason::parse(reason).map(|reason| (code, reason)))
        .collect()
});

/// The reason for which one recipient was not reached: what was said about it (`said`), what stands around that
/// (`around`), and the status code, weighed against each other.
pub(super) fn of(said: &str, around: &str, status: Option<&str>) -> Option<Reason> {
    let (said, around) = (folded(said), folded(around));
    let by_code = status.and_then(by_status);
    let strong = by_words(&said, false).or(by_code).or_else(|| by_words(&around, false));
    let weak = by_words(&said, true).or_else(|| by_words(&around, true));
    let reason = match (strong, weak) {
        (None | Some(Reason::NetworkError | Reason::MailerError), Some(Reason::Expired)) => Reason::Expired,
        (strong, weak) => strong.or(weak)?,
    };
    let class = status.and_then(|s| s.bytes().next());
    if reason == Reason::UserUnknown && (is_after_data(&said) || is_after_data(&around)) {
        return Some(Reason::Filtered);
    }
    // a name that could not be looked up just now may be there tomorrow
    let may_return = reason == Reason::HostUnknown && class == Some(b'4');
    Some(if may_return { Reason::NetworkError } else { reason })
}

/// Refused only after the content was sent: the address exists, a filter says otherwise. (Where DATA itself is refused
/// for want of recipients, what was said before that was said about the recipient: the commands went in one go.)
fn is_after_data(folded: &str) -> bool {
    let no_recipient = || ["<<< 503", "no valid recipients", "need rcpt"].iter().any(|w| folded.contains(w));
    let transcript = folded.contains(">>> data <<< 550") && !no_recipient();
    transcript || folded.contains("end of data") || folded.contains("smtp command data")
}

/// The first row that fits. Addresses in the words are left out: `spam@example.jp` says nothing about spam.
fn by_words(folded: &str, weak: bool) -> Option<Reason> {
    PHRASES.iter().find(|p| p.weak == weak && contains(folded, &p.pieces)).map(|p| p.reason)
}

/// The reason in a status code such as `5.1.1`.
fn by_status(status: &str) -> Option<Reason> {
    let (_, detail) = status.split_once('.')?;
    let subject = detail.split('.').next()?;
    BY_STATUS.get(detail).or_else(|| BY_STATUS.get(subject)).copied()
}

/// Lower case, single spaces, without addresses and links.
fn folded(said: &str) -> String {
    let words = said.split_whitespace().filter(|word| !word.contains('@') && !word.contains("://"));
    words.collect::<Vec<_>>().join(" ").to_lowercase()
}

fn contains(said: &str, pieces: &[&str]) -> bool {
    let mut rest = said;
    for (n, piece) in pieces.iter().enumerate() {
        match rest.find(piece) {
            Some(at) if n == 0 || at <= GAP => rest = &rest[at + piece.len()..],
            _ => return false,
        }
    }
    true
}

/// The first enhanced status code in a text: `550 5.1.1 …`, `(#5.1.1)`. Parts of IP addresses are none.
pub(super) fn status_in(said: &str) -> Option<String> {
    let mut words = said.split(|c: char| !(c.is_ascii_digit() || c == '.'));
    words.find(|word| is_status(word.trim_end_matches('.'))).map(|word| word.trim_end_matches('.').to_owned())
}

fn is_status(word: &str) -> bool {
    let parts: Vec<&str> = word.split('.').collect();
    let [class, subject, detail] = parts[..] else { return false };
    matches!(class, "2" | "4" | "5")
        && (1..=2).contains(&subject.len())
        && (1..=3).contains(&detail.len())
        && parts.iter().all(|p| p.bytes().all(|b| b.is_ascii_digit()))
}

/// The first SMTP answer code (421–559) in a text.
pub(super) fn answer_code_in(said: &str) -> Option<u16> {
    let numbers = said.split(|c: char| !c.is_ascii_alphanumeric() && c != '.');
    numbers.filter(|n| n.len() == 3).filter_map(|n| n.parse().ok()).find(|n| (421..560).contains(n))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_come_before_the_code_and_weak_words_behind_it() {
        assert_eq!(of("550 5.1.1 <spam@example.jp>... User Unknown", "", None), Some(Reason::UserUnknown));
        assert_eq!(
            of("550 Unknown user (in reply to end of DATA command)", "", None),
            Some(Reason::Filtered)
        );
        assert_eq!(of("552 Mailbox full", "", Some("5.1.1")), Some(Reason::MailboxFull));
        assert_eq!(of("550 5.7.26 rejected", "", Some("5.7.26")), Some(Reason::AuthFailure));
        assert_eq!(of("450 rejected", "", None), Some(Reason::Rejected));
        assert_eq!(of("Hello", "", None), None);
    }

    #[test]
    fn a_recipient_refused_in_one_go_with_data_is_unknown_and_not_filtered() {
        let transcript = ">>> DATA <<< 550 5.1.1 <a@b>... User Unknown";
        assert_eq!(of("", transcript, None), Some(Reason::Filtered));
        for answer in ["<<< 503 5.0.0 Need RCPT (recipient)", "<<< 554 Error: no valid recipients"] {
            let all = format!("{transcript} 550 5.1.1 a@b... User unknown {answer}");
            assert_eq!(of("", &all, Some("5.1.1")), Some(Reason::UserUnknown), "{answer}");
        }
        let words = "550 unknown user -------SMTP command DATA";
        assert_eq!(of("", words, None), Some(Reason::Filtered));
    }

    #[test]
    fn a_name_that_cannot_be_looked_up_just_now_is_trouble_of_the_network() {
        let said = "Host or domain name not found. Name service error for name=example.com type=MX";
        assert_eq!(of(said, "", Some("5.4.4")), Some(Reason::HostUnknown));
        assert_eq!(of(said, "", Some("4.4.3")), Some(Reason::NetworkError));
    }

    #[test]
    fn codes_are_read_and_mapped() {
        assert_eq!(status_in("host [192.0.2.1] said: 550 5.1.1 x"), Some("5.1.1".to_owned()));
        assert_eq!(status_in("sorry (#5.1.2)."), Some("5.1.2".to_owned()));
        assert_eq!(status_in("no code 1.2.3.4"), None);
        assert_eq!(by_status("5.7.26"), Some(Reason::AuthFailure));
        assert_eq!(by_status("4.4.9"), Some(Reason::NetworkError));
        assert_eq!(by_status("5.0.0"), None);
        assert_eq!(answer_code_in("host said: 550 no"), Some(550));
    }

    #[test]
    fn every_row_of_the_tables_is_readable() {
        let rows = |table: &str| table.lines().filter(|l| !l.starts_with('#')).count();
        assert_eq!(PHRASES.len(), rows(include_str!("../../data/bounce_phrases.tsv")));
        assert_eq!(BY_STATUS.len(), rows(include_str!("../../data/bounce_status.tsv")));
    }
}
