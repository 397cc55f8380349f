//! Live mail: every UID from the connection on, whatever its flags or date. A batch and the place reached are one
//! commit; what is done to the mails on the server comes after it.

use std::collections::HashSet;

use channels::imap::{AfterFetch, Got, Selected, Session};
use desk::message::{ArrivedBy, Channel};
use store::{
    StoreError,
    folders::{self, FolderRow},
    originals::{Kept, Mode, NewDelivery},
    uids::{self, Numbering},
};

use super::{
    account::{Account, Trouble},
    folder::{self, Place},
};
use crate::actions::keep_mail::{Arrived, keep_in, prepare};

/// One commit holds at most so many mails, and about so many bytes.
const BATCH: usize = 200;
pub(super) const BATCH_BYTES: u64 = 16 << 20;
/// How many UIDs of the ledger are looked at in one go.
const LEDGER_PAGE: u32 = 10_000;

/// Takes what came since the last look; the page as it stands then.
pub(super) async fn take(
    account: &Account<'_>,
    session: &mut Session,
    place: &Place,
    selected: Selected,
    row: FolderRow,
) -> Result<FolderRow, Trouble> {
    let from = row.last_uid.saturating_add(1);
    let mut rest: Vec<u32> = session.uids(from, None).await?.into_iter().filter(|uid| *uid >= from).collect();
    if let (Some(first), Some(last)) = (rest.first(), rest.last()) {
        let known = taken(account, numbering(&row), *first, *last).await?;
        rest.retain(|uid| !known.contains(uid));
    }
    let mut held_back = None;
    while !rest.is_empty() {
        let mut got = session.fetch_many(&rest[..rest.len().min(BATCH)], BATCH_BYTES).await?;
        let asked: Vec<u32> = rest.drain(..got.len().min(rest.len())).collect();
        let lowest = withheld(account, place, &got).into_iter().min();
        held_back = held_back.or(lowest);
        let reached = asked.last().map(|last| held_back.map_or(*last, |uid: u32| (*last).min(uid - 1)));
        got.retain(|one| matches!(one, Got::Mail(_)));
        let kept: Vec<u32> = got.iter().filter_map(uid_of).collect();
        keep(account, place, &row, got, reached).await?;
        settle(account, session, place, &kept).await?;
        account.lease().await?;
    }
    looked(account, &row, selected).await?;
    Ok(folder::page(account, place).await?.unwrap_or(row))
}

/// The mails that the server does not hand out, where the operator sees them. They are not in the ledger, so they are
/// asked for again; the others do not wait for them.
pub(super) fn withheld(account: &Account<'_>, place: &Place, got: &[Got]) -> Vec<u32> {
    let mut withheld = Vec::new();
    for one in got {
        if let Got::Withheld { uid, answer } = one {
            let (mailbox, folder) = (account.id.0, &place.name);
            tracing::warn!(mailbox, folder, uid, answer, "the server holds a mail back");
            withheld.push(*uid);
        }
    }
    withheld
}

/// The UID of a mail that the server handed out.
fn uid_of(got: &Got) -> Option<u32> {
    if let Got::Mail(mail) = got { Some(mail.uid) } else { None }
}

/// The folder as its page knows it.
pub(super) fn numbering(row: &FolderRow) -> Numbering<'_> {
    Numbering { mailbox: row.mailbox, folder: &row.name, uidvalidity: row.uidvalidity }
}

/// The UIDs of a stretch that are in the ledger already.
pub(super) async fn taken(
    account: &Account<'_>,
    numbering: Numbering<'_>,
    first: u32,
    last: u32,
) -> Result<HashSet<u32>, StoreError> {
    let mut all = HashSet::new();
    let mut from = first;
    let mut tx = account.desk.store.read().await?;
    loop {
        let page = uids::taken(&mut tx, numbering, from, last, i64::from(LEDGER_PAGE)).await?;
        let Some(next) = page.last().and_then(|uid| uid.checked_add(1)) else { break };
        all.extend(page);
        from = next;
    }
    Ok(all)
}

