//! Bytes ⇄ meaning of one mail. [`read`] takes any bytes and never fails; [`compose::compose`] writes a reply.
//! Pure: no sockets, no files, no clock, no tickets. Knowledge (carriers, bounce phrases, reply prefixes …)
//! stands in `data/`, each file with its source and date.

pub mod address;
pub mod automatic;
pub mod bounce;
pub mod compose;
pub mod explain;
pub mod html;
pub mod mbox;
pub mod message_id;
pub mod plus;
pub mod quote;
pub mod soft_key;
pub mod subject;

mod attached;
mod body;
mod charset;
mod dangers;
mod fields;
mod form;
mod headers;
mod kind;
mod lists;
mod mail;
mod params;
mod parts;
mod read;
mod signs;
mod split;
mod transfer;
mod words;
mod written_at;

pub use address::AddressClass;
pub use automatic::{AutomaticSign, Sign};
pub use bounce::{Bounce, FailedRecipient};
pub use lists::{Danger, Kind, Problem, Reason, Suspicion, Warning};
pub use mail::{Address, Attachment, Header, Mail, Part, SentAt, Span};
pub use params::file_name;
pub use read::{attachment, inline, read, read_header};
pub use written_at::written_at;

/// The addresses of a list as people write it: `a@example.jp`, `山田 <a@example.jp>, b@example.jp`.
pub fn addresses(text: &str) -> Vec<Address> {
    headers::addresses::all(text, &mut Vec::new())
}
