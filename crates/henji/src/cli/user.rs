//! `henji user`: people.

use std::io::Read;

use clap::{Args, Subcommand};
use data_encoding::BASE32_NOPAD;
use desk::{ids::AgentId, permission::Role};
use serde_json::{Value, json};
use server::{
    actions::{add_agent, change_agent, sign_out},
    state::Desk,
    words::text,
};
use store::{StoreError, agents::AgentRow};

use super::{Opened, agent_by_email, output::print};
use crate::failure::Failure;

/// How many people are read at once.
const PAGE: i64 = 100;

/// People of the desk.
#[derive(Debug, Subcommand)]
pub enum User {
    /// Add a person.
    Add(Add),
    /// List everyone.
    List,
    /// Give a person a new password; every session of theirs ends.
    Reset(Reset),
}

/// Add a person.
#[derive(Debug, Args)]
pub struct Add {
    email: String,
    #[arg(long)]
    name: String,
    /// administrator, supervisor, agent or assistant.
    #[arg(long, value_parser = role)]
    role: Role,
    /// Read the password from standard input; else one is made and printed.
    #[arg(long)]
    password_stdin: bool,
}

/// Give a new password.
#[derive(Debug, Args)]
pub struct Reset {
    email: String,
    /// Read the password from standard input; else one is made and printed.
    #[arg(long)]
    password_stdin: bool,
}

fn role(word: &str) -> Result<Role, String> {
    Role::parse(word).ok_or_else(|| Role::ALL.iter().map(|role| role.as_str()).collect::<Vec<_>>().join(", "))
}

impl User {
    pub(super) async fn run(&self, opened: Opened) -> Result<(), Failure> {
        let desk = opened.desk().await?;
        match self {
            User::Add(add) => add.run(&desk, &opened).await,
            User::List => list(&desk, &opened).await,
            User::Reset(reset) => reset.run(&desk, &opened).await,
        }
    }
}

impl Add {
    async fn run(&self, desk: &Desk, opened: &Opened) -> Result<(), Failure> {
        let (password, made) = password(desk, self.password_stdin)?;
        let asked = add_agent::NewAgent {
            name: self.name.clone(),
            email: self.email.clone(),
            role: self.role,
            password: password.clone(),
        };
        let row = add_agent::add_agent(desk, None, asked).await?;
        say(opened, "cli.user.added", &row, made.then_some(password.as_str()))
    }
}

async fn list(desk: &Desk, opened: &Opened) -> Result<(), Failure> {
    let mut tx = desk.store.read().await?;
    let mut last = AgentId(0);
    loop {
        let page = store::agents::list(&mut tx, last, PAGE).await?;
        let Some(end) = page.last() else { return Ok(()) };
        last = end.id;
        for agent in &page {
            print(&line(agent, opened))?;
        }
    }
}

fn line(agent: &AgentRow, opened: &Opened) -> String {
    if opened.json {
        return json(agent).to_string();
    }
    let state = if agent.active { String::new() } else { text(opened.language, "cli.user.inactive", &[]) };
    format!("{}\t{}\t{}\t{state}", agent.email, agent.name, agent.role)
}

fn json(agent: &AgentRow) -> Value {
    json!({
        "id": agent.id, "email": agent.email, "name": agent.name, "role": agent.role, "active": agent.active,
    })
}

impl Reset {
    async fn run(&self, desk: &Desk, opened: &Opened) -> Result<(), Failure> {
        let agent = agent_by_email(desk, &self.email).await?;
        let (password, made) = password(desk, self.password_stdin)?;
        change_agent::reset_password(desk, agent, password.clone()).await?;
        sign_out::everywhere(desk, agent).await?;
        let row = store::agents::by_id(&mut desk.store.read().await?, agent).await?;
        say(opened, "cli.user.reset", &row.ok_or(StoreError::NotFound)?, made.then_some(password.as_str()))
    }
}

/// The password from standard input, or a new one of 100 bits; and whether it was made here.
fn password(desk: &Desk, from_stdin: bool) -> Result<(String, bool), Failure> {
    if !from_stdin {
        return Ok((BASE32_NOPAD.encode(&desk.random::<13>()).to_lowercase(), true));
    }
    let mut read = String::new();
    std::io::stdin().read_to_string(&mut read).map_err(Failure::other)?;
    Ok((read.trim_end_matches(['\r', '\n']).to_owned(), false))
}

/// What was done to whom; a password that was made here is shown this once.
fn say(opened: &Opened, key: &'static str, agent: &AgentRow, made: Option<&str>) -> Result<(), Failure> {
    if opened.json {
        let mut told = json(agent);
        if let Some(password) = made {
            told["password"] = password.into();
        }
        return print(&told.to_string());
    }
    print(&text(opened.language, key, &[("email", &agent.email)]))?;
    match made {
        Some(password) => print(&text(opened.language, "cli.user.password", &[("password", password)])),
        None => Ok(()),
    }
}
