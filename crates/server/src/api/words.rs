//! The closed lists of `desk` as schemas, so that clients get them as unions of words.

use utoipa::openapi::{
    ObjectBuilder, RefOr, Schema,
    schema::{SchemaType, Type},
};

/// Declares one schema a list: its name in the document, the enum of `desk` it stands for.
macro_rules! words {
    ($($(#[$doc:meta])* $name:ident = $list:path;)*) => {$(
        $(#[$doc])*
        pub struct $name;

        impl utoipa::PartialSchema for $name {
            fn schema() -> RefOr<Schema> {
                let words: Vec<&str> = <$list>::ALL.iter().map(|word| word.as_str()).collect();
                RefOr::T(Schema::Object(
                    ObjectBuilder::new().schema_type(SchemaType::new(Type::String)).enum_values(Some(words)).build(),
                ))
            }
        }

        impl utoipa::ToSchema for $name {}
    )*};
}

words! {
    /// What an agent is at the desk.
    Role = desk::permission::Role;
    /// One thing that may be allowed.
    Verb = desk::permission::Verb;
    /// The stored status of a ticket.
    Status = desk::status::Status;
    /// The computed lane of a ticket.
    Lane = desk::status::Lane;
    /// A shelf beside the lanes.
    Shelf = desk::status::Shelf;
    /// How a done ticket ended.
    Outcome = desk::status::Outcome;
    /// How soon.
    Priority = desk::status::Priority;
    /// Whether our last reply arrived.
    Delivery = desk::status::Delivery;
    /// The kind of entrance.
    Channel = desk::message::Channel;
    /// Which way a message goes.
    Direction = desk::message::Direction;
    /// What wrote a message.
    Kind = desk::message::Kind;
    /// What becomes of a ticket after its reply.
    Then = desk::status::Then;
    /// What a person says of an unknown sending.
    Resolution = desk::outbound::Resolution;
    /// Where a reply is on its way.
    OutboundState = desk::outbound::State;
    /// How mail comes in.
    IncomingKind = desk::mailbox::IncomingKind;
    /// How the wire to a mail server is protected.
    Tls = desk::mailbox::Tls;
    /// A switch.
    Switch = desk::mailbox::Switch;
    /// How a mailbox is doing.
    Health = desk::mailbox::Health;
    /// What becomes of past mail.
    PastMail = desk::mailbox::PastMail;
    /// What happened.
    EventKind = desk::event::EventKind;
}

/// Where a quotation stands.
#[derive(utoipa::ToSchema)]
#[schema(rename_all = "snake_case")]
pub enum QuotePlace {
    /// Behind the agent's words.
    Below,
    /// Before them.
    Above,
    /// Nowhere.
    None,
}
