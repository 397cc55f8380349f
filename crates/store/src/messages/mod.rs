//! What is inside a ticket: mails in and out, notes. Derived from originals and drafts, so it can be written again.

mod columns;
mod threading;

pub use columns::{Message, MessageRow};
pub use threading::{Candidate, Participant, by_header_ids, participants};

use crate::{
    StoreError,
    address::Address,
    column::{self, json_of},
    search,
    tx::{Tx, all, found, maybe, run, value},
};
use columns::{select, with_message};
use desk::{
    ids::{DeliveryId, MessageId, OriginalId, TicketId},
    time::Millis,
};

/// Writes a message. A message with its `soft_key` is there already: [`StoreError::Conflict`].
pub async fn insert(tx: &mut Tx, message: &Message) -> Result<MessageId, StoreError> {
    const SQL: &str = "
        insert into messages (ticket, original, channel, direction, kind, message_id_header, in_reply_to,
            reference_ids, from_address, from_folded, to_addresses, cc_addresses, subject, at, text, new_text, quoted,
            signature, has_html, attachments, because, suspicions, warnings, problems, soft_key, author, created_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22,
            $23, $24, $25, $26, $27)
        returning id";
    let id: i64 = with_message!(tx, value, SQL, message)?;
    Ok(MessageId(id))
}

/// Writes everything of a message again (`reread`).
pub async fn update(tx: &mut Tx, id: MessageId, message: &Message) -> Result<(), StoreError> {
    const SQL: &str = "
        update messages
        set ticket = $1, original = $2, channel = $3, direction = $4, kind = $5, message_id_header = $6,
            in_reply_to = $7, reference_ids = $8, from_address = $9, from_folded = $10, to_addresses = $11,
            cc_addresses = $12, subject = $13, at = $14, text = $15, new_text = $16, quoted = $17, signature = $18,
            has_html = $19, attachments = $20, because = $21, suspicions = $22, warnings = $23, problems = $24,
            soft_key = $25, author = $26, created_at = $27
        where id = $28";
    found(with_message!(tx, run, SQL, message, id.0)?)
}

/// One message.
pub async fn get(tx: &mut Tx, id: MessageId) -> Result<Option<MessageRow>, StoreError> {
    const SQL: &str = select!("where m.id = $1");
    Ok(maybe!(tx, SQL, id.0)?)
}

/// The message that an original became, or that it is another copy of.
pub async fn by_original(tx: &mut Tx, original: OriginalId) -> Result<Option<MessageRow>, StoreError> {
    const SQL: &str = select!(
        "where m.original = $1 or m.id in (select c.message from message_copies c where c.original = $1)
        order by m.id limit 1"
    );
    Ok(maybe!(tx, SQL, original.0)?)
}

/// The message of this soft key (contract §6.4).
pub async fn by_soft_key(tx: &mut Tx, soft_key: &[u8]) -> Result<Option<MessageRow>, StoreError> {
    const SQL: &str = select!("where m.soft_key = $1");
    Ok(maybe!(tx, SQL, soft_key)?)
}

/// One page of a ticket, the newest message first: those before `(at, id)`.
pub async fn page(
    tx: &mut Tx,
    ticket: TicketId,
    before: Option<(Millis, MessageId)>,
    limit: i64,
) -> Result<Vec<MessageRow>, StoreError> {
    const SQL: &str =
        select!("where m.ticket = $1 and (m.at, m.id) < ($2, $3) order by m.at desc, m.id desc limit $4");
    let (at, id) = before.map_or((i64::MAX, i64::MAX), |(at, id)| (at, id.0));
    Ok(all!(tx, SQL, ticket.0, at, id, limit)?)
}

/// Messages by id; at most `limit` after `after`: what exports and indexing walk through.
pub async fn list(tx: &mut Tx, after: MessageId, limit: i64) -> Result<Vec<MessageRow>, StoreError> {
    const SQL: &str = select!("where m.id > $1 order by m.id limit $2");
    Ok(all!(tx, SQL, after.0, limit)?)
}

/// Puts every message of one ticket into another; how many.
pub async fn move_all(tx: &mut Tx, from: TicketId, into: TicketId) -> Result<u64, StoreError> {
    Ok(run!(tx, "update messages set ticket = $2 where ticket = $1", from.0, into.0)?)
}

/// Removes a message that never left (a reply taken back); its words leave the search too.
pub async fn delete(tx: &mut Tx, id: MessageId) -> Result<(), StoreError> {
    search::remove(tx, id).await?;
    run!(tx, "delete from message_copies where message = $1", id.0)?;
    found(run!(tx, "delete from messages where id = $1", id.0)?)
}

/// The same message arrived in other bytes: remembers that original and its delivery.
pub async fn add_copy(
    tx: &mut Tx,
    message: MessageId,
    original: OriginalId,
    delivery: DeliveryId,
) -> Result<(), StoreError> {
    const SQL: &str = "
        insert into message_copies (original, message, delivery)
        values ($1, $2, $3)
        on conflict (original, message) do nothing";
    run!(tx, SQL, original.0, message.0, delivery.0)?;
    Ok(())
}

column::row! {
    /// Another original of a message: the same mail in other bytes ("also arrived at").
    pub struct OtherCopy {
        /// The message.
        pub message: MessageId,
        /// The name of the other bytes.
        pub sha256: Vec<u8>,
        /// How many they are.
        pub size: u64,
        /// The mailbox they arrived at.
        pub mailbox_address: Option<String>,
        /// When.
        pub received_at: Millis,
    }
}

/// The other originals of every message of a ticket, in the order in which they came; at most 1,000.
pub async fn copies(tx: &mut Tx, ticket: TicketId) -> Result<Vec<OtherCopy>, StoreError> {
    const SQL: &str = "
        select c.message, o.sha256, o.size, b.address as mailbox_address, d.received_at
        from message_copies c
        join messages m on m.id = c.message
        join originals o on o.id = c.original
        join deliveries d on d.id = c.delivery
        left join mailboxes b on b.id = d.mailbox
        where m.ticket = $1
        order by c.delivery limit 1000";
    Ok(all!(tx, SQL, ticket.0)?)
}
