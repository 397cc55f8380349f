//! Mails that say that another mail did not arrive.

use crate::lists::Reason;
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
