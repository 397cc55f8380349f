//! From what was typed to what must hold: words become words of the search index, values become ids, days and codes.
//! A value that a field cannot have is an error that names it, because an empty list would look like an answer.

use super::field::Field;
use super::parse::{Node, Question, Term};
use super::{Condition, OfMessage, OfTicket, Place, Text};
use crate::ids::{AgentId, MailboxId, TeamId};
use crate::message::Channel;
use crate::status::{Lane, Outcome, Priority, Shelf, Status};
use crate::time::{Millis, timestamp};
use japanese::{normalize::fold, tokens};
use jiff::{civil::Date, tz::TimeZone};

/// What a question may speak of without naming its id.
#[derive(Debug, Clone)]
pub struct Around {
    /// Who asks.
    pub me: AgentId,
    /// When.
    pub now: Millis,
    /// The desk's zone: where its days begin.
    pub zone: TimeZone,
    /// The people, by name and address.
    pub agents: Vec<Named<AgentId>>,
    /// The teams.
    pub teams: Vec<Named<TeamId>>,
    /// The mailboxes, by name and address.
    pub mailboxes: Vec<Named<MailboxId>>,
}

impl Around {
    /// Nobody but the one who asks.
    pub const fn only(me: AgentId, now: Millis) -> Self {
        Self { me, now, zone: TimeZone::UTC, agents: Vec::new(), teams: Vec::new(), mailboxes: Vec::new() }
    }
}

/// Something with an id, and what people call it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named<I> {
    /// Its id.
    pub id: I,
    /// Its names and addresses.
    pub names: Vec<String>,
}

/// A field was given a value that it cannot have.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the field {field} cannot have this value")]
pub struct UnknownValue {
    /// The field.
    pub field: Field,
    /// The value as it was typed.
    pub value: String,
}

impl Question {
    /// What must hold; `None` if nothing was asked.
    ///
    /// # Errors
    /// When a known field has a value that it cannot have.
    pub fn settle(&self, around: &Around) -> Result<Option<Condition>, UnknownValue> {
        node(&self.root, around)
    }
}

fn node(asked: &Node, around: &Around) -> Result<Option<Condition>, UnknownValue> {
    Ok(match asked {
        Node::All(nodes) => Condition::all(parts(nodes, around)?),
        Node::Any(nodes) => Condition::any(parts(nodes, around)?),
        Node::Not(inner) => node(inner, around)?.map(|inner| Condition::Not(Box::new(inner))),
        Node::Term(term) => self::term(term, around)?,
    })
}

fn parts(nodes: &[Node], around: &Around) -> Result<Vec<Condition>, UnknownValue> {
    let mut parts = Vec::with_capacity(nodes.len());
    for asked in nodes {
        parts.extend(node(asked, around)?);
    }
    Ok(parts)
}

fn term(term: &Term, around: &Around) -> Result<Option<Condition>, UnknownValue> {
    let value = term.text.as_str();
    let Some(field) = term.field else { return Ok(words(value, None)) };
    let of_ticket = match field {
        Field::From => return Ok(words(value, Some(Place::From))),
        Field::To => return Ok(words(value, Some(Place::To))),
        Field::Subject => return Ok(words(value, Some(Place::Subject))),
        Field::Before | Field::After | Field::Has => {
            let known = of_message(field, value, around);
            return known.map(|known| Some(Condition::Message(known))).ok_or_else(|| unknown(term, field));
        }
        Field::Number => fold(value).trim().trim_start_matches('#').parse().ok().map(OfTicket::Number),
        Field::Status => Status::parse(&field.code(value)).map(OfTicket::Status),
        Field::Lane => Lane::parse(&field.code(value)).map(OfTicket::Lane),
        Field::Outcome => Outcome::parse(&field.code(value)).map(OfTicket::Outcome),
        Field::Priority => Priority::parse(&field.code(value)).map(OfTicket::Priority),
        Field::Channel => Channel::parse(&field.code(value)).map(OfTicket::Channel),
        Field::Shelf => Shelf::parse(&field.code(value)).map(OfTicket::Shelf),
        Field::Assignee => assignee(value, around),
        Field::Team if field.code(value) == "none" => Some(OfTicket::NoTeam),
        Field::Team => called(&around.teams, value).map(OfTicket::Team),
        Field::Mailbox => called(&around.mailboxes, value).map(OfTicket::Mailbox),
        Field::Is => being(&field.code(value), around),
    };
    of_ticket.map(|known| Some(Condition::Ticket(known))).ok_or_else(|| unknown(term, field))
}

