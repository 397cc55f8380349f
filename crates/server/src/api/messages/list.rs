//! The conversation of a ticket in pages: the first page holds the newest messages, each page runs from older to
//! newer, `next` leads to older ones.

use axum::{Json, extract::State};
use desk::ids::MessageId;
use store::messages::MessageRow;

use super::{Message, beside, load, shape};
use crate::{
    actions::change_ticket::find,
    api::list::{Page, Paging, Place},
    auth::Signed,
    extract::{Params, Part},
    problem::Problem,
    state::Desk,
};

/// The messages of a ticket, the newest page first.
#[utoipa::path(get, path = "/tickets/{number}/messages", tag = "messages",
    operation_id = "list_messages",
    params(("number" = i64, Path), Paging),
    responses((status = 200, body = Page<Message>), (status = 404, body = Problem)))]
pub async fn list(
    State(desk): State<Desk>,
    signed: Signed,
    Part(number): Part<i64>,
    Params(paging): Params<Paging>,
) -> Result<Json<Page<Message>>, Problem> {
    let name = format!("messages {number}");
    let before = paging.place(&name)?.map(|place| (place.value, MessageId(place.id)));
    let mut tx = desk.store.read().await?;
    let ticket = find(&mut tx, &signed.who, number).await?;
    let rows = store::messages::page(&mut tx, ticket.id, before, paging.size() + 1).await?;
    let mut beside = beside(&mut tx, &ticket).await?;
    let place = |row: &MessageRow| Place { value: row.message.at, id: row.id.0 };
    let shape = |row| shape(row, number, ticket.mailbox, &mut beside, &signed.who);
    let mut page = Page::cut(rows, paging.size(), &name, place, shape);
    page.items.reverse();
    Ok(Json(page))
}

/// One message.
#[utoipa::path(get, path = "/messages/{id}", tag = "messages",
    operation_id = "show_message", params(("id" = i64, Path)),
    responses((status = 200, body = Message), (status = 404, body = Problem)))]
pub async fn show(
    State(desk): State<Desk>,
    signed: Signed,
    Part(id): Part<i64>,
) -> Result<Json<Message>, Problem> {
    let mut tx = desk.store.read().await?;
    Ok(Json(load(&mut tx, &signed.who, MessageId(id)).await?))
}
