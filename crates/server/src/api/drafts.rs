//! The draft of a ticket: what is proposed, saved, taken over or thrown away.

use axum::{Json, extract::State, http::StatusCode};
use desk::{
    ids::{MessageId, UploadId},
    status::Then,
    ticket::Ticket,
};
use mail::quote::{self, Where};
use serde::{Deserialize, Serialize};
use store::{Tx, address::Address as Stored, drafts::DraftRow, mailboxes};
use utoipa::{IntoParams, ToSchema};

use super::{
    given::Content,
    messages::Address,
    tickets::{Named, may_see_address},
    time,
    uploads::Upload,
};
use crate::{
    actions::{
        answer_to::{AnswerTo, answer_to},
        change_ticket::find,
        save_draft::{DraftBody, Quote, discard_draft, save_draft, take_draft},
    },
    auth::Signed,
    extract::{Body, Params, Part},
    problem::{Problem, ProblemKind},
    state::Desk,
};

/// An unfinished reply. Version 0 is the proposal: nothing is saved yet.
#[derive(Serialize, ToSchema)]
pub struct Draft {
    /// Goes into the next save.
    pub version: i64,
    /// The agent's words.
    pub text: String,
    /// The same words as HTML, if there are such, made safe.
    #[schema(required)]
    pub html: Option<String>,
    /// What is quoted, and where.
    #[schema(required)]
    pub quote: Option<Quote>,
    /// To whom.
    pub to: Vec<Address>,
    /// Copies.
    pub cc: Vec<Address>,
    /// Copies nobody sees.
    pub bcc: Vec<Address>,
    /// Files.
    pub attachments: Vec<Upload>,
    /// The last message its writer has seen.
    #[schema(value_type = Option<i64>)]
    #[schema(required)]
    pub based_on: Option<MessageId>,
    /// When it shall leave; null: as soon as it may.
    #[schema(required)]
    pub send_at: Option<String>,
    /// What becomes of the ticket after sending.
    #[schema(value_type = super::words::Then)]
    pub then: Then,
    /// The subject the customer will see; it cannot be changed.
    pub subject: String,
    /// The words that can be quoted, as the customer wrote them.
    pub original_text: String,
    /// The quotation as it will stand in the mail.
    pub quote_text: String,
    /// What will stand under the words.
    pub signature: String,
    /// Full-width columns a line has.
    pub line_width: u32,
    /// Who writes.
    #[schema(required)]
    pub writer: Option<Named>,
    /// When it was begun.
    #[schema(required)]
    pub begun_at: Option<String>,
    /// When it was last saved.
    #[schema(required)]
    pub saved_at: Option<String>,
}

/// A draft to save.
#[derive(Debug, Deserialize, ToSchema)]
pub struct SaveDraft {
    /// The version that was seen; 0, also if not said, for the first save.
    #[serde(default)]
    pub version: i64,
    /// The draft.
    #[serde(flatten)]
    pub content: Content,
}

/// The draft of a ticket as it stands, or the proposal for one.
pub async fn load(tx: &mut Tx, signed: &Signed, ticket: &Ticket) -> Result<Draft, Problem> {
    let mailbox = mailboxes::get(tx, ticket.mailbox).await?.ok_or(ProblemKind::NotFound)?;
    let row = store::drafts::get(tx, ticket.id).await?;
    let body: Option<DraftBody> = match &row {
        Some(row) => Some(serde_json::from_value(row.body.clone()).map_err(Problem::broken)?),
        None => None,
    };
    let named = body.as_ref().and_then(|body| body.quote.as_ref()).map(|quote| quote.message);
    let answer = answer_to(tx, ticket, named).await?;
    let body = body.map_or_else(|| proposal(&answer), |body| still_quotable(body, &answer));
    let open = may_see_address(&signed.who, Some(ticket.mailbox));
    let list = |addresses: Vec<Stored>| {
        addresses.into_iter().filter(|_| open).map(|a| Address { name: a.name, address: a.address }).collect()
    };
    let block = body.quote.as_ref().map(|wanted| quote::write(&answer.text, wanted.place, &wanted.cut));
    Ok(Draft {
        version: row.as_ref().map_or(0, |row| row.version),
        text: body.text,
        html: body.html,
        quote: body.quote,
        to: list(if body.to.is_empty() { answer.to } else { body.to }),
        cc: list(body.cc),
        bcc: list(body.bcc),
        attachments: uploads(tx, &body.attachments).await?,
        based_on: body.based_on,
        send_at: body.send_at.map(time),
        then: body.then.unwrap_or(Then::WaitingOnCustomer),
        subject: answer.subject.text,
        original_text: answer.text,
        quote_text: block.unwrap_or_default(),
        signature: mailbox.settings.signature,
        line_width: mailbox.settings.line_width,
        begun_at: row.as_ref().map(|row| time(row.begun_at)),
        saved_at: row.as_ref().map(|row| time(row.saved_at)),
        writer: row.map(|DraftRow { writer, writer_name, .. }| Named { id: writer.0, name: writer_name }),
    })
}

