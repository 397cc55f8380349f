//! The API as a program sees it: real router, real store, no network. Each story runs on both databases.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::disallowed_methods,
    reason = "a test that cannot go on fails, and the servers of a run are named in the environment"
)]

mod answering;
mod asking;
mod attaching;
mod desk_at_hand;
mod doors;
mod editing;
mod given;
mod holding;
mod once;
mod owners;
mod people;
mod replies;
mod safety;
mod searching;
mod tickets;
