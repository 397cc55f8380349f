//! `cargo xtask bench`: how fast the desk takes mail in and shows it, measured on the release build in one run beside
//! a peer (`notmuch`, if it is installed) or beside another build of Henji (`--against PATH`). Prints a table.

mod desk;
mod figures;
mod http;
mod mails;
mod peer;
mod smtp;

use std::{
    path::{Path, PathBuf},
    process::{Command, ExitCode},
    time::{Duration, Instant},
};

use anyhow::{Context, bail, ensure};
use desk::Desk;
use figures::{Figures, percentile};

/// How many mails are imported and listed unless `--mails` says otherwise.
const MAILS: usize = 5_000;
/// How many mails come in by SMTP.
const INTAKE: usize = 2_000;
/// Over how many sessions at the same time.
const SESSIONS: usize = 10;
/// How often a list is asked for.
const ASKED: usize = 300;
/// How often the desk is started.
const STARTS: usize = 5;
/// How long a fresh desk rests before its memory is read.
const REST: Duration = Duration::from_secs(3);

/// Runs every measurement.
pub fn run(arguments: &[String]) -> anyhow::Result<ExitCode> {
    let asked = Asked::read(arguments)?;
    let folder = tempfile::tempdir().context("no temporary folder")?;
    let mails = folder.path().join("mails");
    mails::write(&mails, asked.mails, 1)?;
    let own = match asked.binary {
        Some(binary) => binary,
        None => release_build()?,
    };
    let mut columns = vec![("henji", measure(&own, &mails, asked.mails)?)];
    if let Some(other) = &asked.against {
        columns.push(("other build", measure(other, &mails, asked.mails)?));
    }
    if let Some(figures) = peer::notmuch(&mails, asked.mails)? {
        columns.push(("notmuch new", figures));
    }
    figures::print(asked.mails, &columns);
    Ok(ExitCode::SUCCESS)
}

/// What the command line asks for.
struct Asked {
    mails: usize,
    binary: Option<PathBuf>,
    against: Option<PathBuf>,
}

impl Asked {
    fn read(arguments: &[String]) -> anyhow::Result<Asked> {
        let mut asked = Asked { mails: MAILS, binary: None, against: None };
        let mut rest = arguments.iter();
        while let Some(name) = rest.next() {
            let value = rest.next().with_context(|| format!("{name} needs a value"))?;
            match name.as_str() {
                "--mails" => asked.mails = value.parse().context("--mails takes a number")?,
                "--binary" => asked.binary = Some(value.into()),
                "--against" => asked.against = Some(value.into()),
                _ => bail!("usage: cargo xtask bench [--mails N] [--binary HENJI] [--against HENJI]"),
            }
        }
        Ok(asked)
    }
}

fn release_build() -> anyhow::Result<PathBuf> {
    let status = Command::new("cargo").args(["build", "--release", "--package", "henji"]).status()?;
    ensure!(status.success(), "the release build failed");
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| PathBuf::from("target"), PathBuf::from);
    Ok(target.join("release/henji"))
}

fn measure(binary: &Path, mails: &Path, count: usize) -> anyhow::Result<Figures> {
    let mut figures = Figures { start_ms: start(binary)?, ..Figures::default() };
    let mut desk = Desk::fresh(binary)?;
    desk.start()?;
    std::thread::sleep(REST);
    figures.idle_mib = desk.memory_mib()?;
    intake(&mut desk, &mut figures)?;
    desk.stop();
    import(&desk, mails, count, &mut figures)?;
    desk.start()?;
    lists(&desk, &mut figures)?;
    desk.stop();
    Ok(figures)
}

/// The median time from the start of the process to the first answer that says "ready".
fn start(binary: &Path) -> anyhow::Result<f64> {
    let mut desk = Desk::fresh(binary)?;
    let mut times = Vec::with_capacity(STARTS);
    for _ in 0..STARTS {
        times.push(desk.start()?.as_secs_f64() * 1_000.0);
        desk.stop();
    }
    Ok(percentile(&mut times, 50))
}

/// Mails over several SMTP sessions: until the last `250`, and until the last one is a ticket.
fn intake(desk: &mut Desk, figures: &mut Figures) -> anyhow::Result<()> {
    let before = desk.tickets()?;
    let begun = Instant::now();
    smtp::send(desk.smtp, INTAKE, SESSIONS)?;
    figures.acked_per_s = rate(INTAKE, begun.elapsed());
    while desk.tickets()? < before + INTAKE {
        ensure!(
            begun.elapsed() < Duration::from_mins(10),
            "the mails that came in were not read in ten minutes"
        );
        std::thread::sleep(Duration::from_millis(50));
    }
    figures.read_per_s = rate(INTAKE, begun.elapsed());
    Ok(())
}

fn import(desk: &Desk, mails: &Path, count: usize, figures: &mut Figures) -> anyhow::Result<()> {
    let begun = Instant::now();
    desk.command(&["import", "--json", &mails.display().to_string()])?;
    figures.import_per_s = rate(count, begun.elapsed());
    figures.database_ratio = desk.database_bytes()? / mails::bytes(mails)?;
    Ok(())
}

fn lists(desk: &Desk, figures: &mut Figures) -> anyhow::Result<()> {
    let list = "/api/v1/tickets?limit=50&sort=-last_message";
    let mut times = desk.times(list, ASKED)?;
    figures.list_p50_ms = percentile(&mut times, 50);
    figures.list_p95_ms = percentile(&mut times, 95);
    // 返品, a word of a twelfth of the mails
    let mut times = desk.times("/api/v1/search?q=%E8%BF%94%E5%93%81", ASKED)?;
    figures.search_p95_ms = percentile(&mut times, 95);
    Ok(())
}

#[expect(clippy::cast_precision_loss, reason = "counts of a bench are far below 2^52")]
fn rate(count: usize, time: Duration) -> f64 {
    count as f64 / time.as_secs_f64().max(0.001)
}
