//! A transaction on either database, and the few macros through which every statement of this crate runs.
//! They are the only place where one expression is compiled for two databases.

use crate::{StoreError, dialect};
use sqlx::{Postgres, Sqlite, Transaction};

/// One transaction. Dropped without [`Tx::commit`], it is rolled back.
pub struct Tx {
    pub(crate) connection: Connection,
    /// Ids of the events written so far; announced at commit to the other nodes (PostgreSQL).
    pub(crate) recorded: Vec<i64>,
}

/// The transaction of the driver.
pub(crate) enum Connection {
    Sqlite(Transaction<'static, Sqlite>),
    Postgres(Transaction<'static, Postgres>),
}

impl Tx {
    pub(crate) fn new(connection: Connection) -> Self {
        Self { connection, recorded: Vec::new() }
    }

    /// Makes everything written in it certain and visible. On SQLite this returns after the disk's flush.
    pub async fn commit(mut self) -> Result<(), StoreError> {
        dialect::notify(&mut self).await?;
        match self.connection {
            Connection::Sqlite(tx) => tx.commit().await?,
            Connection::Postgres(tx) => tx.commit().await?,
        }
        Ok(())
    }

    /// Undoes everything written in it. Dropping does the same, a little later.
    pub async fn rollback(self) -> Result<(), StoreError> {
        match self.connection {
            Connection::Sqlite(tx) => tx.rollback().await?,
            Connection::Postgres(tx) => tx.rollback().await?,
        }
        Ok(())
    }

    pub(crate) fn is_sqlite(&self) -> bool {
        matches!(self.connection, Connection::Sqlite(_))
    }
}

/// One expression, compiled for both databases.
macro_rules! on {
    ($tx:expr, |$c:ident| $body:expr) => {
        match &mut $tx.connection {
            $crate::tx::Connection::Sqlite(c) => {
                let $c = &mut **c;
                $body
            }
            $crate::tx::Connection::Postgres(c) => {
                let $c = &mut **c;
                $body
            }
        }
    };
}

/// Every row of a statement.
macro_rules! all {
    ($tx:expr, $sql:expr $(, $bind:expr)* $(,)?) => {
        $crate::tx::on!($tx, |c| sqlx::query_as($sql)$(.bind($bind))*.fetch_all(c).await)
    };
}

/// The one row of a statement; none is [`StoreError::NotFound`].
macro_rules! one {
    ($tx:expr, $sql:expr $(, $bind:expr)* $(,)?) => {
        $crate::tx::on!($tx, |c| sqlx::query_as($sql)$(.bind($bind))*.fetch_one(c).await)
    };
}

/// The row of a statement, if there is one.
macro_rules! maybe {
    ($tx:expr, $sql:expr $(, $bind:expr)* $(,)?) => {
        $crate::tx::on!($tx, |c| sqlx::query_as($sql)$(.bind($bind))*.fetch_optional(c).await)
    };
}

/// The first column of the one row of a statement.
macro_rules! value {
    ($tx:expr, $sql:expr $(, $bind:expr)* $(,)?) => {
        $crate::tx::on!($tx, |c| sqlx::query_scalar($sql)$(.bind($bind))*.fetch_one(c).await)
    };
}

/// The first column of every row of a statement.
macro_rules! values {
    ($tx:expr, $sql:expr $(, $bind:expr)* $(,)?) => {
        $crate::tx::on!($tx, |c| sqlx::query_scalar($sql)$(.bind($bind))*.fetch_all(c).await)
    };
}

/// The first column of the row of a statement, if there is a row.
macro_rules! maybe_value {
    ($tx:expr, $sql:expr $(, $bind:expr)* $(,)?) => {
        $crate::tx::on!($tx, |c| sqlx::query_scalar($sql)$(.bind($bind))*.fetch_optional(c).await)
    };
}

/// Runs a statement; how many rows it changed.
macro_rules! run {
    ($tx:expr, $sql:expr $(, $bind:expr)* $(,)?) => {
        $crate::tx::on!($tx, |c| sqlx::query($sql)$(.bind($bind))*.execute(c).await.map(|done| done.rows_affected()))
    };
}

pub(crate) use {all, maybe, maybe_value, on, one, run, value, values};

/// 0 rows changed by an update that named the version it saw: somebody else was faster.
pub(crate) fn changed(rows: u64) -> Result<(), StoreError> {
    if rows == 0 { Err(StoreError::Conflict) } else { Ok(()) }
}

/// 0 rows changed by an update that named only the row: it is not there.
pub(crate) fn found(rows: u64) -> Result<(), StoreError> {
    if rows == 0 { Err(StoreError::NotFound) } else { Ok(()) }
}
