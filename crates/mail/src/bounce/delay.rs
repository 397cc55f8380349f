//! Warnings: the mail is late, the server is still trying. Nothing has failed yet, and nothing needs to be sent again.

use super::text::report_part;
use crate::mail::Mail;
use std::sync::LazyLock;
use unicode_normalization::UnicodeNormalization;

static PHRASES: LazyLock<Vec<&'static str>> = LazyLock::new(|| {
    let lines = include_str!("../../data/delay_phrases.txt").lines();
    lines.filter(|l| !l.starts_with('#') && !l.is_empty()).collect()
});

/// Whether subject or report say so in words.
pub(super) fn in_words(mail: &Mail) -> bool {
    let subject = mail.subject.as_deref().unwrap_or_default().chars().take(800);
    says_so(&subject.collect::<String>()) || says_so(report_part(&mail.text))
}

fn says_so(text: &str) -> bool {
    let folded: String = text.nfkc().flat_map(char::to_lowercase).collect();
    let spaced = folded.split_whitespace().collect::<Vec<_>>().join(" ");
    PHRASES.iter().any(|phrase| spaced.contains(phrase))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn warnings_of_servers_are_told_from_failures_in_both_languages() {
        for text in [
            "THIS IS A WARNING MESSAGE ONLY.\n\nYOU DO NOT NEED TO RESEND YOUR MESSAGE.",
            "A message that you sent has not yet been\ndelivered to one or more of its recipients",
            "The recipient server did not accept our requests to connect. Gmail will retry for 46 more hours.",
            "メールの配信が遅延しています。再送する必要はありません。",
            "以下の宛先にまだ配信されていません。５日間再試行します。",
        ] {
            assert!(says_so(text), "{text}");
        }
        for text in [
            "I'm sorry to have to inform you that your message could not be delivered",
            "A message that you sent could not be delivered to one or more of its recipients. This is a permanent error.",
            "Delivery to the following recipients failed. retry timeout exceeded",
            "何度か再試行しましたが、配信できませんでした。",
        ] {
            assert!(!says_so(text), "{text}");
        }
    }
}
