//! An SMTP server that keeps every mail exactly as it came and misbehaves on request.
//!
//! Each mail becomes `<n>.eml` (the bytes after dot-unstuffing, nothing added or changed) and
//! `<n>.json` (the envelope and what the sender was told); the `.json` appears last, so whoever
//! sees it may read the mail. How it behaves is chosen by the local part of the recipient, see
//! [`behaviour`]. It speaks plain SMTP only and belongs on the loopback address.

mod behaviour;
mod keep;
mod session;

use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::sync::Arc;

use anyhow::Context;

/// A running sink; it ends with the process.
pub struct Sink {
    /// Where it listens.
    pub address: SocketAddr,
}

impl Sink {
    /// Listens on a free loopback port and keeps mails in `folder`, which must exist.
    pub fn start(folder: &Path) -> anyhow::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").context("the SMTP sink found no free port")?;
        let address = listener.local_addr()?;
        let keeper = Arc::new(keep::Keeper::new(folder));
        let once = Arc::new(behaviour::Once::default());
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (keeper, once) = (Arc::clone(&keeper), Arc::clone(&once));
                // A client that goes away in the middle ends only its own session.
                std::thread::spawn(move || session::serve(&stream, &keeper, &once).ok());
            }
        });
        Ok(Self { address })
    }
}

#[cfg(test)]
mod tests;
