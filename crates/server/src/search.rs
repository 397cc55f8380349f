//! What a message is found by, in one place: whoever writes a message into a ticket puts it into the index here.

use desk::{ids::MessageId, ticket::Ticket};
use japanese::tokens;
use serde_json::Value;
use store::{StoreError, Tx, address::Address, messages::Message, search};

/// Puts a message into the index (contract §6.19): subject, text, people, file names, the ticket's number.
pub async fn index(tx: &mut Tx, ticket: &Ticket, id: MessageId, message: &Message) -> Result<(), StoreError> {
    let rows = tokens::rows(&text(ticket.number, message));
    search::index(tx, id, message.at, &rows).await
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

/// A piece of `text` around the first word of the query that stands in it, at most `width` characters.
pub fn snippet(text: &str, query: &str, width: usize) -> String {
    let line: String = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let low = line.to_lowercase();
    let words = query.split_whitespace().map(|word| word.trim_matches('"').to_lowercase());
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
        let piece = snippet(&text, "返品", 60);
        assert!(piece.contains("返品について"), "{piece}");
        assert!(piece.chars().count() <= 61);
    }

    #[test]
    fn a_snippet_of_something_found_elsewhere_is_the_beginning() {
        assert_eq!(snippet("一行目\n二行目", "ない", 20), "一行目 二行目");
    }
}
