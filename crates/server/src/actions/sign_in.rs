//! A person signs in: the password is compared, guessing is slowed down, a session begins.

use desk::{event::EventKind, permission::Who};
use serde::Deserialize;
use store::{
    agents::{self, AgentRow},
    events::{self, NewEvent},
    sessions,
};
use utoipa::ToSchema;

use crate::{
    auth::{Caller, Signed, password, secret, session},
    problem::{Problem, ProblemKind},
    state::Desk,
};

/// What a person types in.
#[derive(Deserialize, ToSchema)]
pub struct SignIn {
    /// The mail address of the account.
    pub email: String,
    /// The password.
    pub password: String,
}

/// Signs in; gives the person and the cookie's secret.
///
/// # Errors
/// `wrong-password` (also where there is no such account), `too-many-attempts` after ten failures in a minute for
/// the account or the address.
pub async fn sign_in(desk: &Desk, asked: SignIn, caller: &Caller) -> Result<(Signed, String), Problem> {
    let account = format!("account {}", asked.email.trim().to_lowercase());
    let address = format!("address {}", caller.address);
    let began = desk.now();
    // Counted as a failure before the slow part; what turns out to be right is taken back.
    desk.limits
        .attempt(&[&account, &address], began)
        .map_err(|seconds| Problem::new(ProblemKind::TooManyAttempts).retry_after(seconds))?;
    let mut tx = desk.store.read().await?;
    let agent = agents::by_email(&mut tx, &asked.email).await?.filter(|agent| agent.active);
    drop(tx);
    let hash = agent.as_ref().map(|agent| agent.password_hash.clone());
    match agent {
        Some(agent) if password::matches(asked.password, hash).await => {
            desk.limits.forget(&account);
            // Of the address only this attempt: somebody with an account could clear all of it otherwise.
            desk.limits.take_back(&address, began);
            begin_session(desk, agent, caller).await
        }
        nobody => {
            if nobody.is_none() {
                password::matches(String::new(), None).await;
            }
            Err(ProblemKind::WrongPassword.into())
        }
    }
}

/// Begins a session for `agent` and records it.
pub async fn begin_session(
    desk: &Desk,
    agent: AgentRow,
    caller: &Caller,
) -> Result<(Signed, String), Problem> {
    let text = secret::to_text(desk.random());
    let hash = secret::hash(&text).unwrap_or_default();
    let now = desk.now();
    let mut tx = desk.store.begin().await?;
    let id = sessions::add(&mut tx, &hash, agent.id, &caller.browser, now).await?;
    events::record(&mut tx, &NewEvent::of_desk(EventKind::SignedIn, Some(agent.id), now)).await?;
    tx.commit().await?;
    desk.committed();
    let who = Who { agent: agent.id, role: agent.role, verbs: None };
    let csrf = session::csrf(desk.keys.csrf(), &hash);
    Ok((Signed { who, agent, session: Some(id), token: None, csrf }, text))
}
