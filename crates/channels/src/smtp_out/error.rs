//! What can go wrong with a sending server, sorted by what a person can do about it.

use crate::wire::ConnectError;

/// Why a mail did not leave, or a server could not be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SmtpError {
    /// The server was not reached, not protected, too slow, or lost.
    #[error(transparent)]
    Connect(#[from] ConnectError),
    /// What answers at this port is not an SMTP server.
    #[error("this is not an SMTP server")]
    NotSmtp,
    /// The server turned us away at its greeting.
    #[error("the server turned us away: {answer}")]
    TurnedAway {
        /// The server's answer.
        answer: String,
    },
    /// User or password is wrong.
    #[error("the server refused the login: {answer}")]
    LoginRefused {
        /// The server's answer.
        answer: String,
    },
    /// The server wants a login, and the mailbox has none.
    #[error("the server wants a login: {answer}")]
    LoginNeeded {
        /// The server's answer.
        answer: String,
    },
    /// A login is set, but the server offers none that we know on this connection.
    #[error("the server offers no login that is known here")]
    LoginNotOffered,
    /// The server asks to try again later (4xx, at whatever step).
    #[error("the server asks to try later: {answer}")]
    NotNow {
        /// The server's answer.
        answer: String,
    },
    /// The server refused the sender address.
    #[error("the server refused the sender: {answer}")]
    SenderRefused {
        /// The server's answer.
        answer: String,
    },
    /// The server refused this recipient.
    #[error("the server refused the recipient: {answer}")]
    RecipientRefused {
        /// The server's answer.
        answer: String,
    },
    /// The server refused the mail itself.
    #[error("the server refused the mail: {answer}")]
    MailRefused {
        /// The server's answer.
        answer: String,
    },
    /// The address holds something that can't stand in an envelope.
    #[error("the address can't be sent to")]
    AddressUnusable,
    /// The address is not plain ASCII and the server doesn't take such addresses.
    #[error("the server takes no addresses like this one")]
    AddressNeedsUtf8,
    /// The bytes have a bare CR or LF, or don't end with a line end. A fault of ours.
    #[error("the mail's lines don't end with CRLF")]
    LinesNotCrlf,
    /// The connection broke after the final dot: the mail may have been taken.
    #[error("no answer came after the mail was handed over")]
    NoAnswerAfterDot,
    /// The server's words can't be understood.
    #[error("the server's answer can't be read: {answer}")]
    Unreadable {
        /// What it sent.
        answer: String,
    },
}

impl SmtpError {
    /// The name of the case for the API and the screens.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Connect(connect) => connect.code(),
            Self::NotSmtp => "not_smtp",
            Self::TurnedAway { .. } => "turned_away",
            Self::LoginRefused { .. } => "login_refused",
            Self::LoginNeeded { .. } => "login_needed",
            Self::LoginNotOffered => "login_not_offered",
            Self::NotNow { .. } => "not_now",
            Self::SenderRefused { .. } => "sender_refused",
            Self::RecipientRefused { .. } => "recipient_refused",
            Self::MailRefused { .. } => "mail_refused",
            Self::AddressUnusable => "address_unusable",
            Self::AddressNeedsUtf8 => "address_needs_utf8",
            Self::LinesNotCrlf => "lines_not_crlf",
            Self::NoAnswerAfterDot => "no_answer_after_dot",
            Self::Unreadable { .. } => "unreadable",
        }
    }

    /// What the server said, word for word, where it said anything.
    pub fn answer(&self) -> Option<&str> {
        match self {
            Self::Connect(connect) => connect.answer(),
            Self::TurnedAway { answer }
            | Self::LoginRefused { answer }
            | Self::LoginNeeded { answer }
            | Self::NotNow { answer }
            | Self::SenderRefused { answer }
            | Self::RecipientRefused { answer }
            | Self::MailRefused { answer }
            | Self::Unreadable { answer } => Some(answer),
            Self::NotSmtp
            | Self::LoginNotOffered
            | Self::AddressUnusable
            | Self::AddressNeedsUtf8
            | Self::LinesNotCrlf
            | Self::NoAnswerAfterDot => None,
        }
    }
}
