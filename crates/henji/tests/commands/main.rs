//! The binary as people use it: real processes on scratch folders (contract §1).

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on fails")]

mod at_hand;
mod configuring;
mod corpora;
mod doctoring;
mod explaining;
mod importing;
mod people;
mod serving;
