//! The workers of the queue: kind → action, thin. Reading (processor and database) and sending (a slow network) have
//! workers of their own, so that a mail server that hangs never delays a customer's mail. A job that fails comes back
//! later, a job that fails too often is dead and shown to the administrator; nothing is dropped.

mod pool;
mod queue;
mod reader;

use desk::job::JobKind;

use crate::state::Desk;

/// How many replies may be on the wire at the same time.
const SENDERS: usize = 8;
/// How many acknowledgements are prepared at the same time.
const ACKNOWLEDGERS: usize = 1;

/// Starts every worker of this process.
pub fn start(desk: &Desk) {
    desk.tasks.start(reader::run(desk.clone()));
    desk.tasks.start(pool::run(desk.clone(), JobKind::SendReply, SENDERS));
    desk.tasks.start(pool::run(desk.clone(), JobKind::Acknowledge, ACKNOWLEDGERS));
}
