//! Replies: into the outbox, taken back, decided about.

use axum::{
    Json,
    extract::State,
    http::{HeaderMap, StatusCode},
};
use desk::{
    ids::{MessageId, OutboundId},
    outbound::{self as life, Resolution},
    permission::{Verb, can},
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use store::{idempotency::Key, outbound::OutboundRow};
use utoipa::{IntoParams, ToSchema};

use super::{
    drafts::{self, Draft},
    given::Content,
    list::{Page, Paging, Place},
    tickets::{self, Ticket, may_see_address},
    time, words,
};
use crate::{
    actions::{
        change_ticket::find,
        once::{self, Answered},
        queue_reply::{QueuedReply, queue_in},
        record_sending::resolve_sending,
        start_ticket::{FirstMail, GivenMailbox, start_in},
        undo_reply::undo_reply,
    },
    auth::Signed,
    extract::{self, Body, Params, Part},
    problem::Problem,
    state::Desk,
};

/// A reply to send.
#[derive(Debug, Deserialize, ToSchema)]
pub struct Reply {
    /// The version of the draft it was, if it was one.
    pub draft_version: Option<i64>,
    /// The reply.
    #[serde(flatten)]
    pub content: Content,
}

/// A reply in the outbox.
#[derive(Serialize, ToSchema)]
pub struct InOutbox {
    /// Its id.
    #[schema(value_type = i64)]
    pub id: OutboundId,
    /// Where it is.
    #[schema(value_type = words::OutboundState)]
    pub state: life::State,
    /// It does not leave before; until then it can be taken back.
    pub not_before: String,
}

/// What came of sending.
#[derive(Serialize, ToSchema)]
pub struct Queued {
    /// Its place in the outbox.
    pub outbound: InOutbox,
    /// The message in the ticket.
    #[schema(value_type = i64)]
    pub message: MessageId,
    /// The ticket as it stands now.
    pub ticket: Ticket,
}

async fn queued(
    tx: &mut store::Tx,
    signed: &Signed,
    number: i64,
    reply: QueuedReply,
) -> Result<Queued, Problem> {
    let outbound =
        InOutbox { id: reply.outbound, state: life::State::Held, not_before: time(reply.not_before) };
    let ticket = tickets::load(tx, &signed.who, number).await?;
    Ok(Queued { outbound, message: reply.message, ticket })
}

/// Puts a reply into the outbox. With an `Idempotency-Key` the same request twice is one mail.
#[utoipa::path(post, path = "/tickets/{number}/reply", tag = "replies",
    operation_id = "send_reply",
    params(("number" = i64, Path), ("Idempotency-Key" = Option<String>, Header)), request_body = Reply,
    responses((status = 201, body = Queued), (status = 404, body = Problem), (status = 409, body = Problem),
              (status = 422, body = Problem)))]
pub async fn reply(
    State(desk): State<Desk>,
    signed: Signed,
    headers: HeaderMap,
    Part(number): Part<i64>,
    Body(asked): Body<Value>,
) -> Result<(StatusCode, Json<Value>), Problem> {
    let wanted: Reply = read(&asked)?;
    let path = format!("/tickets/{number}/reply");
    let key = once::key(&headers)?.map(|key| Key { agent: signed.agent.id, path: &path, key });
    let content = wanted.content.into_draft().await?;
    let mut tx = desk.store.begin().await?;
    if let Some(Answered { status, body }) = once::begin(&mut tx, key, &asked, desk.now()).await? {
        return Ok((status, Json(body)));
    }
    let done = queue_in(&mut tx, &desk, &signed, number, content, wanted.draft_version, desk.now()).await?;
    let body = queued(&mut tx, &signed, number, done).await?;
    let body = serde_json::to_value(body).map_err(Problem::broken)?;
    once::finish(&mut tx, key, StatusCode::CREATED, &body).await?;
    tx.commit().await?;
    desk.committed();
    Ok((StatusCode::CREATED, Json(body)))
}

/// The first mail to a customer.
#[derive(Debug, Deserialize, ToSchema)]
pub struct StartTicket {
    /// The mailbox it goes out by: its id or its address.
    pub mailbox: GivenMailbox,
    /// The subject.
    pub subject: String,
    /// The mail. `to` must be said, and nothing is there to quote.
    #[serde(flatten)]
    pub content: Content,
}

/// A ticket that began with a mail of ours: its fields, and the mail on its way.
#[derive(Serialize, ToSchema)]
pub struct Started {
    /// The ticket as it stands now.
    #[serde(flatten)]
    pub begun: Ticket,
    /// The mail, and the ticket once more as an answer to a reply shows it.
    #[serde(flatten)]
    pub queued: Queued,
}

