//! Every SQL statement of the desk, each written once, for SQLite and PostgreSQL.
//!
//! A function takes a transaction ([`Tx`]) and values of the desk; it holds no decision, reads no clock and knows
//! neither HTTP nor MIME. Where the two databases differ stands in `dialect.rs`, and nowhere else. The traps of running
//! the same text twice are listed in this crate's README.

mod column;
mod db;
mod dialect;
mod error;
mod tx;
mod views;

pub mod address;
pub mod agents;
pub mod automatic;
pub mod blobs;
pub mod contacts;
pub mod drafts;
pub mod duties;
pub mod events;
pub mod folders;
pub mod idempotency;
pub mod jobs;
pub mod mailboxes;
pub mod messages;
pub mod old_mail;
pub mod originals;
pub mod outbound;
pub mod search;
pub mod sessions;
pub mod settings;
pub mod teams;
pub mod tickets;
pub mod tokens;
pub mod uids;
pub mod uploads;

pub use db::{Listener, Store, Url, retry};
pub use error::{MayBeBusy, StoreError};
pub use tx::Tx;
