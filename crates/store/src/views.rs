//! Conditions of a list as text with `$n` and a list of values. Only fixed pieces of this crate's own text get into the
//! statement; everything that comes from outside is a bound value. This file and `dialect.rs` are the only ones that
//! may tell sqlx that a made text is safe.
//!
//! [`condition`] turns what was asked in the view language (`desk::view`) into such conditions.

pub(crate) mod condition;

use crate::{
    StoreError,
    tx::{Tx, on},
};
use sqlx::{AssertSqlSafe, FromRow, postgres::PgRow, sqlite::SqliteRow};
use std::fmt::Write;

/// A value bound to a statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Value {
    /// An integer.
    Number(i64),
    /// A word of a closed list.
    Word(&'static str),
    /// A question to the search index.
    Question(String),
}

/// A statement in the making.
pub(crate) struct Statement {
    text: String,
    values: Vec<Value>,
    begun: bool,
    prepared: bool,
}

impl Statement {
    /// Begins with a `select … from …` without `where`.
    pub(crate) fn new(select: &'static str) -> Self {
        Self { text: select.to_owned(), values: Vec::new(), begun: false, prepared: true }
    }

    /// One more condition: `left`, which ends in its operator, and a value.
    pub(crate) fn and(&mut self, left: &'static str, value: Value) {
        self.and_fixed(left);
        self.bind(value);
    }

    /// One more condition without a value.
    pub(crate) fn and_fixed(&mut self, condition: &'static str) {
        self.text.push_str(if self.begun { " and " } else { " where " });
        self.begun = true;
        self.text.push_str(condition);
    }

    /// One more condition: `column` is one of these; none of them fits nothing.
    pub(crate) fn and_among(&mut self, column: &'static str, numbers: impl Iterator<Item = i64>) {
        self.and_fixed("");
        self.among(column, numbers);
    }

    /// `column` is one of these, as a piece of a condition.
    fn among(&mut self, column: &'static str, numbers: impl Iterator<Item = i64>) {
        self.text.extend([column, " in (null"]);
        for number in numbers {
            self.text.push_str(", ");
            self.bind(Value::Number(number));
        }
        self.text.push(')');
    }

    /// A piece of text as it is.
    pub(crate) fn push(&mut self, piece: &'static str) {
        self.text.push_str(piece);
    }

    /// Its shape follows what somebody typed: the database need not remember it.
    pub(crate) fn is_seldom(&mut self) {
        self.prepared = false;
    }

    /// Order, cursor and length: the rows behind `(column, id) = after`.
    pub(crate) fn page(
        &mut self,
        column: &'static str,
        id: &'static str,
        down: bool,
        after: Option<(i64, i64)>,
        limit: i64,
    ) {
        if let Some((value, last)) = after {
            self.and_fixed("(");
            self.text.extend([column, ", ", id, ") ", if down { "< (" } else { "> (" }]);
            self.bind(Value::Number(value));
            self.text.push_str(", ");
            self.bind(Value::Number(last));
            self.text.push(')');
        }
        let way = if down { " desc" } else { "" };
        self.text.extend([" order by ", column, way, ", ", id, way, " limit "]);
        self.bind(Value::Number(limit));
    }

    /// Runs it.
    pub(crate) async fn all<T>(self, tx: &mut Tx) -> Result<Vec<T>, StoreError>
    where
        T: for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin,
    {
        let Self { text, values, prepared, .. } = self;
        Ok(on!(tx, |c| {
            let mut query = sqlx::query_as(AssertSqlSafe(text)).persistent(prepared);
            for value in values {
                query = match value {
                    Value::Number(number) => query.bind(number),
                    Value::Word(word) => query.bind(word),
                    Value::Question(question) => query.bind(question),
                };
            }
            query.fetch_all(c).await
        })?)
    }

    /// The place of a value.
    pub(crate) fn bind(&mut self, value: Value) {
        self.values.push(value);
        // Writing into a String cannot fail.
        let _ = write!(self.text, "${}", self.values.len());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_is_its_conditions_its_cursor_and_its_order() {
        let mut statement = Statement::new("select t.id from tickets t");
        statement.and("t.lane = ", Value::Word("todo"));
        statement.and_among("t.number", [1, 2].into_iter());
        statement.page("t.created_at", "t.id", true, Some((7, 8)), 50);
        assert_eq!(
            statement.text,
            "select t.id from tickets t where t.lane = $1 and t.number in (null, $2, $3) \
             and (t.created_at, t.id) < ($4, $5) order by t.created_at desc, t.id desc limit $6"
        );
        assert_eq!(statement.values.len(), 6);
    }
}
