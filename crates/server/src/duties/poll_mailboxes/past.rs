//! Past mail, from before the connection: fetched as import when a person asks, the newest first, some at a time, so
//! that live mail never waits for it. It can be paused at any moment; the ledger knows how far it came. A mail that the
//! server holds back stays "not taken" there, and is asked for when past mail is asked for once more.

use channels::imap::{Got, Session};
use desk::mailbox::PastMail;
use store::{
    StoreError,
    folders::{self, FolderRow},
    originals::Mode,
};

use super::{
    account::{Account, Trouble},
    folder::Place,
    live::{BATCH_BYTES, arrived, fresh, numbering, taken, withheld},
};
use crate::actions::keep_mail::{keep_in, prepare};

/// How many mails are taken between two looks at live mail.
const SOME: usize = 100;
/// How far below the last place UIDs are asked for at once.
const WINDOW: u32 = 20_000;

/// Takes some past mail of the open folder, if it is asked for; true if there is more.
pub(super) async fn take_some(
    account: &Account<'_>,
    session: &mut Session,
    place: &Place,
    row: &FolderRow,
) -> Result<bool, Trouble> {
    if row.past_state != PastMail::Running {
        return Ok(false);
    }
    let Some(mut newest_first) = below(account, session, row).await? else {
        done(account, row).await?;
        return Ok(false);
    };
    newest_first.truncate(SOME);
    let mut got = session.fetch_many(&newest_first, BATCH_BYTES).await?;
    let reached = newest_first.get(got.len().saturating_sub(1)).copied().unwrap_or(row.past_below);
    withheld(account, place, &got);
    // Read in the order in which they were written, a question is there before its answer.
    got.reverse();
    keep(account, place, row, got, reached).await?;
    Ok(true)
}

/// The highest UIDs below the place reached that are not in the ledger, the newest first; `None` when none is left.
async fn below(
    account: &Account<'_>,
    session: &mut Session,
    row: &FolderRow,
) -> Result<Option<Vec<u32>>, Trouble> {
    let mut to = row.past_below.saturating_sub(1);
    while to > 0 {
        let from = to.saturating_sub(WINDOW).max(1);
        let mut uids = session.uids(from, Some(to)).await?;
        let known = taken(account, numbering(row), from, to).await?;
        uids.retain(|uid| (from..=to).contains(uid) && !known.contains(uid));
        if !uids.is_empty() {
            uids.reverse();
            return Ok(Some(uids));
        }
        to = from - 1;
    }
    Ok(None)
}

async fn keep(
    account: &Account<'_>,
    place: &Place,
    row: &FolderRow,
    got: Vec<Got>,
    reached: u32,
) -> Result<(), StoreError> {
    let desk = account.desk;
    let arrived = got.into_iter().filter_map(|one| arrived(account, place, row.uidvalidity, one, Mode::Past));
    let ready = prepare(arrived.collect()).await?;
    store::retry(async || {
        let mut tx = desk.store.begin().await?;
        let kept = keep_in(&mut tx, &ready, desk.now(), 0).await?;
        folders::past_progress(&mut tx, row.id, reached, fresh(&kept)).await?;
        tx.commit().await
    })
    .await?;
    desk.committed();
    Ok(())
}

async fn done(account: &Account<'_>, row: &FolderRow) -> Result<(), StoreError> {
    let mut tx = account.desk.store.begin().await?;
    folders::past_done(&mut tx, row.id).await?;
    tx.commit().await?;
    account.desk.committed();
    Ok(())
}
