//! Old mail (contract §6.7): to which mailbox it belongs, which way it went, and how its ticket ends. Nothing here
//! makes the desk answer, notify or measure.

use crate::ids::{MailboxId, MessageId};
use crate::message::{Direction, Kind};
use crate::status::{Outcome, Status};
use crate::ticket::{Change, Ticket};
use crate::time::Millis;

/// The reason kept with imported tickets that end without an answer of ours.
pub const REASON: &str = "imported";

/// The addresses of a mail that tell where it belongs.
#[derive(Debug, Clone, Copy, Default)]
pub struct Places<'a> {
    /// Delivered-To, X-Original-To and the like.
    pub delivered_to: &'a [&'a str],
    /// To.
    pub to: &'a [&'a str],
    /// Cc.
    pub cc: &'a [&'a str],
    /// From.
    pub from: &'a [&'a str],
}

/// The mailbox an old mail belongs to: the one named on the command line, else the first whose address stands in
/// Delivered-To, To or Cc, else the one that wrote it. `None`: the mailbox `import`, which sends nothing.
pub fn mailbox(named: Option<MailboxId>, places: &Places, ours: &[(MailboxId, &str)]) -> Option<MailboxId> {
    let of = |address: &&str| {
        let address = plain(address);
        ours.iter().find(|(_, own)| plain(own) == address).map(|(id, _)| *id)
    };
    let in_order = [places.delivered_to, places.to, places.cc, places.from];
    named.or_else(|| in_order.into_iter().flatten().find_map(of))
}

/// A mail From one of our addresses is one that we sent.
pub fn direction(from: &[&str], own: &dyn Fn(&str) -> bool) -> Direction {
    if from.iter().any(|address| own(&plain(address))) { Direction::Out } else { Direction::In }
}

/// Lower-cased and without its plus tag: `Support+x@Shop.jp` came to `support@shop.jp`.
fn plain(address: &str) -> String {
    let address = address.trim().to_lowercase();
    match address.rsplit_once('@') {
        Some((local, domain)) => format!("{}@{domain}", local.split('+').next().unwrap_or(local)),
        None => address,
    }
}

/// An old message that goes into its ticket; messages of one ticket may come in any order.
#[derive(Debug, Clone, Copy)]
pub struct Old<'a> {
    /// The message.
    pub message: MessageId,
    /// Which way it went.
    pub direction: Direction,
    /// What wrote it.
    pub kind: Kind,
    /// When it was sent.
    pub at: Millis,
    /// Its first words.
    pub excerpt: &'a str,
    /// Unanswered tickets whose last message is younger than this stay open.
    pub open_since: Option<Millis>,
}

impl Ticket {
    /// An old message came into this ticket. A ticket that lives (a person or live mail touched it) only shows it;
    /// one made of old mail alone ends by its newest message: ours → answered; a customer's → no reply needed,
    /// imported, or open if it is young enough.
    pub fn old_message(&mut self, old: &Old) -> Vec<Change> {
        let is_old_alone = self.is_made_of_old_mail();
        self.changed(|ticket| {
            ticket.created_at = ticket.created_at.min(old.at);
            let newest = old.at >= ticket.last_message_at || ticket.last_message_id.is_none();
            if newest {
                ticket.last_message_at = old.at;
                ticket.last_message_id = Some(old.message);
            }
            if !is_old_alone {
                return;
            }
            ticket.ever_answered |= old.direction == Direction::Out;
            if newest {
                ticket.end_as_old(old);
            }
        })
    }

    /// Nothing but old mail has made this ticket what it is. A new ticket counts if it has no message yet.
    fn is_made_of_old_mail(&self) -> bool {
        let ended_by_import = self.status == Status::Done
            && match self.outcome {
                Some(Outcome::NoReplyNeeded) => self.outcome_reason.as_deref() == Some(REASON),
                Some(Outcome::Answered) => self.outcome_reason.as_deref() == Some(REASON),
                Some(Outcome::Merged | Outcome::Spam) | None => false,
            };
        let left_open = self.status == Status::Open
            && self.outcome_reason.as_deref() == Some(REASON)
            && self.queued_replies == 0
            && !self.drafting;
        self.last_message_id.is_none() || ended_by_import || left_open
    }

    fn end_as_old(&mut self, old: &Old) {
        let young = old.open_since.is_some_and(|since| old.at >= since);
        let waits = old.direction == Direction::In && old.kind.needs_a_person() && self.shelf.is_none();
        if old.direction == Direction::In {
            self.kind = old.kind;
            old.excerpt.clone_into(&mut self.excerpt);
        }
        if waits && young {
            self.set_open();
            self.outcome_reason = Some(REASON.to_owned());
            return;
        }
        let answered = old.direction == Direction::Out || (!waits && self.ever_answered);
        let outcome = if answered { Outcome::Answered } else { Outcome::NoReplyNeeded };
        self.set_done(outcome, Some(REASON.to_owned()), old.at);
    }
}
