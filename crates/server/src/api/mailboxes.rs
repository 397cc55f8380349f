//! Mailboxes: the addresses customers write to. Everyone sees their names; only administrators see how they connect.

use axum::{Json, extract::State, http::StatusCode};
use desk::{
    ids::MailboxId,
    mailbox::{IncomingKind, PastMail, Switch, Tls, presets},
    permission::{Verb, can},
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use store::{
    folders::FolderRow,
    mailboxes::{MailboxRow, MailboxSettings},
};
use utoipa::{IntoParams, ToSchema};

use super::{list::Page, words};
use crate::{
    actions::{
        fetch_past,
        save_mailbox::{
            IncomingChange, MailboxChange, OutgoingChange, add_mailbox, change_mailbox, existing,
            remove_mailbox,
        },
        test_mailbox::{Tested, test_mailbox},
    },
    auth::Signed,
    extract::{Body, Params, Part},
    problem::{Problem, ProblemKind},
    state::Desk,
};

/// A way in, without its password.
#[derive(Serialize, ToSchema)]
pub struct Incoming {
    /// How mail comes in.
    #[schema(value_type = words::IncomingKind)]
    pub kind: IncomingKind,
    /// The server.
    #[schema(required)]
    pub host: Option<String>,
    /// Its port; the usual one if null.
    #[schema(required)]
    pub port: Option<u16>,
    /// How the wire is protected.
    #[schema(value_type = words::Tls)]
    pub tls: Tls,
    /// The account; the address if null.
    #[schema(required)]
    pub user: Option<String>,
    /// Whether a password is saved.
    pub has_password: bool,
}

/// A way out, without its password.
#[derive(Serialize, ToSchema)]
pub struct Outgoing {
    /// The server.
    #[schema(required)]
    pub host: Option<String>,
    /// Its port; the usual one if null.
    #[schema(required)]
    pub port: Option<u16>,
    /// How the wire is protected.
    #[schema(value_type = words::Tls)]
    pub tls: Tls,
    /// The account; the address if null.
    #[schema(required)]
    pub user: Option<String>,
    /// Whether a password is saved.
    pub has_password: bool,
}

/// A folder of the ledger: what the server has and what we took.
#[derive(Serialize, ToSchema)]
pub struct Folder {
    /// Its name at the server.
    pub name: String,
    /// `inbox` or `junk`.
    pub kind: String,
    /// The generation of its UIDs.
    pub uidvalidity: u32,
    /// How many mails the server holds there.
    pub server: u32,
    /// How many live mails were taken.
    pub live: u32,
    /// How many past mails were taken.
    pub past_taken: u32,
    /// How many past mails were not taken.
    pub past_not_taken: u32,
    /// What becomes of past mail.
    #[schema(value_type = words::PastMail)]
    pub past: PastMail,
}

/// How a mailbox is doing.
#[derive(Serialize, ToSchema)]
pub struct HealthOf {
    /// `ok`, `waiting`, `failing` or `off`.
    #[schema(value_type = words::Health)]
    pub state: Value,
    /// What is wrong (`mailbox.error.<code>`).
    #[schema(value_type = Option<String>)]
    #[schema(required)]
    pub code: Value,
    /// What the server said.
    #[schema(value_type = Option<String>)]
    #[schema(required)]
    pub said: Value,
    /// Since when it is so.
    #[schema(value_type = Option<String>)]
    #[schema(required)]
    pub since: Value,
    /// When it last worked.
    #[schema(value_type = Option<String>)]
    #[schema(required)]
    pub last_ok_at: Value,
    /// The ledger.
    pub folders: Vec<Folder>,
}

/// A mailbox.
#[derive(Serialize, ToSchema)]
pub struct Mailbox {
    /// Its id.
    #[schema(value_type = i64)]
    pub id: MailboxId,
    /// Goes into the next change.
    pub version: i64,
    /// The address customers write to.
    pub address: String,
    /// What agents call it.
    pub name: String,
    /// The sender's name customers see.
    pub company: String,
    /// What stands under each reply.
    pub signature: String,
    /// The way in; only for administrators.
    #[schema(required)]
    pub incoming: Option<Incoming>,
    /// The way out; only for administrators.
    #[schema(required)]
    pub outgoing: Option<Outgoing>,
    /// Whether replies leave the house.
    #[schema(value_type = words::Switch)]
    pub sending: Switch,
    /// Seconds in which a sent reply can be taken back.
    pub hold_seconds: u32,
    /// Seconds an answer to a complaint waits.
    pub cool_down_seconds: u32,
    /// Full-width columns a line has.
    pub line_width: u32,
    /// `leave`, `seen` or `move:FOLDER`.
    pub after_fetch: String,
    /// Whether each new inquiry is acknowledged by itself.
    #[schema(value_type = words::Switch)]
    pub acknowledge: Switch,
    /// The words of the acknowledgement; empty for ours.
    pub acknowledge_text: String,
    /// Takes every address of its domain (SMTP).
    pub catch_all: bool,
    /// How it is doing.
    pub health: HealthOf,
}

fn folder(row: FolderRow) -> Folder {
    Folder {
        name: row.name,
        kind: row.kind,
        uidvalidity: row.uidvalidity,
        server: row.on_server,
        live: row.live_taken,
        past_taken: row.past_taken,
        past_not_taken: row.past_total.saturating_sub(row.past_taken),
        past: row.past_state,
    }
}

fn health(row: &MailboxRow, folders: Vec<FolderRow>, administrator: bool) -> HealthOf {
    let told = |name: &str| row.health.get(name).cloned().unwrap_or(Value::Null);
    let no_server = matches!(row.settings.incoming_kind, IncomingKind::None | IncomingKind::Import);
    let state = if no_server {
        Value::from("off")
    } else {
        row.health.get("state").cloned().unwrap_or("waiting".into())
    };
    HealthOf {
        state,
        code: told("code"),
        said: if administrator { told("said") } else { Value::Null },
        since: told("since"),
        last_ok_at: told("last_ok_at"),
        folders: folders.into_iter().map(folder).collect(),
    }
}

fn incoming(s: &MailboxSettings) -> Incoming {
    Incoming {
        kind: s.incoming_kind,
        host: s.incoming_host.clone(),
        port: s.incoming_port,
        tls: s.incoming_tls,
        user: s.incoming_user.clone(),
        has_password: s.incoming_password.is_some(),
    }
}

fn outgoing(s: &MailboxSettings) -> Outgoing {
    Outgoing {
        host: s.outgoing_host.clone(),
        port: s.outgoing_port,
        tls: s.outgoing_tls,
        user: s.outgoing_user.clone(),
        has_password: s.outgoing_password.is_some(),
    }
}

fn shape(row: MailboxRow, folders: Vec<FolderRow>, administrator: bool) -> Mailbox {
    let health = health(&row, folders, administrator);
    let s = row.settings;
    Mailbox {
        id: row.id,
        version: row.version,
        incoming: administrator.then(|| incoming(&s)),
        outgoing: administrator.then(|| outgoing(&s)),
        address: s.address,
        name: s.name,
        company: s.company,
        signature: s.signature,
        sending: s.sending,
        hold_seconds: s.hold_seconds,
        cool_down_seconds: s.cool_down_seconds,
        line_width: s.line_width,
        after_fetch: s.after_fetch,
        acknowledge: s.acknowledge,
        acknowledge_text: s.acknowledge_text,
        catch_all: s.catch_all,
        health,
    }
}

async fn full(desk: &Desk, row: MailboxRow) -> Result<Mailbox, Problem> {
    let mut tx = desk.store.read().await?;
    let folders = store::folders::list(&mut tx, row.id).await?;
    Ok(shape(row, folders, true))
}

/// The mailboxes.
#[utoipa::path(get, path = "/mailboxes", tag = "mailboxes",
    operation_id = "list_mailboxes", responses((status = 200, body = Page<Mailbox>)))]
