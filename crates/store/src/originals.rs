//! Originals (原本): the very bytes that came from outside, by any channel, and each of their arrivals. The same bytes
//! again are a new delivery of the same original (contract §6.4).

use crate::{
    StoreError,
    blobs::{self, Hash, Prepared},
    column,
    tx::{Tx, all, maybe, maybe_value, one, value},
};
use desk::{
    ids::{DeliveryId, MailboxId, OriginalId},
    message::{ArrivedBy, Channel},
    time::Millis,
};

/// How a delivery is to be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// It came just now: clocks, notices and acknowledgements apply.
    Live,
    /// A person imports old mail: silent.
    Import,
    /// Past mail of a connected mailbox: silent too.
    Past,
}

impl Mode {
    /// The stored word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Live => "live",
            Self::Import => "import",
            Self::Past => "past",
        }
    }

    /// The mode of a stored word.
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Live, Self::Import, Self::Past].into_iter().find(|mode| mode.as_str() == word)
    }
}
column::code!(Mode);

column::row! {
    /// How and when bytes arrived.
    pub struct NewDelivery {
        /// By which kind of entrance.
        pub channel: Channel,
        /// For which mailbox.
        pub mailbox: Option<MailboxId>,
        /// By which wire.
        pub arrived_by: ArrivedBy,
        /// The IMAP folder.
        pub folder: Option<String>,
        /// The folder's numbering.
        pub uidvalidity: Option<u32>,
        /// The mail's number in it.
        pub uid: Option<u32>,
        /// The mail's name on a POP3 server.
        pub uidl: Option<String>,
        /// The envelope's sender; empty for the null sender.
        pub envelope_from: Option<String>,
        /// The envelope's recipients for this mailbox.
        pub envelope_to: Vec<String>,
        /// The `Received` line that we would have written into the mail.
        pub trace: Option<String>,
        /// How it is to be read.
        pub mode: Mode,
        /// Imported mail younger than this and unanswered stays open.
        pub open_since: Option<Millis>,
        /// It lay in the junk folder.
        pub junk: bool,
        /// When it arrived.
        pub received_at: Millis,
    }
}

column::row! {
    /// One arrival of an original.
    pub struct DeliveryRow {
        /// Identity.
        pub id: DeliveryId,
        /// What arrived.
        pub original: OriginalId,
        /// The name of its bytes.
        pub sha256: Vec<u8>,
    }
    with {
        /// How and when.
        pub delivery: NewDelivery as NewDelivery,
    }
}

column::row! {
    /// One original.
    pub struct OriginalRow {
        /// Identity.
        pub id: OriginalId,
        /// SHA-256 of its bytes; their name among the blobs.
        pub sha256: Vec<u8>,
        /// `message/rfc822` for a mail.
        pub media_type: String,
        /// Bytes.
        pub size: u64,
        /// When it first arrived.
        pub first_received_at: Millis,
    }
}

/// What became of bytes that were handed in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Kept {
    /// The original.
    pub original: OriginalId,
    /// This arrival of it.
    pub delivery: DeliveryId,
    /// These bytes were never here before.
    pub new: bool,
    /// This very arrival (same folder and UID, or same UIDL) is in the ledger already.
    pub already_delivered: bool,
}

/// One arrival to keep: prepared bytes, their media type, and how they came.
#[derive(Debug, Clone, Copy)]
pub struct Arrival<'a> {
    /// The bytes.
    pub bytes: &'a Prepared,
    /// `message/rfc822` for a mail.
    pub media_type: &'a str,
    /// How they came.
    pub delivery: &'a NewDelivery,
}

/// Keeps bytes and their arrival. After the commit nothing can lose them.
pub async fn keep(tx: &mut Tx, arrival: Arrival<'_>) -> Result<Kept, StoreError> {
    let Arrival { bytes, media_type, delivery } = arrival;
    let (original, new) = keep_original(tx, bytes, media_type, delivery.received_at).await?;
    let (delivery, fresh) = keep_delivery(tx, original, delivery).await?;
    Ok(Kept { original, delivery, new, already_delivered: !fresh })
}

