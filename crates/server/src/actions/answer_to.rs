//! What a reply answers: the customer's subject as it stands, the ids that keep the conversation together, whom it goes
//! to and which words can be quoted.

use desk::{
    ids::MessageId,
    message::{Direction, Kind},
    recipients::{Answered, Person, propose},
    ticket::Ticket,
};
use mail::{
    Mail,
    subject::{self, ReplySubject},
};
use store::{
    Tx,
    address::Address,
    mailboxes,
    messages::{self, MessageRow},
};

use super::save_draft::Quote;
use crate::{
    own_addresses::OwnAddresses,
    problem::{Problem, ProblemKind},
};

/// How many of a ticket's newest messages are looked at for the one to answer.
const LOOKED_AT: i64 = 100;

/// The message that is answered, with what its bytes say.
pub struct AnswerTo {
    /// Its id; `None` when there is nothing to answer.
    pub message: Option<MessageId>,
    /// The newest message of the ticket, notes not counted.
    pub newest: Option<MessageId>,
    /// The subject of the reply.
    pub subject: ReplySubject,
    /// The id of the answered mail.
    pub in_reply_to: Vec<String>,
    /// Its references and its own id.
    pub references: Vec<String>,
    /// Whom the answer goes to.
    pub to: Vec<Address>,
    /// The text that can be quoted.
    pub text: String,
}

/// Finds what a reply in this ticket answers: the message that is named, else the newest of a person outside, else our
/// newest, else the newest that came and is no returned mail (a person may answer what we took for a machine's).
pub async fn answer_to(tx: &mut Tx, ticket: &Ticket, named: Option<MessageId>) -> Result<AnswerTo, Problem> {
    let rows = messages::page(tx, ticket.id, None, LOOKED_AT).await?;
    let newest = rows.iter().find(|row| row.message.direction != Direction::Note).map(|row| row.id);
    let by_name = match named {
        Some(id) => quotable(tx, ticket, id).await?,
        None => None,
    };
    let Some(row) = by_name.or_else(|| usual(rows)) else { return Ok(nothing(ticket, newest)) };
    let mail = match &row.sha256 {
        // Only the header: the transaction of the reply must not wait for a large body.
        Some(sha256) => Some(mail::read_header(&store::blobs::fetch(tx, sha256).await?)),
        None => None,
    };
    let own = OwnAddresses::of(&mailboxes::list(tx).await?);
    Ok(of(row, mail.as_ref(), &own, newest))
}

/// The message, if its words may stand in a mail to this ticket's customer: it is of this ticket and no note.
async fn quotable(tx: &mut Tx, ticket: &Ticket, id: MessageId) -> Result<Option<MessageRow>, Problem> {
    let row = messages::get(tx, id).await?;
    Ok(row.filter(|row| row.message.ticket == ticket.id && row.message.direction != Direction::Note))
}

/// Refuses a quotation of what is not the customer's to read.
///
/// # Errors
/// `invalid-input` for `quote.message`.
pub async fn demand_quotable(tx: &mut Tx, ticket: &Ticket, quote: Option<&Quote>) -> Result<(), Problem> {
    let Some(quote) = quote else { return Ok(()) };
    match quotable(tx, ticket, quote.message).await? {
        Some(_) => Ok(()),
        None => Err(Problem::new(ProblemKind::InvalidInput).field("quote.message", "not_quotable")),
    }
}

fn usual(rows: Vec<MessageRow>) -> Option<MessageRow> {
    let from_a_person =
        |row: &MessageRow| row.message.direction == Direction::In && row.message.kind.needs_a_person();
    let ours = |row: &MessageRow| row.message.direction == Direction::Out && row.message.kind == Kind::Human;
    let came = |row: &MessageRow| row.message.direction == Direction::In && row.message.kind != Kind::Bounce;
    let place = |wanted: &dyn Fn(&MessageRow) -> bool| rows.iter().position(wanted);
    let found = place(&from_a_person).or_else(|| place(&ours)).or_else(|| place(&came));
    found.and_then(|at| rows.into_iter().nth(at))
}

fn nothing(ticket: &Ticket, newest: Option<MessageId>) -> AnswerTo {
    AnswerTo {
        message: None,
        newest,
        subject: ReplySubject::fresh(ticket.subject.clone()),
        in_reply_to: Vec::new(),
        references: Vec::new(),
        to: Vec::new(),
        text: String::new(),
    }
}

fn of(row: MessageRow, mail: Option<&Mail>, own: &OwnAddresses, newest: Option<MessageId>) -> AnswerTo {
    let raw = mail.and_then(|mail| mail.subject_raw.clone());
    let to = recipients(&row, mail, own);
    let id = row.message.message_id_header.clone();
    let mut references = row.message.reference_ids.clone();
    if references.is_empty() {
        references.extend(row.message.in_reply_to.iter().take(1).cloned());
    }
    references.extend(id.iter().cloned());
    AnswerTo {
        message: Some(row.id),
        newest,
        subject: subject::reply(&row.message.subject, raw.as_deref()),
        in_reply_to: id.into_iter().collect(),
        references,
        to,
        text: row.message.text,
    }
}

/// Whom a reply to this message goes to.
fn recipients(row: &MessageRow, mail: Option<&Mail>, own: &OwnAddresses) -> Vec<Address> {
    let wanted: Vec<Address> =
        mail.map(Mail::answer_goes_to).unwrap_or_default().iter().map(stored).collect();
    let from: Vec<Address> = row.message.from_address.clone().into_iter().collect();
    let answered = Answered {
        direction: row.message.direction,
        reply_to: &people(&wanted),
        from: &people(&from),
        to: &people(&row.message.to_addresses),
        cc: &people(&row.message.cc_addresses),
    };
    let own = |address: &str| own.has(address);
    let address = |person: Person<'_>| Address {
        name: person.name.map(str::to_owned),
        address: person.address.to_owned(),
    };
    propose(&answered, &own).to.into_iter().map(address).collect()
}

fn people(addresses: &[Address]) -> Vec<Person<'_>> {
    addresses.iter().map(|one| Person { name: one.name.as_deref(), address: &one.address }).collect()
}

/// An address of a mail as the store keeps it.
pub fn stored(address: &mail::Address) -> Address {
    Address { name: address.name.clone(), address: address.address.clone() }
}

/// An address of the store as a mail writes it.
pub fn written(address: &Address) -> mail::Address {
    mail::Address { name: address.name.clone(), address: address.address.clone() }
}