pub async fn list(State(desk): State<Desk>, signed: Signed) -> Result<Json<Page<Mailbox>>, Problem> {
    let administrator = can(&signed.who, Verb::Administer, None, None);
    let mut tx = desk.store.read().await?;
    let mut items = Vec::new();
    for row in store::mailboxes::list(&mut tx).await? {
        let folders = store::folders::list(&mut tx, row.id).await?;
        items.push(shape(row, folders, administrator));
    }
    Ok(Json(Page { items, next: None }))
}

/// Adds a mailbox; sending is off until it is switched on.
#[utoipa::path(post, path = "/mailboxes", tag = "mailboxes",
    operation_id = "add_mailbox", request_body = MailboxChange,
    responses((status = 201, body = Mailbox), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub async fn add(
    State(desk): State<Desk>,
    signed: Signed,
    Body(wanted): Body<MailboxChange>,
) -> Result<(StatusCode, Json<Mailbox>), Problem> {
    let row = add_mailbox(&desk, &signed.who, wanted).await?;
    Ok((StatusCode::CREATED, Json(full(&desk, row).await?)))
}

/// One mailbox.
#[utoipa::path(get, path = "/mailboxes/{id}", tag = "mailboxes",
    operation_id = "show_mailbox", params(("id" = i64, Path)),
    responses((status = 200, body = Mailbox), (status = 404, body = Problem)))]
