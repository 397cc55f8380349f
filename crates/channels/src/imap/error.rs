//! What can go wrong with an IMAP account, sorted by what a person can do about it.

use crate::wire::ConnectError;

/// Why an IMAP step failed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ImapError {
    /// The server was not reached, not protected, too slow, or lost.
    #[error(transparent)]
    Connect(#[from] ConnectError),
    /// What answers at this port is not an IMAP server.
    #[error("this is not an IMAP server")]
    NotImap,
    /// The server turned us away before the sign-in (too many connections, maintenance …).
    #[error("the server turned us away: {answer}")]
    TurnedAway {
        /// The server's answer.
        answer: String,
    },
    /// User or password is wrong, or the account may not use IMAP.
    #[error("the server refused the login: {answer}")]
    LoginRefused {
        /// The server's answer.
        answer: String,
    },
    /// The server takes no password on this connection: it wants TLS, or another way to sign in.
    #[error("the server takes no password on this connection")]
    LoginNotOffered,
    /// The server says that we are signed in already; we don't know as whom.
    #[error("the server signed us in without a password")]
    Preauthenticated,
    /// The user name or password has a character that can't be sent (line break, NUL).
    #[error("the user name or password can't be sent")]
    LoginUnsendable,
    /// There is no such folder.
    #[error("no such folder: {folder}: {answer}")]
    FolderMissing {
        /// The folder's name.
        folder: String,
        /// The server's answer.
        answer: String,
    },
    /// The folder has no lasting UIDs, so its mails can't be told apart.
    #[error("the folder gives its mails no lasting numbers")]
    NoUidValidity,
    /// The server refused a command.
    #[error("the server said: {answer}")]
    ServerSaid {
        /// The server's answer.
        answer: String,
    },
    /// The server's words can't be understood. They are not repeated here: they may hold mail.
    #[error("the server's answer can't be read")]
    Unreadable,
}

impl ImapError {
    /// The name of the case for the API and the screens.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Connect(connect) => connect.code(),
            Self::NotImap => "not_imap",
            Self::TurnedAway { .. } => "turned_away",
            Self::LoginRefused { .. } => "login_refused",
            Self::LoginNotOffered => "login_not_offered",
            Self::Preauthenticated => "preauthenticated",
            Self::LoginUnsendable => "login_unsendable",
            Self::FolderMissing { .. } => "folder_missing",
            Self::NoUidValidity => "no_uidvalidity",
            Self::ServerSaid { .. } => "server_said",
            Self::Unreadable => "unreadable",
        }
    }

    /// What the server said, word for word, where it said anything.
    pub fn answer(&self) -> Option<&str> {
        match self {
            Self::Connect(connect) => connect.answer(),
            Self::TurnedAway { answer }
            | Self::LoginRefused { answer }
            | Self::FolderMissing { answer, .. }
            | Self::ServerSaid { answer } => Some(answer),
            Self::NotImap
            | Self::LoginNotOffered
            | Self::Preauthenticated
            | Self::LoginUnsendable
            | Self::NoUidValidity
            | Self::Unreadable => None,
        }
    }
}
