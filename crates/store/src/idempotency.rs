//! Answers to requests with an `Idempotency-Key`, so that the same request twice is done once (contract §6.12).

use crate::{
    StoreError, column,
    tx::{Tx, found, maybe, run},
};
use desk::{ids::AgentId, time::Millis};
use serde_json::Value;

/// Who asks for what under which key.
#[derive(Debug, Clone, Copy)]
pub struct Key<'a> {
    /// Who asks.
    pub agent: AgentId,
    /// Method and path.
    pub path: &'a str,
    /// The header's value.
    pub key: &'a str,
}

/// What is known about a key.
#[derive(Debug, Clone, PartialEq)]
pub enum Begun {
    /// Nothing: do it, then [`finish`] in the same transaction.
    Fresh,
    /// It was done: the same answer again.
    Done {
        /// The status.
        status: u16,
        /// The body.
        response: Value,
    },
    /// The key was used for another body.
    OtherBody,
    /// It is being done, in a transaction that has not finished its answer.
    Running,
}

column::row! {
    /// A remembered answer.
    pub struct Remembered {
        /// Hash of the request's body.
        pub body_hash: Vec<u8>,
        /// The status, once there is one.
        pub status: Option<u16>,
        /// The body, once there is one.
        pub response: Option<Value>,
    }
}

/// Begins a request, in the transaction that does what it asks. On PostgreSQL a second one waits here for the first.
pub async fn begin(tx: &mut Tx, key: Key<'_>, body_hash: &[u8], now: Millis) -> Result<Begun, StoreError> {
    const ADD: &str = "
        insert into idempotency (agent, path, key, body_hash, at)
        values ($1, $2, $3, $4, $5)
        on conflict (agent, path, key) do nothing";
    const FIND: &str = "
        select body_hash, status, response from idempotency
        where agent = $1 and path = $2 and key = $3";
    let Key { agent, path, key } = key;
    if run!(tx, ADD, agent.0, path, key, body_hash, now)? == 1 {
        return Ok(Begun::Fresh);
    }
    let known: Option<Remembered> = maybe!(tx, FIND, agent.0, path, key)?;
    let known = known.ok_or(StoreError::Busy)?;
    Ok(match (known.status, known.response) {
        _ if known.body_hash != body_hash => Begun::OtherBody,
        (Some(status), Some(response)) => Begun::Done { status, response },
        _ => Begun::Running,
    })
}

/// Keeps the answer.
pub async fn finish(tx: &mut Tx, key: Key<'_>, status: u16, response: &Value) -> Result<(), StoreError> {
    const SQL: &str = "
        update idempotency set status = $4, response = $5
        where agent = $1 and path = $2 and key = $3";
    let Key { agent, path, key } = key;
    found(run!(tx, SQL, agent.0, path, key, i64::from(status), column::json_of(response))?)
}

/// Forgets answers from before `before`; how many.
pub async fn prune(tx: &mut Tx, before: Millis) -> Result<u64, StoreError> {
    Ok(run!(tx, "delete from idempotency where at < $1", before)?)
}
