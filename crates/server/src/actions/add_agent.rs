//! A person joins the desk.

use desk::{
    agent,
    event::EventKind,
    permission::{Role, Who},
};
use serde::Deserialize;
use serde_json::json;
use store::{
    agents::{self, AgentRow},
    events::{self, NewEvent},
};
use utoipa::ToSchema;

use crate::{
    api::words,
    auth::password,
    problem::{Problem, ProblemKind},
    state::Desk,
};

/// A new person.
#[derive(Deserialize, ToSchema)]
pub struct NewAgent {
    /// The name.
    pub name: String,
    /// The mail address to sign in with.
    pub email: String,
    /// What the person is at the desk.
    #[schema(value_type = words::Role)]
    pub role: Role,
    /// The first password.
    pub password: String,
}

/// Checks what was said and hashes the password.
pub async fn prepare(desk: &Desk, asked: NewAgent) -> Result<agents::NewAgent, Problem> {
    let mut faults = agent::check(&asked.name, &asked.email);
    faults.extend(agent::check_password(&asked.password, &asked.email));
    Problem::of_faults(&faults)?;
    let password_hash = password::hash(asked.password, desk.random()).await.map_err(Problem::broken)?;
    Ok(agents::NewAgent {
        email: asked.email.trim().to_owned(),
        name: asked.name.trim().to_owned(),
        role: asked.role,
        password_hash,
    })
}

/// Adds a person; `who` is `None` on the command line.
pub async fn add_agent(desk: &Desk, who: Option<&Who>, asked: NewAgent) -> Result<AgentRow, Problem> {
    let person = prepare(desk, asked).await?;
    let now = desk.now();
    let mut tx = desk.store.begin().await?;
    if agents::by_email(&mut tx, &person.email).await?.is_some() {
        return Err(Problem::new(ProblemKind::AddressTaken).with("address", person.email));
    }
    let id = agents::add(&mut tx, &person, now).await?;
    let row = agents::by_id(&mut tx, id).await?.ok_or(ProblemKind::NotFound)?;
    let detail = json!({"what": "agent_added", "agent": id});
    let event = NewEvent::of_desk(EventKind::SettingChanged, who.map(|who| who.agent), now).with(detail);
    events::record(&mut tx, &event).await?;
    tx.commit().await?;
    desk.committed();
    Ok(row)
}
