//! The life of a ticket, told in the verbs of the work.

mod begun;
mod changes;
mod old_mail;
mod replies;
mod whatever_happens;
