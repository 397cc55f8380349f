//! Search over every message of the desk, newest first.

use axum::{Json, extract::State};
use desk::{
    ids::MessageId,
    permission::{Verb, can},
};
use japanese::tokens;
use serde::{Deserialize, Serialize};
use store::{
    search::Hit,
    tickets::{Filter, Sort},
};
use utoipa::{IntoParams, ToSchema};

use super::{
    list::{Page, Paging, Place},
    tickets::{Ticket, shape},
    time,
};
use crate::{auth::Signed, extract::Params, problem::Problem, search::snippet, state::Desk};

/// How many characters of a message are shown.
const WIDTH: usize = 120;

/// What is looked for.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Query {
    /// Words; each must be found. "Quotes" hold words together.
    pub q: String,
    /// `next` of the page before.
    pub after: Option<String>,
    /// How many items, at most 100.
    pub limit: Option<i64>,
}

/// A message that was found.
#[derive(Serialize, ToSchema)]
pub struct Found {
    /// Its ticket.
    pub ticket: Ticket,
    /// The message.
    #[schema(value_type = i64)]
    pub message: MessageId,
    /// The piece of it that was found.
    pub excerpt: String,
    /// When it was written.
    pub at: String,
}

/// The messages in which every word is found, newest first.
#[utoipa::path(get, path = "/search", tag = "search",
    operation_id = "search_messages", params(Query),
    responses((status = 200, body = Page<Found>), (status = 400, body = Problem)))]
pub async fn search(
    State(desk): State<Desk>,
    signed: Signed,
    Params(asked): Params<Query>,
) -> Result<Json<Page<Found>>, Problem> {
    let name = format!("search {}", asked.q);
    let paging = Paging { after: asked.after, limit: asked.limit };
    let before = paging.place(&name)?.map(|place| place.value);
    let words = tokens::query(&asked.q);
    let mut tx = desk.store.read().await?;
    let hits = store::search::query(&mut tx, &words, before, paging.size() + 1).await?;
    let page =
        Page::cut(hits, paging.size(), &name, |hit| Place { value: hit.key, id: hit.message.0 }, |hit| hit);
    let mut items = Vec::with_capacity(page.items.len());
    for hit in page.items {
        items.extend(found(&mut tx, &signed, &hit, &asked.q).await?);
    }
    Ok(Json(Page { items, next: page.next }))
}

async fn found(
    tx: &mut store::Tx,
    signed: &Signed,
    hit: &Hit,
    query: &str,
) -> Result<Option<Found>, Problem> {
    let filter = Filter { numbers: Some(vec![hit.number]), ..Filter::default() };
    let row = store::tickets::list(tx, &filter, Sort::Due, None, 1).await?.pop();
    let message = store::messages::get(tx, hit.message).await?;
    Ok(row.zip(message).and_then(|(row, message)| {
        can(&signed.who, Verb::Read, Some(row.ticket.mailbox), Some(row.ticket.id)).then(|| Found {
            ticket: shape(row, &signed.who),
            message: hit.message,
            excerpt: snippet(&message.message.text, query, WIDTH),
            at: time(message.message.at),
        })
    }))
}
