//! Every function of this crate, called on both databases.

mod contacts;
mod drafts;
mod events;
mod jobs;
mod keeping;
mod mailboxes;
mod makers;
mod messages;
mod opening;
mod outbound;
mod people;
mod schema;
mod search;
mod support;
mod tickets;
