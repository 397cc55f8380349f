//! The commands (contract §1). Exit status 0 = done, 1 = failed with one sentence on stderr, 2 = wrong usage.

mod doctor;
mod explain;
mod import;
mod openapi;
mod output;
mod serve;
mod token;
mod user;

use std::{collections::BTreeMap, io::IsTerminal, path::PathBuf};

use clap::{Parser, Subcommand};
use desk::ids::AgentId;
use server::{
    state::{Desk, ServeSettings},
    words::{Language, text},
};

use self::output::Progress;
use crate::{
    config::{self, Config, ConfigError},
    data::Folder,
    failure::Failure,
};

/// What a command writes to its log: only what somebody should know. A slow disk makes sqlx warn of each statement.
const COMMAND_LOG: &str = "warn,sqlx=error,async_imap=off";

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
    #[arg(long, global = true, env = "HENJI_LANG", value_name = "ja|en", value_parser = language)]
    lang: Option<Language>,
    /// One JSON object a line on standard output, and nothing else there.
    #[arg(long, global = true)]
    json: bool,
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

fn language(word: &str) -> Result<Language, String> {
    match word {
        "ja" => Ok(Language::Ja),
        "en" => Ok(Language::En),
        _ => Err("ja, en".to_owned()),
    }
}

impl Arguments {
    /// The language of the sentences: the flag, else the locale.
    pub fn language(&self) -> Language {
        let locale =
            || ["LC_ALL", "LC_MESSAGES", "LANG"].into_iter().find_map(config::variable).unwrap_or_default();
        self.lang.unwrap_or_else(|| Language::of(&locale()))
    }
}

/// What every command that opens the desk needs.
struct Opened {
    folder: Folder,
    config: Config,
    /// The file of the configuration, if there is one.
    config_file: Option<PathBuf>,
    language: Language,
    json: bool,
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
pub async fn run(arguments: Arguments) -> Result<(), Failure> {
    let (language, json) = (arguments.language(), arguments.json);
    let open = || arguments.open(Folder::open(&arguments.data)?);
    let waiting = || text(language, "cli.waiting", &[]);
    if !matches!(arguments.command, Command::Serve(_)) {
        start_log(COMMAND_LOG, false);
    }
    match &arguments.command {
        Command::Serve(serve) => serve.run(open()?).await,
        Command::Explain(explain) => explain.run(language, json),
        Command::Import(import) => {
            import.check()?;
            import.run(open()?).await
        }
        Command::User(user) => Progress::start().during(user.run(open()?), waiting).await,
        Command::Token(token) => Progress::start().during(token.run(open()?), waiting).await,
        Command::Doctor(doctor) => doctor.run(arguments.open(Folder(arguments.data.clone()))?).await,
        Command::Openapi => openapi::run(json),
    }
}

impl Arguments {
    fn open(&self, folder: Folder) -> Result<Opened, Failure> {
        let own = || Some(folder.0.join("henji.toml")).filter(|path| path.exists());
        let config_file = self.config.clone().or_else(own);
        let config = config::load(config_file.as_deref(), &variables()).map_err(wrong_configuration)?;
        Ok(Opened { folder, config, config_file, language: self.language(), json: self.json })
    }
}

/// The log goes to standard error, always; colours only where a person looks.
fn start_log(level: &str, json: bool) {
    let filter = tracing_subscriber::EnvFilter::try_new(level).unwrap_or_default();
    let colours = std::io::stderr().is_terminal();
    let builder =
        tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).with_ansi(colours);
    if json { builder.json().init() } else { builder.init() }
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
