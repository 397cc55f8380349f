//! Into the ticket: the rows, the index, the history and the follow-up jobs, all or none.

use desk::{
    event::EventKind,
    ids::{ContactId, MessageId, TicketId},
    import::Old,
    job::Job,
    mailbox::Switch,
    message::{Channel, Kind},
    thread::Because,
    ticket::{Arrival, First, Suggestion, Ticket},
};
use serde_json::json;
use store::{Tx, jobs, messages, old_mail, outbound::OutboundRow, tickets};

use super::{Around, ReceiveError, entering::Entering, message};
use crate::{
    actions::{
        change_ticket::{save, tell},
        handle_bounce::handle_bounce,
        undo_reply::take_back_all,
    },
    search,
};

/// Where the mail is now.
pub(super) struct Entered {
    pub message: MessageId,
    pub ticket: TicketId,
}

/// Begins a ticket with the mail.
pub(super) async fn new_ticket(
    tx: &mut Tx,
    around: &Around,
    mail: &Entering<'_>,
    contact: Option<ContactId>,
    because: Because,
    suggestion: Option<Suggestion>,
) -> Result<Entered, ReceiveError> {
    let mut ticket = begun(tx, around, mail, contact, suggestion).await?;
    let message = put(tx, around, mail, &ticket, because).await?;
    if mail.is_old() {
        ticket.old_message(&old(mail, message, true));
    } else {
        ticket.last_message_id = Some(message);
    }
    tickets::save(tx, &mut ticket).await?;
    let suggested =
        suggestion.map(|suggestion| json!({"ticket": suggestion.ticket, "because": suggestion.because}));
    let detail = json!({
        "message": message, "because": because, "suggestion": suggested, "imported": mail.is_old(),
    });
    tell(tx, &ticket, EventKind::TicketCreated, None, around.now, detail).await?;
    told_of_message(tx, around, mail, &ticket, message, because).await?;
    acknowledge(tx, around, mail, message).await?;
    Ok(Entered { message, ticket: ticket.id })
}

/// Adds the mail to a ticket that is held.
pub(super) async fn join(
    tx: &mut Tx,
    around: &Around,
    mail: &Entering<'_>,
    ticket: &mut Ticket,
    because: Because,
    bounced: Option<Box<OutboundRow>>,
) -> Result<Entered, ReceiveError> {
    let by_person = mail.kind.needs_a_person();
    if by_person && !mail.is_old() && ticket.queued_replies > 0 {
        take_back_all(tx, ticket, "customer_wrote", around.now).await?;
    }
    let message = put(tx, around, mail, ticket, because).await?;
    let changes = if mail.is_old() {
        let alone = old_mail::alone(tx, ticket.id).await?;
        ticket.old_message(&old(mail, message, alone))
    } else {
        let excerpt = &mail.read.excerpt;
        let arrival = Arrival { message, at: mail.at, kind: mail.kind, shelf: mail.shelf, excerpt };
        ticket.message_from_customer(&arrival)
    };
    // What old mail does to a ticket made of old mail is no news.
    let changes = if mail.is_old() { Vec::new() } else { changes };
    save(tx, ticket, &changes, None, around.now).await?;
    told_of_message(tx, around, mail, ticket, message, because).await?;
    let detail = json!({"message": message, "because": because, "imported": mail.is_old()});
    tell(tx, ticket, EventKind::MessageJoined, None, around.now, detail).await?;
    if let (Some(mut sent), Some(bounce)) = (bounced, &mail.read.mail.bounce) {
        handle_bounce(tx, ticket, &mut sent, bounce, around.now).await?;
    }
    Ok(Entered { message, ticket: ticket.id })
}

async fn begun(
    tx: &mut Tx,
    around: &Around,
    mail: &Entering<'_>,
    contact: Option<ContactId>,
    suggestion: Option<Suggestion>,
) -> Result<Ticket, ReceiveError> {
    let number = tickets::next_number(tx).await?;
    let mut ticket = Ticket::begun(First {
        channel: Channel::Mail,
        mailbox: mail.mailbox,
        contact,
        subject: mail.read.mail.subject.clone().unwrap_or_default(),
        token: around.tokens.token(number),
        team: None,
        kind: mail.kind,
        shelf: mail.shelf,
        excerpt: mail.read.excerpt.clone(),
        at: mail.at,
        suggestion,
    });
    ticket.number = number;
    ticket.id = tickets::add(tx, &ticket).await?;
    Ok(ticket)
}

/// The message and its words.
async fn put(
    tx: &mut Tx,
    around: &Around,
    mail: &Entering<'_>,
    ticket: &Ticket,
    because: Because,
) -> Result<MessageId, ReceiveError> {
    let message = message::of(mail, ticket.id, because, around.now);
    let id = messages::insert(tx, &message).await?;
    search::index(tx, ticket, id, &message).await?;
    Ok(id)
}

fn old<'a>(mail: &Entering<'a>, message: MessageId, alone: bool) -> Old<'a> {
    Old {
        message,
        direction: mail.direction,
        kind: mail.kind,
        at: mail.at,
        excerpt: &mail.read.excerpt,
        alone,
        open_since: mail.arrival.delivery.open_since,
    }
}

/// The history of a live message; of old mail only that it could not be read.
async fn told_of_message(
    tx: &mut Tx,
    around: &Around,
    mail: &Entering<'_>,
    ticket: &Ticket,
    message: MessageId,
    because: Because,
) -> Result<(), ReceiveError> {
    if !mail.is_old() {
        let detail = json!({"message": message, "kind": mail.kind, "because": because});
        tell(tx, ticket, EventKind::MessageReceived, None, around.now, detail).await?;
    }
    if mail.kind == Kind::Unreadable {
        let detail = json!({"message": message, "original": mail.arrival.original});
        tell(tx, ticket, EventKind::MailUnreadable, None, around.now, detail).await?;
    }
    Ok(())
}

/// Asks for an acknowledgement where the mailbox wants one; whether it may leave is decided when it is made.
async fn acknowledge(
    tx: &mut Tx,
    around: &Around,
    mail: &Entering<'_>,
    message: MessageId,
) -> Result<(), ReceiveError> {
    let wanted = around
        .mailbox(mail.mailbox)
        .is_some_and(|row| row.settings.acknowledge == Switch::On && row.settings.sending == Switch::On);
    if wanted && !mail.is_old() && mail.shelf.is_none() && mail.kind.needs_a_person() {
        let key = format!("acknowledge:{message}");
        jobs::enqueue(tx, &Job::Acknowledge { message }, around.now, Some(&key), around.now).await?;
    }
    Ok(())
}
