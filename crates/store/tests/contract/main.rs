//! Every function of this crate, called on both databases.

#[cfg(test)]
mod contacts;
#[cfg(test)]
mod drafts;
#[cfg(test)]
mod events;
#[cfg(test)]
mod jobs;
#[cfg(test)]
mod keeping;
#[cfg(test)]
mod mailboxes;
#[cfg(test)]
mod makers;
#[cfg(test)]
mod messages;
#[cfg(test)]
mod opening;
#[cfg(test)]
mod outbound;
#[cfg(test)]
mod people;
#[cfg(test)]
mod schema;
#[cfg(test)]
mod search;
#[cfg(test)]
mod support;
#[cfg(test)]
mod taking_in;
#[cfg(test)]
mod tickets;
#[cfg(test)]
mod views;
