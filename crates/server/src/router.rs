//! Every route of the API on one line: what may call it, and what answers. The table of all lines is a snapshot test,
//! so a route can't lose its permission unseen.

use axum::{
    Router,
    extract::{DefaultBodyLimit, Request},
    middleware::{Next, from_fn, from_fn_with_state},
    response::Response,
};
use desk::permission::{Verb, can};
use tower_http::{catch_panic::CatchPanicLayer, compression::CompressionLayer};
use utoipa::OpenApi as _;
use utoipa::openapi::{OpenApi, path::Paths};
use utoipa_axum::{
    router::{OpenApiRouter, UtoipaMethodRouter},
    routes,
};

use crate::{
    api, auth,
    auth::Signed,
    console, headers, health,
    problem::{Problem, ProblemKind},
    state::Desk,
};

/// JSON bodies above this are refused (contract §5): 1 MiB.
const JSON_LIMIT: usize = 1 << 20;
/// Where the API lives.
pub const API: &str = "/api/v1";

/// Who may use a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum May {
    /// Whoever can reach the desk.
    Anyone,
    /// Whoever is signed in.
    SignedIn,
    /// Whoever is signed in as a person; a token only if it may administer.
    InPerson,
    /// Whoever has the verb.
    Can(Verb),
}

impl May {
    fn name(self) -> String {
        match self {
            May::Anyone => "anyone".to_owned(),
            May::SignedIn => "signed in".to_owned(),
            May::InPerson => "in person, or administer".to_owned(),
            May::Can(verb) => verb.as_str().to_owned(),
        }
    }
}

/// The routes while they are put together.
struct Table {
    router: OpenApiRouter<Desk>,
    lines: Vec<String>,
    /// The largest upload, in bytes.
    upload_limit: u64,
}

impl Table {
    fn add(mut self, may: May, (schemas, paths, methods): UtoipaMethodRouter<Desk>) -> Table {
        self.lines.extend(lines_of(&paths, may));
        let guarded = methods.route_layer(from_fn(move |request, next| allow(may, request, next)));
        self.router = self.router.routes((schemas, paths, guarded));
        self
    }

    /// A route whose body may be as large as a mail (`max_size`).
    fn large(self, may: May, (schemas, paths, methods): UtoipaMethodRouter<Desk>) -> Table {
        let limit = usize::try_from(self.upload_limit).unwrap_or(usize::MAX);
        self.add(may, (schemas, paths, methods.layer(DefaultBodyLimit::max(limit))))
    }
}

fn lines_of(paths: &Paths, may: May) -> Vec<String> {
    let mut lines = Vec::new();
    for (path, item) in &paths.paths {
        let methods = [
            ("GET", &item.get),
            ("PUT", &item.put),
            ("POST", &item.post),
            ("PATCH", &item.patch),
            ("DELETE", &item.delete),
        ];
        let used = methods.into_iter().filter(|(_, operation)| operation.is_some());
        lines.extend(used.map(|(method, _)| line(method, path, &may.name())));
    }
    lines
}

fn line(method: &str, path: &str, may: &str) -> String {
    format!("{method:<6} {path:<44} {may}")
}

async fn allow(may: May, request: Request, next: Next) -> Result<Response, Problem> {
    let signed = request.extensions().get::<Signed>();
    match (may, signed) {
        (May::Anyone, _) | (May::SignedIn, Some(_)) => {}
        (May::SignedIn | May::InPerson | May::Can(_), None) => return Err(ProblemKind::NotSignedIn.into()),
        (May::InPerson, Some(signed)) if signed.who.may_change_account() => {}
        (May::InPerson, Some(_)) => {
            return Err(Problem::new(ProblemKind::NotAllowed).with("verb", Verb::Administer.as_str()));
        }
        (May::Can(verb), Some(signed)) if can(&signed.who, verb, None, None) => {}
        (May::Can(verb), Some(_)) => {
            return Err(Problem::new(ProblemKind::NotAllowed).with("verb", verb.as_str()));
        }
    }
    Ok(next.run(request).await)
}

fn table(upload_limit: u64) -> Table {
    use May::{Anyone, Can, InPerson, SignedIn};
    use Verb::{Administer, Read};
    let router = OpenApiRouter::with_openapi(api::Document::openapi());
    let empty = Table { router, lines: Vec::new(), upload_limit };
    let desk = empty
        .add(Anyone, routes!(api::setup::show))
        .add(Anyone, routes!(api::setup::begin))
        .add(Anyone, routes!(api::session::begin))
        .add(SignedIn, routes!(api::session::end))
        .add(SignedIn, routes!(api::me::show))
        .add(InPerson, routes!(api::me::change))
        .add(Can(Read), routes!(api::events::stream))
        .add(Can(Administer), routes!(api::settings::show))
        .add(Can(Administer), routes!(api::settings::change))
        .add(Can(Read), routes!(api::agents::list))
        .add(Can(Administer), routes!(api::agents::add))
        .add(Can(Administer), routes!(api::agents::change))
        .add(Can(Read), routes!(api::teams::list))
        .add(SignedIn, routes!(api::tokens::list))
        .add(InPerson, routes!(api::tokens::add))
        .add(InPerson, routes!(api::tokens::revoke))
        .add(Can(Administer), routes!(api::jobs::list))
        .add(Can(Administer), routes!(api::jobs::retry));
    tickets(mailboxes(desk))
}

