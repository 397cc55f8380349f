//! The identity of each thing the desk keeps: one type each, so that a ticket's id never stands where a
//! message's is meant. Ids are made by the database and mean nothing else; customers never see them.

macro_rules! ids {
    ($($(#[$meta:meta])* $name:ident,)+) => {$(
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub i64);

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }

        impl From<i64> for $name {
            fn from(id: i64) -> Self {
                Self(id)
            }
        }

        impl From<$name> for i64 {
            fn from(id: $name) -> Self {
                id.0
            }
        }
    )+};
}

ids! {
    /// Who answers.
    AgentId,
    /// One matter of one contact (its `number` is what people see).
    TicketId,
    /// One item inside a ticket.
    MessageId,
    /// One address customers write to.
    MailboxId,
    /// A person who writes to us.
    ContactId,
    /// The unfinished reply of a ticket.
    DraftId,
    /// A reply whose bytes are fixed.
    OutboundId,
    /// Kept bytes.
    OriginalId,
    /// One arrival of kept bytes.
    DeliveryId,
    /// One piece of background work.
    JobId,
    /// One line of history.
    EventId,
    /// Agents who share work.
    TeamId,
    /// A file waiting to be attached.
    UploadId,
    /// A bearer token.
    TokenId,
    /// A signed-in browser.
    SessionId,
    /// Something one person must see.
    NoticeId,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_a_plain_number_outside() {
        assert_eq!(serde_json::to_string(&TicketId(7)).unwrap(), "7");
        assert_eq!(serde_json::from_str::<TicketId>("7").unwrap(), TicketId::from(7));
        assert_eq!(TicketId(7).to_string(), "7");
        assert_eq!(i64::from(TicketId(7)), 7);
    }
}
