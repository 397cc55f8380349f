//! A person's name, role or password changes, or the person takes a rest. The desk never loses its last administrator.

use desk::{
    agent,
    event::EventKind,
    ids::AgentId,
    permission::{Role, Who},
};
use serde::Deserialize;
use serde_json::json;
use store::{
    Tx,
    agents::{self, AgentRow},
    events::{self, NewEvent},
    sessions,
};
use utoipa::ToSchema;

use crate::{
    api::words,
    auth::{Signed, password},
    problem::{Problem, ProblemKind},
    state::Desk,
};

/// What an administrator may change of a person; what is not named stays.
#[derive(Debug, Default, Deserialize, ToSchema)]
pub struct AgentChange {
    /// The version that was seen.
    pub version: i64,
    /// The name.
    pub name: Option<String>,
    /// What the person is at the desk.
    #[schema(value_type = Option<words::Role>)]
    pub role: Option<Role>,
    /// Whether the person may sign in.
    pub active: Option<bool>,
    /// A new password; every session of the person ends.
    pub password: Option<String>,
}

/// What a person may change of their own.
#[derive(Debug, Default, Deserialize, ToSchema)]
pub struct OwnChange {
    /// The name.
    pub name: Option<String>,
    /// `ja` or `en`.
    #[schema(value_type = Option<crate::api::shapes::Language>)]
    pub language: Option<String>,
    /// A new password.
    pub password: Option<PasswordChange>,
}

/// A new password needs the old one.
#[derive(Debug, Deserialize, ToSchema)]
pub struct PasswordChange {
    /// The password until now.
    pub old: String,
    /// The password from now on.
    pub new: String,
}

/// An administrator changes a person.
pub async fn change_agent(
    desk: &Desk,
    who: &Who,
    id: AgentId,
    wanted: AgentChange,
) -> Result<AgentRow, Problem> {
    let new_hash = match &wanted.password {
        Some(new) => Some(hash(desk, id, new.clone(), "password").await?),
        None => None,
    };
    let mut tx = desk.store.begin().await?;
    let mut row = agents::by_id(&mut tx, id).await?.ok_or(ProblemKind::NotFound)?;
    if row.version != wanted.version {
        return Err(Problem::new(ProblemKind::ChangedMeanwhile).with("version", row.version));
    }
    row.name = checked_name(wanted.name, &row)?;
    row.role = wanted.role.unwrap_or(row.role);
    row.active = wanted.active.unwrap_or(row.active);
    let locked_out = new_hash.is_some() || !row.active;
    row.password_hash = new_hash.unwrap_or(row.password_hash);
    agents::update(&mut tx, &row).await?;
    if agents::count_active(&mut tx, Role::Administrator).await? == 0 {
        return Err(ProblemKind::LastAdministrator.into());
    }
    if locked_out {
        sessions::delete_of(&mut tx, id, None).await?;
    }
    record(desk, &mut tx, Some(who.agent), id).await?;
    let row = agents::by_id(&mut tx, id).await?.ok_or(ProblemKind::NotFound)?;
    tx.commit().await?;
    desk.committed();
    desk.live.rights_changed();
    Ok(row)
}

/// A person changes what is their own; a new password ends their other sessions.
pub async fn change_own(desk: &Desk, signed: &Signed, wanted: OwnChange) -> Result<AgentRow, Problem> {
    let id = signed.agent.id;
    let new_hash = match wanted.password {
        Some(PasswordChange { old, .. })
            if !password::matches(old.clone(), Some(signed.agent.password_hash.clone())).await =>
        {
            return Err(Problem::new(ProblemKind::InvalidInput).field("password.old", "wrong"));
        }
        Some(PasswordChange { new, .. }) => Some(hash(desk, id, new, "password.new").await?),
        None => None,
    };
    let mut tx = desk.store.begin().await?;
    let mut row = agents::by_id(&mut tx, id).await?.ok_or(ProblemKind::NotFound)?;
    row.name = checked_name(wanted.name, &row)?;
    if let Some(language) = wanted.language {
        if !matches!(language.as_str(), "ja" | "en") {
            return Err(Problem::new(ProblemKind::InvalidInput).field("language", "unknown_language"));
        }
        row.language = Some(language);
    }
    if let Some(hash) = new_hash {
        row.password_hash = hash;
        sessions::delete_of(&mut tx, id, signed.session).await?;
    }
    agents::update(&mut tx, &row).await?;
    record(desk, &mut tx, Some(id), id).await?;
    let row = agents::by_id(&mut tx, id).await?.ok_or(ProblemKind::NotFound)?;
    tx.commit().await?;
    desk.committed();
    desk.live.rights_changed();
    Ok(row)
}

/// Sets a password from the command line.
pub async fn reset_password(desk: &Desk, id: AgentId, new: String) -> Result<(), Problem> {
    let hash = hash(desk, id, new, "password").await?;
    let mut tx = desk.store.begin().await?;
    let mut row = agents::by_id(&mut tx, id).await?.ok_or(ProblemKind::NotFound)?;
    row.password_hash = hash;
    row.active = true;
    agents::update(&mut tx, &row).await?;
    record(desk, &mut tx, None, id).await?;
    tx.commit().await?;
    desk.committed();
    desk.live.rights_changed();
    Ok(())
}

async fn hash(desk: &Desk, id: AgentId, new: String, field: &str) -> Result<String, Problem> {
    let mut tx = desk.store.read().await?;
    let row = agents::by_id(&mut tx, id).await?.ok_or(ProblemKind::NotFound)?;
    drop(tx);
    if let Some(fault) = agent::check_password(&new, &row.email) {
        return Err(Problem::new(ProblemKind::InvalidInput).field(field, fault.code));
    }
    password::hash(new, desk.random()).await.map_err(Problem::broken)
}

fn checked_name(wanted: Option<String>, row: &AgentRow) -> Result<String, Problem> {
    let Some(name) = wanted else { return Ok(row.name.clone()) };
    Problem::of_faults(&agent::check(&name, &row.email))?;
    Ok(name.trim().to_owned())
}

async fn record(desk: &Desk, tx: &mut Tx, actor: Option<AgentId>, changed: AgentId) -> Result<(), Problem> {
    let detail = json!({"what": "agent_changed", "agent": changed});
    let event = NewEvent::of_desk(EventKind::SettingChanged, actor, desk.now()).with(detail);
    events::record(tx, &event).await?;
    Ok(())
}
