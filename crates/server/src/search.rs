//! What a message is found by, in one place: whoever writes a message into a ticket puts it into the index here; and
//! what a person means who asks in the view language, with the names and the days of this desk.

use desk::{
    ids::MessageId,
    ticket::Ticket,
    view::{Around, Condition, Named, Place, Question},
};
use japanese::tokens;
use jiff::tz::TimeZone;
use serde_json::Value;
use store::{StoreError, Tx, address::Address, agents, mailboxes, messages::Message, search, teams};

use crate::{
    actions::desk_settings,
    auth::Signed,
    problem::{Problem, ProblemKind},
    state::Desk,
};

/// Most words of a subject, of a sender and of the recipients that can be looked for by field.
const SUBJECT_WORDS: usize = 250;
const FROM_WORDS: usize = 60;
const TO_WORDS: usize = 250;
/// Most people among whom a name is looked for.
const PEOPLE: i64 = 1_000;

/// Puts a message into the index (contract §6.19): subject, text, people, file names, the ticket's number.
pub async fn index(tx: &mut Tx, ticket: &Ticket, id: MessageId, message: &Message) -> Result<(), StoreError> {
    let by_field = by_field(message);
    let mut rows = tokens::rows(&text(ticket.number, message));
    // Each row of a long text, so that a word of its end is found together with its sender.
    for row in &mut rows {
        row.extend_from_slice(&by_field);
    }
    search::index(tx, id, message.at, &rows).await
}

/// The words that `subject:`, `from:` and `to:` find.
fn by_field(message: &Message) -> Vec<String> {
    let people =
        |people: &mut dyn Iterator<Item = &Address>| people.map(person).collect::<Vec<_>>().join("\n\n");
    let from = people(&mut message.from_address.iter());
    let to = people(&mut message.to_addresses.iter().chain(&message.cc_addresses));
    let parts = [
        (Place::Subject, &message.subject, SUBJECT_WORDS),
        (Place::From, &from, FROM_WORDS),
        (Place::To, &to, TO_WORDS),
    ];
    parts.into_iter().flat_map(|(place, text, most)| tokens::marked(text, place.mark(), most)).collect()
}

/// What a question in the view language asks of this desk; `None` if it asks nothing.
///
/// # Errors
/// `invalid-input` for the field `q`, with the `word`, when a field has a value that it cannot have.
pub async fn settle(
    desk: &Desk,
    tx: &mut Tx,
    signed: &Signed,
    question: &Question,
) -> Result<Option<Condition>, Problem> {
    let mut around = Around::only(signed.agent.id, desk.now());
    if question.asks_around() {
        around = look_around(tx, around).await?;
    }
    question.settle(&around).map_err(|unknown| {
        Problem::new(ProblemKind::InvalidInput)
            .field("q", "unknown_value")
            .with("word", format!("{}:{}", unknown.field, unknown.value))
    })
}

/// The names of this desk, and where its days begin.
async fn look_around(tx: &mut Tx, around: Around) -> Result<Around, Problem> {
    let (settings, _) = desk_settings::load(tx).await?;
    let agents = agents::list(tx, 0.into(), PEOPLE).await?;
    let mailboxes = mailboxes::list(tx).await?;
    let teams = teams::list(tx).await?;
    Ok(Around {
        zone: TimeZone::get(&settings.timezone).unwrap_or(TimeZone::UTC),
        agents: agents
            .into_iter()
            .map(|one| Named { id: one.id, names: vec![one.name, one.email] })
            .collect(),
        teams: teams.into_iter().map(|one| Named { id: one.id, names: vec![one.name] }).collect(),
        mailboxes: mailboxes
            .into_iter()
            .map(|one| Named { id: one.id, names: vec![one.settings.name, one.settings.address] })
            .collect(),
        ..around
    })
}

/// Everything of a message that a person may look for, line by line.
pub fn text(number: i64, message: &Message) -> String {
    let mut lines = vec![message.subject.clone(), message.text.clone(), number.to_string()];
    let people = message.from_address.iter().chain(&message.to_addresses).chain(&message.cc_addresses);
    lines.extend(people.map(person));
    lines.extend(file_names(&message.attachments));
    lines.join("\n\n")
}

fn person(address: &Address) -> String {
    format!("{} {}", address.name.as_deref().unwrap_or_default(), address.address)
}

fn file_names(attachments: &Value) -> Vec<String> {
    let files = attachments.as_array().map(Vec::as_slice).unwrap_or_default();
    files.iter().filter_map(|file| file.get("name")?.as_str().map(str::to_owned)).collect()
}

/// A piece of `text` around the first of the words that stands in it, at most `width` characters.
pub fn snippet(text: &str, words: &[&str], width: usize) -> String {
    let line: String = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let low = line.to_lowercase();
    let words = words.iter().map(|word| word.trim().to_lowercase());
    let found = words.filter(|word| !word.is_empty()).filter_map(|word| low.find(&word)).min();
    let before = found.map_or(0, |at| low[..at].chars().count());
    let start = before.saturating_sub(width / 4);
    let piece: String = line.chars().skip(start).take(width).collect();
    if start > 0 { format!("…{piece}") } else { piece }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_snippet_shows_the_place_that_was_found() {
        let text = format!("{}返品について教えてください。", "前置き。".repeat(50));
        let piece = snippet(&text, &["返品"], 60);
        assert!(piece.contains("返品について"), "{piece}");
        assert!(piece.chars().count() <= 61);
    }

    #[test]
    fn a_snippet_of_something_found_elsewhere_is_the_beginning() {
        assert_eq!(snippet("一行目\n二行目", &["ない"], 20), "一行目 二行目");
    }
}
