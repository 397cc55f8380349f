//! The rules of a support desk, pure: which ticket, which lane, who may, what a reply may become.
//!
//! Nothing here knows SQL, HTTP, async or the clock. Time, chance and identity are arguments; every decision
//! says why.

mod codes;

pub mod agent;
pub mod automatic;
pub mod draft;
pub mod event;
pub mod excerpt;
pub mod fault;
pub mod ids;
pub mod import;
pub mod job;
pub mod mailbox;
pub mod message;
pub mod outbound;
pub mod permission;
pub mod recipients;
pub mod status;
pub mod thread;
pub mod ticket;
pub mod time;
pub mod view;
