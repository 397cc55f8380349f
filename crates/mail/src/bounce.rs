//! Mails that say that another mail did not arrive: which recipients, why, for how long, and which mail it was.
//! Vocabulary of reasons: Sisimai's. Whether it was a mail of ours is decided by who knows our Message-IDs.

mod delay;
mod dsn;
mod original;
mod reason;
mod ses;
mod text;

use crate::automatic::Sign;
use crate::html::cut;
use crate::lists::{Kind, Reason};
use crate::mail::Mail;
use crate::parts::Parts;
use serde::{Deserialize, Serialize};

/// What came back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bounce {
    /// The recipients that were not reached.
    pub recipients: Vec<FailedRecipient>,
    /// Message-ID of the mail that failed, without `<>`.
    pub of_message_id: Option<String>,
}

/// One recipient that was not reached.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FailedRecipient {
    /// The address.
    pub address: String,
    /// The enhanced status code (`5.1.1`), if one is known.
    pub status: Option<String>,
    /// Why.
    pub reason: Reason,
    /// Sending the same again can't succeed.
    pub permanent: bool,
    /// The address itself is gone.
    pub address_dead: bool,
    /// Nothing has failed yet: the mail is late and the server is still trying.
    #[serde(default)]
    pub delayed: bool,
    /// What the server said.
    pub diagnostic: Option<String>,
}

/// Recipients named in one report, at most.
const MAX_RECIPIENTS: usize = 500;
/// Characters of what was said that are weighed.
const MAX_WEIGHED: usize = 16 * 1024;

/// What a mail reports about other mails.
#[derive(Debug, Default)]
pub(crate) struct Report {
    /// The kind, where the report's form decides it.
    pub kind: Option<Kind>,
    /// What came back.
    pub bounce: Option<Bounce>,
}

/// Reads what a mail reports. Its automatic signs must be known already.
pub(crate) fn read(mail: &Mail, parts: &Parts<'_>) -> Report {
    if let Some(node) = parts.of_type("message/feedback-report").next() {
        return complaint(mail, parts, dsn::complained_about(&parts.content(node).0));
    }
    let complained = original::complained_about(parts);
    if !complained.is_empty() {
        return complaint(mail, parts, complained);
    }
    if let Some(report) = ses::read(&mail.text) {
        return report;
    }
    if parts.of_type("message/disposition-notification").next().is_some() {
        return Report { kind: Some(Kind::Receipt), bounce: None };
    }
    let statuses = ["message/delivery-status", "message/global-delivery-status"];
    let blocks: Vec<dsn::Block> = statuses
        .iter()
        .flat_map(|wanted| parts.of_type(wanted))
        .flat_map(|node| dsn::blocks(&parts.content(node).0))
        .take(MAX_RECIPIENTS)
        .collect();
    if blocks.is_empty() { in_words(mail, parts) } else { in_blocks(mail, parts, blocks) }
}

/// An abuse report is a notice; that a recipient is named is kept all the same (contract §2).
fn complaint(mail: &Mail, parts: &Parts<'_>, mut addresses: Vec<String>) -> Report {
    if addresses.is_empty() {
        addresses.extend(original::recipient(mail, parts));
    }
    let said =
        mail.text.lines().map(str::trim).find(|l| !l.is_empty()).map(|l| cut(l, MAX_WEIGHED).to_owned());
    let recipients =
        addresses.into_iter().take(MAX_RECIPIENTS).map(|a| FailedRecipient::complained(a, said.clone()));
    let bounce = bounce(recipients.collect(), mail, parts);
    Report { kind: Some(Kind::Notification), bounce }
}

/// A report in the standard form.
fn in_blocks(mail: &Mail, parts: &Parts<'_>, blocks: Vec<dsn::Block>) -> Report {
    let arrived = |b: &dsn::Block| matches!(b.action.as_str(), "delivered" | "relayed" | "expanded");
    if blocks.iter().all(arrived) {
        return Report { kind: Some(Kind::Receipt), bounce: None };
    }
    let words = text::report_part(&mail.text);
    let alone = blocks.iter().filter(|b| !arrived(b)).count() == 1;
    let in_words = text::recipients(mail);
    let warned = delay::in_words(mail);
    let recipients = blocks.into_iter().filter(|b| !arrived(b)).map(|block| {
        let beside =
            in_words.iter().find(|s| s.address.eq_ignore_ascii_case(&block.address)).map(|s| s.said.as_str());
        let said = block.diagnostic.as_deref().filter(|d| d.len() > 8).or(beside).unwrap_or_default();
        let around = if alone { words } else { "" };
        let failed = judge(block.address.clone(), block.status.as_deref(), said, around);
        let late = block.action == "delayed" || block.action.is_empty() && warned;
        if late { failed.only_late() } else { failed }
    });
    let bounce = bounce(recipients.collect(), mail, parts);
    Report { kind: Some(Kind::Bounce), bounce }
}

