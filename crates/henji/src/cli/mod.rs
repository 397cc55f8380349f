//! The commands (contract §1). Exit status 0 = done, 1 = failed with one sentence on stderr, 2 = wrong usage.

mod doctor;
mod explain;
mod import;
mod openapi;
mod serve;
mod token;
mod user;

use std::{collections::BTreeMap, path::PathBuf};

use clap::{Parser, Subcommand};
use desk::ids::AgentId;
use server::{
    state::{Desk, ServeSettings},
    words::Language,
};

use crate::{
    config::{self, Config, ConfigError},
    data::Folder,
    failure::Failure,
};

/// Henji (返事): a support desk that starts from e-mail.
#[derive(Debug, Parser)]
#[command(name = "henji", version, about)]
pub struct Arguments {
    /// The folder of the desk's data.
    #[arg(long, global = true, env = "HENJI_DATA", default_value = "./henji-data", value_name = "DIR")]
    data: PathBuf,
    /// The configuration file (default: DIR/henji.toml if it is there).
    #[arg(long, global = true, env = "HENJI_CONFIG", value_name = "FILE")]
    config: Option<PathBuf>,
    /// ja or en; from the locale if not said.
    #[arg(long, global = true, env = "HENJI_LANG", value_name = "ja|en")]
    lang: Option<String>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run the desk: console, API, mail in and out, jobs.
    Serve(serve::Serve),
    /// Read mails without a database and tell what is in them.
    Explain(explain::Explain),
    /// Take in old mail: .eml files, folders, mbox, Maildir. Never answers, never notifies.
    Import(import::Import),
    /// People: add, list, reset.
    #[command(subcommand)]
    User(user::User),
    /// API tokens.
    #[command(subcommand)]
    Token(token::Token),
    /// Look at everything and say in words what is wrong.
    Doctor(doctor::Doctor),
    /// Print the OpenAPI document.
    Openapi,
}

impl Arguments {
    /// The language of the sentences: the flag, else the locale.
    pub fn language(&self) -> Language {
        let locale =
            || ["LC_ALL", "LC_MESSAGES", "LANG"].into_iter().find_map(config::variable).unwrap_or_default();
        Language::of(&self.lang.clone().unwrap_or_else(locale))
    }
}

/// What every command that opens the desk needs.
struct Opened {
    folder: Folder,
    config: Config,
    language: Language,
}

impl Opened {
    /// A desk that is not served: for the commands that do one thing and end.
    async fn desk(&self) -> Result<Desk, Failure> {
        let store = self.folder.store(&self.config).await?;
        let keys = self.folder.keys(&self.config)?;
        let roots = serve::roots(&self.config)?;
        let settings = ServeSettings { node: "command".to_owned(), ..serve::settings(&self.config, "") };
        Ok(Desk::new(store, keys, roots, settings))
    }
}

/// Runs the command.
pub async fn run(arguments: Arguments, language: Language) -> Result<(), Failure> {
    let open = || -> Result<Opened, Failure> {
        let folder = Folder::open(&arguments.data)?;
        let file = arguments
            .config
            .clone()
            .or_else(|| Some(folder.0.join("henji.toml")).filter(|path| path.exists()));
        let config = config::load(file.as_deref(), &variables()).map_err(wrong_configuration)?;
        Ok(Opened { folder, config, language })
    };
    match &arguments.command {
        Command::Serve(serve) => serve.run(open()?).await,
        Command::Explain(explain) => explain.run(language),
        Command::Import(import) => import.run(open()?).await,
        Command::User(user) => user.run(open()?).await,
        Command::Token(token) => token.run(open()?).await,
        Command::Doctor(doctor) => doctor.run(open()?).await,
        Command::Openapi => openapi::run(),
    }
}

fn variables() -> BTreeMap<String, String> {
    std::env::vars().filter(|(name, _)| name.starts_with("HENJI_")).collect()
}

fn wrong_configuration(error: ConfigError) -> Failure {
    match error {
        ConfigError::Unreadable { path, why } => {
            Failure::new("cli.error.config_unreadable").with("file", path).with("why", why)
        }
        ConfigError::Malformed { place, why } => {
            Failure::new("cli.error.config_malformed").with("place", place).with("why", why)
        }
        ConfigError::UnknownKey { key, place, nearest } => Failure::new("cli.error.config_unknown_key")
            .with("key", key)
            .with("place", place)
            .with("nearest", nearest),
    }
}

/// The account with this address.
async fn agent_by_email(desk: &Desk, email: &str) -> Result<AgentId, Failure> {
    let mut tx = desk.store.read().await?;
    let found = store::agents::by_email(&mut tx, &desk::agent::fold_email(email)).await?;
    found.map(|agent| agent.id).ok_or_else(|| Failure::new("cli.error.no_such_user").with("email", email))
}
