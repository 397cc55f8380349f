//! How a column becomes a value of the desk: ids from integers, closed lists from their words, structures from JSON.
//! The `row!` macro declares a row struct once and reads it from both databases.

use desk::{event, ids, job, mailbox, message, outbound, permission, status, thread};
use sqlx::{ColumnIndex, Decode, Row, Type, types::Json};

type LoadError = Box<dyn std::error::Error + Send + Sync>;

/// A type that can be read from a column of both databases.
pub(crate) trait Column: Sized {
    /// What the driver reads.
    type Stored;
    /// Turns it into the value.
    fn load(stored: Self::Stored) -> Result<Self, LoadError>;
}

/// Reads the column `name` of a row of either database.
pub(crate) fn get<'r, R, T>(row: &'r R, name: &'static str) -> Result<T, sqlx::Error>
where
    R: Row,
    T: Column,
    T::Stored: Decode<'r, R::Database> + Type<R::Database>,
    &'static str: ColumnIndex<R>,
{
    let stored = row.try_get::<T::Stored, _>(name)?;
    T::load(stored).map_err(|source| sqlx::Error::ColumnDecode { index: name.to_owned(), source })
}

impl<T: Column> Column for Option<T> {
    type Stored = Option<T::Stored>;
    fn load(stored: Self::Stored) -> Result<Self, LoadError> {
        stored.map(T::load).transpose()
    }
}

macro_rules! as_it_is {
    ($($type:ty),+ $(,)?) => {$(
        impl Column for $type {
            type Stored = $type;
            fn load(stored: Self::Stored) -> Result<Self, LoadError> {
                Ok(stored)
            }
        }
    )+};
}
as_it_is!(i64, bool, String, Vec<u8>);

macro_rules! narrow {
    ($($type:ty),+ $(,)?) => {$(
        impl Column for $type {
            type Stored = i64;
            fn load(stored: Self::Stored) -> Result<Self, LoadError> {
                Ok(<$type>::try_from(stored)?)
            }
        }
    )+};
}
narrow!(u16, u32, u64);

macro_rules! id {
    ($($type:ident),+ $(,)?) => {$(
        impl Column for ids::$type {
            type Stored = i64;
            fn load(stored: Self::Stored) -> Result<Self, LoadError> {
                Ok(Self(stored))
            }
        }
    )+};
}
id!(
    AgentId, TicketId, MessageId, MailboxId, ContactId, DraftId, OutboundId, OriginalId, DeliveryId, JobId,
    EventId, TeamId, UploadId, TokenId, SessionId,
);

/// A word in the database that this program does not know: the database was written by a newer one.
#[derive(Debug, thiserror::Error)]
#[error("the word '{0}' is not in the closed list of {1}")]
pub(crate) struct UnknownWord(pub String, pub &'static str);

/// Closed lists are stored as their words.
macro_rules! code {
    ($($type:ty),+ $(,)?) => {$(
        impl $crate::column::Column for $type {
            type Stored = String;
            fn load(stored: Self::Stored) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
                match <$type>::parse(&stored) {
                    Some(known) => Ok(known),
                    None => Err(Box::new($crate::column::UnknownWord(stored, stringify!($type)))),
                }
            }
        }
    )+};
}
code!(
    event::EventKind,
    job::JobKind,
    mailbox::IncomingKind,
    mailbox::Tls,
    mailbox::Switch,
    mailbox::Health,
    mailbox::PastMail,
    message::Channel,
    message::Direction,
    message::Kind,
    message::ArrivedBy,
    outbound::State,
    permission::Role,
    status::Status,
    status::Outcome,
    status::Priority,
    status::Lane,
    status::Shelf,
    status::Delivery,
    thread::Because,
);

/// Verbs are stored as their words, separated by commas.
impl Column for permission::Verbs {
    type Stored = String;
    fn load(stored: Self::Stored) -> Result<Self, LoadError> {
        Self::parse(&stored).map_err(|word| UnknownWord(word, "permission::Verb").into())
    }
}

/// Structures are stored as JSON.
macro_rules! json {
    ($($type:ty),+ $(,)?) => {$(
        impl $crate::column::Column for $type {
            type Stored = sqlx::types::Json<$type>;
            fn load(stored: Self::Stored) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
                Ok(stored.0)
            }
        }
    )+};
}
json!(serde_json::Value, Vec<String>);

/// Declares a row struct and reads it from both databases: each field from the column of its name; fields behind
/// `with` are rows themselves, read from the same row.
macro_rules! row {
    (
        $(#[$meta:meta])* pub struct $name:ident { $($(#[$fmeta:meta])* pub $field:ident: $type:ty,)+ }
        $(with { $($(#[$imeta:meta])* pub $inner:ident: $itype:ty as $iread:ty,)+ })?
    ) => {
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq)]
        pub struct $name { $($(#[$fmeta])* pub $field: $type,)+ $($($(#[$imeta])* pub $inner: $itype,)+)? }
        $crate::column::load!($name => $name { $($field,)+ } $($($inner as $iread,)+)?);
    };
}

/// Reads `$target` from both databases by making a `$value { fields … }` and turning it into the target.
macro_rules! load {
    ($target:ident => $value:path { $($field:ident,)+ } $($inner:ident as $iread:ty,)*) => {
        $crate::column::load!(@ sqlx::sqlite::SqliteRow, $target => $value { $($field,)+ } $($inner as $iread,)*);
        $crate::column::load!(@ sqlx::postgres::PgRow, $target => $value { $($field,)+ } $($inner as $iread,)*);
    };
    (@ $row:ty, $target:ident => $value:path { $($field:ident,)+ } $($inner:ident as $iread:ty,)*) => {
        impl<'r> sqlx::FromRow<'r, $row> for $target {
            fn from_row(row: &'r $row) -> Result<Self, sqlx::Error> {
                use $value as Value;
                Ok(Self::from(Value {
                    $($field: $crate::column::get(row, stringify!($field))?,)+
                    $($inner: <$iread as sqlx::FromRow<'r, $row>>::from_row(row)?.into(),)*
                }))
            }
        }
    };
}

pub(crate) use {code, json, load, row};

/// Binds a structure as JSON.
pub(crate) const fn json_of<T>(value: &T) -> Json<&T> {
    Json(value)
}
