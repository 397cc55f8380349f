//! The one error of this crate and the one place where a driver's error is translated into it.

use sqlx::error::{DatabaseError, ErrorKind};

/// Why a statement did not do what was asked. What a driver says ends here.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// There is no such row.
    #[error("there is no such thing in the database")]
    NotFound,
    /// The row was changed after it was read, or something else already has this name, address or key.
    #[error("it was changed meanwhile, or exists already")]
    Conflict,
    /// Somebody else is writing just now (lock, deadlock, serialization); the action may be run again.
    #[error("the database is busy")]
    Busy,
    /// Everything a caller can do nothing about.
    #[error("the database failed: {0}")]
    Broken(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// Errors that can say "run me again": [`StoreError`], and every action's error that holds one.
pub trait MayBeBusy {
    /// Whether the same action may succeed when it is run again.
    fn is_busy(&self) -> bool;
}

impl MayBeBusy for StoreError {
    fn is_busy(&self) -> bool {
        matches!(self, Self::Busy)
    }
}

impl StoreError {
    /// Whether the database could not write because its disk is full: mail must be refused for now, and a person told.
    pub fn is_disk_full(&self) -> bool {
        let Self::Broken(source) = self else { return false };
        let Some(sqlx::Error::Database(error)) = source.downcast_ref::<sqlx::Error>() else { return false };
        match error.code().as_deref() {
            // SQLITE_FULL; PostgreSQL: disk_full
            Some("13" | "53100") => true,
            Some(_) | None => false,
        }
    }
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        let known = if let sqlx::Error::Database(database) = &error {
            of_database(database.as_ref())
        } else if matches!(error, sqlx::Error::RowNotFound) {
            Some(Self::NotFound)
        } else if matches!(error, sqlx::Error::PoolTimedOut) {
            Some(Self::Busy)
        } else {
            None
        };
        known.unwrap_or_else(|| Self::Broken(Box::new(error)))
    }
}

impl From<sqlx::migrate::MigrateError> for StoreError {
    fn from(error: sqlx::migrate::MigrateError) -> Self {
        if let sqlx::migrate::MigrateError::Execute(error) = error {
            return error.into();
        }
        Self::Broken(Box::new(error))
    }
}

impl From<serde_json::Error> for StoreError {
    fn from(error: serde_json::Error) -> Self {
        Self::Broken(Box::new(error))
    }
}

impl From<std::io::Error> for StoreError {
    fn from(error: std::io::Error) -> Self {
        Self::Broken(Box::new(error))
    }
}

/// PostgreSQL: serialization failure, deadlock, lock timeout, starting up, shutting down, too many connections.
const POSTGRES_BUSY: [&str; 6] = ["40001", "40P01", "55P03", "57P03", "57P01", "53300"];

fn of_database(error: &dyn DatabaseError) -> Option<StoreError> {
    if matches!(error.kind(), ErrorKind::UniqueViolation | ErrorKind::ForeignKeyViolation) {
        return Some(StoreError::Conflict);
    }
    let code = error.code()?;
    if POSTGRES_BUSY.contains(&code.as_ref()) {
        return Some(StoreError::Busy);
    }
    // SQLite gives extended codes; the low byte is the kind: 5 SQLITE_BUSY, 6 SQLITE_LOCKED. PostgreSQL's codes have
    // five characters, SQLite's at most four.
    let number: i32 = if code.len() < 5 { code.parse().ok()? } else { return None };
    matches!(number & 0xff, 5 | 6).then_some(StoreError::Busy)
}
