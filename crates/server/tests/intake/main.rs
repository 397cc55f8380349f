//! How mail comes in and where it goes, as stories: real store, real duties, real wires. Each runs on both databases.

mod at;
mod mails;

mod acknowledging;
mod bouncing;
mod doors;
mod fetching;
mod importing;
mod keeping;
mod often;
mod queue;
mod samples;
mod threading;
