//! Everything in which the two databases differ. If a difference is not in this file (or in the type words of the two
//! migration folders), it does not exist: every other statement of this crate runs on both as it stands.

use crate::{StoreError, tx::Connection, tx::Tx, tx::value};
use desk::view::Text;
use japanese::tokens::Word;
use std::fmt::Write;

/// The channel of `NOTIFY` on which nodes tell each other the ids of new events.
pub(crate) const CHANNEL: &str = "henji";

/// The number of PostgreSQL's advisory lock under which a start migrates: "henji" in ASCII.
const MIGRATION_LOCK: i64 = 0x68_65_6e_6a_69;

/// A statement with lock words at `{lock}`: rows that somebody else holds are passed over. SQLite has one writer.
macro_rules! skip_locked {
    ($tx:expr, $head:expr, $tail:expr) => {
        if $tx.is_sqlite() {
            concat!($head, " ", $tail)
        } else {
            concat!($head, " for update skip locked ", $tail)
        }
    };
}

/// A `select` that holds the row it finds until the transaction ends.
macro_rules! for_update {
    ($tx:expr, $select:expr) => {
        if $tx.is_sqlite() { $select } else { concat!($select, " for update") }
    };
}

pub(crate) use {for_update, skip_locked};

/// Takes the lock under which one process at a time migrates. On SQLite the transaction itself is that lock.
pub(crate) async fn migration_lock(tx: &mut Tx) -> Result<(), StoreError> {
    match &mut tx.connection {
        Connection::Sqlite(_) => {}
        Connection::Postgres(c) => {
            sqlx::query("select pg_advisory_xact_lock($1)").bind(MIGRATION_LOCK).execute(&mut **c).await?;
        }
    }
    Ok(())
}

/// The database program and its version.
pub(crate) async fn version(tx: &mut Tx) -> Result<String, StoreError> {
    const SQLITE: &str = "select 'SQLite ' || sqlite_version()";
    const POSTGRES: &str = "select 'PostgreSQL ' || current_setting('server_version')";
    let sql = if tx.is_sqlite() { SQLITE } else { POSTGRES };
    Ok(value!(tx, sql)?)
}

/// What SQLite finds wrong in its own file: ten lines at most, none if it is sound. `None` on PostgreSQL, which looks
/// after its files itself.
pub(crate) async fn integrity(tx: &mut Tx) -> Result<Option<Vec<String>>, StoreError> {
    match &mut tx.connection {
        Connection::Sqlite(c) => {
            let lines: Vec<String> = sqlx::query_scalar("pragma quick_check(10)").fetch_all(&mut **c).await?;
            Ok(Some(lines.into_iter().filter(|line| line != "ok").collect()))
        }
        Connection::Postgres(_) => Ok(None),
    }
}

/// Tells the other nodes the ids of this transaction's events, when it commits. SQLite's readers look once a second.
pub(crate) async fn notify(tx: &mut Tx) -> Result<(), StoreError> {
    let recorded = std::mem::take(&mut tx.recorded);
    match &mut tx.connection {
        Connection::Postgres(c) if !recorded.is_empty() => {
            const SQL: &str = "select pg_notify($1, id::text) from unnest($2::bigint[]) as new(id)";
            sqlx::query(SQL).bind(CHANNEL).bind(recorded).execute(&mut **c).await?;
        }
        Connection::Sqlite(_) | Connection::Postgres(_) => {}
    }
    Ok(())
}

/// The next number for a ticket, from 1. PostgreSQL counts outside of transactions, so that nobody waits; numbers of
/// undone transactions are left out.
pub(crate) async fn next_ticket_number(tx: &mut Tx) -> Result<i64, StoreError> {
    const SQLITE: &str = "select coalesce(max(number), 0) + 1 from tickets";
    const POSTGRES: &str = "select nextval('ticket_numbers')";
    let sql = if tx.is_sqlite() { SQLITE } else { POSTGRES };
    Ok(value!(tx, sql)?)
}

/// Puts a row of words into the index.
pub(crate) fn search_insert(tx: &Tx) -> &'static str {
    if tx.is_sqlite() {
        "insert into search (rowid, words) values ($1, $2)"
    } else {
        "insert into search (key, words) values ($1, $2::text::tsvector)"
    }
}

/// Takes a row of words out of the index.
pub(crate) fn search_delete(tx: &Tx) -> &'static str {
    if tx.is_sqlite() { "delete from search where rowid = $1" } else { "delete from search where key = $1" }
}

/// How the search index is asked. SQLite finds all matches of the words first and keeps them as a set; PostgreSQL gets
/// `exists`, which its planner turns around as it likes, and which needs no memory for a set that grew large.
pub(crate) struct SearchText {
    /// Messages by their words. Rows of `s` match, `k` has their keys.
    pub by_words: &'static str,
    /// Messages by their time alone, the newest first.
    pub by_time: &'static str,
    /// Messages of a few tickets.
    pub by_ticket: &'static str,
    /// The row matches this question.
    pub matches: &'static str,
    /// What stands behind a bound question.
    pub end: &'static str,
    /// The key of a row of the index.
    pub key: &'static str,
    /// The message `m` has a row that matches this question; closed by `)`.
    pub message_has: &'static str,
    /// The ticket `t` has a message `m` with a row that matches this question; closed by `)`.
    pub ticket_has: &'static str,
    /// The message `m` has a file that is not shown inside its text.
    pub with_attachment: &'static str,
    /// The question in the language of this database.
    pub question: fn(&Text) -> String,
}

