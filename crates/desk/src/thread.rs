//! Which ticket a mail belongs to, and why (contract §6.3).
//!
//! An id or a token proves that we made it, never who writes: it travels in every mail and can be copied. So a
//! mail joins only if its sender is one of the ticket's people; a stranger's mail begins a ticket of its own and
//! a person is told to which one it may belong.

use crate::codes::codes;
use crate::ids::TicketId;
use crate::message::{Direction, Kind};
use crate::ticket::Suggestion;
use crate::time::{DAY, Millis};

codes! {
    /// Why a mail joined a ticket, began one, or is suggested to another.
    pub enum Because {
        /// It answers a mail we sent, and its sender is one of that ticket's people.
        AnswersOurMail => "answers_our_mail",
        /// It follows a mail that came in earlier, and its sender is one of that ticket's people.
        AnswersCustomersMail => "answers_customers_mail",
        /// It came to the address made for that ticket, from one of its people.
        CameByOurAddress => "came_by_our_address",
        /// It names one of that ticket's mails, and its sender shares the organisation of one of its people.
        SameDomain => "same_domain",
        /// It says that a mail of ours came back.
        BounceOfOurMail => "bounce_of_our_mail",
        /// It names one of our mails or addresses, but its sender is not one of that ticket's people.
        StrangerWithOurId => "stranger_with_our_id",
        /// The same sender wrote under the same subject lately.
        SameSenderSameSubject => "same_sender_same_subject",
        /// Its ticket was done too long ago.
        DoneTooLongAgo => "done_too_long_ago",
        /// Nothing we know comes before it.
        NothingBeforeIt => "nothing_before_it",
        /// We began this ticket ourselves.
        WeWroteFirst => "we_wrote_first",
        /// A person joined it.
        JoinedByHand => "joined_by_hand",
    }
}

/// How long the same subject of the same sender is a hint.
pub const SAME_SUBJECT_WITHIN: Millis = 14 * DAY;

/// What matters of a mail that came in.
#[derive(Debug, Clone, Copy)]
pub struct Arrived<'a> {
    /// What wrote it.
    pub kind: Kind,
    /// The first address in From; `None` if there is none.
    pub from: Option<&'a str>,
    /// Ids in In-Reply-To, without `<>`.
    pub in_reply_to: &'a [String],
    /// Ids in References, oldest first, without `<>`.
    pub references: &'a [String],
    /// The subject without reply prefixes, for comparing.
    pub base_subject: &'a str,
    /// When it arrived.
    pub at: Millis,
}

impl Arrived<'_> {
    /// The ids to look up, in the order in which they count: In-Reply-To, then References, the last one first.
    pub fn ids(&self) -> Vec<&str> {
        let mut ids: Vec<&str> = Vec::new();
        for id in self.in_reply_to.iter().rev().chain(self.references.iter().rev()) {
            if !ids.contains(&id.as_str()) {
                ids.push(id);
            }
        }
        ids
    }
}

/// How a ticket came to be considered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Named {
    /// The mail names one of its messages.
    Message {
        /// That message's Message-ID, without `<>`.
        id: String,
        /// Which way that message went.
        direction: Direction,
    },
    /// The mail came to the address made for it; the token's MAC was checked.
    Token,
    /// The same sender wrote there lately.
    Alike {
        /// The sender of that earlier message.
        from: String,
        /// That message's subject without reply prefixes.
        base_subject: String,
        /// When that message came.
        at: Millis,
    },
}

/// A ticket that the mail may belong to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// The ticket.
    pub ticket: TicketId,
    /// How it came to be considered.
    pub named: Named,
    /// Its [`people`], and the addresses that a person added by joining.
    pub people: Vec<String>,
}

/// One message of a ticket, as far as it makes somebody one of the ticket's people.
#[derive(Debug, Clone)]
pub struct Said<'a> {
    /// Which way it went.
    pub direction: Direction,
    /// What wrote it.
    pub kind: Kind,
    /// The first address in From.
    pub from: Option<&'a str>,
    /// The addresses in To and Cc.
    pub recipients: Vec<&'a str>,
}

/// The people of a ticket, folded: who wrote its incoming messages and to whom we wrote.
///
/// Whom an incoming mail copies is nobody yet: the writer could put anyone there. Nor does a bounce make its
/// sender one of the people: it is let in without being one of them ([`returned`]) and easily forged.
pub fn people(messages: &[Said]) -> Vec<String> {
    let mut people: Vec<String> = Vec::new();
    for message in messages {
        let named: &[&str] = match message.direction {
            Direction::In if message.kind == Kind::Bounce => &[],
            Direction::In => message.from.as_slice(),
            Direction::Out => &message.recipients,
            Direction::Note => &[],
        };
        for person in named.iter().map(|address| fold(address)).filter(|address| !address.is_empty()) {
            if !people.contains(&person) {
                people.push(person);
            }
        }
    }
    people
}

/// The decision.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Threading {
    /// It belongs to this ticket.
    Joins {
        /// The ticket.
        ticket: TicketId,
        /// Why.
        because: Because,
    },
    /// It begins a ticket.
    New {
        /// Why.
        because: Because,
        /// The ticket it may belong to.
        suggest: Option<Suggestion>,
    },
}

