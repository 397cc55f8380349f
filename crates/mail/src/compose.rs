//! A reply as bytes. Written by hand so that what was shown is what leaves: nothing re-wrapped, nothing renamed.

use crate::mail::Address;
use crate::subject::ReplySubject;
use jiff::Timestamp;

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

/// The bytes: CRLF, 7-bit, every line at most 998 bytes.
pub fn compose(mail: &Outgoing) -> Result<Vec<u8>, ComposeError> {
    if mail.to.is_empty() && mail.cc.is_empty() {
        return Err(ComposeError::NoRecipient);
    }
    let body = data_encoding::BASE64_MIME.encode(mail.text.replace('\n', "\r\n").as_bytes());
    Ok(format!(
        "Message-ID: <{}>\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\
         Content-Transfer-Encoding: base64\r\n\r\n{body}",
        mail.message_id
    )
    .into_bytes())
}