fn proposal(answer: &AnswerTo) -> DraftBody {
    DraftBody {
        quote: answer.message.map(|message| Quote { message, place: Where::Below, cut: Vec::new() }),
        to: answer.to.clone(),
        based_on: answer.newest,
        ..DraftBody::default()
    }
}

/// The draft quotes what can be quoted now: the message it named may have gone (a reply that was taken back).
fn still_quotable(mut body: DraftBody, answer: &AnswerTo) -> DraftBody {
    body.quote = body.quote.and_then(|quote| match answer.message {
        Some(message) if message != quote.message => {
            Some(Quote { message, place: quote.place, cut: Vec::new() })
        }
        Some(_) => Some(quote),
        None => None,
    });
    body
}

async fn uploads(tx: &mut Tx, ids: &[UploadId]) -> Result<Vec<Upload>, Problem> {
    let mut found = Vec::with_capacity(ids.len());
    for id in ids {
        found.extend(store::uploads::get(tx, *id).await?.map(|row| Upload {
            id: row.id,
            name: row.name,
            media_type: row.media_type,
            size: row.size,
            sha256: data_encoding::HEXLOWER.encode(&row.sha256),
        }));
    }
    Ok(found)
}

async fn now(desk: &Desk, signed: &Signed, number: i64) -> Result<Json<Draft>, Problem> {
    let mut tx = desk.store.read().await?;
    let ticket = find(&mut tx, &signed.who, number).await?;
    Ok(Json(load(&mut tx, signed, &ticket).await?))
}

/// The draft, or the proposal for one (version 0).
#[utoipa::path(get, path = "/tickets/{number}/draft", tag = "drafts",
    operation_id = "show_draft", params(("number" = i64, Path)),
    responses((status = 200, body = Draft), (status = 404, body = Problem)))]
pub async fn show(
    State(desk): State<Desk>,
    signed: Signed,
    Part(number): Part<i64>,
) -> Result<Json<Draft>, Problem> {
    now(&desk, &signed, number).await
}

/// Saves the draft over the version that was seen.
#[utoipa::path(put, path = "/tickets/{number}/draft", tag = "drafts",
    operation_id = "save_draft", params(("number" = i64, Path)),
    request_body = SaveDraft,
    responses((status = 200, body = Draft), (status = 404, body = Problem), (status = 409, body = Problem),
              (status = 422, body = Problem)))]
pub async fn put(
    State(desk): State<Desk>,
    signed: Signed,
    Part(number): Part<i64>,
    Body(asked): Body<SaveDraft>,
) -> Result<Json<Draft>, Problem> {
    let body = asked.content.into_draft().await?;
    save_draft(&desk, &signed, number, asked.version, &body).await?;
    now(&desk, &signed, number).await
}

/// Takes the pen from whoever holds it.
#[utoipa::path(post, path = "/tickets/{number}/draft/take", tag = "drafts", operation_id = "take_draft", params(("number" = i64, Path)),
    responses((status = 200, body = Draft), (status = 404, body = Problem), (status = 409, body = Problem)))]
pub async fn take(
    State(desk): State<Desk>,
    signed: Signed,
    Part(number): Part<i64>,
) -> Result<Json<Draft>, Problem> {
    take_draft(&desk, &signed, number).await?;
    now(&desk, &signed, number).await
}

/// Which draft is thrown away.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Seen {
    /// The version that was seen.
    pub version: i64,
}

/// Throws the draft away; a snapshot of it is kept.
#[utoipa::path(delete, path = "/tickets/{number}/draft", tag = "drafts",
    operation_id = "discard_draft", params(("number" = i64, Path), Seen),
    responses((status = 204), (status = 404, body = Problem), (status = 409, body = Problem)))]
pub async fn discard(
    State(desk): State<Desk>,
    signed: Signed,
    Part(number): Part<i64>,
    Params(seen): Params<Seen>,
) -> Result<StatusCode, Problem> {
    discard_draft(&desk, &signed, number, seen.version).await?;
    Ok(StatusCode::NO_CONTENT)
}
