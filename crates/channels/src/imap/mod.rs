//! IMAP, from the reader's side. A mail is named by (folder, UIDVALIDITY, UID) and by nothing
//! else: never "unread", never a date. Mails are read without leaving a mark; what is done to
//! them afterwards is a separate step that the caller takes after its commit.

mod conn;
mod error;
mod fetch;
mod folders;
mod login;
mod settle;
mod utf7;
mod wait;

use std::collections::HashMap;
use std::time::Duration;

pub use error::ImapError;
use tokio::time::timeout;

use crate::tls::{Roots, Security};
use crate::wire::Patience;

/// Where the mails are, and who asks for them.
#[derive(Clone)]
pub struct Account {
    /// Name or address of the server.
    pub host: String,
    /// Usually 993 (TLS) or 143 (STARTTLS).
    pub port: u16,
    /// How the connection is protected.
    pub security: Security,
    /// Login name.
    pub user: String,
    /// Password; never written to a log.
    pub password: String,
    /// Whose certificates are believed.
    pub roots: Roots,
    /// How long to wait; `after_dot` plays no part here.
    pub patience: Patience,
}

/// A folder of the account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Folder {
    /// The name as people read it (modified UTF-7 decoded): `INBOX`, `迷惑メール`.
    pub name: String,
    /// The server's junk folder, by its special use or, failing that, by its name.
    pub junk: bool,
    /// The server's folder of sent mail, found the same way.
    pub sent: bool,
    /// A folder that can hold mails; `false` for a mere step in the tree of folders.
    pub selectable: bool,
}

/// What an opened folder says of itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Selected {
    /// As long as this stays, a UID means the same mail.
    pub uidvalidity: u32,
    /// The UID that the next new mail will get at the earliest.
    pub uidnext: u32,
    /// How many mails are in the folder.
    pub exists: u32,
}

/// A mail as the server keeps it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fetched {
    /// Its UID in the selected folder.
    pub uid: u32,
    /// When the server got it, Unix milliseconds UTC; `None` if the server's date is unreadable.
    pub internal_date_ms: Option<i64>,
    /// The mail, byte for byte.
    pub bytes: Vec<u8>,
}

/// What came of asking for one mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Got {
    /// Here it is.
    Mail(Fetched),
    /// It is no longer in the folder: somebody moved or deleted it meanwhile.
    Gone {
        /// The UID that was asked for.
        uid: u32,
    },
    /// It is there, but the server doesn't hand it out. Ask again later; the others are not held up.
    Withheld {
        /// The UID that was asked for.
        uid: u32,
        /// What the server said; may be empty.
        answer: String,
    },
}

/// What is done to a mail on the server after it was kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AfterFetch {
    /// Nothing.
    Leave,
    /// It is marked as read.
    Seen,
    /// It goes to this folder (name as people read it).
    Move(String),
}

/// Why waiting ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Woke {
    /// Something happened in the folder: look again.
    News,
    /// Nothing happened for as long as was asked.
    Timeout,
    /// The stop signal came.
    Stopped,
}

/// A signed-in connection. After an error other than [`ImapError::ServerSaid`] or
/// [`ImapError::FolderMissing`], and after a call that was dropped in the middle, it is of no
/// more use; every further call says so.
#[derive(Debug)]
pub struct Session {
    conn: conn::Conn,
    /// Folder names that differ from what we would write ourselves: as read → as on the wire.
    names: HashMap<String, String>,
    selected: Option<Selected>,
}

impl Session {
    /// Connects, protects the connection as asked, signs in and learns what the server can do.
    pub async fn connect(account: &Account) -> Result<Self, ImapError> {
        let conn = login::connect(account).await?;
        Ok(Self { conn, names: HashMap::new(), selected: None })
    }

    /// Says goodbye. Best effort: nothing depends on the answer.
    pub async fn logout(mut self) {
        drop(timeout(Duration::from_secs(5), self.conn.run("LOGOUT", |_| {})).await);
    }
}
