//! Which UIDs of an IMAP folder are in the ledger of deliveries already: what a scan that was cut off, or a mail that
//! the server held back, need not be fetched for again.

use crate::{
    StoreError,
    tx::{Tx, values},
};
use desk::ids::MailboxId;

/// A folder under one numbering of its server.
#[derive(Debug, Clone, Copy)]
pub struct Numbering<'a> {
    /// Whose folder.
    pub mailbox: MailboxId,
    /// Its name.
    pub folder: &'a str,
    /// Its UIDVALIDITY.
    pub uidvalidity: u32,
}

/// The UIDs from `from` to `to` (both included) that were kept, in rising order; at most `limit`.
pub async fn taken(
    tx: &mut Tx,
    numbering: Numbering<'_>,
    from: u32,
    to: u32,
    limit: i64,
) -> Result<Vec<u32>, StoreError> {
    const SQL: &str = "
        select uid from deliveries
        where mailbox = $1 and folder = $2 and uidvalidity = $3 and uid >= $4 and uid <= $5
        order by uid limit $6";
    let Numbering { mailbox, folder, uidvalidity } = numbering;
    let uids: Vec<i64> =
        values!(tx, SQL, mailbox.0, folder, i64::from(uidvalidity), i64::from(from), i64::from(to), limit)?;
    Ok(uids.into_iter().filter_map(|uid| u32::try_from(uid).ok()).collect())
}
