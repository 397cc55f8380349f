//! The peer: `notmuch new` with CJK n-grams does what our import does beside tickets — it reads each mail and makes it
//! findable by two-character Japanese words.

use std::{fs, path::Path, process::Command, time::Instant};

use anyhow::{Context, ensure};

use super::{figures::Figures, rate};

/// Indexes the same mails; `None` where notmuch is not installed.
pub fn notmuch(mails: &Path, count: usize) -> anyhow::Result<Option<Figures>> {
    if Command::new("notmuch").arg("--version").output().is_err() {
        eprintln!("notmuch is not installed; the peer's column is left out (Debian package notmuch)");
        return Ok(None);
    }
    let home = tempfile::tempdir()?;
    let config = home.path().join("config");
    let text = format!(
        "[database]\npath={}\n[user]\nname=Bench\nprimary_email=bench@bench.example\n",
        mails.display()
    );
    fs::write(&config, text)?;
    let begun = Instant::now();
    let output = Command::new("notmuch")
        .arg("new")
        .env("NOTMUCH_CONFIG", &config)
        .env("HOME", home.path())
        .env("XAPIAN_CJK_NGRAM", "1")
        .output()
        .context("notmuch could not be started")?;
    ensure!(output.status.success(), "notmuch: {}", String::from_utf8_lossy(&output.stderr));
    let figures = Figures { import_per_s: rate(count, begun.elapsed()), ..Figures::default() };
    fs::remove_dir_all(mails.join(".notmuch"))?;
    Ok(Some(figures))
}
