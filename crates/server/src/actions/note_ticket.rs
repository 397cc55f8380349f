//! A note: a message nobody outside sees.

use desk::{
    event::EventKind,
    ids::MessageId,
    message::{Channel, Direction, Kind},
    permission::Verb,
    ticket::Ticket,
    time::Millis,
};
use serde_json::{Value, json};
use store::{
    Tx,
    messages::{self, Message},
};

use super::{
    change_ticket::{demand, lock, tell},
    merge_tickets::demand_unmerged,
};
use crate::{
    auth::Signed,
    problem::{Problem, ProblemKind},
    search,
};

/// The longest note, in characters.
const LONGEST: usize = 20_000;

/// Writes a note, in a transaction that its caller commits; gives its id.
///
/// # Errors
/// `ticket-merged`; `invalid-input` where there are no words or too many.
pub async fn note_in(
    tx: &mut Tx,
    signed: &Signed,
    number: i64,
    text: &str,
    now: Millis,
) -> Result<MessageId, Problem> {
    let text = text.trim_end();
    if text.trim().is_empty() {
        return Err(Problem::new(ProblemKind::InvalidInput).field("text", "required"));
    }
    if text.chars().count() > LONGEST {
        return Err(Problem::new(ProblemKind::InvalidInput).field("text", "too_long"));
    }
    let ticket = lock(tx, &signed.who, number).await?;
    demand(&signed.who, Verb::Draft, &ticket)?;
    demand_unmerged(tx, &ticket).await?;
    let message = note(&ticket, text, signed, now);
    let id = messages::insert(tx, &message).await?;
    search::index(tx, &ticket, id, &message).await?;
    tell(tx, &ticket, EventKind::NoteAdded, Some(signed.agent.id), now, json!({"message": id})).await?;
    Ok(id)
}

fn note(ticket: &Ticket, text: &str, signed: &Signed, now: Millis) -> Message {
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
