//! API tokens of the person who asks; an administrator sees and ends everyone's.

use axum::{Json, extract::State, http::StatusCode};
use desk::{
    ids::{AgentId, TokenId},
    permission::{Verb, Verbs, can},
};
use serde::{Deserialize, Serialize};
use store::tokens::TokenRow;
use utoipa::ToSchema;

use super::{
    list::{Page, Paging, Place},
    time, words,
};
use crate::{
    actions::make_token::{make_token, revoke_token},
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
#[derive(Serialize, ToSchema)]
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

/// Makes a token; its secret is shown this once.
#[utoipa::path(post, path = "/tokens", tag = "tokens",
    operation_id = "make_token", request_body = MakeToken,
    responses((status = 201, body = NewToken), (status = 422, body = Problem)))]
pub async fn add(
    State(desk): State<Desk>,
    signed: Signed,
    Body(asked): Body<MakeToken>,
) -> Result<(StatusCode, Json<NewToken>), Problem> {
    // A token makes no token stronger than itself.
    let may = asked.may.unwrap_or(signed.who.may()).and(signed.who.may());
    let made = make_token(&desk, signed.agent.id, asked.name, Some(may)).await?;
    Ok((StatusCode::CREATED, Json(NewToken { id: made.id, token: made.secret, may: made.verbs })))
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
