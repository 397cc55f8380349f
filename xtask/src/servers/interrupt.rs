//! Notices that somebody wants this run to end (Ctrl-C, `kill`, a closed terminal).

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use anyhow::bail;
use rustix::process::Signal;
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};

/// The signal that came, if one came.
#[derive(Clone)]
pub struct Interrupt {
    came: Arc<AtomicUsize>,
}

impl Interrupt {
    /// From here on SIGINT, SIGTERM and SIGHUP are noted instead of ending us at once.
    pub fn listen() -> anyhow::Result<Self> {
        let came = Arc::new(AtomicUsize::new(0));
        for signal in [SIGINT, SIGTERM, SIGHUP] {
            signal_hook::flag::register_usize(signal, Arc::clone(&came), usize::try_from(signal)?)?;
        }
        Ok(Self { came })
    }

    /// The signal that came since the last look.
    pub fn take(&self) -> Option<Signal> {
        let number = self.came.swap(0, Ordering::SeqCst);
        Signal::from_named_raw(i32::try_from(number).ok()?)
    }

    /// Fails when a signal came: for the waits before the command runs.
    pub fn check(&self) -> anyhow::Result<()> {
        match self.take() {
            Some(_) => bail!("interrupted while the servers were starting"),
            None => Ok(()),
        }
    }
}