pub async fn show(State(desk): State<Desk>, Part(id): Part<i64>) -> Result<Json<Mailbox>, Problem> {
    let mut tx = desk.store.read().await?;
    let row = existing(&mut tx, MailboxId(id)).await?;
    drop(tx);
    Ok(Json(full(&desk, row).await?))
}

/// Changes a mailbox that is still as it was seen.
#[utoipa::path(patch, path = "/mailboxes/{id}", tag = "mailboxes",
    operation_id = "change_mailbox", params(("id" = i64, Path)),
    request_body = MailboxChange,
    responses((status = 200, body = Mailbox), (status = 404, body = Problem), (status = 409, body = Problem),
              (status = 422, body = Problem)))]
pub async fn change(
    State(desk): State<Desk>,
    signed: Signed,
    Part(id): Part<i64>,
    Body(wanted): Body<MailboxChange>,
) -> Result<Json<Mailbox>, Problem> {
    match change_mailbox(&desk, &signed.who, MailboxId(id), wanted).await {
        Ok(row) => Ok(Json(full(&desk, row).await?)),
        Err(problem) if problem.kind_of() == Some(ProblemKind::ChangedMeanwhile) => {
            let Json(now) = show(State(desk), Part(id)).await?;
            Err(problem.current(now))
        }
        Err(problem) => Err(problem),
    }
}

/// Takes a mailbox out of service; its tickets and mails stay.
#[utoipa::path(delete, path = "/mailboxes/{id}", tag = "mailboxes",
    operation_id = "remove_mailbox", params(("id" = i64, Path)),
    responses((status = 204), (status = 404, body = Problem)))]
pub async fn remove(
    State(desk): State<Desk>,
    signed: Signed,
    Part(id): Part<i64>,
) -> Result<StatusCode, Problem> {
    remove_mailbox(&desk, &signed.who, MailboxId(id)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Settings to try; `id` names a saved mailbox whose settings and passwords stand in where none are given. What has
/// nothing to do with servers is ignored, so that a saved mailbox can be sent as it is.
#[derive(Deserialize, ToSchema)]
pub struct Test {
    /// A saved mailbox.
    pub id: Option<i64>,
    /// The address customers write to.
    pub address: Option<String>,
    /// The way in.
    pub incoming: Option<IncomingChange>,
    /// The way out.
    pub outgoing: Option<OutgoingChange>,
}

/// Tries settings without saving them.
#[utoipa::path(post, path = "/mailboxes/test", tag = "mailboxes",
    operation_id = "test_mailbox", request_body = Test,
    responses((status = 200, body = Tested)))]
pub async fn test(State(desk): State<Desk>, Body(asked): Body<Test>) -> Result<Json<Tested>, Problem> {
    let Test { id, address, incoming, outgoing } = asked;
    let wanted = MailboxChange { address, incoming, outgoing, ..MailboxChange::default() };
    Ok(Json(test_mailbox(&desk, id.map(MailboxId), wanted).await?))
}

/// Whose servers are looked for.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PresetOf {
    /// The mail address.
    pub address: String,
}

/// The servers that usually belong to an address, and what to know about its provider.
#[utoipa::path(get, path = "/mailboxes/presets", tag = "mailboxes",
    operation_id = "show_mailbox_preset", params(PresetOf),
    responses((status = 200, body = Option<crate::api::shapes::Preset>)))]
pub async fn presets(Params(asked): Params<PresetOf>) -> Json<Value> {
    Json(serde_json::to_value(presets::of(&asked.address)).unwrap_or_default())
}

/// What past mail should do.
#[derive(Deserialize, ToSchema)]
pub struct FetchPast {
    /// `running` or `paused`.
    #[schema(value_type = words::PastMail)]
    pub state: PastMail,
}

/// Begins, pauses or goes on with fetching mail from before the connection.
#[utoipa::path(post, path = "/mailboxes/{id}/fetch-past", tag = "mailboxes",
    operation_id = "fetch_past_mail", params(("id" = i64, Path)),
    request_body = FetchPast, responses((status = 200, body = Mailbox), (status = 404, body = Problem)))]
pub async fn fetch_past(
    State(desk): State<Desk>,
    signed: Signed,
    Part(id): Part<i64>,
    Body(asked): Body<FetchPast>,
) -> Result<Json<Mailbox>, Problem> {
    fetch_past::fetch_past(&desk, &signed.who, MailboxId(id), asked.state).await?;
    show(State(desk), Part(id)).await
}
