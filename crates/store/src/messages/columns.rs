//! What a message holds.

use crate::{address::Address, column};
use desk::{
    ids::{AgentId, MessageId, OriginalId, TicketId},
    message::{Channel, Direction, Kind},
    time::Millis,
};
use serde_json::Value;

column::row! {
    /// Everything about a message but its identity. The JSON values have the shapes of the API (contract §5), which
    /// are those of the `mail` crate.
    pub struct Message {
        /// Its ticket.
        pub ticket: TicketId,
        /// The original it was read from; `None` for what we write.
        pub original: Option<OriginalId>,
        /// By which kind of entrance.
        pub channel: Channel,
        /// In, out, or a note.
        pub direction: Direction,
        /// What wrote it.
        pub kind: Kind,
        /// Message-ID without `<>`.
        pub message_id_header: Option<String>,
        /// Ids in In-Reply-To.
        pub in_reply_to: Vec<String>,
        /// Ids in References, oldest first.
        pub reference_ids: Vec<String>,
        /// The writer.
        pub from_address: Option<Address>,
        /// The recipients.
        pub to_addresses: Vec<Address>,
        /// The recipients of copies.
        pub cc_addresses: Vec<Address>,
        /// The decoded subject.
        pub subject: String,
        /// When it came or goes.
        pub at: Millis,
        /// The whole readable text.
        pub text: String,
        /// What was newly written.
        pub new_text: String,
        /// Quoted stretches of `text`: `[{"start","end"}]`.
        pub quoted: Value,
        /// The signature.
        pub signature: Option<String>,
        /// Whether it has an HTML form.
        pub has_html: bool,
        /// `[{"n","name","media_type","size","inline","content_id","dangers"}]`.
        pub attachments: Value,
        /// Why it is in this ticket: `{"code",…}`.
        pub because: Option<Value>,
        /// `["spam"]`.
        pub suspicions: Value,
        /// `["reply_to_other_domain"]`.
        pub warnings: Value,
        /// `["charset_guessed"]`.
        pub problems: Value,
        /// Message-ID, From, Date and body as one hash: the same mail in other bytes has the same (contract §6.4).
        pub soft_key: Option<Vec<u8>>,
        /// Who of us wrote it.
        pub author: Option<AgentId>,
        /// When this row was made.
        pub created_at: Millis,
    }
}

column::row! {
    /// One message.
    pub struct MessageRow {
        /// Identity.
        pub id: MessageId,
        /// Name of the author.
        pub author_name: Option<String>,
        /// Bytes of its original, or of what we send; `None` for a note.
        pub size: Option<u64>,
        /// SHA-256 of those bytes.
        pub sha256: Option<Vec<u8>>,
    }
    with {
        /// What it holds.
        pub message: Message as Message,
    }
}

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "select m.id, m.ticket, m.original, m.channel, m.direction, m.kind, m.message_id_header, m.in_reply_to,
                m.reference_ids, m.from_address, m.to_addresses, m.cc_addresses, m.subject, m.at, m.text, m.new_text,
                m.quoted, m.signature, m.has_html, m.attachments, m.because, m.suspicions, m.warnings, m.problems,
                m.soft_key, m.author, m.created_at, a.name as author_name,
                coalesce(o.size, b.size) as size, coalesce(o.sha256, b.bytes_sha256) as sha256
            from messages m
            left join originals o on o.id = m.original
            left join outbound b on b.message = m.id
            left join agents a on a.id = m.author ",
            $rest
        )
    };
}
pub(super) use select;

/// Runs a statement whose $1 to $27 are what a message holds, in the order of the table.
macro_rules! with_message {
    ($tx:expr, $run:ident, $sql:expr, $message:expr $(, $more:expr)* $(,)?) => {{
        let m: &Message = $message;
        $run!(
            $tx, $sql,
            m.ticket.0, m.original.map(|id| id.0), m.channel.as_str(), m.direction.as_str(), m.kind.as_str(),
            &m.message_id_header, json_of(&m.in_reply_to), json_of(&m.reference_ids),
            m.from_address.as_ref().map(json_of), m.from_address.as_ref().map(Address::folded),
            json_of(&m.to_addresses), json_of(&m.cc_addresses), &m.subject, m.at, &m.text, &m.new_text,
            json_of(&m.quoted), &m.signature, m.has_html, json_of(&m.attachments), m.because.as_ref().map(json_of),
            json_of(&m.suspicions), json_of(&m.warnings), json_of(&m.problems), m.soft_key.as_deref(),
            m.author.map(|id| id.0), m.created_at
            $(, $more)*
        )
    }};
}
pub(super) use with_message;
