//! The ledger of what was fetched by IMAP (contract §6.5): from which UID on mail is live, how far we came, and how
//! much past mail was taken.

use crate::{
    StoreError, column,
    tx::{Tx, all, found, one, run},
};
use desk::{ids::MailboxId, mailbox::PastMail, time::Millis};

column::row! {
    /// One folder on the server.
    pub struct FolderRow {
        /// Identity.
        pub id: i64,
        /// Whose.
        pub mailbox: MailboxId,
        /// Its name on the server.
        pub name: String,
        /// `inbox` or `junk`.
        pub kind: String,
        /// Under which numbering of the server the UIDs below hold.
        pub uidvalidity: u32,
        /// Every UID from here on is taken, whatever its flags or date.
        pub live_from_uid: u32,
        /// The highest live UID that was kept and committed; `live_from_uid - 1` before any.
        pub last_uid: u32,
        /// How many mails the server had at the last look.
        pub on_server: u32,
        /// How many live mails were taken.
        pub live_taken: u32,
        /// Whether past mail is being fetched.
        pub past_state: PastMail,
        /// Past mail from this UID on was asked for already (newest first).
        pub past_below: u32,
        /// How many past mails there were when the folder was connected.
        pub past_total: u32,
        /// How many of them were taken.
        pub past_taken: u32,
        /// When the folder was first seen.
        pub connected_at: Millis,
        /// When the server was last asked.
        pub looked_at: Option<Millis>,
    }
}

/// A folder as it is found at the first connection, or after its UIDVALIDITY changed.
#[derive(Debug, Clone)]
pub struct NewFolder {
    /// Whose.
    pub mailbox: MailboxId,
    /// Its name on the server.
    pub name: String,
    /// `inbox` or `junk`.
    pub kind: String,
    /// The server's numbering.
    pub uidvalidity: u32,
    /// UIDNEXT at this moment.
    pub live_from_uid: u32,
    /// How many mails lie below.
    pub past_total: u32,
}

macro_rules! columns {
    () => {
        "id, mailbox, name, kind, uidvalidity, live_from_uid, last_uid, on_server, live_taken,
        past_state, past_below, past_total, past_taken, connected_at, looked_at"
    };
}

/// Writes a folder at its first connection; a folder of this name that is known already gets the new numbering and
/// begins again under it, keeping its `connected_at` and its counts of mail that was taken.
pub async fn upsert(tx: &mut Tx, folder: &NewFolder, now: Millis) -> Result<FolderRow, StoreError> {
    const SQL: &str = concat!(
        "insert into folders (mailbox, name, kind, uidvalidity, live_from_uid, last_uid, on_server, live_taken,
            past_state, past_below, past_total, past_taken, connected_at)
        values ($1, $2, $3, $4, $5, $6, $7, 0, 'off', $5, $7, 0, $8)
        on conflict (mailbox, name) do update
        set kind = excluded.kind, uidvalidity = excluded.uidvalidity, live_from_uid = excluded.live_from_uid,
            last_uid = excluded.last_uid, on_server = excluded.on_server, past_below = excluded.past_below,
            past_total = excluded.past_total
        returning ",
        columns!()
    );
    let NewFolder { mailbox, name, kind, uidvalidity, live_from_uid, past_total } = folder;
    let live = i64::from(*live_from_uid);
    Ok(one!(
        tx,
        SQL,
        mailbox.0,
        name,
        kind,
        i64::from(*uidvalidity),
        live,
        (live - 1).max(0),
        i64::from(*past_total),
        now
    )?)
}

/// The folders of a mailbox, by id.
pub async fn list(tx: &mut Tx, mailbox: MailboxId) -> Result<Vec<FolderRow>, StoreError> {
    const SQL: &str =
        concat!("select ", columns!(), " from folders where mailbox = $1 order by id limit 100");
    Ok(all!(tx, SQL, mailbox.0)?)
}

/// Live mail up to `last_uid` was kept, `taken` of it new: write it in the transaction that keeps the mails. Never
/// goes back; what was taken beyond a mail that the server holds back counts all the same.
pub async fn advance(tx: &mut Tx, id: i64, last_uid: u32, taken: u32) -> Result<(), StoreError> {
    const COUNT: &str = "update folders set live_taken = live_taken + $2 where id = $1";
    const REACHED: &str = "update folders set last_uid = $2 where id = $1 and last_uid < $2";
    run!(tx, COUNT, id, i64::from(taken))?;
    run!(tx, REACHED, id, i64::from(last_uid))?;
    Ok(())
}

/// Past mail from `below` on was kept, `taken` of it new.
pub async fn past_progress(tx: &mut Tx, id: i64, below: u32, taken: u32) -> Result<(), StoreError> {
    const SQL: &str = "update folders set past_below = $2, past_taken = past_taken + $3 where id = $1";
    found(run!(tx, SQL, id, i64::from(below), i64::from(taken))?)
}

/// Starts, pauses or ends the fetching of past mail in every folder of a mailbox.
pub async fn set_past(tx: &mut Tx, mailbox: MailboxId, state: PastMail) -> Result<(), StoreError> {
    run!(tx, "update folders set past_state = $2 where mailbox = $1", mailbox.0, state.as_str())?;
    Ok(())
}

/// All past mail of one folder was asked for. Asked for once more, it begins from the top: what is in the ledger is not
/// fetched again, what the server held back is.
pub async fn past_done(tx: &mut Tx, id: i64) -> Result<(), StoreError> {
    const SQL: &str = "update folders set past_state = 'done', past_below = live_from_uid where id = $1";
    found(run!(tx, SQL, id)?)
}

/// The mailbox is fetched from another account now: what its ledger says of UIDs holds no more. Every folder counts as
/// numbered anew (no server uses 0), and the UIDs of its deliveries are free for other mails.
pub async fn forget_numbers(tx: &mut Tx, mailbox: MailboxId) -> Result<(), StoreError> {
    run!(tx, "update folders set uidvalidity = 0 where mailbox = $1", mailbox.0)?;
    run!(tx, "update deliveries set uidvalidity = null where mailbox = $1 and uid is not null", mailbox.0)?;
    Ok(())
}

/// The server was asked: how many mails it has.
pub async fn looked(tx: &mut Tx, id: i64, on_server: u32, now: Millis) -> Result<(), StoreError> {
    const SQL: &str = "update folders set on_server = $2, looked_at = $3 where id = $1";
    found(run!(tx, SQL, id, i64::from(on_server), now)?)
}
