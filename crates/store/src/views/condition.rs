//! What was asked in the view language, as a piece of a statement: of a message `m` and its ticket `t`, or of a ticket
//! `t` alone. Pure; a test beside it reads the pieces without a database.

use super::{Statement, Value};
use crate::dialect::SearchText;
use desk::view::{Condition, OfMessage, OfTicket};

/// The condition of one message `m` of a ticket `t`.
pub(crate) fn of_message(statement: &mut Statement, search: &'static SearchText, asked: &Condition) {
    match asked {
        Condition::All(parts) => {
            list(statement, " and ", "true", parts, |s, part| of_message(s, search, part));
        }
        Condition::Any(parts) => {
            list(statement, " or ", "false", parts, |s, part| of_message(s, search, part));
        }
        Condition::Not(inner) => not(statement, |s| of_message(s, search, inner)),
        Condition::Text(text) => {
            statement.push(search.message_has);
            statement.bind(Value::Question((search.question)(text)));
            statement.push(search.end);
            statement.push(")");
        }
        Condition::Message(what) => this_message(statement, search, *what),
        Condition::Ticket(what) => this_ticket(statement, what),
    }
}

/// The condition of a ticket `t`. What one message can fulfil is asked of one and the same message; `not` speaks of
/// all of them.
pub(crate) fn of_ticket(statement: &mut Statement, search: &'static SearchText, asked: &Condition) {
    if asked.fits_one_message() {
        return one_message(statement, search, &[asked]);
    }
    let piece = |s: &mut Statement, part: &Part<'_>| match part {
        Part::OneMessage(parts) => one_message(s, search, parts),
        Part::Ticket(part) => of_ticket(s, search, part),
    };
    match asked {
        Condition::All(parts) => {
            let (together, mut rest) = apart(parts);
            if !together.is_empty() {
                rest.push(Part::OneMessage(together));
            }
            list(statement, " and ", "true", &rest, piece);
        }
        Condition::Any(parts) => {
            let (each, mut rest) = apart(parts);
            rest.extend(each.into_iter().map(|part| Part::OneMessage(vec![part])));
            list(statement, " or ", "false", &rest, piece);
        }
        Condition::Not(inner) => not(statement, |s| of_ticket(s, search, inner)),
        Condition::Text(_) | Condition::Message(_) => piece(statement, &Part::OneMessage(vec![asked])),
        Condition::Ticket(what) => this_ticket(statement, what),
    }
}

