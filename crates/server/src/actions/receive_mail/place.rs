//! Which ticket a mail belongs to: what the store knows of the ids and addresses in it, given to the rule in
//! `desk::thread` (contract §6.3).

use std::collections::HashSet;

use desk::{
    ids::{ContactId, TicketId},
    message::{Direction, Kind},
    thread::{self, Arrived, Because, Named, Said, Threading, thread},
    ticket::{Suggestion, Takes, Ticket},
    time::{DAY, Millis},
};
use store::{
    Tx,
    messages::{self, Participant},
    outbound::{self, OutboundRow},
    tickets,
};

use super::{Around, ReceiveError, Received, around::organisation, entering::Entering, known};

/// How many ids of a mail are looked up; a conversation is known by its last ones.
const IDS: usize = 40;
/// How many tickets' people are looked at.
const TICKETS: usize = 5;
/// How far back a ticket of the same sender and subject is thought of.
const LATELY: Millis = 14 * DAY;
/// How many of a contact's tickets are looked at for the same subject.
const OF_CONTACT: i64 = 10;
/// Tickets that became part of others are followed so far.
const MERGED: usize = 20;

/// Where a mail goes.
pub(super) enum Place {
    /// It is here already.
    Known(Received),
    /// Into this ticket, which is held.
    Join { ticket: Box<Ticket>, because: Because, bounced: Option<Box<OutboundRow>> },
    /// Into a ticket of its own.
    New { because: Because, suggestion: Option<Suggestion> },
}

/// Finds the place of a mail.
pub(super) async fn find(
    tx: &mut Tx,
    around: &Around,
    mail: &mut Entering<'_>,
    contact: Option<ContactId>,
) -> Result<Place, ReceiveError> {
    if let Some(sent) = bounce_of(tx, around, mail).await? {
        return join(tx, around, mail, sent.ticket, Because::BounceOfOurMail, Some(Box::new(sent))).await;
    }
    let said = &mail.read.mail;
    let subject = mail::subject::base(said.subject.as_deref().unwrap_or_default());
    let arrived = Arrived {
        kind: mail.kind,
        from: mail.from().map(|from| from.address.as_str()),
        in_reply_to: &said.in_reply_to,
        references: &said.references,
        base_subject: &subject,
        at: mail.at,
    };
    let ids: Vec<String> = arrived.ids().into_iter().take(IDS).map(str::to_owned).collect();
    let (named, same_id) = look_up(tx, &ids, said.message_id.as_deref()).await?;
    if let Some(received) = known::of_same_id(tx, mail, &same_id).await? {
        return Ok(Place::Known(received));
    }
    if mail.direction == Direction::Out {
        return ours(tx, around, mail, &named).await;
    }
    let mut candidates = by_id(tx, named).await?;
    candidates.extend(by_token(tx, around, mail).await?);
    if candidates.is_empty() && !mail.is_old() {
        candidates = alike(tx, &arrived, contact).await?;
    }
    let own = |address: &str| around.is_own(address);
    let decided = thread(&arrived, &candidates, &thread::Around { own: &own, organisation: &organisation });
    match decided {
        Threading::Joins { ticket, because } => join(tx, around, mail, ticket, because, None).await,
        Threading::New { because, suggest } => Ok(Place::New { because, suggestion: suggest }),
    }
}

/// The reply of ours that this bounce names: by an id that we made and that is in the outbox. An id with our mark that
/// is not there (a restored backup) is ours but unknown, and changes nothing.
async fn bounce_of(
    tx: &mut Tx,
    around: &Around,
    mail: &Entering<'_>,
) -> Result<Option<OutboundRow>, ReceiveError> {
    let of = mail.read.mail.bounce.as_ref().and_then(|bounce| bounce.of_message_id.as_deref());
    match of {
        Some(id)
            if mail.kind == Kind::Bounce && mail.direction == Direction::In && around.ids.is_ours(id) =>
        {
            Ok(outbound::by_message_id(tx, id).await?)
        }
        Some(_) | None => Ok(None),
    }
}

/// The messages with these ids in their order, and those that have the mail's own id.
async fn look_up(
    tx: &mut Tx,
    ids: &[String],
    own: Option<&str>,
) -> Result<(Vec<messages::Candidate>, Vec<messages::Candidate>), ReceiveError> {
    let mut wanted = ids.to_vec();
    wanted.extend(own.filter(|own| !ids.iter().any(|id| id == own)).map(str::to_owned));
    if wanted.is_empty() {
        return Ok((Vec::new(), Vec::new()));
    }
    let found = messages::by_header_ids(tx, &wanted).await?;
    // A mail that names itself answers nothing.
    Ok(found.into_iter().partition(|row| Some(row.message_id_header.as_str()) != own))
}

