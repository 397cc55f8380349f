//! One mailbox: connect, look, wait, again; after a failure a pause that grows, and the reason where people see it.

use std::{
    panic::AssertUnwindSafe,
    time::{Duration, Instant},
};

use channels::imap::{AfterFetch, Folder, ImapError, Session, Woke};
use desk::{
    ids::MailboxId,
    time::{Millis, SECOND},
};
use futures::FutureExt;
use store::{
    StoreError, duties, folders,
    mailboxes::{MailboxRow, MailboxSettings},
};
use tokio_util::sync::CancellationToken;

use super::{
    folder::{self, Place},
    health::Reporter,
    live, past,
};
use crate::{state::Desk, wires::incoming_account};

/// The first pause after a failure, and the longest.
const PAUSE: Duration = Duration::from_secs(5);
const LONGEST_PAUSE: Duration = Duration::from_mins(5);
/// IDLE hears only one folder; the other is looked at so often.
const WAIT: Duration = Duration::from_mins(1);
/// With several nodes: how long a mailbox is ours without a sign of life, and how often another node asks for it.
const LEASE: Millis = 150 * SECOND;
const ASK_AGAIN: Duration = Duration::from_secs(20);
/// After the stop signal the goodbye to the server may take this long.
const GOODBYE: Duration = Duration::from_secs(3);

/// How often the list of folders is asked for: a server may make its junk folder with the first spam.
const LIST_AGAIN: Duration = Duration::from_mins(30);

/// A look at the folders.
#[derive(Debug, Clone, Copy)]
struct Look {
    /// It is the first of this connection.
    first: bool,
    /// Since when the mailbox is connected: a folder that appears later holds live mail from then on.
    since: Option<Millis>,
}

/// Why a connection ended.
#[derive(Debug, thiserror::Error)]
pub(super) enum Trouble {
    /// The wire or the server.
    #[error(transparent)]
    Imap(#[from] ImapError),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The settings lack something; the code of what.
    #[error("the settings are not complete: {0}")]
    Settings(&'static str),
    /// A fault of ours.
    #[error("a fault in the program")]
    Broke,
}

impl Trouble {
    /// The name of the case for the API and the screens.
    pub(super) fn code(&self) -> &'static str {
        match self {
            Trouble::Imap(error) => error.code(),
            Trouble::Store(_) => "database",
            Trouble::Settings(code) => code,
            Trouble::Broke => "broken",
        }
    }

    /// What the server said.
    pub(super) fn said(&self) -> Option<&str> {
        match self {
            Trouble::Imap(error) => error.answer(),
            Trouble::Store(_) | Trouble::Settings(_) | Trouble::Broke => None,
        }
    }
}

/// What every step at one mailbox needs.
pub(super) struct Account<'a> {
    pub desk: &'a Desk,
    pub id: MailboxId,
    pub settings: &'a MailboxSettings,
    pub stop: &'a CancellationToken,
}

