//! What a mail says, as the message that stands for it in its ticket.

use desk::{
    ids::TicketId,
    message::{Channel, Direction, Kind},
    thread::Because,
    time::{DAY, Millis},
};
use mail::Mail;
use serde::Serialize;
use serde_json::{Value, json};
use store::{messages::Message, originals::{DeliveryRow, Mode}};

use super::Read;
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

/// Where a message stands.
#[derive(Debug, Clone, Copy)]
pub(super) struct Standing {
    pub ticket: TicketId,
    pub direction: Direction,
    pub because: Because,
    pub at: Millis,
    pub now: Millis,
}

/// The message of a mail.
pub(super) fn of(arrival: &DeliveryRow, read: &Read, standing: Standing) -> Message {
    let mail = &read.mail;
    let addresses = |list: &[mail::Address]| list.iter().map(stored).collect();
    Message {
        ticket: standing.ticket,
        original: Some(arrival.original),
        channel: Channel::Mail,
        direction: standing.direction,
        kind: kind(mail),
        message_id_header: mail.message_id.clone(),
        in_reply_to: mail.in_reply_to.clone(),
        reference_ids: mail.references.clone(),
        from_address: mail.from.first().or(mail.sender.as_ref()).map(stored),
        to_addresses: addresses(&mail.to),
        cc_addresses: addresses(&mail.cc),
        subject: mail.subject.clone().unwrap_or_default(),
        at: standing.at,
        text: mail.text.clone(),
        new_text: mail.new_text.clone(),
        quoted: list(&mail.quoted),
        signature: mail.signature.clone(),
        has_html: mail.html.is_some(),
        attachments: list(&mail.attachments),
        because: Some(json!({"code": standing.because})),
        suspicions: list(&mail.suspicions),
        warnings: list(&mail.warnings),
        problems: list(&mail.problems),
        soft_key: Some(read.soft_key.to_vec()),
        author: None,
        created_at: standing.now,
    }
}

fn list<T: Serialize>(items: &[T]) -> Value {
    serde_json::to_value(items).unwrap_or_else(|_| Value::Array(Vec::new()))
}
