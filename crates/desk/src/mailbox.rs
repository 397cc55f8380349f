//! An address customers write to, with its way in and out.

use crate::codes::codes;

codes! {
    /// How mail comes in.
    pub enum IncomingKind {
        /// Fetched by IMAP.
        Imap => "imap",
        /// Fetched by POP3.
        Pop3 => "pop3",
        /// Handed to our own listener.
        Smtp => "smtp",
        /// Only imported old mail; sends nothing.
        Import => "import",
        /// Not at all.
        None => "none",
    }
}

codes! {
    /// How the wire to a mail server is protected.
    pub enum Tls {
        /// TLS from the first byte.
        Required => "required",
        /// TLS by STARTTLS, never without.
        Starttls => "starttls",
        /// In the open; for a server on the same machine.
        None => "none",
    }
}

codes! {
    /// A switch of a mailbox.
    pub enum Switch {
        /// Off.
        Off => "off",
        /// On.
        On => "on",
    }
}

codes! {
    /// How a mailbox is doing.
    pub enum Health {
        /// Mail comes in.
        Ok => "ok",
        /// Not tried yet, or waiting for its turn.
        Waiting => "waiting",
        /// The server cannot be reached or refuses.
        Failing => "failing",
        /// Nothing to fetch.
        Off => "off",
    }
}

codes! {
    /// What becomes of past mail, from before the connection.
    pub enum PastMail {
        /// Not asked for.
        Off => "off",
        /// Being fetched.
        Running => "running",
        /// Waiting for a person to go on.
        Paused => "paused",
        /// All there.
        Done => "done",
    }
}
