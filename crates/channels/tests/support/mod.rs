//! What the tests of the wires share: a desk that keeps mails in memory, a client that says
//! bytes, and a small certificate authority.

pub mod certificates;
pub mod client;
pub mod desk;
