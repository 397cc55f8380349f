//! The server numbered a folder anew (another UIDVALIDITY), or a folder appeared after the mailbox was connected: the
//! ledger's UIDs mean nothing there, so every mail is looked at by its digest (contract §6.5). Known bytes only get their new number; unknown ones are past mail if they came
//! before the connection, else live. Nothing is lost, nothing is doubled, and a scan that was cut off goes on. What the
//! server holds back meanwhile counts as past mail that was not taken.

use channels::imap::{Fetched, Got, Selected, Session};
use desk::time::{Millis, SECOND};
use store::{
    StoreError, blobs,
    folders::FolderRow,
    originals::{self, Mode},
    uids::Numbering,
};

use super::{
    account::{Account, Trouble},
    folder::{self, Place},
    live::{BATCH_BYTES, arrived, settle, taken, withheld},
};
use crate::actions::keep_mail::{Arrived, keep_ready, prepare};

/// How many mails are looked at in one go.
const BATCH: usize = 200;

/// What is known of the folder, or of its mailbox, from before.
#[derive(Debug, Clone, Copy)]
pub(super) struct Before {
    /// Mail from then on is live.
    pub connected_at: Millis,
    /// How much past mail was taken.
    pub past_taken: u32,
}

/// Looks at every mail of the folder, then begins its page anew.
pub(super) async fn scan(
    account: &Account<'_>,
    session: &mut Session,
    place: &Place,
    selected: Selected,
    before: Before,
) -> Result<FolderRow, Trouble> {
    let (mailbox, folder) = (account.id.0, &place.name);
    tracing::warn!(mailbox, folder, "the folder is new or was numbered anew; every mail is looked at");
    let last = selected.uidnext.saturating_sub(1);
    let mut rest = session.uids(1, Some(last)).await?;
    let numbering = Numbering { mailbox: account.id, folder: &place.name, uidvalidity: selected.uidvalidity };
    let known = taken(account, numbering, 1, last).await?;
    rest.retain(|uid| *uid <= last && !known.contains(uid));
    let mut past = 0;
    while !rest.is_empty() {
        let got = session.fetch_many(&rest[..rest.len().min(BATCH)], BATCH_BYTES).await?;
        rest.drain(..got.len().min(rest.len()));
        withheld(account, place, &got);
        let Sorted { kept, new, past: more } =
            sort(account, place, selected.uidvalidity, before.connected_at, got).await?;
        past += more;
        keep_ready(account.desk, &prepare(kept).await?).await?;
        settle(account, session, place, &new).await?;
        account.lease().await?;
    }
    Ok(folder::write(account, place, selected, before.past_taken.saturating_add(past)).await?)
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
    uidvalidity: u32,
    connected_at: Millis,
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
                let new = !known && is_live(mail, connected_at);
                sorted.new.extend(new.then_some(mail.uid));
                known || new
            }
        };
        if known_or_live {
            sorted.kept.extend(arrived(account, place, uidvalidity, one, Mode::Live));
        } else {
            sorted.past += 1;
        }
    }
    Ok(sorted)
}

/// A mail without a readable date is live: a person looks once too often rather than never.
fn is_live(mail: &Fetched, connected_at: Millis) -> bool {
    // The server's date has whole seconds only.
    mail.internal_date_ms.is_none_or(|at| at + SECOND > connected_at)
}
