//! What one mail says: the value that everything else works with.
//! It holds only what was read out of the bytes — no ticket, no judgement, no clock — and nothing of the
//! library that helped to read it.

use crate::automatic::AutomaticSign;
use crate::bounce::Bounce;
use crate::lists::{Danger, Kind, Problem, Suspicion, Warning};
use serde::{Deserialize, Serialize};

/// One mail, read. Positions are Unicode scalar offsets into `text`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mail {
    /// Who or what wrote it.
    pub kind: Kind,
    /// What its header makes one suspect.
    pub suspicions: Vec<Suspicion>,
    /// The decoded subject; `None` if there is no such header.
    pub subject: Option<String>,
    /// The subject header's value as it stands, folds included, when it is pure ASCII and may be copied.
    pub subject_raw: Option<String>,
    /// The writers.
    pub from: Vec<Address>,
    /// The one who sent it for the writers.
    pub sender: Option<Address>,
    /// Where answers are wanted.
    pub reply_to: Vec<Address>,
    /// The recipients.
    pub to: Vec<Address>,
    /// The recipients of copies.
    pub cc: Vec<Address>,
    /// Addresses in Delivered-To, X-Original-To and the like: which mailbox this copy was for.
    pub delivered_to: Vec<String>,
    /// When the sender says it was written.
    pub date: Option<SentAt>,
    /// Message-ID without `<>`.
    pub message_id: Option<String>,
    /// Ids in In-Reply-To, without `<>`.
    pub in_reply_to: Vec<String>,
    /// Ids in References, oldest first, without `<>`.
    pub references: Vec<String>,
    /// The whole readable text; from the HTML where there is no plain text.
    pub text: String,
    /// What the writer newly wrote: without quotations and signature.
    pub new_text: String,
    /// Which parts of `text` are quoted.
    pub quoted: Vec<Span>,
    /// The signature at the end.
    pub signature: Option<String>,
    /// The HTML form, decoded but NOT sanitised: show it only through [`crate::html::sanitise`].
    pub html: Option<String>,
    /// Everything that is not the text.
    pub attachments: Vec<Attachment>,
    /// Which recipients of an earlier mail were not reached.
    pub bounce: Option<Bounce>,
    /// Why this is a machine's mail, each with its header line.
    pub automatic: Vec<AutomaticSign>,
    /// The header fields in their order.
    pub headers: Vec<Header>,
    /// What an agent should look at.
    pub warnings: Vec<Warning>,
    /// What was wrong with the bytes.
    pub problems: Vec<Problem>,
}

impl Mail {
    /// The decoded value of the first header field of this name (any case).
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|h| h.name.eq_ignore_ascii_case(name)).map(|h| h.value.as_str())
    }

    /// The decoded values of all header fields of this name (any case), in their order.
    pub fn headers_named<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.headers.iter().filter(move |h| h.name.eq_ignore_ascii_case(name)).map(|h| h.value.as_str())
    }

    /// Where a person's answer goes: Reply-To, else From, else Sender.
    pub fn answer_goes_to(&self) -> &[Address] {
        if !self.reply_to.is_empty() {
            return &self.reply_to;
        }
        if !self.from.is_empty() {
            return &self.from;
        }
        self.sender.as_slice()
    }
}

/// A mail address with the name beside it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Address {
    /// The display name, decoded; `None` where there is none.
    pub name: Option<String>,
    /// `local@domain` as written, local part unquoted.
    pub address: String,
}

impl Address {
    /// An address without a name.
    pub fn bare(address: impl Into<String>) -> Self {
        Self { name: None, address: address.into() }
    }

    /// What to compare by: everything lower-cased. (No server in use tells local parts apart by case.)
    pub fn folded(&self) -> String {
        self.address.trim().to_lowercase()
    }

    /// What stands behind the last `@`, lower-cased; empty where there is none.
    pub fn domain(&self) -> String {
        self.address.rsplit_once('@').map(|(_, domain)| domain.trim().to_lowercase()).unwrap_or_default()
    }
}

/// The moment in a Date header, and the offset it was written with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct SentAt {
    /// The moment.
    pub at: jiff::Timestamp,
    /// Minutes east of UTC, as the header states.
    pub offset_minutes: i32,
}

/// A stretch of text in Unicode scalar offsets, `end` not included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Span {
    /// First character.
    pub start: usize,
    /// One behind the last.
    pub end: usize,
}

/// One header field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Header {
    /// The name as written.
    pub name: String,
    /// The value decoded and unfolded.
    pub value: String,
    /// The value as it stands, folds included; bytes that are no UTF-8 shown as U+FFFD.
    pub raw: String,
}

/// One attachment: what is known about it; its bytes stay in the mail (see [`crate::attachment`]).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attachment {
    /// Its number in the mail, from 1; the address under which it is fetched.
    pub n: u32,
    /// The file name, decoded; a made-up one where the mail gives none.
    pub name: String,
    /// `type/subtype`, lower-cased, as labelled.
    pub media_type: String,
    /// Bytes after decoding.
    pub size: u64,
    /// SHA-256 of the decoded bytes, hexadecimal.
    pub sha256: String,
    /// Shown within the text (a picture of the HTML).
    pub inline: bool,
    /// Content-ID without `<>`.
    pub content_id: Option<String>,
    /// What could be dangerous.
    pub dangers: Vec<Danger>,
}

/// The decoded bytes of one attachment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// The file name, decoded.
    pub name: String,
    /// `type/subtype`, lower-cased, as labelled.
    pub media_type: String,
    /// The content.
    pub bytes: Vec<u8>,
}
