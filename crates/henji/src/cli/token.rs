//! `henji token`: API tokens.

use clap::{Args, Subcommand};
use desk::permission::{Verb, Verbs};
use server::{actions::make_token, words::text};

use super::{
    Opened, agent_by_email,
    output::{print, tell},
};
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
    let all = || Verb::ALL.iter().map(|verb| verb.as_str()).collect::<Vec<_>>().join(", ");
    match Verbs::parse(words) {
        Ok(Verbs::NONE) => Err(all()),
        Ok(verbs) => Ok(verbs),
        Err(word) => Err(format!("{word}? {}", all())),
    }
}

impl Token {
    pub(super) async fn run(&self, opened: Opened) -> Result<(), Failure> {
        let Token::Add(add) = self;
        let desk = opened.desk().await?;
        let agent = agent_by_email(&desk, &add.email).await?;
        let made = make_token::make_token(&desk, agent, add.name.clone(), add.may).await?;
        if opened.json {
            let line = serde_json::json!({
                "id": made.id, "email": add.email, "name": add.name, "may": made.verbs, "token": made.secret,
            });
            print(&line.to_string())?;
        } else {
            print(&made.secret)?;
        }
        if add.may.is_some_and(|asked| asked != made.verbs) {
            tell(&text(opened.language, "cli.token.less", &[("may", &made.verbs.to_string())]));
        }
        tell(&text(opened.language, "cli.token.once", &[]));
        Ok(())
    }
}
