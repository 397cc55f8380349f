//! A folder and its page in the ledger (contract §6.5).

use channels::imap::{AfterFetch, Selected, Session};
use desk::time::Millis;
use store::{
    StoreError,
    folders::{self, FolderRow, NewFolder},
};

use super::{
    account::{Account, Trouble},
    renumbered::{self, Before},
};

/// A folder that is read.
#[derive(Debug, Clone)]
pub(super) struct Place {
    /// Its name on the server.
    pub name: String,
    /// Whether the server puts spam there.
    pub junk: bool,
}

impl Place {
    /// The word in the ledger.
    pub(super) fn kind(&self) -> &'static str {
        if self.junk { "junk" } else { "inbox" }
    }
}

/// Opens a folder and finds its page: a new one at the first connection, a new beginning after a renumbering. `since` is
/// when the mailbox was connected, if that was before this look: mail in a folder that appeared since is live.
pub(super) async fn open(
    account: &Account<'_>,
    session: &mut Session,
    place: &Place,
    since: Option<Millis>,
) -> Result<(Selected, FolderRow), Trouble> {
    // Only what will be marked or moved has to be opened for writing.
    let writes = !place.junk && account.after_fetch() != AfterFetch::Leave;
    let selected =
        if writes { session.select(&place.name).await? } else { session.examine(&place.name).await? };
    let row = match page(account, place).await? {
        Some(row) if row.uidvalidity == selected.uidvalidity => row,
        Some(row) => {
            let before = Before { connected_at: row.connected_at, past_taken: row.past_taken };
            renumbered::scan(account, session, place, selected, before).await?
        }
        None => match since {
            Some(connected_at) => {
                let before = Before { connected_at, past_taken: 0 };
                renumbered::scan(account, session, place, selected, before).await?
            }
            None => write(account, place, selected, selected.exists).await?,
        },
    };
    Ok((selected, row))
}

/// The folder's page, if it was ever connected.
pub(super) async fn page(account: &Account<'_>, place: &Place) -> Result<Option<FolderRow>, StoreError> {
    let mut tx = account.desk.store.read().await?;
    let rows = folders::list(&mut tx, account.id).await?;
    Ok(rows.into_iter().find(|row| row.name == place.name))
}

/// Begins the page: from the UID that comes next every mail is live, what lies below is past.
pub(super) async fn write(
    account: &Account<'_>,
    place: &Place,
    selected: Selected,
    past_total: u32,
) -> Result<FolderRow, StoreError> {
    let new = NewFolder {
        mailbox: account.id,
        name: place.name.clone(),
        kind: place.kind().to_owned(),
        uidvalidity: selected.uidvalidity,
        live_from_uid: selected.uidnext,
        past_total,
    };
    let mut tx = account.desk.store.begin().await?;
    let row = folders::upsert(&mut tx, &new, account.desk.now()).await?;
    tx.commit().await?;
    Ok(row)
}