async fn keep(
    account: &Account<'_>,
    place: &Place,
    row: &FolderRow,
    got: Vec<Got>,
    reached: Option<u32>,
) -> Result<(), StoreError> {
    let desk = account.desk;
    let arrived = got.into_iter().filter_map(|one| arrived(account, place, row.uidvalidity, one, Mode::Live));
    let ready = prepare(arrived.collect()).await?;
    store::retry(async || {
        let mut tx = desk.store.begin().await?;
        let kept = keep_in(&mut tx, &ready, desk.now(), 0).await?;
        if let Some(reached) = reached {
            folders::advance(&mut tx, row.id, reached, fresh(&kept)).await?;
        }
        tx.commit().await
    })
    .await?;
    desk.committed();
    Ok(())
}

/// How many arrivals were not in the ledger before.
pub(super) fn fresh(kept: &[Kept]) -> u32 {
    u32::try_from(kept.iter().filter(|kept| !kept.already_delivered).count()).unwrap_or(u32::MAX)
}

/// A mail of the server as an arrival.
pub(super) fn arrived(
    account: &Account<'_>,
    place: &Place,
    uidvalidity: u32,
    got: Got,
    mode: Mode,
) -> Option<Arrived> {
    let Got::Mail(mail) = got else { return None };
    let now = account.desk.now();
    let delivery = NewDelivery {
        channel: Channel::Mail,
        mailbox: Some(account.id),
        arrived_by: ArrivedBy::Imap,
        folder: Some(place.name.clone()),
        uidvalidity: Some(uidvalidity),
        uid: Some(mail.uid),
        uidl: None,
        envelope_from: None,
        envelope_to: Vec::new(),
        trace: None,
        mode,
        open_since: None,
        junk: place.junk,
        // The server's date says how long the customer has waited already, after an outage of ours too.
        received_at: mail.internal_date_ms.map_or(now, |at| at.min(now)),
    };
    Some(Arrived { bytes: mail.bytes.into(), delivery })
}

/// After the commit: what the mailbox wants to happen to the mails that were kept, and to no other. Junk is left where
/// it lies.
pub(super) async fn settle(
    account: &Account<'_>,
    session: &mut Session,
    place: &Place,
    kept: &[u32],
) -> Result<(), Trouble> {
    let how = account.after_fetch();
    if place.junk || how == AfterFetch::Leave {
        return Ok(());
    }
    Ok(session.settle(kept, &how).await?)
}

/// What a crash left between the commit and the move is moved now: mail that is kept, but lies where it came in. (A
/// mark as read is not repeated: a person may have taken it away.)
pub(super) async fn settle_again(
    account: &Account<'_>,
    session: &mut Session,
    place: &Place,
    row: &FolderRow,
) -> Result<(), Trouble> {
    if place.junk || !matches!(account.after_fetch(), AfterFetch::Move(_)) {
        return Ok(());
    }
    let mut left = session.uids(row.live_from_uid, Some(row.last_uid)).await?;
    if let (Some(first), Some(last)) = (left.first(), left.last()) {
        let kept = taken(account, numbering(row), *first, *last).await?;
        left.retain(|uid| kept.contains(uid));
    }
    settle(account, session, place, &left).await
}

async fn looked(account: &Account<'_>, row: &FolderRow, selected: Selected) -> Result<(), StoreError> {
    const OFTEN_ENOUGH: i64 = 5 * desk::time::MINUTE;
    let now = account.desk.now();
    if row.on_server == selected.exists && row.looked_at.is_some_and(|at| now - at < OFTEN_ENOUGH) {
        return Ok(());
    }
    let mut tx = account.desk.store.begin().await?;
    folders::looked(&mut tx, row.id, selected.exists, now).await?;
    tx.commit().await
}
