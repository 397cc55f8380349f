//! The words of each message, and finding them (contract §6.19). Words are made by `japanese::tokens`; the database
//! only stores and matches them. The key of a row grows with the message's time, so that "newest first" is the order
//! of the keys and a page of a common word reads only that page.

use crate::{
    StoreError, column, dialect,
    tx::{Tx, all, run, values},
};
use desk::{
    ids::{MessageId, TicketId},
    time::{Millis, SECOND},
};
use japanese::tokens::Word;

/// Rows of one message: 6 bits. More than `japanese::tokens::MAX_ROWS` rows are not kept.
const ROW_BITS: u32 = 6;
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
        /// Where it stands in the order; the next page begins below it.
        pub key: i64,
    }
}

/// Messages that hold all words, the newest first, below the cursor `before` (a [`Hit::key`]). Without words: none.
pub async fn query(
    tx: &mut Tx,
    words: &[Word],
    before: Option<i64>,
    limit: i64,
) -> Result<Vec<Hit>, StoreError> {
    if words.is_empty() {
        return Ok(Vec::new());
    }
    let question = dialect::search_query(tx, words);
    let sql = dialect::search_match(tx);
    let mut hits: Vec<Hit> = all!(tx, sql, question.as_str(), before.unwrap_or(i64::MAX), limit)?;
    // A long text is several rows, and they are neighbours: the lowest stands for the message.
    hits.reverse();
    hits.dedup_by_key(|hit| hit.message);
    hits.reverse();
    Ok(hits)
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
    fn a_time_beyond_all_calendars_still_has_a_key() {
        for at in [i64::MIN, -1, 0, i64::MAX] {
            for back in 0..TRIES {
                assert!(key(MessageId(i64::MAX), seconds(at) - back, 63) >= 0);
            }
        }
    }
}