/// Polls until the stop signal.
pub(super) async fn keep_polling(desk: &Desk, row: &MailboxRow, stop: &CancellationToken) {
    let account = Account { desk, id: row.id, settings: &row.settings, stop };
    let mut reporter = Reporter::new(row);
    let mut pause = PAUSE;
    while !stop.is_cancelled() {
        match account.lease().await {
            Ok(true) => {}
            Ok(false) => {
                account.pause(ASK_AGAIN).await;
                continue;
            }
            Err(error) => {
                tracing::warn!(mailbox = row.id.0, %error, "the lease of a mailbox could not be taken");
            }
        }
        let worked_before = reporter.successes();
        let ended = account.until_stopped(&mut reporter).await;
        if let Err(trouble) = ended {
            tracing::warn!(mailbox = row.id.0, %trouble, "a mailbox could not be read; trying again");
            reporter.failing(desk, &trouble).await;
            pause = if reporter.successes() > worked_before { PAUSE } else { pause };
            account.pause(pause).await;
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
    }
    account.release().await;
}

impl Account<'_> {
    /// One connection; ends soon after the stop signal, with a goodbye if the server takes it.
    async fn until_stopped(&self, reporter: &mut Reporter) -> Result<(), Trouble> {
        let late = async {
            self.stop.cancelled().await;
            tokio::time::sleep(GOODBYE).await;
        };
        tokio::select! {
            ended = AssertUnwindSafe(self.connected(reporter)).catch_unwind() => ended.unwrap_or(Err(Trouble::Broke)),
            () = late => Ok(()),
        }
    }

    async fn connected(&self, reporter: &mut Reporter) -> Result<(), Trouble> {
        let account = incoming_account(self.desk, self.settings).map_err(Trouble::Settings)?;
        let mut session = Session::connect(&account).await?;
        let mut places = places(&session.folders().await?);
        let mut listed_at = Instant::now();
        let mut since = self.connected_since().await?;
        let mut first = true;
        while !self.stop.is_cancelled() {
            if listed_at.elapsed() > LIST_AGAIN {
                places = self::places(&session.folders().await?);
                listed_at = Instant::now();
            }
            let more = self.look(&mut session, &places, Look { first, since }).await?;
            first = false;
            since = self.connected_since().await?;
            reporter.ok(self.desk).await;
            self.lease().await?;
            if !more && session.wait(WAIT, self.stop).await? == Woke::Stopped {
                break;
            }
        }
        session.logout().await;
        Ok(())
    }

    /// Looks at every folder once; the inbox last, so that it is the one that is listened to. The first look of a
    /// connection also ends what the one before left undone. True if past mail waits.
    async fn look(&self, session: &mut Session, places: &[Place], look: Look) -> Result<bool, Trouble> {
        let mut more = false;
        for place in places {
            let (selected, row) = folder::open(self, session, place, look.since).await?;
            if look.first {
                live::settle_again(self, session, place, &row).await?;
            }
            let row = live::take(self, session, place, selected, row).await?;
            more |= past::take_some(self, session, place, &row).await?;
        }
        // Past mail was taken in several folders; only the one that is open can be waited in, and that is the inbox.
        Ok(more)
    }

    /// When the first folder of this mailbox was connected; `None` before.
    async fn connected_since(&self) -> Result<Option<Millis>, StoreError> {
        let mut tx = self.desk.store.read().await?;
        let rows = folders::list(&mut tx, self.id).await?;
        Ok(rows.iter().map(|row| row.connected_at).min())
    }

    /// What is done to a mail in the inbox after the commit.
    pub(super) fn after_fetch(&self) -> AfterFetch {
        match self.settings.after_fetch.as_str() {
            "seen" => AfterFetch::Seen,
            other => match other.strip_prefix("move:") {
                Some(folder) => AfterFetch::Move(folder.to_owned()),
                None => AfterFetch::Leave,
            },
        }
    }

    /// With several nodes one of them polls a mailbox. Without (SQLite) nobody has to be asked.
    pub(super) async fn lease(&self) -> Result<bool, StoreError> {
        if self.desk.store.is_sqlite() {
            return Ok(true);
        }
        let now = self.desk.now();
        let mut tx = self.desk.store.begin().await?;
        let ours = duties::take(&mut tx, &self.duty(), &self.desk.settings.node, now, now + LEASE).await?;
        tx.commit().await?;
        Ok(ours)
    }

    async fn release(&self) {
        if self.desk.store.is_sqlite() {
            return;
        }
        let give_back = async {
            let mut tx = self.desk.store.begin().await?;
            duties::release(&mut tx, &self.duty(), &self.desk.settings.node).await?;
            tx.commit().await
        };
        let given: Result<(), StoreError> = give_back.await;
        if let Err(error) = given {
            tracing::warn!(mailbox = self.id.0, %error, "a mailbox could not be handed over; its lease ends by itself");
        }
    }

    fn duty(&self) -> String {
        format!("poll_mailbox:{}", self.id)
    }

    async fn pause(&self, time: Duration) {
        tokio::select! {
            () = self.stop.cancelled() => {}
            () = tokio::time::sleep(time) => {}
        }
    }
}

/// The folders that are read: junk folders, then the inbox.
fn places(folders: &[Folder]) -> Vec<Place> {
    let inbox = |folder: &Folder| folder.name.eq_ignore_ascii_case("INBOX");
    let junk = folders.iter().filter(|folder| folder.junk && folder.selectable && !inbox(folder));
    let mut places: Vec<Place> = junk.map(|folder| Place { name: folder.name.clone(), junk: true }).collect();
    // Every account has an inbox, listed or not.
    let listed = folders.iter().find(|folder| inbox(folder)).map_or("INBOX", |folder| folder.name.as_str());
    places.push(Place { name: listed.to_owned(), junk: false });
    places
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn junk_is_read_too_and_the_inbox_is_the_one_that_is_listened_to() {
        let folder =
            |name: &str, junk, selectable| Folder { name: name.to_owned(), junk, sent: false, selectable };
        let all =
            vec![folder("Inbox", false, true), folder("迷惑メール", true, true), folder("Junk", true, false)];
        let names: Vec<_> = places(&all).into_iter().map(|place| (place.name, place.junk)).collect();
        assert_eq!(names, [("迷惑メール".to_owned(), true), ("Inbox".to_owned(), false)]);
        assert_eq!(places(&[]).len(), 1);
    }
}
