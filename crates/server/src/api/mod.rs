//! The REST API (contract §5): `<noun>/<verb>` handlers, thin. A handler reads the request, calls one action and
//! shapes the answer; if it does more, something is in the wrong place.

pub mod agents;
pub mod document;
pub mod drafts;
pub mod events;
pub mod given;
pub mod jobs;
pub mod list;
pub mod mailboxes;
pub mod me;
pub mod messages;
pub mod replies;
pub mod samples;
pub mod search;
pub mod session;
pub mod settings;
pub mod setup;
pub mod shapes;
pub mod teams;
pub mod tickets;
pub mod tokens;
pub mod uploads;
pub mod words;

use utoipa::{
    Modify, OpenApi,
    openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme},
};

use crate::problem::{FieldError, Problem};

/// The frame of the OpenAPI document; the paths come from the router.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "Henji API",
        description = "Everything the console does goes through this API. Times are RFC 3339 UTC; errors are RFC 9457 \
                       problems whose `type` never changes.",
        license(name = "MIT OR Apache-2.0")
    ),
    components(schemas(Problem, FieldError, shapes::Sort)),
    modifiers(&Security),
    security(("token" = []))
)]
pub struct Document;

struct Security;

impl Modify for Security {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let bearer = SecurityScheme::Http(HttpBuilder::new().scheme(HttpAuthScheme::Bearer).build());
        document.components.get_or_insert_default().add_security_scheme("token", bearer);
    }
}

/// A point in time as the API writes it: RFC 3339, UTC.
pub fn time(at: desk::time::Millis) -> String {
    jiff::Timestamp::from_millisecond(at).map_or_else(|_| String::new(), |at| at.to_string())
}