fn unknown(term: &Term, field: Field) -> UnknownValue {
    UnknownValue { field, value: term.text.clone() }
}

/// Words of the index; a text without a letter or digit asks for nothing.
fn words(text: &str, place: Option<Place>) -> Option<Condition> {
    let word = tokens::word(text)?;
    Some(Condition::Text(Text::Word(match place {
        None => word,
        Some(place) => word.marked(place.mark()),
    })))
}

fn of_message(field: Field, value: &str, around: &Around) -> Option<OfMessage> {
    if field == Field::Has {
        return (field.code(value) == "attachment").then_some(OfMessage::WithAttachment);
    }
    let begins = begin_of(day(field, value, around)?, &around.zone)?;
    Some(if field == Field::Before { OfMessage::Before(begins) } else { OfMessage::Since(begins) })
}

fn being(code: &str, around: &Around) -> Option<OfTicket> {
    match code {
        "unanswered" => Some(OfTicket::Unanswered),
        "overdue" => Some(OfTicket::Overdue(around.now)),
        "snoozed" => Some(OfTicket::Snoozed),
        _ => None,
    }
}

fn assignee(value: &str, around: &Around) -> Option<OfTicket> {
    match Field::Assignee.code(value).as_str() {
        "me" => Some(OfTicket::Assignee(vec![around.me])),
        "none" => Some(OfTicket::Unassigned),
        _ => called(&around.agents, value).map(OfTicket::Assignee),
    }
}

/// Who or what is called so: by id, by the whole name or address, else by a part of it. `None` if nothing is.
fn called<I: Copy + From<i64>>(all: &[Named<I>], value: &str) -> Option<Vec<I>> {
    let wanted = plain(value);
    if let Ok(id) = wanted.parse::<i64>() {
        return Some(vec![I::from(id)]);
    }
    let found = |fits: &dyn Fn(&str) -> bool| -> Vec<I> {
        let is_so = |one: &&Named<I>| one.names.iter().any(|name| fits(&plain(name)));
        all.iter().filter(is_so).map(|one| one.id).collect()
    };
    let whole = found(&|name| name == wanted);
    let found = if whole.is_empty() { found(&|name| name.contains(&wanted)) } else { whole };
    (!found.is_empty() && !wanted.is_empty()).then_some(found)
}

/// Folded and without blanks: 鈴木 花子 is 鈴木花子.
fn plain(name: &str) -> String {
    fold(name).split_whitespace().collect()
}

/// 2026-11-21, 2026/11/21, 2026年11月21日, today, yesterday.
fn day(field: Field, value: &str, around: &Around) -> Option<Date> {
    let today = || timestamp(around.now).to_zoned(around.zone.clone()).date();
    match field.code(value).as_str() {
        "today" => return Some(today()),
        "yesterday" => return today().yesterday().ok(),
        _ => {}
    }
    let text = fold(value).replace(['/', '年', '月', '.'], "-").replace('日', "");
    let mut numbers = text.trim().splitn(3, '-').map(str::parse::<i16>);
    let mut number = || numbers.next()?.ok();
    let (year, month, day) = (number()?, number()?, number()?);
    Date::new(year, month.try_into().ok()?, day.try_into().ok()?).ok().filter(|_| year >= 1000)
}

fn begin_of(day: Date, zone: &TimeZone) -> Option<Millis> {
    Some(day.to_zoned(zone.clone()).ok()?.timestamp().as_millisecond())
}
