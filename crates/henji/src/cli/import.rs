//! `henji import`: old mail, silently (contract §6.7).

use std::{io::IsTerminal, path::PathBuf};

use clap::Args;
use server::{
    actions::import_mail::{self, Imported},
    words::text,
};

use super::Opened;
use crate::failure::Failure;

/// Take in old mail.
#[derive(Debug, Args)]
pub struct Import {
    /// Print one JSON object at the end and nothing else.
    #[arg(long)]
    json: bool,
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
    pub(super) async fn run(&self, opened: Opened) -> Result<(), Failure> {
        let desk = opened.desk().await?;
        let quiet = self.json || !std::io::stderr().is_terminal();
        let progress = |so_far: &Imported| {
            if !quiet {
                eprint!(
                    "\r{}",
                    text(opened.language, "cli.import.progress", &[("files", &so_far.files.to_string())])
                );
            }
        };
        let asked = import_mail::Import {
            paths: self.paths.clone(),
            mailbox: self.mailbox.clone(),
            open_since: self.open_since,
        };
        let done = import_mail::import_mail(&desk, &asked, &progress).await?;
        if !quiet {
            eprintln!();
        }
        if self.json {
            println!("{}", serde_json::to_string(&done).map_err(Failure::other)?);
        } else {
            let numbers = serde_json::to_value(done).map_err(Failure::other)?;
            let of = |name: &str| numbers[name].to_string();
            let params: Vec<(&str, String)> =
                ["files", "kept", "duplicates", "skipped", "tickets", "unreadable"]
                    .map(|n| (n, of(n)))
                    .into();
            let params: Vec<(&str, &str)> = params.iter().map(|(n, v)| (*n, v.as_str())).collect();
            println!("{}", text(opened.language, "cli.import.done", &params));
        }
        Ok(())
    }
}
