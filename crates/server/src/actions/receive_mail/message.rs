//! What a mail says, as the message that stands for it in its ticket.

use desk::{
    ids::TicketId,
    message::{Channel, Kind},
    thread::Because,
    time::{DAY, Millis},
};
use mail::Mail;
use serde::Serialize;
use serde_json::{Value, json};
use store::{
    messages::Message,
    originals::{DeliveryRow, Mode},
};

use super::entering::Entering;
use crate::actions::answer_to::stored;

/// The first mail in the world was sent in 1971; an older date is a broken clock.
const EARLIEST: Millis = 365 * DAY;

/// What wrote the mail, in the words of the desk.
pub(super) fn kind(mail: &Mail) -> Kind {
    // Both lists are the one of contract §2; a word that only one of them knows is a mail for a person to look at.
    Kind::parse(mail.kind.as_str()).unwrap_or(Kind::Unreadable)
}

/// When it came. Live mail: when our side had it, as its date may say anything. Old mail: when it says it was written,
/// if that can be.
pub(super) fn at(arrival: &DeliveryRow, mail: &Mail) -> Millis {
    let received = arrival.delivery.received_at;
    match arrival.delivery.mode {
        Mode::Live => received,
        Mode::Import | Mode::Past => {
            let written = mail.date.map(|date| date.at.as_millisecond());
            written.filter(|at| (EARLIEST..=received).contains(at)).unwrap_or(received)
        }
    }
}

/// The message of a mail, in this ticket.
pub(super) fn of(mail: &Entering<'_>, ticket: TicketId, because: Because, now: Millis) -> Message {
    let (arrival, read, said) = (mail.arrival, mail.read, &mail.read.mail);
    let addresses = |list: &[mail::Address]| list.iter().map(stored).collect();
    Message {
        ticket,
        original: Some(arrival.original),
        channel: Channel::Mail,
        direction: mail.direction,
        kind: mail.kind,
        message_id_header: said.message_id.clone(),
        in_reply_to: said.in_reply_to.clone(),
        reference_ids: said.references.clone(),
        from_address: said.from.first().or(said.sender.as_ref()).map(stored),
        to_addresses: addresses(&said.to),
        cc_addresses: addresses(&said.cc),
        subject: said.subject.clone().unwrap_or_default(),
        at: mail.at,
        text: said.text.clone(),
        new_text: said.new_text.clone(),
        quoted: list(&said.quoted),
        signature: said.signature.clone(),
        has_html: said.html.is_some(),
        attachments: list(&said.attachments),
        because: Some(json!({"code": because})),
        suspicions: list(&mail.suspicions),
        warnings: list(&mail.warnings),
        problems: list(&said.problems),
        soft_key: Some(read.soft_key.to_vec()),
        author: None,
        created_at: now,
    }
}

fn list<T: Serialize>(items: &[T]) -> Value {
    serde_json::to_value(items).unwrap_or_else(|_| Value::Array(Vec::new()))
}
