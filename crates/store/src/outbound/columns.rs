//! The columns of a reply whose bytes are fixed, and of its recipients.

use crate::column;
use desk::{
    ids::{AgentId, MailboxId, MessageId, OutboundId, TicketId},
    message::Channel,
    outbound::State,
    time::Millis,
};
use serde_json::Value;

/// A reply to put into the outbox; its bytes are kept as a blob before.
#[derive(Debug, Clone)]
pub struct NewOutbound {
    /// Its ticket.
    pub ticket: TicketId,
    /// Its message in the ticket; `None` for an acknowledgement.
    pub message: Option<MessageId>,
    /// From which mailbox.
    pub mailbox: MailboxId,
    /// By which kind of door.
    pub channel: Channel,
    /// Message-ID without `<>`, fixed before the first try.
    pub message_id_header: String,
    /// The name of its bytes.
    pub bytes_sha256: Vec<u8>,
    /// How many bytes.
    pub size: u64,
    /// The envelope's sender; empty for the null sender.
    pub envelope_from: String,
    /// The envelope's recipients, To, Cc and Bcc.
    pub recipients: Vec<String>,
    /// `held`, or `queued` without a hold.
    pub state: State,
    /// Not before then.
    pub not_before: Millis,
    /// What the ticket was, to be set back by undo.
    pub ticket_before: Option<Value>,
    /// The draft it was, to be set back by undo.
    pub draft: Option<Value>,
    /// Written by the desk itself.
    pub automatic: bool,
    /// Who sent it; `None`: the desk itself.
    pub agent: Option<AgentId>,
}

column::row! {
    /// A reply in the outbox.
    pub struct OutboundRow {
        /// Identity.
        pub id: OutboundId,
        /// Its ticket.
        pub ticket: TicketId,
        /// That ticket's number.
        pub number: i64,
        /// Its message in the ticket.
        pub message: Option<MessageId>,
        /// From which mailbox.
        pub mailbox: MailboxId,
        /// By which kind of door.
        pub channel: Channel,
        /// Message-ID without `<>`.
        pub message_id_header: String,
        /// The name of its bytes.
        pub bytes_sha256: Vec<u8>,
        /// How many bytes.
        pub size: u64,
        /// The envelope's sender; empty for the null sender.
        pub envelope_from: String,
        /// The worst of its recipients' states.
        pub state: State,
        /// Not before then; for a deferred one the next try.
        pub not_before: Millis,
        /// How often it was tried, the running try included.
        pub attempts: i64,
        /// Until when a worker has it.
        pub lease_until: Option<Millis>,
        /// Which worker.
        pub node: Option<String>,
        /// The last answer of a server.
        pub answer: Option<String>,
        /// What the ticket was, to be set back by undo.
        pub ticket_before: Option<Value>,
        /// The draft it was, to be set back by undo.
        pub draft: Option<Value>,
        /// Written by the desk itself.
        pub automatic: bool,
        /// Who sent it; `None`: the desk itself.
        pub agent: Option<AgentId>,
        /// When it was put into the outbox.
        pub created_at: Millis,
        /// When a server took it.
        pub sent_at: Option<Millis>,
        /// Raised at every change.
        pub version: i64,
    }
}

column::row! {
    /// One recipient of a reply.
    pub struct RecipientRow {
        /// Identity.
        pub id: i64,
        /// The reply.
        pub outbound: OutboundId,
        /// The address as written.
        pub address: String,
        /// What became of it.
        pub state: State,
        /// The last answer of a server about it.
        pub answer: Option<String>,
    }
}

macro_rules! outbound_columns {
    () => {
        "o.id, o.ticket, t.number, o.message, o.mailbox, o.channel, o.message_id_header, o.bytes_sha256, o.size,
        o.envelope_from, o.state, o.not_before, o.attempts, o.lease_until, o.node, o.answer, o.ticket_before, o.draft,
        o.automatic, o.agent, o.created_at, o.sent_at, o.version"
    };
}
pub(super) use outbound_columns;
