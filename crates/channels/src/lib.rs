//! The wires of the desk: IMAP in, SMTP in, SMTP out. Bytes come in and bytes go out, each with
//! what the other side said. Nothing here knows tickets or the database, and nothing is read
//! into the bytes: what was received is handed over as it came.

pub mod imap;
pub mod smtp_in;
pub mod smtp_out;
pub mod tls;
mod wire;

pub use wire::{ConnectError, Patience};