/// Keeps many arrivals in the order given, for one commit.
pub async fn keep_many(tx: &mut Tx, arrivals: &[Arrival<'_>]) -> Result<Vec<Kept>, StoreError> {
    let mut kept = Vec::with_capacity(arrivals.len());
    for arrival in arrivals {
        kept.push(keep(tx, *arrival).await?);
    }
    Ok(kept)
}

async fn keep_original(
    tx: &mut Tx,
    bytes: &Prepared,
    media_type: &str,
    now: Millis,
) -> Result<(OriginalId, bool), StoreError> {
    const FIND: &str = "select id from originals where sha256 = $1";
    const ADD: &str = "
        insert into originals (sha256, media_type, size, first_received_at)
        values ($1, $2, $3, $4)
        on conflict (sha256) do nothing
        returning id";
    let sha256 = bytes.sha256.as_slice();
    let added: Option<i64> = maybe_value!(tx, ADD, sha256, media_type, blobs::size(bytes.size), now)?;
    if let Some(id) = added {
        blobs::keep(tx, bytes, now).await?;
        return Ok((OriginalId(id), true));
    }
    let id: i64 = value!(tx, FIND, sha256)?;
    Ok((OriginalId(id), false))
}

async fn keep_delivery(
    tx: &mut Tx,
    original: OriginalId,
    new: &NewDelivery,
) -> Result<(DeliveryId, bool), StoreError> {
    const ADD: &str = "
        insert into deliveries (original, channel, mailbox, arrived_by, folder, uidvalidity, uid, uidl,
            envelope_from, envelope_to, trace, mode, open_since, junk, received_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
        on conflict do nothing
        returning id";
    let uidvalidity = new.uidvalidity.map(i64::from);
    let uid = new.uid.map(i64::from);
    let mailbox = new.mailbox.map(|id| id.0);
    let added: Option<i64> = maybe_value!(
        tx,
        ADD,
        original.0,
        new.channel.as_str(),
        mailbox,
        new.arrived_by.as_str(),
        &new.folder,
        uidvalidity,
        uid,
        &new.uidl,
        &new.envelope_from,
        column::json_of(&new.envelope_to),
        &new.trace,
        new.mode.as_str(),
        new.open_since,
        new.junk,
        new.received_at
    )?;
    if let Some(id) = added {
        return Ok((DeliveryId(id), true));
    }
    Ok((delivered_before(tx, new).await?, false))
}

/// The delivery that has the same place in a folder, or the same UIDL.
async fn delivered_before(tx: &mut Tx, new: &NewDelivery) -> Result<DeliveryId, StoreError> {
    const SQL: &str = "
        select id from deliveries
        where mailbox = $1 and ((folder = $2 and uidvalidity = $3 and uid = $4) or uidl = $5)";
    let (uidvalidity, uid) = (new.uidvalidity.map(i64::from), new.uid.map(i64::from));
    let id: i64 = value!(tx, SQL, new.mailbox.map(|id| id.0), &new.folder, uidvalidity, uid, &new.uidl)?;
    Ok(DeliveryId(id))
}

macro_rules! select_delivery {
    ($rest:literal) => {
        concat!(
            "select d.id, d.original, o.sha256, d.channel, d.mailbox, d.arrived_by, d.folder, d.uidvalidity, d.uid,
                d.uidl, d.envelope_from, d.envelope_to, d.trace, d.mode, d.open_since, d.junk, d.received_at
            from deliveries d
            join originals o on o.id = d.original ",
            $rest
        )
    };
}

/// One arrival.
pub async fn delivery(tx: &mut Tx, id: DeliveryId) -> Result<Option<DeliveryRow>, StoreError> {
    const SQL: &str = select_delivery!("where d.id = $1");
    Ok(maybe!(tx, SQL, id.0)?)
}

/// The arrivals of an original, in their order; at most 100.
pub async fn deliveries(tx: &mut Tx, original: OriginalId) -> Result<Vec<DeliveryRow>, StoreError> {
    const SQL: &str = select_delivery!("where d.original = $1 order by d.id limit 100");
    Ok(all!(tx, SQL, original.0)?)
}

/// Arrivals after `after`, by id, of one mailbox or of all and not older than `since`: what `reread` walks through.
pub async fn deliveries_after(
    tx: &mut Tx,
    after: DeliveryId,
    mailbox: Option<MailboxId>,
    since: Millis,
    limit: i64,
) -> Result<Vec<DeliveryRow>, StoreError> {
    const OF_ALL: &str = select_delivery!("where d.id > $1 and d.received_at >= $2 order by d.id limit $3");
    const OF_ONE: &str =
        select_delivery!("where d.id > $1 and d.received_at >= $2 and d.mailbox = $4 order by d.id limit $3");
    Ok(match mailbox {
        Some(mailbox) => all!(tx, OF_ONE, after.0, since, limit, mailbox.0)?,
        None => all!(tx, OF_ALL, after.0, since, limit)?,
    })
}

/// The original of this id. [`StoreError::NotFound`] without it.
pub async fn get(tx: &mut Tx, id: OriginalId) -> Result<OriginalRow, StoreError> {
    const SQL: &str = "select id, sha256, media_type, size, first_received_at from originals where id = $1";
    Ok(one!(tx, SQL, id.0)?)
}

/// The original of these bytes, if they were ever kept.
pub async fn by_hash(tx: &mut Tx, sha256: &Hash) -> Result<Option<OriginalRow>, StoreError> {
    const SQL: &str =
        "select id, sha256, media_type, size, first_received_at from originals where sha256 = $1";
    Ok(maybe!(tx, SQL, sha256.as_slice())?)
}

/// Originals after `after`, by id: what `verify` and `export` walk through.
pub async fn list(tx: &mut Tx, after: OriginalId, limit: i64) -> Result<Vec<OriginalRow>, StoreError> {
    const SQL: &str = "
        select id, sha256, media_type, size, first_received_at from originals
        where id > $1
        order by id limit $2";
    Ok(all!(tx, SQL, after.0, limit)?)
}

/// How many originals there are.
pub async fn count(tx: &mut Tx) -> Result<i64, StoreError> {
    Ok(value!(tx, "select count(*) from originals")?)
}