async fn by_id(tx: &mut Tx, named: Vec<messages::Candidate>) -> Result<Vec<thread::Candidate>, ReceiveError> {
    let mut people: Vec<(TicketId, Vec<String>)> = Vec::new();
    let mut candidates = Vec::new();
    for row in named {
        if !people.iter().any(|(ticket, _)| *ticket == row.ticket) {
            if people.len() == TICKETS {
                continue;
            }
            let known = people_of(tx, row.ticket).await?;
            people.push((row.ticket, known));
        }
        let known = people.iter().find(|(ticket, _)| *ticket == row.ticket).map(|(_, people)| people.clone());
        candidates.push(thread::Candidate {
            ticket: row.ticket,
            named: Named::Message { id: row.message_id_header, direction: row.direction },
            people: known.unwrap_or_default(),
        });
    }
    Ok(candidates)
}

async fn people_of(tx: &mut Tx, ticket: TicketId) -> Result<Vec<String>, ReceiveError> {
    let rows = messages::participants(tx, ticket).await?;
    let said: Vec<Said<'_>> = rows.iter().map(said).collect();
    Ok(thread::people(&said))
}

fn said(row: &Participant) -> Said<'_> {
    let recipients = row.to_addresses.iter().chain(&row.cc_addresses);
    Said {
        direction: row.direction,
        kind: row.kind,
        from: row.from_folded.as_deref(),
        recipients: recipients.map(|one| one.address.as_str()).collect(),
    }
}

/// The tickets whose own address the mail came to; a token that we did not make is nothing.
async fn by_token(
    tx: &mut Tx,
    around: &Around,
    mail: &Entering<'_>,
) -> Result<Vec<thread::Candidate>, ReceiveError> {
    let said = &mail.read.mail;
    let written = said.to.iter().chain(&said.cc).map(|one| one.address.as_str());
    let delivered = said.delivered_to.iter().chain(&mail.arrival.delivery.envelope_to).map(String::as_str);
    let tokens: HashSet<String> = written
        .chain(delivered)
        .filter_map(mail::plus::find)
        .filter(|(use_, _)| *use_ == 'h')
        .map(|(_, t)| t)
        .collect();
    let mut candidates = Vec::new();
    for token in tokens.iter().take(TICKETS) {
        let ticket = tickets::by_token(tx, token).await?;
        if let Some(ticket) = ticket.filter(|ticket| around.tokens.matches(ticket.number, token)) {
            let people = people_of(tx, ticket.id).await?;
            candidates.push(thread::Candidate { ticket: ticket.id, named: Named::Token, people });
        }
    }
    Ok(candidates)
}

/// The same sender's tickets of the last days: never joined, at most suggested.
async fn alike(
    tx: &mut Tx,
    arrived: &Arrived<'_>,
    contact: Option<ContactId>,
) -> Result<Vec<thread::Candidate>, ReceiveError> {
    let (Some(contact), Some(from)) = (contact, arrived.from) else { return Ok(Vec::new()) };
    let recent = tickets::of_contact(tx, contact, arrived.at - LATELY, OF_CONTACT).await?;
    let candidate = |ticket: Ticket| thread::Candidate {
        ticket: ticket.id,
        named: Named::Alike {
            from: from.to_owned(),
            base_subject: mail::subject::base(&ticket.subject),
            at: ticket.last_message_at,
        },
        people: Vec::new(),
    };
    Ok(recent.into_iter().filter(|ticket| ticket.merged_into.is_none()).map(candidate).collect())
}

/// Old mail of ours goes to the ticket it names; else we wrote first.
async fn ours(
    tx: &mut Tx,
    around: &Around,
    mail: &Entering<'_>,
    named: &[messages::Candidate],
) -> Result<Place, ReceiveError> {
    match named.first() {
        Some(row) => join(tx, around, mail, row.ticket, Because::AnswersCustomersMail, None).await,
        None => Ok(Place::New { because: Because::WeWroteFirst, suggestion: None }),
    }
}

/// Takes hold of the ticket, or of the one that it became part of.
async fn join(
    tx: &mut Tx,
    around: &Around,
    mail: &Entering<'_>,
    mut id: TicketId,
    because: Because,
    bounced: Option<Box<OutboundRow>>,
) -> Result<Place, ReceiveError> {
    for _ in 0..MERGED {
        let Some(ticket) = tickets::lock(tx, id).await? else { break };
        // Old mail opens nothing, so it never comes too late for its ticket.
        let days = if mail.is_old() { u32::MAX } else { around.reopen_days };
        match ticket.takes(mail.kind, mail.at, days) {
            Takes::Here => return Ok(Place::Join { ticket: Box::new(ticket), because, bounced }),
            Takes::Elsewhere(other) => id = other,
            Takes::NewLinked => {
                let because = Because::DoneTooLongAgo;
                let suggestion = Some(Suggestion { ticket: ticket.id, because });
                return Ok(Place::New { because, suggestion });
            }
        }
    }
    Ok(Place::New { because: Because::NothingBeforeIt, suggestion: None })
}
