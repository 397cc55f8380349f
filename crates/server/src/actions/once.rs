//! The same request twice is done once (contract §6.12): the answer is kept beside its `Idempotency-Key`, in the same
//! transaction as what it did.

use axum::http::{HeaderMap, StatusCode};
use desk::time::Millis;
use serde_json::Value;
use sha2::{Digest, Sha256};
use store::{
    Tx,
    idempotency::{self, Begun, Key},
};

use crate::problem::{Problem, ProblemKind};

/// What was answered the first time.
pub struct Answered {
    /// The status.
    pub status: StatusCode,
    /// The body.
    pub body: Value,
}

/// The longest key, in characters.
const LONGEST: usize = 255;

/// The `Idempotency-Key` of a request.
///
/// # Errors
/// `idempotency-key-unreadable`: a key that was ignored would protect nobody.
pub fn key(headers: &HeaderMap) -> Result<Option<&str>, Problem> {
    let Some(value) = headers.get("idempotency-key") else { return Ok(None) };
    match value.to_str() {
        Ok(key) if (1..=LONGEST).contains(&key.len()) => Ok(Some(key)),
        Ok(_) | Err(_) => Err(ProblemKind::IdempotencyKeyUnreadable.into()),
    }
}

/// Looks whether this request was already answered.
///
/// # Errors
/// `idempotency-key-reused` where the key came with another body; `busy` while the first is still under way.
pub async fn begin(
    tx: &mut Tx,
    key: Option<Key<'_>>,
    asked: &Value,
    now: Millis,
) -> Result<Option<Answered>, Problem> {
    let Some(key) = key else { return Ok(None) };
    let hash = Sha256::digest(asked.to_string().as_bytes());
    match idempotency::begin(tx, key, &hash, now).await? {
        Begun::Fresh => Ok(None),
        Begun::Done { status, response } => {
            let status = StatusCode::from_u16(status).unwrap_or(StatusCode::OK);
            Ok(Some(Answered { status, body: response }))
        }
        Begun::OtherBody => Err(ProblemKind::IdempotencyKeyReused.into()),
        Begun::Running => Err(Problem::new(ProblemKind::Busy).retry_after(1)),
    }
}

/// Keeps the answer.
pub async fn finish(
    tx: &mut Tx,
    key: Option<Key<'_>>,
    status: StatusCode,
    body: &Value,
) -> Result<(), Problem> {
    if let Some(key) = key {
        idempotency::finish(tx, key, status.as_u16(), body).await?;
    }
    Ok(())
}
