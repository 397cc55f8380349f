//! Looks at everything a desk stands on and says what is wrong: `henji doctor` and the health page.

use std::{
    fs::{self, File},
    io::Write,
    path::Path,
    time::Instant,
};

use desk::{mailbox::IncomingKind, outbound::State};
use serde::Serialize;
use store::mailboxes::MailboxRow;

use super::test_mailbox::{Tried, test_settings};
use crate::{problem::Problem, state::Desk};

/// How many times the disk is asked to flush.
const FLUSHES: u32 = 50;
/// Below so many flushes a second, mail waits for the disk.
const SLOW_DISK: u32 = 50;

/// One thing that was looked at.
#[derive(Debug, Serialize)]
pub struct Examined {
    /// What was seen, for the words (`doctor.<code>`).
    pub code: &'static str,
    /// Whether it is as it should be.
    pub good: bool,
    /// Values for the blanks of the sentence.
    pub params: Vec<(String, String)>,
}

impl Examined {
    fn good(code: &'static str) -> Examined {
        Examined { code, good: true, params: Vec::new() }
    }

    fn bad(code: &'static str) -> Examined {
        Examined { code, good: false, params: Vec::new() }
    }

    fn with(mut self, name: &str, value: impl std::fmt::Display) -> Examined {
        self.params.push((name.to_owned(), value.to_string()));
        self
    }
}

/// How often a second the disk under the data folder really flushes; every mail waits for one flush.
pub fn disk(folder: &Path) -> Examined {
    let path = folder.join("doctor.tmp");
    let measured = flushes(&path);
    // A file that could not be made cannot be removed either; the next line tells about it.
    let _ = fs::remove_file(&path);
    match measured {
        Ok(rate) if rate < SLOW_DISK => Examined::bad("disk_slow").with("rate", rate),
        Ok(rate) => Examined::good("disk_ok").with("rate", rate),
        Err(error) => Examined::bad("disk_failed").with("why", error),
    }
}

fn flushes(path: &Path) -> std::io::Result<u32> {
    let mut file = File::create(path)?;
    let start = Instant::now();
    for _ in 0..FLUSHES {
        file.write_all(&[0; 4096])?;
        file.sync_data()?;
    }
    let ms = u32::try_from(start.elapsed().as_millis().max(1)).unwrap_or(u32::MAX);
    Ok(FLUSHES * 1_000 / ms)
}

/// The database, the key, the people, the mailboxes, the queue.
pub async fn desk(desk: &Desk) -> Result<Vec<Examined>, Problem> {
    let mut findings = vec![database(desk).await];
    let mut tx = desk.store.read().await?;
    let people = store::agents::count(&mut tx).await?;
    findings.push(if people == 0 {
        Examined::bad("no_people")
    } else {
        Examined::good("people").with("count", people)
    });
    let dead: i64 = store::jobs::counts(&mut tx).await?.iter().map(|kind| kind.dead).sum();
    findings.push(if dead == 0 {
        Examined::good("no_dead_jobs")
    } else {
        Examined::bad("dead_jobs").with("count", dead)
    });
    let unknown = store::outbound::count(&mut tx, State::Unknown).await?;
    findings.push(if unknown == 0 {
        Examined::good("no_unknown_sends")
    } else {
        Examined::bad("unknown_sends").with("count", unknown)
    });
    let mailboxes = store::mailboxes::list(&mut tx).await?;
    drop(tx);
    if mailboxes.is_empty() {
        findings.push(Examined::bad("no_mailboxes"));
    }
    for mailbox in &mailboxes {
        findings.extend(ways(desk, mailbox).await);
    }
    Ok(findings)
}

async fn database(desk: &Desk) -> Examined {
    let kind = if desk.store.is_sqlite() { "SQLite" } else { "PostgreSQL" };
    match (desk.store.ping().await, desk.store.pending_migrations().await) {
        (Ok(()), Ok(pending)) if pending.is_empty() => Examined::good("database_ok").with("kind", kind),
        (Ok(()), Ok(pending)) => Examined::bad("database_pending").with("list", pending.join(", ")),
        (Err(error), _) | (_, Err(error)) => Examined::bad("database_failed").with("why", error),
    }
}

async fn ways(desk: &Desk, mailbox: &MailboxRow) -> Vec<Examined> {
    let tested = test_settings(desk, &mailbox.settings).await;
    let address = &mailbox.settings.address;
    let told = |way: Option<Tried>, good: &'static str, bad: &'static str| {
        way.map(|tried| {
            let found = if tried.ok { Examined::good(good) } else { Examined::bad(bad) };
            let why = [tried.code, tried.said].into_iter().flatten().collect::<Vec<_>>().join(": ");
            found.with("address", address).with("why", why)
        })
    };
    let mut findings: Vec<Examined> = Vec::new();
    findings.extend(told(tested.incoming, "incoming_ok", "incoming_failed"));
    findings.extend(told(tested.outgoing, "outgoing_ok", "outgoing_failed"));
    if mailbox.settings.incoming_kind != IncomingKind::Import && mailbox.settings.outgoing_host.is_none() {
        findings.push(Examined::bad("no_way_out").with("address", address));
    }
    findings
}
