//! The fields of the view language and the words people say for them and for their values, in Japanese and English.
//! The words are a table (`data/view_words.tsv`), compared folded, so that a Japanese keyboard needs no switching.

use crate::codes::codes;
use japanese::normalize::fold;
use std::{collections::HashMap, sync::LazyLock};

codes! {
    /// What may stand before the colon.
    pub enum Field {
        /// Name or address of the writer of a message.
        From => "from",
        /// Name or address of a recipient.
        To => "to",
        /// The subject of a message.
        Subject => "subject",
        /// The number of a ticket.
        Number => "number",
        /// The stored status.
        Status => "status",
        /// The computed lane.
        Lane => "lane",
        /// How a done ticket ended.
        Outcome => "outcome",
        /// How soon.
        Priority => "priority",
        /// Who owns the ticket.
        Assignee => "assignee",
        /// Whose work it is.
        Team => "team",
        /// Where it came in.
        Mailbox => "mailbox",
        /// By which door it began.
        Channel => "channel",
        /// Where it lies beside the lanes.
        Shelf => "shelf",
        /// A message written before this day.
        Before => "before",
        /// A message written on this day or later.
        After => "after",
        /// What a message has.
        Has => "has",
        /// What a ticket is.
        Is => "is",
    }
}

impl Field {
    /// The field that a word before a colon names; `None` if it is just a word.
    pub(super) fn of(word: &str) -> Option<Self> {
        Self::parse(&code("field", word))
    }

    /// The code of a value of this field; a value without another name is its own code.
    pub(super) fn code(self, value: &str) -> String {
        code(self.as_str(), value)
    }
}

/// (list, folded word) → code.
static WORDS: LazyLock<HashMap<(&str, String), &str>> = LazyLock::new(|| {
    let table = include_str!("../../data/view_words.tsv");
    table.lines().filter(|line| !line.starts_with('#')).filter_map(line).collect()
});

fn line(line: &'static str) -> Option<((&'static str, String), &'static str)> {
    let mut cells = line.split('\t');
    let (list, code, word) = (cells.next()?, cells.next()?, cells.next()?);
    Some(((list, plain(word)), code))
}

fn code(list: &'static str, word: &str) -> String {
    let word = plain(word);
    let key = (list, word);
    WORDS.get(&key).map_or(key.1, |code| (*code).to_owned())
}

/// Folded, and with one joint between words: "Waiting on customer" is `waiting_on_customer`.
fn plain(word: &str) -> String {
    fold(word).trim().replace(['-', ' '], "_")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message::Channel;
    use crate::status::{Lane, Outcome, Priority, Shelf, Status};

    #[test]
    fn every_word_of_the_table_stands_for_something_that_is_there() {
        for ((list, word), code) in WORDS.iter() {
            let known = match *list {
                "field" => Field::parse(code).is_some(),
                "status" => Status::parse(code).is_some(),
                "lane" => Lane::parse(code).is_some(),
                "outcome" => Outcome::parse(code).is_some(),
                "priority" => Priority::parse(code).is_some(),
                "channel" => Channel::parse(code).is_some(),
                "shelf" => Shelf::parse(code).is_some(),
                "assignee" => matches!(*code, "me" | "none"),
                "team" => *code == "none",
                "before" | "after" => matches!(*code, "today" | "yesterday"),
                "has" => *code == "attachment",
                "is" => matches!(*code, "unanswered" | "overdue" | "snoozed"),
                _ => false,
            };
            assert!(known, "{list} {code} {word}");
        }
    }

    #[test]
    fn the_words_on_the_screen_are_understood() {
        let screen = |text: &str| -> HashMap<String, String> { serde_json::from_str(text).unwrap() };
        let ja = screen(include_str!("../../../../i18n/ja.json"));
        let en = screen(include_str!("../../../../i18n/en.json"));
        for words in [ja, en] {
            for status in Status::ALL {
                assert_eq!(Field::Status.code(&words[&format!("status.{status}")]), status.as_str());
            }
            for lane in Lane::ALL {
                assert_eq!(Field::Lane.code(&words[&format!("lane.{lane}")]), lane.as_str());
            }
            for shelf in Shelf::ALL {
                assert_eq!(Field::Shelf.code(&words[&format!("lane.{shelf}")]), shelf.as_str());
            }
        }
    }

    #[test]
    fn a_field_is_known_however_it_is_typed() {
        for word in ["status", "STATUS", "ｓｔａｔｕｓ", "状態", "Status"] {
            assert_eq!(Field::of(word), Some(Field::Status), "{word}");
        }
        for word in ["re", "http", "", "状", "お願い"] {
            assert_eq!(Field::of(word), None, "{word}");
        }
    }
}
