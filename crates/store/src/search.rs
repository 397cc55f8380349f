//! The words of each message, and finding them (contract §6.19). Words are made by `japanese::tokens`; the database
//! only stores and matches them. The key of a row grows with the message's time, so that "newest first" is the order
//! of the keys and a page of a common word reads only that page. What is asked beside words is looked at row by row in
//! the same order.

use crate::{
    StoreError, column, dialect,
    tx::{Tx, run, values},
    views::{Statement, Value, condition},
};
use desk::{
    ids::{MessageId, TicketId},
    time::{Millis, SECOND},
    view::{Condition, OfMessage, OfTicket},
};

/// Rows of one message: 6 bits. More than `japanese::tokens::MAX_ROWS` rows are not kept.
const ROW_BITS: u32 = 6;
/// The bits in which the rows of one message differ.
const ROWS: i64 = (1 << ROW_BITS) - 1;
/// The low bits of the message's id.
const ID_BITS: u32 = 24;
/// Seconds since 1970 fill the rest: until the year 2242.
const SECONDS: i64 = 1 << 33;
/// How often another second is tried when a key is taken (ids 16 million apart in the same second).
const TRIES: i64 = 16;

/// Puts the words of a message into the index, in rows as `japanese::tokens::rows` gives them.
pub async fn index(
    tx: &mut Tx,
    message: MessageId,
    at: Millis,
    rows: &[Vec<String>],
) -> Result<(), StoreError> {
    for (n, tokens) in (0..1 << ROW_BITS).zip(rows) {
        let key = take_key(tx, message, at, n).await?;
        let words = dialect::search_words(tx, tokens);
        let sql = dialect::search_insert(tx);
        run!(tx, sql, key, words.as_str())?;
    }
    Ok(())
}

/// Takes the words of a message out of the index.
pub async fn remove(tx: &mut Tx, message: MessageId) -> Result<(), StoreError> {
    let keys: Vec<i64> = values!(tx, "delete from search_keys where message = $1 returning key", message.0)?;
    let sql = dialect::search_delete(tx);
    for key in keys {
        run!(tx, sql, key)?;
    }
    Ok(())
}

column::row! {
    /// A message that was found.
    pub struct Hit {
        /// The message.
        pub message: MessageId,
        /// Its ticket.
        pub ticket: TicketId,
        /// That ticket's number.
        pub number: i64,
        /// Where it stands in the order, below all of its rows; the next page begins below it.
        pub key: i64,
    }
}

/// Messages of which the condition holds, the newest first, below the cursor `before` (a [`Hit::key`]).
pub async fn query(
    tx: &mut Tx,
    condition: &Condition,
    before: Option<i64>,
    limit: i64,
) -> Result<Vec<Hit>, StoreError> {
    let mut hits: Vec<Hit> = Vec::new();
    let mut below = before.unwrap_or(i64::MAX);
    let mut wanted = limit;
    while wanted > 0 {
        let rows: Vec<Hit> = statement(dialect::search_text(tx), condition, below, wanted).all(tx).await?;
        let more = i64::try_from(rows.len()).unwrap_or(i64::MAX) == wanted;
        for mut row in rows {
            row.key &= !ROWS;
            // A long text is several rows, and they are neighbours.
            if hits.last().is_none_or(|hit| hit.message != row.message) {
                wanted -= 1;
                hits.push(row);
            }
        }
        match hits.last() {
            Some(last) if more => below = last.key,
            _ => break,
        }
    }
    Ok(hits)
}

