//! Looks at everything a desk stands on and says what is wrong: `henji doctor`. Nothing is changed by looking, and each
//! finding is told when it is there, because some take long.

use std::{
    collections::BTreeMap,
    fs::{self, File},
    io::Write,
    path::Path,
    time::{Duration, Instant},
};

use desk::{
    mailbox::{Health, IncomingKind, Switch},
    outbound::State,
};
use serde::Serialize;
use serde_json::Value;
use store::{Store, StoreError, mailboxes::MailboxRow};

use super::test_mailbox::{Tried, test_settings};
use crate::{problem::Problem, serve::KEY_SETTING, state::Desk};

/// The disk is measured for so long at most.
const MEASURED_FOR: Duration = Duration::from_millis(800);
/// And with so many flushes at most.
const FLUSHES: u32 = 200;
/// Below so many flushes a second, mail waits for the disk.
const SLOW_DISK: u32 = 50;
/// Less free space than this is soon none.
const LITTLE_SPACE: u64 = 1 << 30;

/// How something is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Judged {
    /// As it should be.
    Good,
    /// Worth knowing.
    Note,
    /// Somebody must do something.
    Bad,
}

/// One thing that was looked at.
#[derive(Debug, Serialize)]
pub struct Examined {
    /// What was seen, for the words (`doctor.<code>`).
    pub code: &'static str,
    /// How it is.
    pub state: Judged,
    /// Values for the blanks of the sentence.
    pub params: BTreeMap<&'static str, String>,
}

impl Examined {
    /// It is as it should be.
    pub fn good(code: &'static str) -> Examined {
        Examined { code, state: Judged::Good, params: BTreeMap::new() }
    }

    /// Worth knowing.
    pub fn note(code: &'static str) -> Examined {
        Examined { state: Judged::Note, ..Examined::good(code) }
    }

    /// Somebody must do something.
    pub fn bad(code: &'static str) -> Examined {
        Examined { state: Judged::Bad, ..Examined::good(code) }
    }

    /// Fills a blank of the sentence.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl std::fmt::Display) -> Examined {
        self.params.insert(name, value.to_string());
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
        Ok(rate) if rate < SLOW_DISK => Examined::note("disk_slow").with("rate", rate),
        Ok(rate) => Examined::good("disk_ok").with("rate", rate),
        Err(error) => Examined::bad("disk_failed").with("why", error),
    }
}

fn flushes(path: &Path) -> std::io::Result<u32> {
    let mut file = File::create(path)?;
    let start = Instant::now();
    let mut done = 0;
    while done < FLUSHES && start.elapsed() < MEASURED_FOR {
        file.write_all(&[0; 4096])?;
        file.sync_data()?;
        done += 1;
    }
    let us = u64::try_from(start.elapsed().as_micros().max(1)).unwrap_or(u64::MAX);
    Ok(u32::try_from(u64::from(done) * 1_000_000 / us).unwrap_or(u32::MAX))
}

/// How much room the disk under the data folder has.
#[cfg(unix)]
pub fn space(folder: &Path) -> Examined {
    match rustix::fs::statvfs(folder) {
        Ok(disk) => room(disk.f_bavail.saturating_mul(disk.f_frsize)),
        Err(error) => Examined::bad("disk_failed").with("why", error),
    }
}

fn room(free: u64) -> Examined {
    let tenths = free / (LITTLE_SPACE / 10);
    let gigabytes = format!("{}.{}", tenths / 10, tenths % 10);
    let found = if free < LITTLE_SPACE { Examined::bad("space_little") } else { Examined::good("space_ok") };
    found.with("free", gigabytes)
}

/// The database as it stands: which, whether its tables fit this program, whether its file is sound. Only when nothing
/// of it is bad can more be asked of it.
pub async fn database(store: &Store) -> Vec<Examined> {
    let answered = async {
        store.ping().await?;
        Ok::<_, StoreError>((store.version().await?, store.pending_migrations().await?))
    };
    let mut findings = match answered.await {
        Ok((kind, pending)) if pending.is_empty() => vec![Examined::good("database_ok").with("kind", kind)],
        Ok((_, pending)) => vec![Examined::bad("database_pending").with("list", pending.join(", "))],
        Err(error) => return vec![Examined::bad("database_failed").with("why", error)],
    };
    match store.integrity().await {
        Ok(None) => {}
        Ok(Some(faults)) if faults.is_empty() => findings.push(Examined::good("database_sound")),
        Ok(Some(faults)) => findings.push(Examined::bad("database_damaged").with("list", faults.join(", "))),
        Err(error) => findings.push(Examined::bad("database_damaged").with("list", error)),
    }
    findings
}