/// A part of a ticket's condition.
enum Part<'a> {
    /// All of these hold for one message.
    OneMessage(Vec<&'a Condition>),
    /// Holds for the ticket.
    Ticket(&'a Condition),
}

/// What one message can fulfil, and the rest.
fn apart(parts: &[Condition]) -> (Vec<&Condition>, Vec<Part<'_>>) {
    let (together, rest): (Vec<_>, Vec<_>) = parts.iter().partition(|part| part.fits_one_message());
    (together, rest.into_iter().map(Part::Ticket).collect())
}

/// The ticket `t` has a message that fulfils all of these. Words that must be there in any case find it.
fn one_message(statement: &mut Statement, search: &'static SearchText, all: &[&Condition]) {
    let parts: Vec<&Condition> = all.iter().flat_map(|condition| condition.parts()).collect();
    let words =
        parts.iter().find_map(|part| if let Condition::Text(text) = part { Some(text) } else { None });
    if let Some(text) = words {
        statement.push(search.ticket_has);
        statement.bind(Value::Question((search.question)(text)));
        statement.push(search.end);
    } else {
        statement.push("exists (select 1 from messages m where m.ticket = t.id");
    }
    for part in parts.iter().filter(|part| !matches!(part, Condition::Text(_))) {
        statement.push(" and ");
        of_message(statement, search, part);
    }
    statement.push(")");
}

fn this_message(statement: &mut Statement, search: &'static SearchText, what: OfMessage) {
    match what {
        OfMessage::Since(at) => is(statement, "m.at >= ", Value::Number(at)),
        OfMessage::Before(at) => is(statement, "m.at < ", Value::Number(at)),
        OfMessage::WithAttachment => statement.push(search.with_attachment),
    }
}

fn this_ticket(statement: &mut Statement, what: &OfTicket) {
    match what {
        OfTicket::Number(number) => is(statement, "t.number = ", Value::Number(*number)),
        OfTicket::Status(status) => is(statement, "t.status = ", Value::Word(status.as_str())),
        OfTicket::Lane(lane) => is(statement, "t.lane = ", Value::Word(lane.as_str())),
        OfTicket::Outcome(outcome) => is(statement, "t.outcome = ", Value::Word(outcome.as_str())),
        OfTicket::Priority(priority) => is(statement, "t.priority = ", Value::Word(priority.as_str())),
        OfTicket::Channel(channel) => is(statement, "t.channel = ", Value::Word(channel.as_str())),
        OfTicket::Shelf(shelf) => is(statement, "t.shelf = ", Value::Word(shelf.as_str())),
        OfTicket::Assignee(agents) => statement.among("t.assignee", agents.iter().map(|id| id.0)),
        OfTicket::Unassigned => statement.push("t.assignee is null"),
        OfTicket::Team(teams) => statement.among("t.team", teams.iter().map(|id| id.0)),
        OfTicket::NoTeam => statement.push("t.team is null"),
        OfTicket::Mailbox(mailboxes) => statement.among("t.mailbox", mailboxes.iter().map(|id| id.0)),
        OfTicket::Unanswered => statement.push("not t.ever_answered"),
        OfTicket::Overdue(now) => is(statement, "t.status <> 'done' and t.due_at < ", Value::Number(*now)),
        OfTicket::Snoozed => statement.push("t.snoozed_until is not null"),
    }
}

fn is(statement: &mut Statement, left: &'static str, value: Value) {
    statement.push("(");
    statement.push(left);
    statement.bind(value);
    statement.push(")");
}

/// Also where the condition is neither true nor false: a ticket of nobody is not the ticket of somebody.
fn not(statement: &mut Statement, piece: impl FnOnce(&mut Statement)) {
    statement.push("((");
    piece(statement);
    statement.push(") is not true)");
}

fn list<T>(
    statement: &mut Statement,
    joint: &'static str,
    empty: &'static str,
    parts: &[T],
    mut piece: impl FnMut(&mut Statement, &T),
) {
    statement.push("(");
    for (n, part) in parts.iter().enumerate() {
        statement.push(if n == 0 { "" } else { joint });
        piece(statement, part);
    }
    statement.push(if parts.is_empty() { empty } else { "" });
    statement.push(")");
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dialect::{POSTGRES_SEARCH, SQLITE_SEARCH};
    use desk::{
        ids::AgentId,
        view::{Around, Question},
    };

    /// The text of a piece with single blanks, and what is bound to it.
    fn piece(
        of: fn(&mut Statement, &'static SearchText, &Condition),
        search: &'static SearchText,
        typed: &str,
    ) -> (String, Vec<Value>) {
        let around = Around::only(AgentId(3), 1_000);
        let asked = Question::parse(typed).settle(&around).unwrap().unwrap();
        let mut statement = Statement::new("");
        of(&mut statement, search, &asked);
        (statement.text.split_whitespace().collect::<Vec<_>>().join(" "), statement.values)
    }

    fn question(text: &str) -> Value {
        Value::Question(text.to_owned())
    }

    #[test]
    fn what_must_be_in_one_message_is_asked_of_one_message() {
        let (text, values) = piece(of_ticket, &SQLITE_SEARCH, "返品 from:tanaka has:attachment status:new");
        assert_eq!(
            text,
            "((t.status = $1) and t.id in ( select m.ticket from search s join search_keys k on k.key = s.rowid \
             join messages m on m.id = k.message where s.search match $2 and m.attachments like '%\"inline\":false%'))"
        );
        assert_eq!(values, [Value::Word("new"), question("\"返品\" AND \"\u{E000}tanaka\" *")]);
        let (text, values) = piece(of_ticket, &POSTGRES_SEARCH, "返品 from:tanaka has:attachment status:new");
        assert_eq!(
            text,
            "((t.status = $1) and exists ( select 1 from messages m join search_keys k on k.message = m.id \
             join search s on s.key = k.key where m.ticket = t.id and s.words @@ $2::text::tsquery \
             and m.attachments @> '[{\"inline\": false}]'))"
        );
        assert_eq!(values, [Value::Word("new"), question("('返品') & ('\u{E000}tanaka':*)")]);
    }

    #[test]
    fn what_is_excluded_is_excluded_for_every_message_and_for_what_is_not_known() {
        let (text, values) = piece(of_ticket, &SQLITE_SEARCH, "-返品 -assignee:me");
        assert_eq!(
            text,
            "(((t.id in ( select m.ticket from search s join search_keys k on k.key = s.rowid \
             join messages m on m.id = k.message where s.search match $1)) is not true) \
             and ((t.assignee in (null, $2)) is not true))"
        );
        assert_eq!(values, [question("\"返品\""), Value::Number(3)]);
    }

    #[test]
    fn words_beside_something_else_are_a_condition_of_the_message() {
        let (text, values) = piece(of_message, &SQLITE_SEARCH, "返品 交換 OR is:overdue");
        assert_eq!(
            text,
            "(m.id in ( select h.message from search x join search_keys h on h.key = x.rowid where x.search match $1) \
             and (m.id in ( select h.message from search x join search_keys h on h.key = x.rowid \
             where x.search match $2) or (t.status <> 'done' and t.due_at < $3)))"
        );
        assert_eq!(values, [question("\"返品\""), question("\"交換\""), Value::Number(1_000)]);
        let (text, _) = piece(of_message, &POSTGRES_SEARCH, "-返品");
        assert_eq!(
            text,
            "((exists ( select 1 from search_keys h join search x on x.key = h.key where h.message = m.id \
             and x.words @@ $1::text::tsquery)) is not true)"
        );
    }

    #[test]
    fn brackets_and_or_are_part_of_the_question_to_the_index() {
        let typed = "(急須 返品) OR \"tea pot\" 茶";
        let (_, values) = piece(of_message, &SQLITE_SEARCH, typed);
        assert_eq!(values, [question("((\"急須\" AND \"返品\") OR \"tea pot\" *) AND \"茶\" *")]);
        let (_, values) = piece(of_message, &POSTGRES_SEARCH, typed);
        assert_eq!(values, [question("((('急須') & ('返品')) | ('tea' <-> 'pot':*)) & ('茶':*)")]);
    }

    #[test]
    fn nothing_of_what_is_typed_stands_in_the_text() {
        for typed in
            ["'; drop -- OR x", "mailbox:1 a\"b", "number:7 \\ ' has:attachment \u{0}", "subject:$1 $2"]
        {
            let (text, _) = piece(of_ticket, &POSTGRES_SEARCH, typed);
            assert!(!text.contains("drop") && !text.contains(';'), "{text}");
        }
    }
}
