//! The server numbered a folder anew (another UIDVALIDITY): the old UIDs mean nothing any more, so every mail is looked
//! at by its digest (contract §6.5). Known bytes only get their new number; unknown ones are past mail if they came
//! before the connection, else live. Nothing is lost, nothing is doubled, and a scan that was cut off goes on. What the
//! server holds back meanwhile counts as past mail that was not taken.

use channels::imap::{Fetched, Got, Selected, Session};
use store::{
    StoreError, blobs,
    folders::FolderRow,
    originals::{self, Mode},
};

use super::{
    account::{Account, Trouble},
    folder::{self, Place},
    live::{BATCH_BYTES, arrived, settle, taken, withheld},
};
use crate::actions::keep_mail::{Arrived, keep_ready, prepare};

/// How many mails are looked at in one go.
const BATCH: usize = 200;

/// Looks at every mail of the folder, then begins its page anew.
pub(super) async fn scan(
    account: &Account<'_>,
    session: &mut Session,
    place: &Place,
    selected: Selected,
    old: &FolderRow,
) -> Result<FolderRow, Trouble> {
    tracing::warn!(
        mailbox = account.id.0,
        folder = place.name,
        "the folder was numbered anew; every mail is looked at"
    );
    let renumbered = FolderRow { uidvalidity: selected.uidvalidity, ..old.clone() };
    let last = selected.uidnext.saturating_sub(1);
    let mut rest = session.uids(1, Some(last)).await?;
    let known = taken(account, &renumbered, 1, last).await?;
    rest.retain(|uid| *uid <= last && !known.contains(uid));
    let mut past = 0;
    while !rest.is_empty() {
        let got = session.fetch_many(&rest[..rest.len().min(BATCH)], BATCH_BYTES).await?;
        rest.drain(..got.len().min(rest.len()));
        withheld(account, place, &got);
        let Sorted { kept, new, past: more } = sort(account, place, &renumbered, got).await?;
        past += more;
        keep_ready(account.desk, &prepare(kept).await?).await?;
        settle(account, session, place, &new, None).await?;
        account.lease().await?;
    }
    Ok(folder::write(account, place, selected, old.past_taken.saturating_add(past)).await?)
}

/// A batch, told apart.
#[derive(Default)]
struct Sorted {
    /// What is to be kept now: known bytes under their new number, and unknown ones that came after the connection.
    kept: Vec<Arrived>,
    /// The UIDs of the latter.
    new: Vec<u32>,
    /// How many are past mail.
    past: u32,
}

async fn sort(
    account: &Account<'_>,
    place: &Place,
    row: &FolderRow,
    got: Vec<Got>,
) -> Result<Sorted, StoreError> {
    let mut sorted = Sorted::default();
    let mut tx = account.desk.store.read().await?;
    for one in got {
        let known_or_live = match &one {
            Got::Gone { .. } => continue,
            Got::Withheld { .. } => false,
            Got::Mail(mail) => {
                let known = originals::by_hash(&mut tx, &blobs::hash(&mail.bytes)).await?.is_some();
                let new = !known && is_live(mail, row);
                sorted.new.extend(new.then_some(mail.uid));
                known || new
            }
        };
        if known_or_live {
            sorted.kept.extend(arrived(account, place, row.uidvalidity, one, Mode::Live));
        } else {
            sorted.past += 1;
        }
    }
    Ok(sorted)
}

/// A mail without a readable date is live: a person looks once too often rather than never.
fn is_live(mail: &Fetched, row: &FolderRow) -> bool {
    mail.internal_date_ms.is_none_or(|at| at >= row.connected_at)
}
