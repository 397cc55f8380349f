//! Standard output and standard error: results on the one, sentences and progress on the other, so that `--json` can be
//! piped into a program while a person watches.

use std::{
    io::{self, IsTerminal, Write},
    sync::Mutex,
    time::{Duration, Instant},
};

use crate::failure::Failure;

/// What takes longer shows that it goes on.
const QUIET: Duration = Duration::from_secs(2);
/// So often at most.
const PAUSE: Duration = Duration::from_millis(200);

/// One line on standard output.
pub(super) fn print(line: &str) -> Result<(), Failure> {
    match writeln!(io::stdout().lock(), "{line}") {
        Ok(()) => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Err(Failure::NobodyReads),
        Err(error) => Err(Failure::new("cli.error.output").with("why", error)),
    }
}

/// One sentence on standard error, for what goes wrong on the way.
pub(super) fn tell(sentence: &str) {
    // There is no other place to say that nobody hears.
    let _ = writeln!(io::stderr().lock(), "henji: {sentence}");
}

/// A line on the terminal that says how far it came, while it takes long.
pub(super) struct Progress {
    begun: Instant,
    shown: Mutex<Option<Duration>>,
    terminal: bool,
}

impl Progress {
    /// Counts from now.
    pub(super) fn start() -> Progress {
        Progress { begun: Instant::now(), shown: Mutex::new(None), terminal: io::stderr().is_terminal() }
    }

    /// Shows how far it came, if that is due.
    pub(super) fn say(&self, sentence: impl FnOnce() -> String) {
        let Ok(mut shown) = self.shown.lock() else { return };
        let now = self.begun.elapsed();
        if self.terminal && due(now, *shown) {
            let _ = write!(io::stderr().lock(), "\r{}\x1b[K", sentence());
            *shown = Some(now);
        }
    }

    /// Takes the line away, so that another can be written.
    pub(super) fn clear(&self) {
        let Ok(mut shown) = self.shown.lock() else { return };
        if shown.take().is_some() {
            let _ = write!(io::stderr().lock(), "\r\x1b[K");
        }
    }

    /// Waits for `work` and shows meanwhile that it goes on.
    pub(super) async fn during<T>(&self, work: impl Future<Output = T>, sentence: impl Fn() -> String) -> T {
        tokio::pin!(work);
        loop {
            match tokio::time::timeout(PAUSE, &mut work).await {
                Ok(done) => {
                    self.clear();
                    return done;
                }
                Err(_) => self.say(&sentence),
            }
        }
    }
}

fn due(now: Duration, shown: Option<Duration>) -> bool {
    now >= QUIET && shown.is_none_or(|shown| now >= shown + PAUSE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_takes_longer_than_two_seconds_shows_it_five_times_a_second_at_most() {
        let at = Duration::from_millis;
        assert!(!due(at(1_900), None));
        assert!(due(at(2_000), None));
        assert!(!due(at(2_100), Some(at(2_000))));
        assert!(due(at(2_200), Some(at(2_000))));
    }
}
