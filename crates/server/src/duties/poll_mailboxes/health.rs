//! How a mailbox is doing, where people see it: written when it changes, and now and then while all is well.

use desk::{
    ids::MailboxId,
    mailbox::Health,
    time::{MINUTE, Millis, parse_rfc3339, rfc3339},
};
use serde_json::{Value, json};
use store::{StoreError, mailboxes, mailboxes::MailboxRow};

use super::account::Trouble;
use crate::state::Desk;

/// "It last worked at" may be this old while all is well, so that an idle desk writes little.
const OLD: Millis = 5 * MINUTE;
/// The longest answer of a server that is kept.
const LONGEST: usize = 500;

/// What was last written about one mailbox.
pub(super) struct Reporter {
    id: MailboxId,
    state: Option<Health>,
    code: Option<String>,
    said: Option<String>,
    since: Option<Millis>,
    last_ok_at: Option<Millis>,
    written_at: Millis,
    successes: u64,
}

impl Reporter {
    /// Goes on from what the row says.
    pub(super) fn new(row: &MailboxRow) -> Reporter {
        let word = |name: &str| row.health.get(name).and_then(Value::as_str);
        let time = |name: &str| word(name).and_then(parse_rfc3339);
        Reporter {
            id: row.id,
            state: word("state").and_then(Health::parse),
            code: word("code").map(str::to_owned),
            said: word("said").map(str::to_owned),
            since: time("since"),
            last_ok_at: time("last_ok_at"),
            written_at: 0,
            successes: 0,
        }
    }

    /// How often it worked since this loop began.
    pub(super) fn successes(&self) -> u64 {
        self.successes
    }

    /// It works.
    pub(super) async fn ok(&mut self, desk: &Desk) {
        self.successes += 1;
        self.last_ok_at = Some(desk.now());
        self.set(desk, Health::Ok, None, None).await;
    }

    /// It does not.
    pub(super) async fn failing(&mut self, desk: &Desk, trouble: &Trouble) {
        let said =
            trouble.said().map(|said| said.chars().filter(|c| !c.is_control()).take(LONGEST).collect());
        self.set(desk, Health::Failing, Some(trouble.code().to_owned()), said).await;
    }

    async fn set(&mut self, desk: &Desk, state: Health, code: Option<String>, said: Option<String>) {
        let now = desk.now();
        let same_state = self.state == Some(state) && self.code == code;
        if same_state && self.said == said && now - self.written_at < OLD {
            return;
        }
        if !same_state || self.since.is_none() {
            self.since = Some(now);
        }
        (self.state, self.code, self.said) = (Some(state), code, said);
        match self.write(desk).await {
            Ok(()) => self.written_at = now,
            Err(error) => {
                tracing::warn!(mailbox = self.id.0, %error, "the health of a mailbox could not be written");
            }
        }
    }

    async fn write(&self, desk: &Desk) -> Result<(), StoreError> {
        let health = json!({
            "state": self.state, "code": self.code, "said": self.said,
            "since": self.since.map(rfc3339), "last_ok_at": self.last_ok_at.map(rfc3339),
        });
        let mut tx = desk.store.begin().await?;
        mailboxes::set_health(&mut tx, self.id, &health).await?;
        tx.commit().await
    }
}