/// One page of rows of the index. Words that must be there in any case find the rows; the rest is a filter.
fn statement(search: &'static dialect::SearchText, asked: &Condition, below: i64, limit: i64) -> Statement {
    let parts = asked.parts();
    let words =
        parts.iter().find_map(|part| if let Condition::Text(text) = part { Some(text) } else { None });
    let few = parts
        .iter()
        .any(|part| matches!(part, Condition::Ticket(OfTicket::Number(_) | OfTicket::Assignee(_))));
    let (select, key) = match (words, few) {
        (Some(_), _) => (search.by_words, search.key),
        (None, true) => (search.by_ticket, "k.key"),
        (None, false) => (search.by_time, "k.key"),
    };
    let mut statement = Statement::new(select);
    if let Some(text) = words {
        statement.and(search.matches, Value::Question((search.question)(text)));
        statement.push(search.end);
    } else {
        // Every message has a first row.
        statement.and("(k.key & ", Value::Number(ROWS));
        statement.push(") = 0");
    }
    bound(&mut statement, key, parts, below);
    for part in parts.iter().filter(|part| !matches!(part, Condition::Text(_))) {
        statement.is_seldom();
        statement.and_fixed("");
        condition::of_message(&mut statement, search, part);
    }
    statement.push(" order by ");
    statement.push(key);
    statement.push(" desc limit ");
    statement.bind(Value::Number(limit));
    statement
}

/// The stretch of keys that is looked at: below the cursor, and within the times that are asked for.
fn bound(statement: &mut Statement, key: &'static str, parts: &[Condition], below: i64) {
    let (mut low, mut high) = (None, below);
    for part in parts {
        if let Condition::Message(OfMessage::Since(at)) = part {
            low = low.max(Some(first_key(*at)));
        } else if let Condition::Message(OfMessage::Before(at)) = part {
            high = high.min(key_behind(*at));
        }
    }
    statement.and_fixed(key);
    statement.push(" < ");
    statement.bind(Value::Number(high));
    if let Some(low) = low {
        statement.and_fixed(key);
        statement.push(" >= ");
        statement.bind(Value::Number(low));
    }
}

/// Reserves the key of one row.
async fn take_key(tx: &mut Tx, message: MessageId, at: Millis, row: i64) -> Result<i64, StoreError> {
    const SQL: &str = "insert into search_keys (key, message) values ($1, $2) on conflict (key) do nothing";
    for back in 0..TRIES {
        let key = key(message, seconds(at) - back, row);
        if run!(tx, SQL, key, message.0)? == 1 {
            return Ok(key);
        }
    }
    Err(StoreError::Conflict)
}

/// The second of a time, at the ends of what a key can hold at most, with room for every try.
fn seconds(at: Millis) -> i64 {
    at.div_euclid(SECOND).clamp(TRIES, SECONDS - 1)
}

/// No key of this time or later is below it, however often another second was tried.
fn first_key(at: Millis) -> i64 {
    key(MessageId(0), seconds(at) - TRIES, 0)
}

/// Every key of this time and earlier is below it.
fn key_behind(at: Millis) -> i64 {
    match seconds(at) {
        last if last == SECONDS - 1 => i64::MAX,
        second => key(MessageId(0), second + 1, 0),
    }
}

fn key(message: MessageId, second: i64, row: i64) -> i64 {
    let id = message.0 & ((1 << ID_BITS) - 1);
    (((second << ID_BITS) | id) << ROW_BITS) | row
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_later_message_has_the_higher_key() {
        let second = seconds(1_795_221_000_000);
        let early = key(MessageId(9), second, 63);
        assert!(early < key(MessageId(1), second + 1, 0));
        assert!(early < key(MessageId(10), second, 0));
    }

    #[test]
    fn the_keys_of_a_time_lie_between_its_ends() {
        for at in [i64::MIN, 0, 999, 1_795_221_000_000, i64::MAX - SECOND, i64::MAX] {
            for back in 0..TRIES {
                let key = key(MessageId(i64::MAX - 1), seconds(at) - back, 63);
                assert!(first_key(at) <= key && key < key_behind(at), "{at} {back}");
            }
        }
    }

    #[test]
    fn a_time_beyond_all_calendars_still_has_a_key() {
        for at in [i64::MIN, -1, 0, i64::MAX] {
            for back in 0..TRIES {
                assert!(key(MessageId(i64::MAX), seconds(at) - back, 63) >= 0);
            }
        }
    }
}
