//! API tokens of the person who asks; an administrator sees and ends everyone's.

use axum::{
    Json,
    extract::State,
    http::{HeaderMap, StatusCode},
};
use data_encoding::BASE64;
use desk::{
    ids::{AgentId, TokenId},
    permission::{Verb, Verbs, can},
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use store::{idempotency::Key, tokens::TokenRow};
use utoipa::ToSchema;

use super::{
    list::{Page, Paging, Place},
    time, words,
};
use crate::{
    actions::{
        make_token::{make_token_in, revoke_token},
        once::{self, Answered},
    },
    auth::Signed,
    extract::{Body, Params, Part},
    problem::Problem,
    state::Desk,
};

/// A token without its secret.
#[derive(Serialize, ToSchema)]
pub struct Token {
    /// Its id.
    #[schema(value_type = i64)]
    pub id: TokenId,
    /// Whose it is.
    #[schema(value_type = i64)]
    pub agent: AgentId,
    /// What it is for, in its owner's words.
    pub name: String,
    /// What it may do.
    #[schema(value_type = Vec<words::Verb>)]
    pub may: Verbs,
    /// When it was made.
    pub created_at: String,
    /// When it was last used.
    #[schema(required)]
    pub last_used_at: Option<String>,
}

/// A token right after it was made.
#[derive(Serialize, Deserialize, ToSchema)]
pub struct NewToken {
    /// Its id.
    #[schema(value_type = i64)]
    pub id: TokenId,
    /// The secret; shown this once.
    pub token: String,
    /// What it may do.
    #[schema(value_type = Vec<words::Verb>)]
    pub may: Verbs,
}

/// What a token is wanted for.
#[derive(Deserialize, ToSchema)]
pub struct MakeToken {
    /// What it is for.
    pub name: String,
    /// What it may do; all that its owner may if not said.
    #[schema(value_type = Option<Vec<words::Verb>>)]
    pub may: Option<Verbs>,
}

fn shape(row: TokenRow) -> Token {
    Token {
        id: row.id,
        agent: row.agent,
        name: row.name,
        may: row.verbs,
        created_at: time(row.created_at),
        last_used_at: row.last_used_at.map(time),
    }
}

/// Whose tokens the caller may see: its own, or everyone's.
fn whose(signed: &Signed) -> Option<AgentId> {
    (!can(&signed.who, Verb::Administer, None, None)).then_some(signed.agent.id)
}

/// The tokens.
#[utoipa::path(get, path = "/tokens", tag = "tokens",
    operation_id = "list_tokens", params(Paging), responses((status = 200, body = Page<Token>)))]
pub async fn list(
    State(desk): State<Desk>,
    signed: Signed,
    Params(paging): Params<Paging>,
) -> Result<Json<Page<Token>>, Problem> {
    let after = paging.place("tokens")?.map_or(TokenId(0), |place| TokenId(place.id));
    let mut tx = desk.store.read().await?;
    let rows = store::tokens::list(&mut tx, whose(&signed), after, paging.size() + 1).await?;
    Ok(Json(Page::cut(rows, paging.size(), "tokens", |row| Place { value: 0, id: row.id.0 }, shape)))
}

/// Makes a token; its secret is shown this once. With an `Idempotency-Key` the same request twice is one token.
#[utoipa::path(post, path = "/tokens", tag = "tokens", operation_id = "make_token", params(("Idempotency-Key" = Option<String>, Header)),
    request_body = MakeToken, responses((status = 201, body = NewToken), (status = 422, body = Problem)))]
pub async fn add(
    State(desk): State<Desk>,
    signed: Signed,
    headers: HeaderMap,
    Body(asked): Body<MakeToken>,
) -> Result<(StatusCode, Json<NewToken>), Problem> {
    // A token makes no token stronger than itself.
    let may = asked.may.unwrap_or(signed.who.may()).and(signed.who.may());
    let key = once::key(&headers)?.map(|key| Key { agent: signed.agent.id, path: "/tokens", key });
    let mut tx = desk.store.begin().await?;
    let same = json!({"name": asked.name, "may": may});
    if let Some(Answered { status, body }) = once::begin(&mut tx, key, &same, desk.now()).await? {
        return Ok((status, Json(opened(&desk, &body)?)));
    }
    let made = make_token_in(&mut tx, &desk, signed.agent.id, asked.name, Some(may)).await?;
    let made = NewToken { id: made.id, token: made.secret, may: made.verbs };
    once::finish(&mut tx, key, StatusCode::CREATED, &sealed(&desk, &made)?).await?;
    tx.commit().await?;
    desk.committed();
    Ok((StatusCode::CREATED, Json(made)))
}

/// The answer as it is kept for the same request again: sealed, as no secret lies open in the database.
fn sealed(desk: &Desk, made: &NewToken) -> Result<Value, Problem> {
    let text = serde_json::to_string(made).map_err(Problem::broken)?;
    Ok(json!({"sealed": BASE64.encode(&desk.keys.seal(&text, desk.random()))}))
}

fn opened(desk: &Desk, kept: &Value) -> Result<NewToken, Problem> {
    let sealed = BASE64.decode(kept["sealed"].as_str().unwrap_or_default().as_bytes());
    let text = desk.keys.open(&sealed.map_err(Problem::broken)?).map_err(Problem::broken)?;
    serde_json::from_str(&text).map_err(Problem::broken)
}

/// Ends a token.
#[utoipa::path(delete, path = "/tokens/{id}", tag = "tokens",
    operation_id = "revoke_token", params(("id" = i64, Path)),
    responses((status = 204), (status = 404, body = Problem)))]
pub async fn revoke(
    State(desk): State<Desk>,
    signed: Signed,
    Part(id): Part<i64>,
) -> Result<StatusCode, Problem> {
    revoke_token(&desk, TokenId(id), whose(&signed)).await?;
    Ok(StatusCode::NO_CONTENT)
}
