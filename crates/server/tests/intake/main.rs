//! How mail comes in and where it goes, as stories: real store, real duties, real wires. Each runs on both databases.

#![expect(
    clippy::unwrap_used,
    clippy::assigning_clones,
    clippy::format_push_string,
    reason = "a test that cannot go on fails, and its mails are put together in the plainest way"
)]

mod at;
mod mails;

mod acknowledging;
mod bouncing;
mod doors;
mod fetching;
mod habits;
mod importing;
mod keeping;
mod often;
mod queue;
mod samples;
mod threading;
