//! Bearer tokens for programs. Only the SHA-256 is kept; a token is shown once, when it is made.

use crate::{
    StoreError, column,
    tx::{Tx, all, found, maybe, run, value},
};
use desk::{
    ids::{AgentId, TokenId},
    permission::Verbs,
    time::Millis,
};

column::row! {
    /// One token.
    pub struct TokenRow {
        /// Identity.
        pub id: TokenId,
        /// Whose; it can never do more than they may.
        pub agent: AgentId,
        /// What its owner calls it.
        pub name: String,
        /// What it was made for.
        pub verbs: Verbs,
        /// When it was made.
        pub created_at: Millis,
        /// When it was last used, to about a minute.
        pub last_used_at: Option<Millis>,
        /// When it stops by itself.
        pub expires_at: Option<Millis>,
        /// When somebody stopped it.
        pub revoked_at: Option<Millis>,
    }
}

/// A token to make.
#[derive(Debug, Clone)]
pub struct NewToken {
    /// SHA-256 of the token.
    pub sha256: Vec<u8>,
    /// Whose.
    pub agent: AgentId,
    /// What its owner calls it.
    pub name: String,
    /// What it may.
    pub verbs: Verbs,
    /// When it stops by itself.
    pub expires_at: Option<Millis>,
}

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "select id, agent, name, verbs, created_at, last_used_at, expires_at, revoked_at from tokens ",
            $rest
        )
    };
}

/// Makes a token.
pub async fn add(tx: &mut Tx, token: &NewToken, now: Millis) -> Result<TokenId, StoreError> {
    const SQL: &str = "
        insert into tokens (sha256, agent, name, verbs, created_at, expires_at)
        values ($1, $2, $3, $4, $5, $6)
        returning id";
    let NewToken { sha256, agent, name, verbs, expires_at } = token;
    let id: i64 = value!(tx, SQL, sha256, agent.0, name, verbs.to_string(), now, expires_at)?;
    Ok(TokenId(id))
}

/// The token of this SHA-256, if it still holds.
pub async fn by_hash(tx: &mut Tx, sha256: &[u8], now: Millis) -> Result<Option<TokenRow>, StoreError> {
    const SQL: &str =
        select!("where sha256 = $1 and revoked_at is null and (expires_at is null or expires_at > $2)");
    Ok(maybe!(tx, SQL, sha256, now)?)
}

/// The tokens that hold, of one person or of all; at most `limit` after `after`.
pub async fn list(
    tx: &mut Tx,
    agent: Option<AgentId>,
    after: TokenId,
    limit: i64,
) -> Result<Vec<TokenRow>, StoreError> {
    const OF_ALL: &str = select!("where revoked_at is null and id > $1 order by id limit $2");
    const OF_ONE: &str = select!("where revoked_at is null and id > $1 and agent = $3 order by id limit $2");
    Ok(match agent {
        Some(agent) => all!(tx, OF_ONE, after.0, limit, agent.0)?,
        None => all!(tx, OF_ALL, after.0, limit)?,
    })
}

/// It was used just now.
pub async fn touch(tx: &mut Tx, id: TokenId, now: Millis) -> Result<(), StoreError> {
    found(run!(tx, "update tokens set last_used_at = $2 where id = $1", id.0, now)?)
}

/// Stops a token; of `agent` only, or of anybody.
pub async fn revoke(tx: &mut Tx, id: TokenId, agent: Option<AgentId>, now: Millis) -> Result<(), StoreError> {
    const OF_ALL: &str = "update tokens set revoked_at = $2 where id = $1 and revoked_at is null";
    const OF_ONE: &str =
        "update tokens set revoked_at = $2 where id = $1 and revoked_at is null and agent = $3";
    found(match agent {
        Some(agent) => run!(tx, OF_ONE, id.0, now, agent.0)?,
        None => run!(tx, OF_ALL, id.0, now)?,
    })
}
