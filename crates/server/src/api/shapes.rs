//! Schemas of what is a text, a map or bytes in Rust and has a narrower shape on the wire.

use utoipa::{
    PartialSchema, ToSchema,
    openapi::{
        Object, ObjectBuilder, RefOr, Schema,
        schema::{KnownFormat, SchemaFormat, SchemaType, Type},
    },
};

use super::words;

/// A language of the screens and of what the desk writes.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
pub enum Language {
    /// 日本語
    Ja,
    /// English
    En,
}

/// The order of a list of tickets.
#[derive(ToSchema)]
pub enum Sort {
    /// Whose answer is due first.
    #[schema(rename = "due")]
    Due,
    /// The oldest last message first.
    #[schema(rename = "last_message")]
    LastMessage,
    /// The newest last message first.
    #[schema(rename = "-last_message")]
    LastMessageDown,
    /// The newest ticket first.
    #[schema(rename = "-created")]
    CreatedDown,
    /// The most urgent first.
    #[schema(rename = "priority")]
    Priority,
}

/// A mail server as it is usually set for an address.
#[derive(ToSchema)]
pub struct PresetServer {
    /// `imap` for the way in; not there for the way out.
    #[schema(value_type = Option<words::IncomingKind>, nullable = false)]
    pub kind: Option<()>,
    /// The server; null: the provider's control panel tells.
    #[schema(required)]
    pub host: Option<String>,
    /// Its port.
    pub port: u16,
    /// How the wire is protected.
    #[schema(value_type = words::Tls)]
    pub tls: (),
    /// The name to sign in with; null: one that the provider gave.
    #[schema(required)]
    pub user: Option<String>,
}

/// What is known about the servers of an address.
#[derive(ToSchema)]
pub struct Preset {
    /// Which provider; null for a guess from the domain alone.
    #[schema(required)]
    pub provider: Option<String>,
    /// The provider's name.
    #[schema(required)]
    pub name: Option<String>,
    /// The way in.
    pub incoming: PresetServer,
    /// The way out.
    pub outgoing: PresetServer,
    /// What a person must know first (`mailbox.note.<code>`).
    #[schema(required)]
    pub note: Option<String>,
}

/// Bytes as they are.
pub struct Binary;

impl PartialSchema for Binary {
    fn schema() -> RefOr<Schema> {
        let format = SchemaFormat::KnownFormat(KnownFormat::Binary);
        RefOr::T(Schema::Object(
            ObjectBuilder::new().schema_type(SchemaType::new(Type::String)).format(Some(format)).build(),
        ))
    }
}

impl ToSchema for Binary {}

/// How many tickets there are in each lane.
pub struct LaneCounts;

impl PartialSchema for LaneCounts {
    fn schema() -> RefOr<Schema> {
        let lanes = desk::status::Lane::ALL.iter().filter(|lane| **lane != desk::status::Lane::Aside);
        counts(lanes.map(|lane| lane.as_str()))
    }
}

impl ToSchema for LaneCounts {}

/// How many tickets there are on each shelf.
pub struct ShelfCounts;

impl PartialSchema for ShelfCounts {
    fn schema() -> RefOr<Schema> {
        counts(desk::status::Shelf::ALL.iter().map(|shelf| shelf.as_str()))
    }
}

impl ToSchema for ShelfCounts {}

fn counts<'a>(names: impl Iterator<Item = &'a str>) -> RefOr<Schema> {
    let number = Object::with_type(Type::Integer);
    let object = names.fold(ObjectBuilder::new(), |object, name| {
        object.property(name, Schema::Object(number.clone())).required(name)
    });
    RefOr::T(Schema::Object(object.build()))
}
