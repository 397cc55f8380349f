//! `henji user`: people.

use std::io::Read;

use clap::{Args, Subcommand};
use data_encoding::BASE32_NOPAD;
use desk::{ids::AgentId, permission::Role};
use server::{
    actions::{add_agent, change_agent, sign_out},
    state::Desk,
    words::{Language, text},
};
use store::agents::AgentRow;

use super::{Opened, agent_by_email};
use crate::failure::Failure;

/// How many people are read at once.
const PAGE: i64 = 100;

/// People of the desk.
#[derive(Debug, Subcommand)]
pub enum User {
    /// Add a person.
    Add(Add),
    /// List everyone.
    List(List),
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

/// List everyone.
#[derive(Debug, Args)]
pub struct List {
    /// One JSON object a line.
    #[arg(long)]
    json: bool,
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
            User::Add(add) => add.run(&desk, opened.language).await,
            User::List(list) => list.run(&desk, opened.language).await,
            User::Reset(reset) => reset.run(&desk, opened.language).await,
        }
    }
}

impl Add {
    async fn run(&self, desk: &Desk, language: Language) -> Result<(), Failure> {
        let (password, made) = password(desk, self.password_stdin)?;
        let asked = add_agent::NewAgent {
            name: self.name.clone(),
            email: self.email.clone(),
            role: self.role,
            password: password.clone(),
        };
        add_agent::add_agent(desk, None, asked).await?;
        say_password(language, "cli.user.added", &self.email, made.then_some(password.as_str()));
        Ok(())
    }
}

impl List {
    async fn run(&self, desk: &Desk, language: Language) -> Result<(), Failure> {
        let mut tx = desk.store.read().await?;
        let mut last = AgentId(0);
        loop {
            let page = store::agents::list(&mut tx, last, PAGE).await?;
            let Some(end) = page.last() else { return Ok(()) };
            last = end.id;
            for agent in &page {
                self.print(agent, language);
            }
        }
    }

    fn print(&self, agent: &AgentRow, language: Language) {
        if self.json {
            let line = serde_json::json!({
                "id": agent.id, "email": agent.email, "name": agent.name,
                "role": agent.role, "active": agent.active,
            });
            println!("{line}");
        } else {
            let state = if agent.active { String::new() } else { text(language, "cli.user.inactive", &[]) };
            println!("{}\t{}\t{}\t{state}", agent.email, agent.name, agent.role);
        }
    }
}

impl Reset {
    async fn run(&self, desk: &Desk, language: Language) -> Result<(), Failure> {
        let agent = agent_by_email(desk, &self.email).await?;
        let (password, made) = password(desk, self.password_stdin)?;
        change_agent::reset_password(desk, agent, password.clone()).await?;
        sign_out::everywhere(desk, agent).await?;
        say_password(language, "cli.user.reset", &self.email, made.then_some(password.as_str()));
        Ok(())
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

fn say_password(language: Language, key: &str, email: &str, made: Option<&str>) {
    println!("{}", text(language, key, &[("email", email)]));
    if let Some(password) = made {
        println!("{}", text(language, "cli.user.password", &[("password", password)]));
    }
}
