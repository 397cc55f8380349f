//! A note: a message nobody outside sees.

use desk::{
    event::EventKind,
    ids::MessageId,
    message::{Channel, Direction, Kind},
    permission::Verb,
    ticket::Ticket,
};
use serde_json::{Value, json};
use store::messages::{self, Message};

use super::change_ticket::{demand, lock, tell};
use crate::{
    auth::Signed,
    problem::{Problem, ProblemKind},
    search,
    state::Desk,
};

/// The longest note, in characters.
const LONGEST: usize = 20_000;

/// Writes a note; gives its id.
///
/// # Errors
/// `invalid-input` where there are no words or too many.
pub async fn note_ticket(
    desk: &Desk,
    signed: &Signed,
    number: i64,
    text: &str,
) -> Result<MessageId, Problem> {
    let text = text.trim_end();
    if text.trim().is_empty() {
        return Err(Problem::new(ProblemKind::InvalidInput).field("text", "required"));
    }
    if text.chars().count() > LONGEST {
        return Err(Problem::new(ProblemKind::InvalidInput).field("text", "too_long"));
    }
    let now = desk.now();
    let mut tx = desk.store.begin().await?;
    let ticket = lock(&mut tx, &signed.who, number).await?;
    demand(&signed.who, Verb::Draft, &ticket)?;
    let message = note(&ticket, text, signed, now);
    let id = messages::insert(&mut tx, &message).await?;
    search::index(&mut tx, &ticket, id, &message).await?;
    tell(&mut tx, &ticket, EventKind::NoteAdded, Some(signed.agent.id), now, json!({"message": id})).await?;
    tx.commit().await?;
    desk.committed();
    Ok(id)
}

fn note(ticket: &Ticket, text: &str, signed: &Signed, now: desk::time::Millis) -> Message {
    let none = || Value::Array(Vec::new());
    Message {
        ticket: ticket.id,
        original: None,
        channel: Channel::Api,
        direction: Direction::Note,
        kind: Kind::Human,
        message_id_header: None,
        in_reply_to: Vec::new(),
        reference_ids: Vec::new(),
        from_address: None,
        to_addresses: Vec::new(),
        cc_addresses: Vec::new(),
        subject: String::new(),
        at: now,
        text: text.to_owned(),
        new_text: text.to_owned(),
        quoted: none(),
        signature: None,
        has_html: false,
        attachments: none(),
        because: None,
        suspicions: none(),
        warnings: none(),
        problems: none(),
        soft_key: None,
        author: Some(signed.agent.id),
        created_at: now,
    }
}
