//! Search over every message of the desk, newest first.

use axum::{Json, extract::State};
use desk::{
    ids::MessageId,
    permission::{Verb, can},
    view::Question,
};
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
use crate::{
    auth::Signed,
    extract::Params,
    problem::Problem,
    search::{settle, snippet},
    state::Desk,
};

/// How many characters of a message are shown.
const WIDTH: usize = 120;

/// What is looked for.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Query {
    /// What is looked for, in the view language. Words must all be in the message; `"quotes"` hold words together;
    /// `-` before a word, a phrase, a field or a bracket excludes it; `OR` joins what stands beside it; brackets group.
    ///
    /// `field:value` with `from`, `to`, `subject` (words), `number`, `status`, `lane`, `outcome`, `priority`, `channel`,
    /// `shelf` (their words), `assignee` (`me`, `none`, a name, an address or an id), `team` (`none`, a name or an id),
    /// `mailbox` (an address, a name or an id), `before`, `after` (`2026-11-21`, `today`, `yesterday`, days of the
    /// desk's time zone; `after` includes its day), `has:attachment`, `is:unanswered`, `is:overdue`, `is:snoozed`.
    /// Fields and values are also understood in Japanese (`担当:自分 状態:完了`). An unknown field is taken as words; a
    /// value that a field cannot have is a 422 with `errors[].field` = `q` and the word in `params.word`.
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

/// The messages that are asked for, newest first; nothing asked finds nothing.
#[utoipa::path(get, path = "/search", tag = "search", operation_id = "search_messages", params(Query),
    responses((status = 200, body = Page<Found>), (status = 400, body = Problem),
        (status = 422, body = Problem)))]
pub async fn search(
    State(desk): State<Desk>,
    signed: Signed,
    Params(asked): Params<Query>,
) -> Result<Json<Page<Found>>, Problem> {
    // What `assignee:me` finds depends on who asks.
    let name = format!("search {} {}", signed.agent.id, asked.q);
    let paging = Paging { after: asked.after, limit: asked.limit };
    let before = paging.place(&name)?.map(|place| place.value);
    let question = Question::parse(&asked.q);
    let mut tx = desk.store.read().await?;
    let Some(condition) = settle(&desk, &mut tx, &signed, &question).await? else {
        return Ok(Json(Page { items: Vec::new(), next: None }));
    };
    let hits = store::search::query(&mut tx, &condition, before, paging.size() + 1).await?;
    let page =
        Page::cut(hits, paging.size(), &name, |hit| Place { value: hit.key, id: hit.message.0 }, |hit| hit);
    let texts = question.texts();
    let mut items = Vec::with_capacity(page.items.len());
    for hit in page.items {
        items.extend(found(&mut tx, &signed, &hit, &texts).await?);
    }
    Ok(Json(Page { items, next: page.next }))
}

async fn found(
    tx: &mut store::Tx,
    signed: &Signed,
    hit: &Hit,
    texts: &[&str],
) -> Result<Option<Found>, Problem> {
    let filter = Filter { numbers: Some(vec![hit.number]), ..Filter::default() };
    let row = store::tickets::list(tx, &filter, Sort::Due, None, 1).await?.pop();
    let message = store::messages::get(tx, hit.message).await?;
    Ok(row.zip(message).and_then(|(row, message)| {
        can(&signed.who, Verb::Read, Some(row.ticket.mailbox), Some(row.ticket.id)).then(|| Found {
            ticket: shape(row, &signed.who),
            message: hit.message,
            excerpt: snippet(&message.message.text, texts, WIDTH),
            at: time(message.message.at),
        })
    }))
}