/// Writes the first mail of a new ticket. With an `Idempotency-Key` the same request twice is one mail.
#[utoipa::path(post, path = "/tickets", tag = "tickets",
    operation_id = "start_ticket",
    params(("Idempotency-Key" = Option<String>, Header)), request_body = StartTicket,
    responses((status = 201, body = Started), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub async fn start(
    State(desk): State<Desk>,
    signed: Signed,
    headers: HeaderMap,
    Body(asked): Body<Value>,
) -> Result<(StatusCode, Json<Value>), Problem> {
    let wanted: StartTicket = read(&asked)?;
    let key = once::key(&headers)?.map(|key| Key { agent: signed.agent.id, path: "/tickets", key });
    let StartTicket { mailbox, subject, content } = wanted;
    let first = FirstMail { mailbox, subject, body: content.into_draft().await? };
    let mut tx = desk.store.begin().await?;
    if let Some(Answered { status, body }) = once::begin(&mut tx, key, &asked, desk.now()).await? {
        return Ok((status, Json(body)));
    }
    let (number, done) = start_in(&mut tx, &desk, &signed, first, desk.now()).await?;
    let queued = queued(&mut tx, &signed, number, done).await?;
    let begun = tickets::load(&mut tx, &signed.who, number).await?;
    let body = serde_json::to_value(Started { begun, queued }).map_err(Problem::broken)?;
    once::finish(&mut tx, key, StatusCode::CREATED, &body).await?;
    tx.commit().await?;
    desk.committed();
    Ok((StatusCode::CREATED, Json(body)))
}

fn read<T: serde::de::DeserializeOwned>(asked: &Value) -> Result<T, Problem> {
    extract::read(asked.clone())
}

/// Which replies are listed.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Which {
    /// Only replies in this state.
    #[param(value_type = Option<words::OutboundState>)]
    pub state: Option<life::State>,
    /// `next` of the page before.
    pub after: Option<String>,
    /// How many items, at most 100.
    pub limit: Option<i64>,
}

/// A reply in the outbox, with where it belongs.
#[derive(Serialize, ToSchema)]
pub struct OutboxItem {
    /// Its id.
    #[schema(value_type = i64)]
    pub id: OutboundId,
    /// Its ticket.
    pub ticket: i64,
    /// Where it is.
    #[schema(value_type = words::OutboundState)]
    pub state: life::State,
    /// It does not leave before.
    pub not_before: String,
    /// How often it was tried.
    pub attempts: i64,
    /// What the server said last.
    #[schema(required)]
    pub answer: Option<String>,
    /// Written by the desk itself.
    pub automatic: bool,
    /// Its Message-ID.
    pub message_id: String,
    /// To whom.
    pub to: Vec<String>,
    /// When it was written.
    pub created_at: String,
}

/// The outbox, newest first.
#[utoipa::path(get, path = "/outbound", tag = "replies",
    operation_id = "list_outbound", params(Which),
    responses((status = 200, body = Page<OutboxItem>)))]
pub async fn outbox(
    State(desk): State<Desk>,
    signed: Signed,
    Params(which): Params<Which>,
) -> Result<Json<Page<OutboxItem>>, Problem> {
    let name = format!("outbound {:?}", which.state);
    let paging = Paging { after: which.after, limit: which.limit };
    let before = paging.place(&name)?.map(|place| OutboundId(place.id));
    let mut tx = desk.store.read().await?;
    let rows = store::outbound::list(&mut tx, which.state, before, paging.size() + 1).await?;
    let page = Page::cut(rows, paging.size(), &name, |row| Place { value: 0, id: row.id.0 }, |row| row);
    let mut items = Vec::with_capacity(page.items.len());
    for row in page.items {
        if can(&signed.who, Verb::Read, Some(row.mailbox), Some(row.ticket)) {
            items.push(item(&mut tx, &signed, row).await?);
        }
    }
    Ok(Json(Page { items, next: page.next }))
}

async fn item(tx: &mut store::Tx, signed: &Signed, row: OutboundRow) -> Result<OutboxItem, Problem> {
    let recipients = store::outbound::recipients(tx, row.id).await?;
    let open = may_see_address(&signed.who, Some(row.mailbox));
    Ok(OutboxItem {
        id: row.id,
        ticket: row.number,
        state: row.state,
        not_before: time(row.not_before),
        attempts: row.attempts,
        answer: row.answer,
        automatic: row.automatic,
        message_id: row.message_id_header,
        to: recipients.into_iter().filter(|_| open).map(|recipient| recipient.address).collect(),
        created_at: time(row.created_at),
    })
}

/// Takes a held reply back; it is a draft again.
#[utoipa::path(delete, path = "/outbound/{id}", tag = "replies",
    operation_id = "undo_reply", params(("id" = i64, Path)),
    responses((status = 200, body = Draft), (status = 404, body = Problem), (status = 409, body = Problem)))]
pub async fn undo(
    State(desk): State<Desk>,
    signed: Signed,
    Part(id): Part<i64>,
) -> Result<Json<Draft>, Problem> {
    let number = undo_reply(&desk, &signed, OutboundId(id)).await?;
    let mut tx = desk.store.read().await?;
    let ticket = find(&mut tx, &signed.who, number).await?;
    Ok(Json(drafts::load(&mut tx, &signed, &ticket).await?))
}

/// What a person says of a sending nobody can tell about.
#[derive(Deserialize, ToSchema)]
pub struct Resolve {
    /// `sent` or `send_again`.
    #[serde(rename = "as")]
    #[schema(value_type = words::Resolution)]
    pub resolution: Resolution,
}

/// Decides about an unknown sending.
#[utoipa::path(post, path = "/outbound/{id}/resolve", tag = "replies",
    operation_id = "resolve_sending", params(("id" = i64, Path)),
    request_body = Resolve,
    responses((status = 200, body = Ticket), (status = 404, body = Problem), (status = 409, body = Problem)))]
pub async fn resolve(
    State(desk): State<Desk>,
    signed: Signed,
    Part(id): Part<i64>,
    Body(asked): Body<Resolve>,
) -> Result<Json<Ticket>, Problem> {
    let number = resolve_sending(&desk, &signed, OutboundId(id), asked.resolution).await?;
    let mut tx = desk.store.read().await?;
    Ok(Json(tickets::load(&mut tx, &signed.who, number).await?))
}
