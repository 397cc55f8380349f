//! Background work that must happen exactly for this mail or this reply, as data.

use crate::codes::codes;
use crate::ids::{DeliveryId, MessageId, OutboundId};
use serde::{Deserialize, Serialize};

codes! {
    /// The kind of a job.
    pub enum JobKind {
        /// Read a kept mail and put it into its ticket.
        ReadMail => "read_mail",
        /// Send a reply whose bytes are fixed.
        SendReply => "send_reply",
        /// Acknowledge a customer's mail, if the loop guard allows.
        Acknowledge => "acknowledge",
    }
}

/// One job: its kind and what it needs, kept as JSON (`{"kind":"read_mail","delivery":5}`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Job {
    /// Read the original of this delivery.
    ReadMail {
        /// The arrival that asked for it.
        delivery: DeliveryId,
    },
    /// Send this reply.
    SendReply {
        /// The reply.
        outbound: OutboundId,
    },
    /// Acknowledge this message.
    Acknowledge {
        /// The customer's message.
        message: MessageId,
    },
}

impl Job {
    /// The kind, as the job table keeps it beside the payload.
    pub const fn kind(&self) -> JobKind {
        match self {
            Self::ReadMail { .. } => JobKind::ReadMail,
            Self::SendReply { .. } => JobKind::SendReply,
            Self::Acknowledge { .. } => JobKind::Acknowledge,
        }
    }
}
