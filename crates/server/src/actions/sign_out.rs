//! A session ends.

use desk::ids::AgentId;
use store::sessions;

use crate::{auth::Signed, problem::Problem, state::Desk};

/// Ends the session the request came with; a token has none and nothing happens.
pub async fn sign_out(desk: &Desk, signed: &Signed) -> Result<(), Problem> {
    let Some(session) = signed.session else { return Ok(()) };
    let mut tx = desk.store.begin().await?;
    sessions::delete(&mut tx, session).await?;
    tx.commit().await?;
    desk.live.rights_changed();
    Ok(())
}

/// Ends every session of a person, as after a new password.
pub async fn everywhere(desk: &Desk, agent: AgentId) -> Result<(), Problem> {
    let mut tx = desk.store.begin().await?;
    sessions::delete_of(&mut tx, agent, None).await?;
    tx.commit().await?;
    desk.live.rights_changed();
    Ok(())
}
