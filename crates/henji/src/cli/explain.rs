//! `henji explain`: reads mails without a database and tells what is in them (contract §2).

use std::{
    fs,
    io::{Read, Write},
    path::Path,
};

use clap::Args;
use mail::explain::{Explanation, explain, explain_text};
use server::words::{Language, text};

use crate::failure::Failure;

/// Read mails and tell what is in them.
#[derive(Debug, Args)]
pub struct Explain {
    /// One JSON object a mail.
    #[arg(long)]
    json: bool,
    /// The input is only the body text of a mail.
    #[arg(long)]
    text: bool,
    /// Files, mbox files, or `-` for standard input.
    #[arg(required = true, value_name = "FILE…|-")]
    files: Vec<String>,
}

impl Explain {
    pub(super) fn run(&self, language: Language) -> Result<(), Failure> {
        let mut out = std::io::stdout().lock();
        for file in &self.files {
            let bytes = read(file)?;
            for (name, mail) in mails(file, &bytes) {
                let told = if self.text {
                    explain_text(&name, &String::from_utf8_lossy(mail))
                } else {
                    explain(&name, mail)
                };
                let line = if self.json { json(&told)? } else { in_words(&told, language) };
                if writeln!(out, "{line}").is_err() {
                    return Ok(()); // the reader of the pipe went away
                }
            }
        }
        Ok(())
    }
}

fn read(file: &str) -> Result<Vec<u8>, Failure> {
    let mut bytes = Vec::new();
    let read =
        if file == "-" { std::io::stdin().read_to_end(&mut bytes).map(|_| bytes) } else { fs::read(file) };
    read.map_err(|error| Failure::new("cli.error.file").with("file", file).with("why", error))
}

/// An mbox gives one name a mail, `path#1` (contract §2); any other file is one mail.
fn mails<'a>(file: &str, bytes: &'a [u8]) -> Vec<(String, &'a [u8])> {
    let is_eml = Path::new(file).extension().is_some_and(|ending| ending.eq_ignore_ascii_case("eml"));
    if is_eml || !bytes.starts_with(b"From ") {
        return vec![(file.to_owned(), bytes)];
    }
    mail::mbox::split(bytes).enumerate().map(|(i, mail)| (format!("{file}#{}", i + 1), mail)).collect()
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
    let rows = [
        ("cli.explain.file", at("/file")),
        ("cli.explain.kind", at("/kind")),
        ("cli.explain.subject", at("/subject")),
        ("cli.explain.from", format!("{} <{}>", at("/from/name"), at("/from/address"))),
        ("cli.explain.date", at("/date")),
        ("cli.explain.mailer", at("/evidence/mailer/name")),
        ("cli.explain.answer_goes_to", at("/evidence/answer_goes_to")),
        ("cli.explain.problems", at("/problems")),
    ];
    let mut lines: Vec<String> =
        rows.iter().map(|(key, value)| format!("{}: {value}", text(language, key, &[]))).collect();
    lines.push(String::new());
    lines.push(at("/new_text"));
    lines.join("\n")
}
