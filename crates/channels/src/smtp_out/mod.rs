//! Mail out: one command at a time, the server's words kept, and always clear on which side of
//! the final dot a failure fell. Before the dot a mail may be sent again; after the dot without
//! an answer nobody knows, and a person decides. The bytes are final: nothing is added to them.

mod conn;
mod error;
mod login;
mod send;

pub use error::SmtpError;
pub use send::send;

use conn::Conn;

use crate::tls::{Roots, Security};
use crate::wire::Patience;

/// The server that takes our mail.
#[derive(Clone)]
pub struct Server {
    /// Name or address.
    pub host: String,
    /// Usually 465 (TLS) or 587 (STARTTLS).
    pub port: u16,
    /// How the connection is protected.
    pub security: Security,
    /// Login name; `None` = no sign-in.
    pub user: Option<String>,
    /// Password; never written to a log.
    pub password: Option<String>,
    /// Whose certificates are believed.
    pub roots: Roots,
    /// How long to wait.
    pub patience: Patience,
}

/// How the mail fared with one recipient.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// The server has taken it over.
    Accepted,
    /// Not taken, but the same bytes may be tried again later.
    Deferred,
    /// Not taken for good.
    Refused,
    /// The dot was sent and no answer came: it may or may not have been taken.
    Unknown,
}

/// What was said about one recipient.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecipientResult {
    /// The address as it was given to [`send`].
    pub address: String,
    /// How it ended.
    pub outcome: Outcome,
    /// The server's words that decided it, all lines, verbatim; empty if it said nothing.
    pub answer: String,
    /// What went wrong, for the API and the screens; `None` when accepted.
    pub trouble: Option<SmtpError>,
}

/// What came of one try to send a mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sent {
    /// One entry for each recipient, in the order given.
    pub recipients: Vec<RecipientResult>,
    /// The final dot was not sent: no recipient can have the mail from this try.
    pub before_dot: bool,
    /// `MAIL FROM:<>` was refused: try once more with the mailbox's own address.
    pub null_sender_refused: bool,
}

/// What a server says of itself when it is tried.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Banner {
    /// The greeting, verbatim.
    pub greeting: String,
    /// What it offers after the protection stands, one EHLO line each.
    pub offers: Vec<String>,
}

/// Connects, protects the connection, signs in and says goodbye; sends nothing.
pub async fn try_login(server: &Server, helo: &str) -> Result<Banner, SmtpError> {
    let conn = Conn::open(server, helo).await?;
    let banner = Banner { greeting: conn.greeting.clone(), offers: conn.offers.clone() };
    conn.quit().await;
    Ok(banner)
}
