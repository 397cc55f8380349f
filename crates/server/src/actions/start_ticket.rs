//! We write first: a ticket begins with a mail of ours.

use desk::{
    event::EventKind,
    ids::{MailboxId, TicketId},
    message::{Channel, Kind},
    permission::{Verb, can},
    status::{Priority, Status},
    ticket::Ticket,
    time::Millis,
};
use serde::Deserialize;
use serde_json::json;
use store::{Tx, contacts, mailboxes, tickets};
use utoipa::ToSchema;

use super::{
    change_ticket::tell,
    queue_reply::{QueuedReply, queue_in},
    save_draft::DraftBody,
};
use crate::{
    auth::Signed,
    problem::{Problem, ProblemKind},
    state::Desk,
};

/// A mailbox, by its id or by its address.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(untagged)]
pub enum GivenMailbox {
    /// By its id.
    #[schema(value_type = i64)]
    Id(MailboxId),
    /// By its address.
    Address(String),
}

/// The first mail to a customer.
#[derive(Debug)]
pub struct FirstMail {
    /// The mailbox it goes out by.
    pub mailbox: GivenMailbox,
    /// The subject.
    pub subject: String,
    /// The mail.
    pub body: DraftBody,
}

/// Begins the ticket and puts its first mail into the outbox; gives the ticket's number.
///
/// # Errors
/// As for a reply; `invalid-input` for the mailbox, the subject or a missing recipient.
pub async fn start_in(
    tx: &mut Tx,
    desk: &Desk,
    signed: &Signed,
    first: FirstMail,
    now: Millis,
) -> Result<(i64, QueuedReply), Problem> {
    let FirstMail { mailbox, subject, body } = first;
    let mailbox = named(tx, signed, &mailbox).await?;
    if !can(&signed.who, Verb::Send, Some(mailbox), None) {
        return Err(Problem::new(ProblemKind::NotAllowed).with("verb", Verb::Send.as_str()));
    }
    let subject = subject.trim().to_owned();
    let Some(to) = body.to.first().filter(|_| !subject.is_empty()) else {
        let field = if subject.is_empty() { "subject" } else { "to" };
        return Err(Problem::new(ProblemKind::InvalidInput).field(field, "required"));
    };
    let contact = contacts::find_or_add(tx, &to.address, to.name.as_deref(), now).await?;
    let mut ticket = Ticket {
        contact: Some(contact),
        assignee: Some(signed.agent.id),
        ..new_ticket(desk, tx, mailbox, subject, now).await?
    };
    ticket.id = tickets::add(tx, &ticket).await?;
    tell(tx, &ticket, EventKind::TicketCreated, Some(signed.agent.id), now, json!({})).await?;
    let queued = queue_in(tx, desk, signed, ticket.number, body, None, now).await?;
    Ok((ticket.number, queued))
}

/// The mailbox that is meant; one that its caller may not see is none.
async fn named(tx: &mut Tx, signed: &Signed, named: &GivenMailbox) -> Result<MailboxId, Problem> {
    let row = match named {
        GivenMailbox::Id(id) => mailboxes::get(tx, *id).await?,
        GivenMailbox::Address(address) => mailboxes::by_address(tx, address).await?,
    };
    let row = row.filter(|row| can(&signed.who, Verb::Read, Some(row.id), None));
    let row =
        row.ok_or_else(|| Problem::new(ProblemKind::InvalidInput).field("mailbox", "no_such_mailbox"))?;
    Ok(row.id)
}

async fn new_ticket(
    desk: &Desk,
    tx: &mut Tx,
    mailbox: MailboxId,
    subject: String,
    now: Millis,
) -> Result<Ticket, Problem> {
    let number = tickets::next_number(tx).await?;
    let token = mail::plus::PlusKey::new(desk.keys.plus()).token(number);
    Ok(Ticket {
        id: TicketId(0),
        number,
        channel: Channel::Mail,
        mailbox,
        contact: None,
        subject,
        status: Status::Open,
        outcome: None,
        outcome_reason: None,
        priority: Priority::Normal,
        assignee: None,
        team: None,
        token,
        shelf: None,
        ever_answered: false,
        drafting: false,
        queued_replies: 0,
        approval_asked: false,
        snoozed_until: None,
        due_at: None,
        delivery: None,
        last_message_at: now,
        last_message_id: None,
        created_at: now,
        done_at: None,
        excerpt: String::new(),
        kind: Kind::Human,
        suggestion: None,
        merged_into: None,
        version: 1,
    })
}
