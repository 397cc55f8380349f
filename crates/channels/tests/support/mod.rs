//! What the tests of the wires share. Each test file uses its part of it.
#![expect(dead_code, reason = "no test file uses all of it")]

pub mod certificates;
pub mod client;
pub mod desk;
pub mod dovecot;
pub mod fake;
pub mod inbox;
