//! Everything in which the two databases differ. If a difference is not in this file (or in the type words of the two
//! migration folders), it does not exist: every other statement of this crate runs on both as it stands.

use crate::{StoreError, tx::Connection, tx::Tx, tx::value};
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

/// The keys of the rows that match, newest first, below a key: $1 the query of [`search_query`], $2 the key, $3 how many.
pub(crate) fn search_match(tx: &Tx) -> &'static str {
    if tx.is_sqlite() {
        "select k.message, m.ticket, t.number, k.key
        from search s
        join search_keys k on k.key = s.rowid
        join messages m on m.id = k.message
        join tickets t on t.id = m.ticket
        where s.search match $1 and s.rowid < $2
        order by s.rowid desc limit $3"
    } else {
        "select k.message, m.ticket, t.number, k.key
        from search s
        join search_keys k on k.key = s.key
        join messages m on m.id = k.message
        join tickets t on t.id = m.ticket
        where s.words @@ $1::text::tsquery and s.key < $2
        order by s.key desc limit $3"
    }
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

/// The question in the language of this database: all words, each a phrase or a beginning.
pub(crate) fn search_query(tx: &Tx, words: &[Word]) -> String {
    let sqlite = tx.is_sqlite();
    let parts: Vec<String> =
        words.iter().map(|word| if sqlite { fts5(word) } else { tsquery(word) }).collect();
    parts.join(if sqlite { " AND " } else { " & " })
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
