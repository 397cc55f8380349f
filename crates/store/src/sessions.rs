//! Signed-in browsers. Only the SHA-256 of the cookie's secret is kept; how long a session lives is the server's rule.

use crate::{
    StoreError, column,
    tx::{Tx, all, found, maybe, run, value},
};
use desk::{
    ids::{AgentId, SessionId},
    time::Millis,
};

column::row! {
    /// One signed-in browser.
    pub struct SessionRow {
        /// Identity.
        pub id: SessionId,
        /// Whose.
        pub agent: AgentId,
        /// When they signed in.
        pub created_at: Millis,
        /// When it was last used, to about a minute.
        pub seen_at: Millis,
        /// What the browser calls itself.
        pub user_agent: String,
    }
}

/// Begins a session under the SHA-256 of its secret.
pub async fn add(
    tx: &mut Tx,
    hash: &[u8],
    agent: AgentId,
    user_agent: &str,
    now: Millis,
) -> Result<SessionId, StoreError> {
    const SQL: &str = "
        insert into sessions (id_hash, agent, created_at, seen_at, user_agent)
        values ($1, $2, $3, $3, $4)
        returning id";
    let id: i64 = value!(tx, SQL, hash, agent.0, now, user_agent)?;
    Ok(SessionId(id))
}

/// The session of this secret's SHA-256.
pub async fn by_hash(tx: &mut Tx, hash: &[u8]) -> Result<Option<SessionRow>, StoreError> {
    const SQL: &str = "select id, agent, created_at, seen_at, user_agent from sessions where id_hash = $1";
    Ok(maybe!(tx, SQL, hash)?)
}

/// Somebody's sessions, the newest first.
pub async fn of_agent(tx: &mut Tx, agent: AgentId) -> Result<Vec<SessionRow>, StoreError> {
    const SQL: &str = "
        select id, agent, created_at, seen_at, user_agent from sessions
        where agent = $1
        order by id desc limit 100";
    Ok(all!(tx, SQL, agent.0)?)
}

/// It was used just now.
pub async fn touch(tx: &mut Tx, id: SessionId, now: Millis) -> Result<(), StoreError> {
    found(run!(tx, "update sessions set seen_at = $2 where id = $1", id.0, now)?)
}

/// Signs out.
pub async fn delete(tx: &mut Tx, id: SessionId) -> Result<(), StoreError> {
    found(run!(tx, "delete from sessions where id = $1", id.0)?)
}

/// Signs out every browser of a person but `keep` (after a new password); how many.
pub async fn delete_of(tx: &mut Tx, agent: AgentId, keep: Option<SessionId>) -> Result<u64, StoreError> {
    const SQL: &str = "delete from sessions where agent = $1 and id <> $2";
    Ok(run!(tx, SQL, agent.0, keep.map_or(0, |id| id.0))?)
}

/// Removes sessions last used before `unseen_since` or begun before `begun_before`; how many.
pub async fn prune(tx: &mut Tx, unseen_since: Millis, begun_before: Millis) -> Result<u64, StoreError> {
    const SQL: &str = "delete from sessions where seen_at < $1 or created_at < $2";
    Ok(run!(tx, SQL, unseen_since, begun_before)?)
}
