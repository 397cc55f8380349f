//! The desk's own SMTP and LMTP server. It takes mail only for addresses that its keeper knows,
//! never relays, knows no AUTH, and says 250 only after the keeper has kept the bytes. Lines end
//! with CRLF and with nothing else, so that one DATA is one mail on both sides of the wire.

mod address;
mod data;
mod listener;
mod reply;
mod session;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

pub use listener::{serve, server_tls};

/// How the listener presents itself, and its limits.
#[derive(Clone)]
pub struct Settings {
    /// Name in the greeting.
    pub hostname: String,
    /// Bytes of the largest mail taken.
    pub max_size: u64,
    /// Recipients of one mail.
    pub max_recipients: usize,
    /// Connections at the same time.
    pub max_sessions: usize,
    /// A connection that says nothing for this long is closed.
    pub idle: Duration,
    /// Certificate and key; `None` = STARTTLS is not offered.
    pub tls: Option<Arc<rustls::ServerConfig>>,
}

impl Settings {
    /// The limits of the contract: 100 MB, 100 recipients, 100 sessions, five minutes, no TLS.
    pub fn new(hostname: impl Into<String>) -> Self {
        Self {
            hostname: hostname.into(),
            max_size: 100_000_000,
            max_recipients: 100,
            max_sessions: 100,
            idle: Duration::from_mins(5),
            tls: None,
        }
    }
}

/// Certificate and key of the listener can't be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadTls {
    /// No certificate was found in the PEM text.
    #[error("no certificate in the certificate file: {said}")]
    NoCertificate {
        /// What the PEM reader said.
        said: String,
    },
    /// No private key was found in the PEM text.
    #[error("no private key in the key file: {said}")]
    NoKey {
        /// What the PEM reader said.
        said: String,
    },
    /// The two don't fit together, or the key is of an unknown kind.
    #[error("certificate and key can't be used together: {said}")]
    NotUsable {
        /// What the TLS library said.
        said: String,
    },
}

/// Does the desk take mail for this address?
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Accepts {
    /// It belongs to a mailbox.
    Yes,
    /// Nobody here has it: 550 5.1.1.
    NoSuchAddress,
}

/// The answer can't be given now (the database is busy …): 451, the sender tries again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("temporarily unavailable")]
pub struct Unavailable;

/// Why a mail was not kept for a recipient.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeepError {
    /// It may work later: 451, the sender tries again.
    #[error("could not be kept now")]
    Temporary,
    /// No room (disk full): 452, the sender tries again.
    #[error("no room to keep it")]
    Full,
    /// It will never be taken for this recipient: 550.
    #[error("refused for good")]
    Refused,
}

/// A mail that came in, with what the other side said about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Incoming {
    /// MAIL FROM without its brackets; empty = null sender.
    pub envelope_from: String,
    /// The accepted RCPT TO, as written, plus tags and all, in their order.
    pub envelope_to: Vec<String>,
    /// What the client called itself.
    pub helo: String,
    /// Where the connection came from.
    pub peer: SocketAddr,
    /// The bytes between DATA and the dot, unstuffed, nothing added.
    pub bytes: Vec<u8>,
    /// Came by LMTP: each recipient gets its own answer.
    pub lmtp: bool,
    /// Came over TLS.
    pub tls: bool,
}

/// Who decides about recipients and keeps mails.
pub trait Keeper: Send + Sync + 'static {
    /// Is this address (without brackets, plus tag and all) one of ours?
    fn accepts(&self, address: &str) -> impl Future<Output = Result<Accepts, Unavailable>> + Send;

    /// Keeps the mail for good: `Ok` is given only after the commit, because the sender forgets
    /// the mail at our 250. One result for each entry of `envelope_to`, in its order; a missing
    /// one counts as [`KeepError::Temporary`].
    fn keep(&self, mail: Incoming) -> impl Future<Output = Vec<Result<(), KeepError>>> + Send;
}
