//! `henji explain`: reads mails without a database and tells what is in them (contract §2).

use std::{
    fs,
    io::{IsTerminal, Read},
    path::{Path, PathBuf},
};

use clap::Args;
use mail::explain::{Explanation, explain, explain_text};
use server::words::{Language, text};

use super::output::{Progress, print, tell};
use crate::failure::Failure;

/// Read mails and tell what is in them.
#[derive(Debug, Args)]
pub struct Explain {
    /// The input is only the body text of a mail.
    #[arg(long)]
    text: bool,
    /// Files, mbox files, or `-` for standard input.
    #[arg(required = true, value_name = "FILE…|-")]
    files: Vec<PathBuf>,
}

impl Explain {
    /// A file that cannot be read is named, and the others are read all the same.
    pub(super) fn run(&self, language: Language, as_json: bool) -> Result<(), Failure> {
        let progress = Progress::start();
        let mut unread = 0;
        for (at, file) in self.files.iter().enumerate() {
            if !std::io::stdout().is_terminal() {
                progress.say(|| text(language, "cli.explain.progress", &[("files", &at.to_string())]));
            }
            match read(file) {
                Ok(bytes) => self.tell(file, &bytes, language, as_json)?,
                Err(failure) => {
                    progress.clear();
                    tell(&failure.sentence(language).unwrap_or_default());
                    unread += 1;
                }
            }
        }
        progress.clear();
        if unread == 0 { Ok(()) } else { Err(Failure::Told) }
    }

    fn tell(&self, file: &Path, bytes: &[u8], language: Language, as_json: bool) -> Result<(), Failure> {
        let name = file.to_string_lossy().into_owned();
        if self.text {
            return show(&explain_text(&name, &String::from_utf8_lossy(bytes)), language, as_json);
        }
        for (name, mail) in mails(file, name, bytes) {
            show(&explain(&name, mail), language, as_json)?;
        }
        Ok(())
    }
}

fn show(told: &Explanation, language: Language, as_json: bool) -> Result<(), Failure> {
    print(&if as_json { json(told)? } else { in_words(told, language) })
}

fn read(file: &Path) -> Result<Vec<u8>, Failure> {
    let mut bytes = Vec::new();
    let read = if file.as_os_str() == "-" {
        std::io::stdin().read_to_end(&mut bytes).map(|_| bytes)
    } else {
        fs::read(file)
    };
    read.map_err(|error| Failure::new("cli.error.file").with("file", file.display()).with("why", error))
}

/// An mbox gives one name a mail, `path#1` (contract §2); any other file is one mail.
fn mails<'a>(file: &Path, name: String, bytes: &'a [u8]) -> Vec<(String, &'a [u8])> {
    let ends = |with: &str| file.extension().is_some_and(|ending| ending.eq_ignore_ascii_case(with));
    if ends("eml") || !(ends("mbox") || bytes.starts_with(b"From ")) {
        return vec![(name, bytes)];
    }
    let mails = mail::mbox::split(bytes).enumerate().map(|(i, mail)| (format!("{name}#{}", i + 1), mail));
    let mails: Vec<_> = mails.collect();
    if mails.is_empty() { vec![(name, bytes)] } else { mails }
}

fn json(told: &Explanation) -> Result<String, Failure> {
    serde_json::to_string(told).map_err(Failure::other)
}

fn in_words(told: &Explanation, language: Language) -> String {
    let value = serde_json::to_value(told).unwrap_or_default();
    let at = |path: &str| match value.pointer(path) {
        None | Some(serde_json::Value::Null) => "—".to_owned(),
        Some(serde_json::Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
    };
    let from = [at("/from/name"), format!("<{}>", at("/from/address"))];
    let problems = value["problems"].as_array().into_iter().flatten().filter_map(serde_json::Value::as_str);
    let problems: Vec<String> =
        problems.map(|code| text(language, &format!("mail_problem.{code}"), &[])).collect();
    let rows = [
        ("cli.explain.file", at("/file")),
        ("cli.explain.kind", text(language, &format!("kind.{}", at("/kind")), &[])),
        ("cli.explain.subject", at("/subject")),
        ("cli.explain.from", from.join(" ")),
        ("cli.explain.date", at("/date")),
        ("cli.explain.mailer", at("/evidence/mailer/name")),
        ("cli.explain.answer_goes_to", at("/evidence/answer_goes_to")),
        ("cli.explain.problems", if problems.is_empty() { "—".to_owned() } else { problems.join(", ") }),
    ];
    let mut lines: Vec<String> =
        rows.iter().map(|(key, value)| format!("{}: {value}", text(language, key, &[]))).collect();
    lines.push(String::new());
    lines.push(at("/new_text"));
    lines.join("\n")
}