/// Whether the key is the one this database knows, the people, the queue, the replies on their way.
pub async fn desk(desk: &Desk) -> Result<Vec<Examined>, Problem> {
    let mut tx = desk.store.read().await?;
    let mut findings = Vec::new();
    if let Some(known) = store::settings::get(&mut tx, KEY_SETTING).await? {
        let fits = known.value == desk.keys.fingerprint();
        findings.push(if fits { Examined::good("key_fits") } else { Examined::bad("key_other") });
    }
    findings.push(match store::agents::count(&mut tx).await? {
        0 => Examined::note("no_people"),
        people => Examined::good("people").with("count", people),
    });
    let jobs = store::jobs::counts(&mut tx).await?;
    let waiting: i64 = jobs.iter().map(|kind| kind.waiting).sum();
    findings.push(Examined::good("queue").with("count", waiting));
    findings.push(match jobs.iter().map(|kind| kind.dead).sum::<i64>() {
        0 => Examined::good("no_dead_jobs"),
        dead => Examined::bad("dead_jobs").with("count", dead),
    });
    let replies = store::outbound::counts(&mut tx).await?;
    let on_their_way = [State::Held, State::Queued, State::Sending, State::Deferred];
    let count = |states: &[State]| -> i64 {
        replies.iter().filter(|row| states.contains(&row.state)).map(|row| row.replies).sum()
    };
    findings.push(Examined::good("replies").with("count", count(&on_their_way)));
    findings.push(match count(&[State::Unknown]) {
        0 => Examined::good("no_unknown_sends"),
        unknown => Examined::bad("unknown_sends").with("count", unknown),
    });
    Ok(findings)
}

/// One mailbox: how its mail came in so far, whether anything may leave, and both ways tried now. `listens`: whether
/// mail can be handed over to this desk at all.
pub async fn mailbox(desk: &Desk, mailbox: &MailboxRow, listens: bool) -> Vec<Examined> {
    let settings = &mailbox.settings;
    let tested = test_settings(desk, settings).await;
    let mut findings = vec![coming_in(mailbox, listens)];
    findings.extend(tried(tested.incoming, "incoming_ok", "incoming_failed"));
    findings.push(match (settings.sending, &settings.outgoing_host) {
        (Switch::Off, _) => Examined::note("sending_off"),
        (Switch::On, Some(_)) => Examined::good("sending_on"),
        (Switch::On, None) => Examined::bad("no_way_out"),
    });
    findings.extend(tried(tested.outgoing, "outgoing_ok", "outgoing_failed"));
    findings.into_iter().map(|finding| finding.with("address", &settings.address)).collect()
}

fn tried(way: Option<Tried>, good: &'static str, bad: &'static str) -> Option<Examined> {
    let way = way?;
    if way.ok {
        return Some(Examined::good(good));
    }
    let code = way.code.as_deref().unwrap_or("unknown");
    Some(Examined::bad(bad).with("error", code).with("said", way.said.unwrap_or_default()))
}

/// What the fetching duty last wrote, or whether mail can be handed over.
fn coming_in(mailbox: &MailboxRow, listens: bool) -> Examined {
    match mailbox.settings.incoming_kind {
        IncomingKind::Imap | IncomingKind::Pop3 => fetched(&mailbox.health),
        IncomingKind::Smtp if listens => Examined::good("mailbox_handed_over"),
        IncomingKind::Smtp => Examined::bad("mailbox_no_door"),
        IncomingKind::Import | IncomingKind::None => Examined::note("mailbox_no_incoming"),
    }
}

fn fetched(health: &Value) -> Examined {
    let word = |name: &str| health.get(name).and_then(Value::as_str);
    match word("state").and_then(Health::parse) {
        Some(Health::Ok) => {
            Examined::good("mailbox_receiving").with("time", word("last_ok_at").unwrap_or_default())
        }
        Some(Health::Failing) => Examined::bad("mailbox_failing")
            .with("time", word("since").unwrap_or_default())
            .with("error", word("code").unwrap_or("unknown"))
            .with("said", word("said").unwrap_or_default()),
        Some(Health::Waiting | Health::Off) | None => Examined::note("mailbox_waiting"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_disk_that_is_nearly_full_is_told_with_what_is_left() {
        let found = room(LITTLE_SPACE / 2);
        assert_eq!((found.state, found.params["free"].as_str()), (Judged::Bad, "0.5"));
        assert_eq!(room(100 << 30).state, Judged::Good);
    }

    #[test]
    fn the_disk_is_measured_within_a_second_and_nothing_stays() {
        let dir = tempfile::tempdir().unwrap();
        let begun = Instant::now();
        let found = disk(dir.path());
        assert!(begun.elapsed() < Duration::from_secs(5) && found.params.contains_key("rate"), "{found:?}");
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 0);
        assert_eq!(disk(&dir.path().join("not there")).state, Judged::Bad);
    }

    #[test]
    fn a_mailbox_that_fails_says_since_when_and_why() {
        let found =
            fetched(&json!({"state": "failing", "code": "login_refused", "since": "2026-11-20T00:00:00Z"}));
        assert_eq!((found.state, found.params["error"].as_str()), (Judged::Bad, "login_refused"));
        assert_eq!(fetched(&json!({})).state, Judged::Note);
        assert_eq!(fetched(&json!({"state": "ok"})).state, Judged::Good);
    }
}
