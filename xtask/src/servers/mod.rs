//! `with-servers`: real servers for one command, in one folder, gone afterwards.
//!
//! PostgreSQL, Dovecot and our SMTP sink start on free loopback ports; their places are handed to
//! the command as `HENJI_TEST_…`. When the command ends, fails or is interrupted they are stopped
//! by their process id and the folder is removed.

mod certificate;
mod dovecot;
mod folder;
mod identity;
mod interrupt;
mod ports;
mod postgres;
mod process;
mod user_command;

use std::ffi::OsString;
use std::process::ExitCode;

use anyhow::bail;

use crate::program;
use crate::sink::Sink;

use interrupt::Interrupt;

/// Names and values handed to the command.
type Variables = Vec<(&'static str, OsString)>;

/// Starts the servers, runs the command behind `--`, stops them; gives the command's own status.
pub fn with_servers(rest: &[String]) -> anyhow::Result<ExitCode> {
    let words = if rest.first().is_some_and(|word| word == "--") { &rest[1..] } else { rest };
    let Some((command, arguments)) = words.split_first() else {
        bail!("which command? usage: cargo xtask with-servers -- CMD…");
    };
    // All programs are looked for before any is started: a missing one costs no waiting.
    let programs = Programs::find()?;
    let interrupt = Interrupt::listen()?;
    // Dropped in the opposite order: the servers stop before their folder goes.
    let folder = folder::Folder::make()?;
    let postgres = postgres::start(&programs, &folder, &interrupt)?;
    let certificate = certificate::make(&programs.openssl, &folder.below("certificate")?)?;
    let dovecot = dovecot::start(&programs.dovecot, &folder, &certificate, &interrupt)?;
    let sink_folder = folder.below("sink")?;
    let sink = Sink::start(&sink_folder)?;

    let mut variables: Variables = vec![
        ("HENJI_TEST_POSTGRES", postgres.url().into()),
        ("HENJI_TEST_IMAP", dovecot.imap().into()),
        ("HENJI_TEST_IMAP_TLS", dovecot.imap_tls().into()),
        ("HENJI_TEST_DOVECOT_DIR", dovecot.maildirs().into()),
        ("HENJI_TEST_CA", certificate.authority.into()),
        ("HENJI_TEST_SMTP", sink.address.to_string().into()),
        ("HENJI_TEST_SINK_DIR", sink_folder.into()),
        ("HENJI_TEST_DIR", folder.below("tests")?.into()),
    ];
    variables.extend(found_beside());
    user_command::run(command, arguments, &variables, &interrupt)
}

/// The browser, and the `henji` that was built with this xtask, unless they are already named.
fn found_beside() -> Variables {
    let henji = std::env::current_exe().ok().map(|xtask| xtask.with_file_name("henji"));
    [("CHROME_BIN", program::CHROMIUM.path()), ("HENJI_BIN", henji.filter(|path| path.is_file()))]
        .into_iter()
        .filter(|(name, _)| std::env::var_os(name).is_none())
        .filter_map(|(name, path)| Some((name, path?.into_os_string())))
        .collect()
}

/// Where the programs of others lie.
pub struct Programs {
    initdb: std::path::PathBuf,
    postgres: std::path::PathBuf,
    dovecot: std::path::PathBuf,
    openssl: std::path::PathBuf,
}

impl Programs {
    fn find() -> anyhow::Result<Self> {
        Ok(Self {
            initdb: program::INITDB.find()?,
            postgres: program::POSTGRES.find()?,
            dovecot: program::DOVECOT.find()?,
            openssl: program::OPENSSL.find()?,
        })
    }
}