fn mailboxes(table: Table) -> Table {
    use May::Can;
    use Verb::{Administer, Read};
    table
        .add(Can(Read), routes!(api::mailboxes::list))
        .add(Can(Administer), routes!(api::mailboxes::add))
        .add(Can(Administer), routes!(api::mailboxes::show))
        .add(Can(Administer), routes!(api::mailboxes::change))
        .add(Can(Administer), routes!(api::mailboxes::remove))
        .add(Can(Administer), routes!(api::mailboxes::test))
        .add(Can(Administer), routes!(api::mailboxes::presets))
        .add(Can(Administer), routes!(api::mailboxes::fetch_past))
        .add(Can(Administer), routes!(api::samples::load))
}

fn tickets(table: Table) -> Table {
    use May::Can;
    use Verb::{Assign, Draft, Read, Send};
    table
        .add(Can(Read), routes!(api::tickets::list::list))
        .add(Can(Send), routes!(api::replies::start))
        .add(Can(Read), routes!(api::tickets::list::counts))
        .add(Can(Read), routes!(api::tickets::show::show))
        .add(Can(Send), routes!(api::tickets::change::change))
        .add(Can(Assign), routes!(api::tickets::change::assign))
        .add(Can(Draft), routes!(api::tickets::change::note))
        .add(Can(Send), routes!(api::tickets::change::merge))
        .add(Can(Read), routes!(api::tickets::history::list))
        .add(Can(Read), routes!(api::messages::list::list))
        .add(Can(Read), routes!(api::messages::list::show))
        .add(Can(Read), routes!(api::messages::parts::raw))
        .add(Can(Read), routes!(api::messages::parts::headers))
        .add(Can(Read), routes!(api::messages::parts::explain))
        .add(Can(Read), routes!(api::messages::parts::html))
        .add(Can(Read), routes!(api::messages::parts::inline))
        .add(Can(Read), routes!(api::messages::parts::attachment))
        .add(Can(Read), routes!(api::drafts::show))
        .add(Can(Draft), routes!(api::drafts::put))
        .add(Can(Draft), routes!(api::drafts::discard))
        .add(Can(Draft), routes!(api::drafts::take))
        .add(Can(Send), routes!(api::replies::reply))
        .add(Can(Read), routes!(api::replies::outbox))
        .add(Can(Send), routes!(api::replies::undo))
        .add(Can(Send), routes!(api::replies::resolve))
        .large(Can(Draft), routes!(api::uploads::add))
        .add(Can(Read), routes!(api::search::search))
}

/// The whole permission table as text, one line a route.
pub fn permissions() -> String {
    let mut lines = table(0).lines;
    lines.extend(health::LINES.map(|(path, may)| line("GET", path, may)));
    lines.sort();
    lines.join("\n")
}

/// The OpenAPI document.
pub fn openapi() -> OpenApi {
    let nested = OpenApiRouter::with_openapi(api::Document::openapi()).nest(API, table(0).router);
    api::document::finish(nested.into_openapi())
}

/// The service of one process: API, console, health.
pub fn router(desk: &Desk) -> Router {
    let api: Router<Desk> = Router::from(table(desk.settings.max_size).router)
        .fallback(|| async { Problem::from(ProblemKind::NotFound) })
        .method_not_allowed_fallback(|| async { Problem::from(ProblemKind::MethodNotAllowed) })
        .layer(DefaultBodyLimit::max(JSON_LIMIT))
        .layer(from_fn_with_state(desk.clone(), auth::authenticate));
    Router::new()
        .nest(API, api)
        .merge(health::routes())
        .fallback(console::serve)
        .layer(CompressionLayer::new())
        .layer(CatchPanicLayer::custom(|_| {
            use axum::response::IntoResponse;
            Problem::broken("a handler panicked").into_response()
        }))
        .layer(from_fn(headers::secure))
        .with_state(desk.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_whole_permission_table_is_known() {
        insta::assert_snapshot!(permissions());
    }

    #[test]
    fn every_change_asks_for_more_than_a_signature() {
        let open: Vec<String> = table(0)
            .lines
            .into_iter()
            .filter(|line| {
                !line.starts_with("GET") && (line.ends_with("anyone") || line.ends_with("signed in"))
            })
            .map(|line| line.split_whitespace().take(2).collect::<Vec<_>>().join(" "))
            .collect();
        let expected = ["POST /setup", "POST /session", "DELETE /session"];
        assert_eq!(open, expected, "these act on the caller only");
    }
}