/// SQLite's words.
pub(crate) static SQLITE_SEARCH: SearchText = SearchText {
    by_words: "select k.message, m.ticket, t.number, k.key
        from search s
        join search_keys k on k.key = s.rowid
        join messages m on m.id = k.message
        join tickets t on t.id = m.ticket",
    // Knowing nothing of the numbers, SQLite would rather sort all messages of a lane than walk from the newest.
    by_time: "select k.message, m.ticket, t.number, k.key
        from search_keys k
        cross join messages m on m.id = k.message
        cross join tickets t on t.id = m.ticket",
    by_ticket: BY_KEY,
    matches: "s.search match ",
    end: "",
    key: "s.rowid",
    message_has: "m.id in (
            select h.message from search x join search_keys h on h.key = x.rowid where x.search match ",
    ticket_has: "t.id in (
            select m.ticket from search s
            join search_keys k on k.key = s.rowid
            join messages m on m.id = k.message
            where s.search match ",
    with_attachment: "m.attachments like '%\"inline\":false%'",
    question: |text| question(text, fts5, " AND ", " OR "),
};

/// PostgreSQL's words.
pub(crate) static POSTGRES_SEARCH: SearchText = SearchText {
    by_words: "select k.message, m.ticket, t.number, k.key
        from search s
        join search_keys k on k.key = s.key
        join messages m on m.id = k.message
        join tickets t on t.id = m.ticket",
    by_time: BY_KEY,
    by_ticket: BY_KEY,
    matches: "s.words @@ ",
    end: "::text::tsquery",
    key: "s.key",
    message_has:
        "exists (
            select 1 from search_keys h join search x on x.key = h.key where h.message = m.id and x.words @@ ",
    ticket_has: "exists (
            select 1 from messages m
            join search_keys k on k.message = m.id
            join search s on s.key = k.key
            where m.ticket = t.id and s.words @@ ",
    with_attachment: "m.attachments @> '[{\"inline\": false}]'",
    question: |text| question(text, tsquery, " & ", " | "),
};

const BY_KEY: &str = "select k.message, m.ticket, t.number, k.key
        from search_keys k
        join messages m on m.id = k.message
        join tickets t on t.id = m.ticket";

/// The words in which this database is asked.
pub(crate) fn search_text(tx: &Tx) -> &'static SearchText {
    if tx.is_sqlite() { &SQLITE_SEARCH } else { &POSTGRES_SEARCH }
}

/// The words of a text as the index of this database takes them: FTS5 splits at spaces; PostgreSQL gets a `tsvector`
/// literal with positions, never `to_tsvector` (which would fold and drop words by its own rules).
pub(crate) fn search_words(tx: &Tx, tokens: &[String]) -> String {
    if tx.is_sqlite() {
        return tokens.join(" ");
    }
    let mut literal = String::new();
    for (position, token) in tokens.iter().enumerate() {
        quoted(&mut literal, token, '\'');
        // Writing into a String cannot fail.
        let _ = write!(literal, ":{} ", position + 1);
    }
    literal
}

/// The words of a question and how they are joined.
fn question(text: &Text, word: fn(&Word) -> String, and: &str, or: &str) -> String {
    let list = |parts: &[Text], joint: &str| {
        let parts: Vec<String> =
            parts.iter().map(|part| bracketed(part, question(part, word, and, or))).collect();
        parts.join(joint)
    };
    match text {
        Text::Word(one) => word(one),
        Text::All(parts) => list(parts, and),
        Text::Any(parts) => list(parts, or),
    }
}

fn bracketed(part: &Text, text: String) -> String {
    match part {
        Text::Word(_) => text,
        Text::All(_) | Text::Any(_) => format!("({text})"),
    }
}

/// `"領収 収書"`, and `"a 102" *` where the last token is a beginning.
fn fts5(word: &Word) -> String {
    let mut text = String::new();
    quoted(&mut text, &word.tokens().join(" "), '"');
    if word.is_prefix() {
        text.push_str(" *");
    }
    text
}

/// `('領収' <-> '収書')`, and `('a' <-> '102':*)` where the last token is a beginning.
fn tsquery(word: &Word) -> String {
    let mut text = String::new();
    for (n, token) in word.tokens().iter().enumerate() {
        text.push_str(if n == 0 { "(" } else { " <-> " });
        quoted(&mut text, token, '\'');
    }
    text.push_str(if word.is_prefix() { ":*)" } else { ")" });
    text
}

/// Both languages double their quote; a `tsvector` also reads the backslash.
fn quoted(into: &mut String, token: &str, quote: char) {
    into.push(quote);
    for c in token.chars() {
        if c == quote || (c == '\\' && quote == '\'') {
            into.push(c);
        }
        into.push(c);
    }
    into.push(quote);
}