/// A report in words.
fn in_words(mail: &Mail, parts: &Parts<'_>) -> Report {
    let is_note = mail.automatic.iter().any(|s| s.sign == Sign::VacationNote);
    if !text::looks_returned(mail, parts) || is_note {
        return Report::default();
    }
    let written_out = dsn::blocks(mail.text.as_bytes());
    if !written_out.is_empty() {
        return in_blocks(mail, parts, written_out);
    }
    let found = text::recipients(mail);
    let report = text::report_part(&mail.text);
    let around = if found.len() == 1 { report } else { "" };
    let mut recipients: Vec<FailedRecipient> =
        found.into_iter().map(|one| judge(one.address, None, &one.said, around)).collect();
    if recipients.is_empty() {
        let same = judge(String::new(), None, "", report);
        let named = named_elsewhere(mail, parts).into_iter();
        recipients.extend(named.map(|address| FailedRecipient { address, ..same.clone() }));
    }
    let known = recipients.iter().any(|r| r.reason != Reason::Undefined || r.status.is_some());
    let by_daemon = mail.automatic.iter().any(|s| matches!(s.sign, Sign::NullSender | Sign::RobotSender));
    if !known && !by_daemon {
        return Report::default();
    }
    if delay::in_words(mail) {
        recipients = recipients.into_iter().map(FailedRecipient::only_late).collect();
    }
    Report { kind: None, bounce: bounce(recipients, mail, parts) }
}

/// The recipients that the report itself does not name: by a header field, else by the mail that came back.
fn named_elsewhere(mail: &Mail, parts: &Parts<'_>) -> Vec<String> {
    match mail.header("x-failed-recipients") {
        Some(list) => {
            let named = list.split(',').map(|a| a.trim().to_owned()).filter(|a| !a.is_empty());
            named.take(MAX_RECIPIENTS).collect()
        }
        None => original::recipient(mail, parts).into_iter().collect(),
    }
}

impl FailedRecipient {
    /// One that was reached and complained.
    fn complained(address: String, diagnostic: Option<String>) -> Self {
        Self {
            address,
            status: None,
            reason: Reason::Feedback,
            permanent: false,
            address_dead: false,
            delayed: false,
            diagnostic,
        }
    }

    /// The same, where the server is still trying.
    fn only_late(self) -> Self {
        Self { delayed: true, permanent: false, address_dead: false, ..self }
    }
}

fn bounce(recipients: Vec<FailedRecipient>, mail: &Mail, parts: &Parts<'_>) -> Option<Bounce> {
    (!recipients.is_empty()).then(|| Bounce { recipients, of_message_id: original::message_id(mail, parts) })
}

/// Weighs what is known about one recipient: what was said about it, what stands around it, its code.
fn judge(address: String, status: Option<&str>, said: &str, around: &str) -> FailedRecipient {
    let [said, around] = [said, around].map(|words| cut(words, MAX_WEIGHED));
    let vague = status.is_none_or(|s| s.ends_with(".0.0"));
    let in_words = || reason::status_in(said).or_else(|| reason::status_in(around));
    let status =
        if vague { in_words().or_else(|| status.map(str::to_owned)) } else { status.map(str::to_owned) };
    let unknown = if said.is_empty() && around.is_empty() { Reason::Undefined } else { Reason::OnHold };
    let reason = reason::of(said, around, status.as_deref()).unwrap_or(unknown);
    let address_dead =
        matches!(reason, Reason::UserUnknown | Reason::HostUnknown | Reason::HasMoved | Reason::NotAccept);
    let class = status.as_deref().and_then(|s| s.bytes().next());
    let fifth = match class {
        Some(class) => class == b'5',
        None => {
            reason::answer_code_in(said).or_else(|| reason::answer_code_in(around)).is_some_and(|n| n >= 500)
        }
    };
    let diagnostic = if said.is_empty() { around } else { said };
    let diagnostic: String =
        diagnostic.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(1_000).collect();
    FailedRecipient {
        address,
        status,
        reason,
        permanent: fifth || address_dead,
        address_dead,
        delayed: false,
        diagnostic: (!diagnostic.is_empty()).then_some(diagnostic),
    }
}
