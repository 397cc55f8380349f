//! A server's process: started, waited for, stopped by its id.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use rustix::process::{Pid, Signal, kill_process};

use super::interrupt::Interrupt;

const START: Duration = Duration::from_mins(1);
const STOP: Duration = Duration::from_secs(10);
const GLANCE: Duration = Duration::from_millis(20);

/// A running server; stopped when this value goes, whatever the reason.
pub struct Server {
    name: &'static str,
    child: Child,
    stop: Signal,
    log: PathBuf,
}

impl Server {
    /// Starts it with its words in `log`, which it may also write itself. `stop` is the signal
    /// that ends it quickly.
    pub fn start(name: &'static str, mut command: Command, stop: Signal, log: &Path) -> anyhow::Result<Self> {
        use std::os::unix::process::CommandExt;
        let words = std::fs::File::options().create(true).append(true).open(log)?;
        // Its own process group: Ctrl-C in the terminal is for the command, not for the servers.
        command.process_group(0).stdin(Stdio::null()).stdout(words.try_clone()?).stderr(words);
        let child = command.spawn().with_context(|| format!("{name} can't be started"))?;
        Ok(Self { name, child, stop, log: log.to_path_buf() })
    }

    /// Waits until `answers` says yes.
    pub fn wait_until(&mut self, interrupt: &Interrupt, answers: impl Fn() -> bool) -> anyhow::Result<()> {
        let begun = Instant::now();
        while !answers() {
            interrupt.check()?;
            if let Some(status) = self.child.try_wait()? {
                bail!("{} ended while starting ({status}): {}", self.name, self.last_words());
            }
            if begun.elapsed() > START {
                bail!("{} did not answer for {} s: {}", self.name, START.as_secs(), self.last_words());
            }
            std::thread::sleep(GLANCE);
        }
        Ok(())
    }

    fn last_words(&self) -> String {
        let text = std::fs::read(&self.log).unwrap_or_default();
        let text = String::from_utf8_lossy(&text);
        let lines: Vec<&str> = text.lines().collect();
        lines[lines.len().saturating_sub(8)..].join(" | ")
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Errors here mean that it has already ended, which is what is wanted.
        kill_process(Pid::from_child(&self.child), self.stop).ok();
        let begun = Instant::now();
        while begun.elapsed() < STOP {
            if !matches!(self.child.try_wait(), Ok(None)) {
                return;
            }
            std::thread::sleep(GLANCE);
        }
        eprintln!("xtask: {} did not stop by itself and was killed", self.name);
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sleeper(folder: &Path) -> Server {
        let mut command = Command::new("sh");
        command.args(["-c", "echo begun; exec sleep 600"]);
        Server::start("a sleeper", command, Signal::TERM, &folder.join("log")).expect("it starts")
    }

    #[test]
    fn a_server_ends_with_its_value() {
        let folder = tempfile::tempdir().expect("a folder");
        let server = sleeper(folder.path());
        let pid = Pid::from_child(&server.child);
        drop(server);
        assert!(rustix::process::test_kill_process(pid).is_err(), "the process is gone");
    }

    #[test]
    fn a_server_that_ends_at_once_is_told_with_its_last_words() {
        let folder = tempfile::tempdir().expect("a folder");
        let mut command = Command::new("sh");
        command.args(["-c", "echo the disk is full; exit 3"]);
        let mut server =
            Server::start("a failer", command, Signal::TERM, &folder.path().join("log")).expect("it starts");
        let interrupt = Interrupt::listen().expect("signals");
        let error = server.wait_until(&interrupt, || false).expect_err("it ended").to_string();
        assert!(error.contains("the disk is full"), "{error}");
    }
}
