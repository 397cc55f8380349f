//! The API as a program sees it: real router, real store, no network. Each story runs on both databases.

mod desk_at_hand;
mod people;
mod replies;
mod safety;
mod tickets;
