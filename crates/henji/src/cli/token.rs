//! `henji token`: API tokens.

use clap::{Args, Subcommand};
use desk::permission::Verbs;
use server::{actions::make_token, words::text};

use super::{Opened, agent_by_email};
use crate::failure::Failure;

/// API tokens.
#[derive(Debug, Subcommand)]
pub enum Token {
    /// Make a token for a person and print it, once.
    Add(Add),
}

/// Make a token.
#[derive(Debug, Args)]
pub struct Add {
    email: String,
    #[arg(long)]
    name: String,
    /// What the token may do, such as `read,draft`; all that its owner may if not said.
    #[arg(long, value_parser = verbs, value_name = "VERBS")]
    may: Option<Verbs>,
}

fn verbs(words: &str) -> Result<Verbs, String> {
    Verbs::parse(words)
}

impl Token {
    pub(super) async fn run(&self, opened: Opened) -> Result<(), Failure> {
        let Token::Add(add) = self;
        let desk = opened.desk().await?;
        let agent = agent_by_email(&desk, &add.email).await?;
        let made = make_token::make_token(&desk, agent, add.name.clone(), add.may).await?;
        println!("{}", made.secret);
        eprintln!("{}", text(opened.language, "cli.token.once", &[]));
        Ok(())
    }
}
