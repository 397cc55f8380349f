//! Old mail (contract §6.7): to which mailbox it belongs, which way it went, and how its ticket ends. Nothing here
//! makes the desk answer, notify or measure.

use crate::ids::{MailboxId, MessageId};
use crate::message::{Direction, Kind};
use crate::status::Outcome;
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
    /// Every message of the ticket so far came by import and no person has touched it (true for a new ticket).
    pub alone: bool,
    /// Unanswered tickets whose last message is younger than this stay open.
    pub open_since: Option<Millis>,
}

impl Ticket {
    /// An old message came into this ticket. A ticket that lives only shows it; one made of old mail alone ends by
    /// its newest message: ours → answered; a customer's → no reply needed, imported, or open if young enough.
    pub fn old_message(&mut self, old: &Old) -> Vec<Change> {
        self.changed(|ticket| {
            ticket.created_at = ticket.created_at.min(old.at);
            let newest = old.at >= ticket.last_message_at || ticket.last_message_id.is_none();
            if newest {
                ticket.last_message_at = old.at;
                ticket.last_message_id = Some(old.message);
            }
            if old.alone {
                ticket.ever_answered |= old.direction == Direction::Out;
            }
            if old.alone && newest {
                ticket.end_as_old(old);
            }
        })
    }

    fn end_as_old(&mut self, old: &Old) {
        if old.direction == Direction::In {
            self.kind = old.kind;
            old.excerpt.clone_into(&mut self.excerpt);
        }
        let by_customer = old.direction == Direction::In && old.kind.needs_a_person() && self.shelf.is_none();
        let young = old.open_since.is_some_and(|since| old.at >= since);
        // What a machine wrote after our answer leaves it the last word.
        let answered = old.direction == Direction::Out || (!by_customer && self.ever_answered);
        if by_customer && young {
            self.set_open();
        } else if answered {
            self.set_done(Outcome::Answered, None, old.at);
        } else {
            self.set_done(Outcome::NoReplyNeeded, Some(REASON.to_owned()), old.at);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OURS: [(MailboxId, &str); 2] =
        [(MailboxId(1), "support@shop.co.jp"), (MailboxId(2), "Office@shop.co.jp")];

    #[test]
    fn a_mail_belongs_to_the_mailbox_it_was_delivered_to() {
        let (office, support, other) = (["office@shop.co.jp"], ["Support+h23@shop.co.jp"], ["else@x.jp"]);
        let to_both = Places { delivered_to: &office, to: &support, ..Places::default() };
        let table = [
            (None, to_both, Some(2)),
            (None, Places { to: &support, cc: &office, ..Places::default() }, Some(1)),
            (None, Places { to: &other, cc: &office, ..Places::default() }, Some(2)),
            (None, Places { to: &other, from: &office, ..Places::default() }, Some(2)),
            (None, Places { to: &other, from: &other, ..Places::default() }, None),
            (Some(MailboxId(9)), to_both, Some(9)),
        ];
        for (named, places, expected) in table {
            assert_eq!(mailbox(named, &places, &OURS), expected.map(MailboxId), "{places:?}");
        }
    }

    #[test]
    fn a_mail_from_us_went_out() {
        let own = |address: &str| address == "support@shop.co.jp";
        assert_eq!(direction(&["Support@shop.co.jp"], &own), Direction::Out);
        assert_eq!(direction(&["support+x@shop.co.jp"], &own), Direction::Out);
        assert_eq!(direction(&["hana@x.jp"], &own), Direction::In);
        assert_eq!(direction(&[], &own), Direction::In);
    }
}
