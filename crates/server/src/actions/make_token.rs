//! A token for a program: shown once, kept as a hash, never stronger than its owner.

use desk::{
    event::EventKind,
    ids::{AgentId, TokenId},
    permission::{Verbs, token_verbs},
};
use serde_json::json;
use store::{
    Tx, agents,
    events::{self, NewEvent},
    tokens::{self, NewToken},
};

use crate::{
    auth::secret,
    problem::{Problem, ProblemKind},
    state::Desk,
};

/// A token right after it was made.
pub struct Made {
    /// Its id.
    pub id: TokenId,
    /// What it may do.
    pub verbs: Verbs,
    /// The secret, shown this once.
    pub secret: String,
}

/// Makes a token for `owner`; `asked` of `None` means all the owner may.
pub async fn make_token(
    desk: &Desk,
    owner: AgentId,
    name: String,
    asked: Option<Verbs>,
) -> Result<Made, Problem> {
    let mut tx = desk.store.begin().await?;
    let made = make_token_in(&mut tx, desk, owner, name, asked).await?;
    tx.commit().await?;
    desk.committed();
    Ok(made)
}

/// The same inside a transaction that somebody else commits.
pub async fn make_token_in(
    tx: &mut Tx,
    desk: &Desk,
    owner: AgentId,
    name: String,
    asked: Option<Verbs>,
) -> Result<Made, Problem> {
    if name.trim().is_empty() {
        return Err(Problem::new(ProblemKind::InvalidInput).field("name", "required"));
    }
    let text = secret::to_text(desk.random());
    let sha256 = secret::hash(&text).unwrap_or_default();
    let now = desk.now();
    let agent = agents::by_id(tx, owner).await?.ok_or(ProblemKind::NotFound)?;
    let verbs = asked.map_or(agent.role.verbs(), |asked| token_verbs(agent.role, asked));
    let token = NewToken { sha256, agent: owner, name: name.trim().to_owned(), verbs, expires_at: None };
    let id = tokens::add(tx, &token, now).await?;
    let detail = json!({"token": id, "verbs": verbs});
    events::record(tx, &NewEvent::of_desk(EventKind::TokenMade, Some(owner), now).with(detail)).await?;
    Ok(Made { id, verbs, secret: text })
}

/// Ends a token; only its owner or an administrator may.
pub async fn revoke_token(desk: &Desk, token: TokenId, owner: Option<AgentId>) -> Result<(), Problem> {
    let mut tx = desk.store.begin().await?;
    tokens::revoke(&mut tx, token, owner, desk.now()).await?;
    tx.commit().await?;
    desk.live.rights_changed();
    Ok(())
}
