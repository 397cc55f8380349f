//! Writes what the sink received: `<n>.eml` and then `<n>.json`.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use serde_json::json;

/// Who sent what to whom, as said in the SMTP dialogue.
#[derive(Clone, Debug, Default)]
pub struct Envelope {
    /// What the client called itself.
    pub helo: String,
    /// The name it signed in with.
    pub user: Option<String>,
    /// The address in MAIL FROM, empty for `<>`.
    pub from: String,
    /// Recipients that were taken.
    pub to: Vec<String>,
    /// Recipients that were refused at RCPT.
    pub refused: Vec<String>,
}

/// How the final dot was answered.
#[derive(Clone, Copy, Debug)]
pub enum Outcome {
    /// 250.
    Accepted,
    /// 554.
    Refused,
    /// 451.
    Deferred,
    /// The connection was closed without an answer.
    Dropped,
}

impl Outcome {
    fn word(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Refused => "refused",
            Self::Deferred => "deferred",
            Self::Dropped => "dropped",
        }
    }
}

/// Numbers the mails of one run from 1.
pub struct Keeper {
    folder: PathBuf,
    last: AtomicU64,
}

impl Keeper {
    /// Keeps into `folder`, which must exist.
    pub fn new(folder: &Path) -> Self {
        Self { folder: folder.to_path_buf(), last: AtomicU64::new(0) }
    }

    /// Keeps one mail before its sender is answered, and gives its number.
    pub fn keep(&self, envelope: &Envelope, bytes: &[u8], outcome: Outcome) -> io::Result<u64> {
        let n = self.last.fetch_add(1, Ordering::SeqCst) + 1;
        std::fs::write(self.folder.join(format!("{n}.eml")), bytes)?;
        let record = json!({
            "n": n, "helo": envelope.helo, "user": envelope.user, "from": envelope.from,
            "to": envelope.to, "refused": envelope.refused, "size": bytes.len(), "outcome": outcome.word(),
        });
        // Renamed into place: a reader never sees half of it.
        let unfinished = self.folder.join(format!("{n}.json.part"));
        std::fs::write(&unfinished, format!("{record}\n"))?;
        std::fs::rename(&unfinished, self.folder.join(format!("{n}.json")))?;
        Ok(n)
    }
}
