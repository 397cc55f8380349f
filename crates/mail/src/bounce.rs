//! Mails that say that another mail did not arrive.

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
    /// What the server said.
    pub diagnostic: Option<String>,
}

/// What a mail reports about other mails.
#[derive(Debug, Default)]
pub(crate) struct Report {
    /// The kind, where the report's form decides it.
    pub kind: Option<Kind>,
    /// What came back.
    pub bounce: Option<Bounce>,
}

/// Reads what a mail reports.
pub(crate) fn read(_mail: &Mail, _parts: &Parts<'_>) -> Report {
    Report::default()
}
