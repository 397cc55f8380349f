//! A reply as bytes (contract §6.14). Written by hand so that what was shown is what leaves: nothing re-wrapped,
//! nothing renamed, no line of ours that tells which program wrote it. All 7-bit, CRLF, lines of at most 998 bytes.

mod head;
mod mime;
mod page;

use crate::charset;
use crate::mail::Address;
use crate::subject::ReplySubject;
use jiff::Timestamp;

pub use head::{MAX_REFERENCES, may_stand_in_header};
pub use page::page;

/// Everything that makes an outgoing mail.
#[derive(Debug, Clone)]
pub struct Outgoing {
    /// The mailbox: company name and address.
    pub from: Address,
    /// Reply-To; empty = none.
    pub reply_to: Vec<Address>,
    /// The recipients.
    pub to: Vec<Address>,
    /// The recipients of copies. (Bcc is only in the envelope.)
    pub cc: Vec<Address>,
    /// The subject.
    pub subject: ReplySubject,
    /// The text, quotation included.
    pub text: String,
    /// The same as HTML; `None` = text only.
    pub html: Option<String>,
    /// Files.
    pub attachments: Vec<File>,
    /// Message-ID without `<>`, made by [`crate::message_id::Keyed::make`].
    pub message_id: String,
    /// In-Reply-To, without `<>`.
    pub in_reply_to: Vec<String>,
    /// References, oldest first, without `<>`; only the first and last 20 are written.
    pub references: Vec<String>,
    /// When it was written.
    pub at: Timestamp,
    /// The desk's offset in minutes east of UTC.
    pub offset_minutes: i32,
    /// `Auto-Submitted`, for machines' mail only.
    pub auto_submitted: Option<&'static str>,
}

/// A file to attach.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    /// Its name, any characters.
    pub name: String,
    /// `type/subtype`.
    pub media_type: String,
    /// Its content.
    pub bytes: Vec<u8>,
}

/// Why no mail can be made of this.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ComposeError {
    /// There is nobody to write to.
    #[error("no recipient")]
    NoRecipient,
    /// An address that can't stand in a header.
    #[error("not an address: {0:?}")]
    BadAddress(String),
    /// An id that can't stand in a header.
    #[error("not a message id: {0:?}")]
    BadMessageId(String),
    /// The time or its offset can't be written.
    #[error("not a date")]
    BadDate,
}

/// The bytes of the mail. Line breaks and control characters in names, subject and file names can't reach the header:
/// they become blanks; in addresses and our own id they are an error.
pub fn compose(mail: &Outgoing) -> Result<Vec<u8>, ComposeError> {
    if mail.to.is_empty() && mail.cc.is_empty() {
        return Err(ComposeError::NoRecipient);
    }
    let mut head = head::Head::default();
    head.addresses("From", std::slice::from_ref(&mail.from))?;
    head.addresses("Reply-To", &mail.reply_to)?;
    head.addresses("To", &mail.to)?;
    head.addresses("Cc", &mail.cc)?;
    head.subject(&mail.subject);
    head.date(mail.at, mail.offset_minutes)?;
    head.message_id(&mail.message_id)?;
    head.ids("In-Reply-To", &mail.in_reply_to);
    head.ids("References", &mail.references);
    if let Some(word) = mail.auto_submitted {
        head.plain("Auto-Submitted", word);
    }
    head.plain("MIME-Version", "1.0");
    let body = mime::body(mail);
    let mut bytes = head.into_bytes();
    bytes.extend_from_slice(body.as_bytes());
    Ok(bytes)
}

/// Text as it leaves: without controls, every line end CRLF.
fn outgoing_text(text: &str) -> String {
    charset::clean(text, &mut Vec::new()).replace('\n', "\r\n")
}

#[cfg(test)]
mod tests;