/// What the decision must know of the desk and the world.
pub struct Around<'a> {
    /// Our own addresses: whoever writes as one of them from outside is nobody's customer.
    pub own: &'a dyn Fn(&str) -> bool,
    /// The registrable domain of a mail domain whose class is company, school or government; `None` for free
    /// mail, carriers, providers, throw-away and unknown domains.
    pub organisation: &'a dyn Fn(&str) -> Option<String>,
}

/// Which ticket this mail belongs to. The order of `candidates` does not matter.
pub fn thread(mail: &Arrived, candidates: &[Candidate], around: &Around) -> Threading {
    let named = in_order(mail, candidates);
    for candidate in &named {
        if let Some(because) = joins(mail, candidate, around) {
            return Threading::Joins { ticket: candidate.ticket, because };
        }
    }
    let stranger = named.first().map(|candidate| (candidate.ticket, Because::StrangerWithOurId));
    let suggest = stranger.or_else(|| alike(mail, candidates));
    Threading::New {
        because: suggest.map_or(Because::NothingBeforeIt, |(_, because)| because),
        suggest: suggest.map(|(ticket, because)| Suggestion { ticket, because }),
    }
}

/// The tickets named by an id, the last id first, then those named by a token.
fn in_order<'a>(mail: &Arrived, candidates: &'a [Candidate]) -> Vec<&'a Candidate> {
    let by_id = mail.ids().into_iter().flat_map(|wanted| {
        candidates.iter().filter(move |one| matches!(&one.named, Named::Message { id, .. } if id == wanted))
    });
    let by_token = candidates.iter().filter(|candidate| candidate.named == Named::Token);
    by_id.chain(by_token).collect()
}

fn joins(mail: &Arrived, candidate: &Candidate, around: &Around) -> Option<Because> {
    let from = fold(mail.from?);
    if from.is_empty() || (around.own)(&from) {
        return None;
    }
    if candidate.people.iter().any(|person| fold(person) == from) {
        return Some(match candidate.named {
            Named::Message { direction: Direction::In | Direction::Note, .. } => {
                Because::AnswersCustomersMail
            }
            Named::Message { direction: Direction::Out, .. } => Because::AnswersOurMail,
            Named::Token => Because::CameByOurAddress,
            Named::Alike { .. } => return None,
        });
    }
    let organisation = (around.organisation)(domain(&from)?)?;
    let shared = candidate.people.iter().any(|person| {
        let person = fold(person);
        !(around.own)(&person)
            && domain(&person).and_then(|domain| (around.organisation)(domain)).as_ref()
                == Some(&organisation)
    });
    shared.then_some(Because::SameDomain)
}

/// Same sender, same subject, lately: the newest such ticket, as a hint. Forms write the same subject each time.
fn alike(mail: &Arrived, candidates: &[Candidate]) -> Option<(TicketId, Because)> {
    let from = fold(mail.from?);
    let subject = mail.base_subject.trim();
    if mail.kind == Kind::Form || from.is_empty() || subject.is_empty() {
        return None;
    }
    let fits = |candidate: &&Candidate| match &candidate.named {
        Named::Alike { from: theirs, base_subject, at } => {
            fold(theirs) == from
                && base_subject.trim() == subject
                && (mail.at - at).abs() <= SAME_SUBJECT_WITHIN
        }
        Named::Message { .. } | Named::Token => false,
    };
    let when = |candidate: &&Candidate| match candidate.named {
        Named::Alike { at, .. } => at,
        Named::Message { .. } | Named::Token => Millis::MIN,
    };
    let newest = candidates.iter().filter(fits).max_by_key(when)?;
    Some((newest.ticket, Because::SameSenderSameSubject))
}

/// A mail of ours that a bounce names by its Message-ID.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SentMail {
    /// Its ticket.
    pub ticket: TicketId,
    /// To whom it went.
    pub recipients: Vec<String>,
}

/// What a bounce of our mail says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Returned {
    /// The ticket it belongs to.
    pub ticket: TicketId,
    /// Which of the mail's recipients (by place) it did not reach.
    pub failed: Vec<usize>,
}

/// Where a bounce belongs. It is the only machine's mail that needs no participant, as it comes from a mail
/// server: what counts is that it names a mail we really sent (found by its Message-ID).
///
/// A single recipient has failed even if the bounce names another address: his mail was forwarded there. A bounce
/// that names nobody we wrote to, of a mail to several, fails nobody.
pub fn returned(sent: &SentMail, named: &[&str]) -> Returned {
    let mut failed: Vec<usize> = (0..sent.recipients.len())
        .filter(|place| named.iter().any(|address| fold(address) == fold(&sent.recipients[*place])))
        .collect();
    if failed.is_empty() && sent.recipients.len() == 1 {
        failed.push(0);
    }
    Returned { ticket: sent.ticket, failed }
}

fn fold(address: &str) -> String {
    address.trim().to_lowercase()
}

fn domain(address: &str) -> Option<&str> {
    address.rsplit_once('@').map(|(_, domain)| domain).filter(|domain| !domain.is_empty())
}
