//! `henji serve`: the desk.

use std::{fs, net::SocketAddr, path::Path};

use channels::tls::Roots;
use clap::Args;
use data_encoding::BASE64URL_NOPAD;
use rand::RngCore;
use server::{
    serve::{self, Doors, TlsDoor},
    state::{Desk, ServeSettings},
    words::text,
};
use tokio::net::TcpListener;

use super::Opened;
use crate::{config::Config, failure::Failure};

const LISTEN: &str = "127.0.0.1:8480";
/// The largest mail or upload unless the configuration says otherwise: 100 MB.
const MAX_SIZE: u64 = 100 * 1024 * 1024;

/// Run the desk.
#[derive(Debug, Args)]
pub struct Serve {
    /// The address to answer on.
    #[arg(long, value_name = "HOST:PORT")]
    listen: Option<String>,
}

impl Serve {
    pub(super) async fn run(&self, opened: Opened) -> Result<(), Failure> {
        start_log(&opened.config);
        let config = &opened.config;
        let _lock = opened.folder.lock()?;
        let store = opened.folder.store(config).await?;
        let keys = opened.folder.keys(config)?;
        let asked =
            self.listen.clone().or_else(|| config.listen.clone()).unwrap_or_else(|| LISTEN.to_owned());
        let http = bind(&asked).await?;
        let address = http.local_addr().map_err(Failure::other)?;
        let mut settings = settings(config, &own_url(config, address));
        settings.setup_secret = if serve::has_people(&store).await? { None } else { Some(secret()) };
        let desk = Desk::new(store, keys, roots(config)?, settings);
        let key_is_new = serve::check_key(&desk).await.map_err(|_| Failure::new("cli.error.other_key"))?;
        let smtp = match &config.smtp_in.listen {
            Some(address) => Some(bind(address).await?),
            None => None,
        };
        greet(&opened, &desk, address, smtp.as_ref(), key_is_new);
        let doors = Doors { http, smtp, tls: tls(config)?, smtp_tls: smtp_tls(config)? };
        serve::run(desk, doors).await.map_err(Failure::other)
    }
}

/// What this process is told by the configuration.
pub(super) fn settings(config: &Config, url: &str) -> ServeSettings {
    let hostname = config.smtp_in.hostname.clone().or_else(|| fs::read_to_string("/etc/hostname").ok());
    let hostname = hostname.map(|name| name.trim().to_owned()).filter(|name| !name.is_empty());
    ServeSettings {
        public_url: config.public_url.clone().unwrap_or_else(|| url.to_owned()),
        node: config.node.clone().unwrap_or_else(|| format!("node-{}", std::process::id())),
        hostname: hostname.unwrap_or_else(|| "localhost".to_owned()),
        max_size: config.smtp_in.max_size.unwrap_or(MAX_SIZE),
        setup_secret: None,
        trusted_proxies: config.proxy.trusted.clone(),
    }
}

/// The certificates that mail servers are checked against.
pub(super) fn roots(config: &Config) -> Result<Roots, Failure> {
    let pem = config.ca_file.as_deref().map(read).transpose()?;
    Roots::new(pem.as_deref()).map_err(|error| {
        let file = config.ca_file.clone().unwrap_or_default();
        Failure::new("cli.error.file").with("file", file.display()).with("why", error)
    })
}

fn own_url(config: &Config, address: SocketAddr) -> String {
    let scheme = if config.tls.is_some() { "https" } else { "http" };
    format!("{scheme}://{address}")
}

fn secret() -> String {
    let mut bytes = [0u8; 32];
    rand::rng().fill_bytes(&mut bytes);
    BASE64URL_NOPAD.encode(&bytes)
}

async fn bind(address: &str) -> Result<TcpListener, Failure> {
    TcpListener::bind(address)
        .await
        .map_err(|error| Failure::new("cli.error.listen").with("address", address).with("why", error))
}

fn tls(config: &Config) -> Result<Option<TlsDoor>, Failure> {
    config
        .tls
        .as_ref()
        .map(|files| Ok(TlsDoor { cert: read(&files.cert)?, key: read(&files.key)? }))
        .transpose()
}

fn smtp_tls(config: &Config) -> Result<Option<TlsDoor>, Failure> {
    match (&config.smtp_in.tls_cert, &config.smtp_in.tls_key) {
        (Some(cert), Some(key)) => Ok(Some(TlsDoor { cert: read(cert)?, key: read(key)? })),
        (None, None) => Ok(None),
        _ => Err(Failure::new("cli.error.smtp_tls_half")),
    }
}

fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    fs::read(path)
        .map_err(|error| Failure::new("cli.error.file").with("file", path.display()).with("why", error))
}

/// Tells where the desk is, and what a person should know before the first click. The setup link is printed here and
/// nowhere else.
fn greet(opened: &Opened, desk: &Desk, address: SocketAddr, smtp: Option<&TcpListener>, key_is_new: bool) {
    let say = |key: &str, params: &[(&str, &str)]| println!("{}", text(opened.language, key, params));
    let url = desk.settings.public_url.trim_end_matches('/');
    say("cli.serve.ready", &[("url", url)]);
    if let Some(secret) = &desk.settings.setup_secret {
        say("cli.serve.setup", &[("url", &format!("{url}/setup#{secret}"))]);
    }
    if let Some(Ok(address)) = smtp.map(TcpListener::local_addr) {
        say("cli.serve.smtp", &[("address", &address.to_string())]);
    }
    if key_is_new {
        say("cli.serve.key", &[("file", &opened.folder.0.join("henji.key").display().to_string())]);
    }
    let plain = opened.config.tls.is_none() && !url.starts_with("https://");
    if plain && !address.ip().is_loopback() {
        say("cli.serve.no_tls", &[]);
    }
}

fn start_log(config: &Config) {
    let level = config.log.level.clone().unwrap_or_else(|| "info,sqlx=warn,async_imap=off".to_owned());
    let filter = tracing_subscriber::EnvFilter::try_new(level).unwrap_or_default();
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    if config.log.format.as_deref() == Some("json") { builder.json().init() } else { builder.init() }
}
