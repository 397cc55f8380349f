//! What threading asks (contract §6.3): which messages have these ids, and who takes part in their tickets.

use crate::{
    StoreError,
    address::Address,
    column,
    tx::{Tx, all, on},
};
use desk::{
    ids::{MessageId, TicketId},
    message::{Direction, Kind},
    time::Millis,
};

/// How many ids one statement takes. Must be the number of blanks in [`by_header_ids`].
const IDS: usize = 20;

column::row! {
    /// A message that a mail names in In-Reply-To or References.
    pub struct Candidate {
        /// The message.
        pub message: MessageId,
        /// Its ticket.
        pub ticket: TicketId,
        /// Its Message-ID.
        pub message_id_header: String,
        /// Whether it came or went.
        pub direction: Direction,
        /// When.
        pub at: Millis,
    }
}

/// The messages that have one of these Message-IDs, in the order of `ids`; at most 100 for each 20 ids.
pub async fn by_header_ids(tx: &mut Tx, ids: &[String]) -> Result<Vec<Candidate>, StoreError> {
    const SQL: &str = "
        select id as message, ticket, message_id_header, direction, at from messages
        where message_id_header in ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18,
            $19, $20)
        order by id limit 100";
    let mut found: Vec<Candidate> = Vec::new();
    for chunk in ids.chunks(IDS) {
        let rows: Vec<Candidate> = on!(tx, |c| {
            let mut query = sqlx::query_as(SQL);
            for n in 0..IDS {
                query = query.bind(chunk.get(n));
            }
            query.fetch_all(c).await
        })?;
        found.extend(rows);
    }
    found.sort_by_key(|row| (ids.iter().position(|id| *id == row.message_id_header), row.message));
    Ok(found)
}

column::row! {
    /// The people of one message: for an incoming one its writer counts, for one we sent its recipients do.
    pub struct Participant {
        /// In, out, or a note.
        pub direction: Direction,
        /// What wrote it.
        pub kind: Kind,
        /// The writer's folded address.
        pub from_folded: Option<String>,
        /// The recipients.
        pub to_addresses: Vec<Address>,
        /// The recipients of copies.
        pub cc_addresses: Vec<Address>,
    }
}

/// The people of a ticket's messages, the newest first, each combination once; at most 500.
pub async fn participants(tx: &mut Tx, ticket: TicketId) -> Result<Vec<Participant>, StoreError> {
    const SQL: &str = "
        select direction, kind, from_folded, to_addresses, cc_addresses from messages
        where ticket = $1 and direction <> 'note'
        group by direction, kind, from_folded, to_addresses, cc_addresses
        order by max(at) desc limit 500";
    Ok(all!(tx, SQL, ticket.0)?)
}
