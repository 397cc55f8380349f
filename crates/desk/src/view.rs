//! The view language `q` (contract §6.19), in which a person says what a search or a list of tickets should show:
//! words, "phrases", `-`, OR, brackets and `field:value`.
//!
//! [`Question::parse`] reads what was typed, whatever it is; [`Question::settle`] makes a [`Condition`] of it with what
//! is known of the desk (who asks, people, mailboxes, the time zone). `store` turns the condition into a statement.
//! Saved views will keep the text of a question, not its condition, so that `assignee:me` stays whoever looks.
//!
//! The words may appear anywhere in a message, or only in one [`Place`] of it; both are words of the search index.

mod field;
mod parse;
mod settle;
#[cfg(test)]
mod tests;

pub use field::Field;
pub use parse::Question;
pub use settle::{Around, Named, UnknownValue};

use crate::ids::{AgentId, MailboxId, TeamId};
use crate::message::Channel;
use crate::status::{Lane, Outcome, Priority, Shelf, Status};
use crate::time::Millis;
use japanese::tokens::Word;

/// A part of a message whose words are in the search index twice: once among all, once behind the part's mark.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// Name and address of the writer.
    From,
    /// Names and addresses of the recipients, copies too.
    To,
    /// The subject.
    Subject,
}

impl Place {
    /// The mark before each of its words in the index: a private character, which no text's word can hold.
    pub const fn mark(self) -> char {
        match self {
            Self::From => '\u{E000}',
            Self::To => '\u{E001}',
            Self::Subject => '\u{E002}',
        }
    }
}

/// What must hold, of a message or of a ticket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Condition {
    /// Every one of these. Of [`Condition::Text`] there is at most one among them, and none is an `All`.
    All(Vec<Condition>),
    /// One of these. Of [`Condition::Text`] there is at most one among them, and none is an `Any`.
    Any(Vec<Condition>),
    /// Not this.
    Not(Box<Condition>),
    /// Words of a message.
    Text(Text),
    /// Something else about a message.
    Message(OfMessage),
    /// Something about its ticket.
    Ticket(OfTicket),
}

/// Words that one message must hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Text {
    /// This word or phrase.
    Word(Word),
    /// Every one of these.
    All(Vec<Text>),
    /// One of these.
    Any(Vec<Text>),
}

/// What may be asked of a message beside its words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OfMessage {
    /// Written then or later.
    Since(Millis),
    /// Written before then.
    Before(Millis),
    /// A file is attached that is no picture inside the text.
    WithAttachment,
}

/// What may be asked of a ticket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OfTicket {
    /// It has this number.
    Number(i64),
    /// Its stored status.
    Status(Status),
    /// Its computed lane.
    Lane(Lane),
    /// How it ended.
    Outcome(Outcome),
    /// How soon.
    Priority(Priority),
    /// By which door it began.
    Channel(Channel),
    /// It lies on this shelf.
    Shelf(Shelf),
    /// One of these people owns it.
    Assignee(Vec<AgentId>),
    /// Nobody owns it.
    Unassigned,
    /// It is the work of one of these teams.
    Team(Vec<TeamId>),
    /// It is no team's work.
    NoTeam,
    /// It came in at one of these.
    Mailbox(Vec<MailboxId>),
    /// No reply of ours has ever left.
    Unanswered,
    /// It is not done, and should have been answered before this time.
    Overdue(Millis),
    /// It is put away until some time.
    Snoozed,
}

impl Condition {
    /// Every one of these; `None` if there is none.
    pub fn all(parts: Vec<Self>) -> Option<Self> {
        let flat =
            parts.into_iter().flat_map(|part| if let Self::All(inner) = part { inner } else { vec![part] });
        let (texts, rest) = apart(flat);
        let flat =
            texts.into_iter().flat_map(|text| if let Text::All(inner) = text { inner } else { vec![text] });
        joined(flat.collect(), rest, Text::All, Self::All)
    }

    /// One of these; `None` if there is none.
    pub fn any(parts: Vec<Self>) -> Option<Self> {
        let flat =
            parts.into_iter().flat_map(|part| if let Self::Any(inner) = part { inner } else { vec![part] });
        let (texts, rest) = apart(flat);
        let flat =
            texts.into_iter().flat_map(|text| if let Text::Any(inner) = text { inner } else { vec![text] });
        joined(flat.collect(), rest, Text::Any, Self::Any)
    }

    /// Whether one message by itself can fulfil it. Only such conditions are looked for in the same message of a
    /// ticket; `Not` speaks of all messages of a ticket, so it is none.
    pub fn fits_one_message(&self) -> bool {
        match self {
            Self::All(parts) | Self::Any(parts) => parts.iter().all(Self::fits_one_message),
            Self::Not(_) | Self::Ticket(_) => false,
            Self::Text(_) | Self::Message(_) => true,
        }
    }

    /// What must hold in any case: the parts of an `All`, or the condition itself.
    pub fn parts(&self) -> &[Self] {
        match self {
            Self::All(parts) => parts,
            Self::Any(_) | Self::Not(_) | Self::Text(_) | Self::Message(_) | Self::Ticket(_) => {
                std::slice::from_ref(self)
            }
        }
    }
}

/// The texts, and the rest.
fn apart(parts: impl Iterator<Item = Condition>) -> (Vec<Text>, Vec<Condition>) {
    let (mut texts, mut rest) = (Vec::new(), Vec::new());
    for part in parts {
        if let Condition::Text(text) = part {
            texts.push(text);
        } else {
            rest.push(part);
        }
    }
    (texts, rest)
}

/// The texts as one part before the others; one part stands for itself.
fn joined(
    mut texts: Vec<Text>,
    mut rest: Vec<Condition>,
    texts_of: fn(Vec<Text>) -> Text,
    parts_of: fn(Vec<Condition>) -> Condition,
) -> Option<Condition> {
    let text = if texts.len() > 1 { Some(texts_of(texts)) } else { texts.pop() };
    rest.splice(0..0, text.map(Condition::Text));
    if rest.len() > 1 { Some(parts_of(rest)) } else { rest.pop() }
}
