//! What a message is: by which door it came or goes, which way, and of what kind.

use crate::codes::codes;

codes! {
    /// The kind of entrance (窓口).
    pub enum Channel {
        /// E-mail.
        Mail => "mail",
        /// A form on a web page.
        Form => "form",
        /// Chat.
        Chat => "chat",
        /// LINE.
        Line => "line",
        /// A phone call, noted by an agent.
        Phone => "phone",
        /// Another program.
        Api => "api",
    }
}

codes! {
    /// Which way a message goes.
    pub enum Direction {
        /// From outside to us.
        In => "in",
        /// From us to outside.
        Out => "out",
        /// Among ourselves; nobody outside sees it.
        Note => "note",
    }
}

codes! {
    /// What wrote the message. Outgoing messages and notes by a person are `human`, an acknowledgement is
    /// `auto_reply`.
    pub enum Kind {
        /// A person.
        Human => "human",
        /// A person, through a form.
        Form => "form",
        /// A machine that answers by itself.
        AutoReply => "auto_reply",
        /// A mail that came back.
        Bounce => "bounce",
        /// A receipt of delivery or reading.
        Receipt => "receipt",
        /// A mailing list.
        List => "list",
        /// A newsletter.
        Newsletter => "newsletter",
        /// A machine that tells something.
        Notification => "notification",
        /// Bytes that could not be read.
        Unreadable => "unreadable",
    }
}

codes! {
    /// How bytes arrived.
    pub enum ArrivedBy {
        /// Fetched by IMAP.
        Imap => "imap",
        /// Fetched by POP3.
        Pop3 => "pop3",
        /// Handed to our SMTP or LMTP listener.
        Smtp => "smtp",
        /// Old mail, imported.
        Import => "import",
        /// Another program.
        Api => "api",
        /// A form.
        Form => "form",
        /// Another service's call.
        Webhook => "webhook",
    }
}

impl Kind {
    /// Whether somebody is waiting for an answer: a person wrote, or nobody could tell.
    ///
    /// Unreadable mail counts: what we cannot read may be a customer, so it must not disappear on a shelf.
    /// A notification counts too (an order system's mail is often the shop's real inquiry).
    pub const fn needs_a_person(self) -> bool {
        match self {
            Self::Human | Self::Form | Self::Notification | Self::Unreadable => true,
            Self::AutoReply | Self::Bounce | Self::Receipt | Self::List | Self::Newsletter => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_person_and_what_may_be_a_person_need_a_person() {
        for kind in Kind::ALL {
            let expected = matches!(kind, Kind::Human | Kind::Form | Kind::Notification | Kind::Unreadable);
            assert_eq!(kind.needs_a_person(), expected, "{kind}");
        }
    }
}
