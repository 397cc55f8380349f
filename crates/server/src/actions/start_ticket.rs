//! We write first: a ticket begins with a mail of ours.

use desk::{
    event::EventKind,
    ids::{MailboxId, TicketId, UploadId},
    message::{Channel, Kind},
    permission::{Verb, can},
    status::{Priority, Status, Then},
    ticket::Ticket,
    time::Millis,
};
use serde::Deserialize;
use serde_json::json;
use store::{Tx, address::Address, contacts, mailboxes, tickets};
use utoipa::ToSchema;

use super::{
    change_ticket::tell,
    queue_reply::{QueuedReply, queue_in},
    save_draft::DraftBody,
};
use crate::{
    api::{drafts::GivenAddress, words},
    auth::Signed,
    problem::{Problem, ProblemKind},
    state::Desk,
};

/// The first mail to a customer.
#[derive(Debug, Deserialize, ToSchema)]
pub struct StartTicket {
    /// The mailbox it goes out by.
    #[schema(value_type = i64)]
    pub mailbox: MailboxId,
    /// To whom.
    pub to: Vec<GivenAddress>,
    /// The subject.
    pub subject: String,
    /// The words.
    pub text: String,
    /// Ids of uploads.
    #[serde(default)]
    #[schema(value_type = Vec<i64>)]
    pub attachments: Vec<UploadId>,
    /// What becomes of the ticket after sending.
    #[schema(value_type = Option<words::Then>)]
    pub then: Option<Then>,
}

/// Begins the ticket and puts its first mail into the outbox; gives the ticket's number.
///
/// # Errors
/// As for a reply; `invalid-input` for the subject or a missing recipient.
pub async fn start_in(
    tx: &mut Tx,
    desk: &Desk,
    signed: &Signed,
    wanted: StartTicket,
    now: Millis,
) -> Result<(i64, QueuedReply), Problem> {
    if !can(&signed.who, Verb::Send, Some(wanted.mailbox), None) {
        return Err(Problem::new(ProblemKind::NotAllowed).with("verb", Verb::Send.as_str()));
    }
    let subject = wanted.subject.trim().to_owned();
    let to: Vec<Address> = wanted.to.into_iter().map(Address::from).collect();
    let Some(first) = to.first().filter(|_| !subject.is_empty()) else {
        let field = if subject.is_empty() { "subject" } else { "to" };
        return Err(Problem::new(ProblemKind::InvalidInput).field(field, "required"));
    };
    mailboxes::get(tx, wanted.mailbox).await?.ok_or(ProblemKind::NotFound)?;
    let contact = contacts::find_or_add(tx, &first.address, first.name.as_deref(), now).await?;
    let mut ticket = Ticket {
        contact: Some(contact),
        assignee: Some(signed.agent.id),
        ..new_ticket(desk, tx, wanted.mailbox, subject, now).await?
    };
    ticket.id = tickets::add(tx, &ticket).await?;
    tell(tx, &ticket, EventKind::TicketCreated, Some(signed.agent.id), now, json!({})).await?;
    let body = DraftBody {
        text: wanted.text,
        to,
        attachments: wanted.attachments,
        then: wanted.then,
        ..DraftBody::default()
    };
    let queued = queue_in(tx, desk, signed, ticket.number, body, None, now).await?;
    Ok((ticket.number, queued))
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
