//! `henji import`: old mail, silently (contract §6.7).

use std::{
    fs,
    path::PathBuf,
    sync::atomic::{AtomicU64, Ordering},
};

use clap::Args;
use server::{
    actions::import_mail::{self, Imported, PassedOver, Told, Why},
    words::{Language, text},
};

use super::{
    Opened,
    output::{Progress, print, tell},
};
use crate::failure::Failure;

/// Take in old mail.
#[derive(Debug, Args)]
pub struct Import {
    /// The mailbox all of it belongs to; else each mail's own recipients decide.
    #[arg(long, value_name = "ADDRESS")]
    mailbox: Option<String>,
    /// Leave unanswered mail from this day on open (YYYY-MM-DD).
    #[arg(long, value_name = "DATE")]
    open_since: Option<jiff::civil::Date>,
    /// .eml files, folders of them, mbox files, Maildir folders.
    #[arg(required = true, value_name = "PATH…")]
    paths: Vec<PathBuf>,
}

impl Import {
    /// Looks whether every path is there before the desk is touched: a misspelt one would be missed by nobody.
    pub(super) fn check(&self) -> Result<(), Failure> {
        for path in &self.paths {
            fs::metadata(path).map_err(|error| {
                Failure::new("cli.error.import_path").with("path", path.display()).with("why", error)
            })?;
        }
        Ok(())
    }

    /// What cannot be read is named while the rest goes on, and the command ends as failed: somebody might delete the
    /// files now.
    pub(super) async fn run(&self, opened: Opened) -> Result<(), Failure> {
        let desk = opened.desk().await?;
        let progress = Progress::start();
        let (files, unread) = (AtomicU64::new(0), AtomicU64::new(0));
        let told = |told: Told<'_>| match told {
            Told::SoFar(so_far) => files.store(so_far.files, Ordering::Relaxed),
            Told::PassedOver(one) => {
                unread.fetch_add(1, Ordering::Relaxed);
                progress.clear();
                tell(&sentence(one, opened.language));
            }
        };
        let how_far = || {
            let files = files.load(Ordering::Relaxed).to_string();
            text(opened.language, "cli.import.progress", &[("files", &files)])
        };
        let asked = import_mail::Import {
            paths: self.paths.clone(),
            mailbox: self.mailbox.clone(),
            open_since: self.open_since,
        };
        let done = progress.during(import_mail::import_mail(&desk, &asked, &told), how_far).await?;
        print(&result(&done, &opened)?)?;
        if unread.into_inner() == 0 { Ok(()) } else { Err(Failure::Told) }
    }
}

fn sentence(one: &PassedOver, language: Language) -> String {
    let path = one.path.display().to_string();
    match &one.why {
        Why::TooLarge => text(language, "cli.import.too_large", &[("path", &path)]),
        Why::Unreadable(why) => text(language, "cli.import.unread", &[("path", &path), ("why", why)]),
    }
}

fn result(done: &Imported, opened: &Opened) -> Result<String, Failure> {
    if opened.json {
        return serde_json::to_string(done).map_err(Failure::other);
    }
    let numbers = serde_json::to_value(done).map_err(Failure::other)?;
    let names = ["files", "kept", "duplicates", "skipped", "tickets", "unreadable"];
    let params: Vec<(&str, String)> = names.map(|name| (name, numbers[name].to_string())).into();
    let params: Vec<(&str, &str)> = params.iter().map(|(name, value)| (*name, value.as_str())).collect();
    Ok(text(opened.language, "cli.import.done", &params))
}
