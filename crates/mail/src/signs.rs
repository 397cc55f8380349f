//! What the header alone makes one suspect, and what an agent should look at. Only what a header line states or
//! two lines contradict; nothing that needs a clock, the network or other mails.

use crate::address::registrable;
use crate::dangers::is_bidi;
use crate::lists::{Suspicion, Warning};
use crate::mail::{Address, Mail};

/// Suspicions that a filter on the way has written into the header.
pub(crate) fn suspicions(mail: &Mail) -> Vec<Suspicion> {
    let begins = |name: &str, words: &[&str]| {
        mail.headers_named(name).any(|value| {
            let value = value.trim().to_ascii_lowercase();
            words.iter().any(|word| value.starts_with(word))
        })
    };
    let mut found = Vec::new();
    if begins("x-spam-flag", &["yes", "true", "1"])
        || begins("x-spam-status", &["yes"])
        || begins("x-spam", &["yes"])
    {
        found.push(Suspicion::Spam);
    }
    if begins("x-virus-status", &["yes", "infected"]) || begins("x-amavis-alert", &["infected"]) {
        found.push(Suspicion::Virus);
    }
    found
}

/// Warnings that the mail alone gives.
pub(crate) fn warnings(mail: &Mail) -> Vec<Warning> {
    let mut found = Vec::new();
    let from = mail.from.first();
    let domain_of = |address: &Address| {
        let domain = address.domain();
        registrable(&domain).map_or_else(|| domain.clone(), str::to_owned)
    };
    let differs = |other: &Address| from.is_some_and(|from| domain_of(from) != domain_of(other));
    if mail.reply_to.iter().any(differs) {
        found.push(Warning::ReplyToOtherDomain);
    }
    let return_path = mail.header("return-path").map(|v| v.trim_matches(['<', '>', ' ']).to_owned());
    if return_path.is_some_and(|path| path.contains('@') && differs(&Address::bare(path))) {
        found.push(Warning::ReturnPathOtherDomain);
    }
    if mail.from.iter().any(named_like_another) {
        found.push(Warning::DisplayNameIsAddress);
    }
    let names = mail.from.iter().filter_map(|a| a.name.as_deref());
    if names.chain(mail.subject.as_deref()).any(|text| text.chars().any(is_bidi)) {
        found.push(Warning::Bidi);
    }
    if mail.message_id.is_none() {
        found.push(Warning::NoMessageId);
    }
    found
}

/// `"president@example.co.jp" <x@elsewhere.example>`.
fn named_like_another(address: &Address) -> bool {
    let Some(name) = address.name.as_deref() else { return false };
    let words = name.split(|c: char| c.is_whitespace() || matches!(c, '<' | '>' | '"' | '(' | ')'));
    words
        .filter(|word| word.split_once('@').is_some_and(|(l, d)| !l.is_empty() && d.contains('.')))
        .any(|word| !word.eq_ignore_ascii_case(&address.address))
}
