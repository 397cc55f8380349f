//! `henji serve`: the desk.

use std::{
    fs,
    net::{IpAddr, SocketAddr},
    path::Path,
};

use channels::tls::Roots;
use clap::Args;
use data_encoding::BASE64URL_NOPAD;
use rand::RngCore;
use serde_json::json;
use server::{
    serve::{self, Doors, TlsDoor},
    state::{Desk, ServeSettings},
    words::text,
};
use tokio::net::TcpListener;

use super::{
    Opened,
    output::{print, tell},
    start_log,
};
use crate::{config::Config, failure::Failure};

/// Where the desk answers if nothing is said.
pub(super) const LISTEN: &str = "127.0.0.1:8480";
/// What is written to the log if nothing is said.
const LOG: &str = "info,sqlx=warn,async_imap=off";
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
        let config = &opened.config;
        start_log(config.log.level.as_deref().unwrap_or(LOG), config.log.format.as_deref() == Some("json"));
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
        let doors = Doors { http, smtp, tls: tls(config)?, smtp_tls: smtp_tls(config)? };
        let begun = Begun { url: own_name(&desk), address, smtp: doors.smtp.as_ref(), key_is_new };
        serve::stop_at_signals(&desk).map_err(Failure::other)?;
        begun.greet(&opened, desk.settings.setup_secret.as_deref())?;
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

/// "Every address" is none that a browser could open, so this machine stands for it.
fn own_url(config: &Config, address: SocketAddr) -> String {
    let scheme = if config.tls.is_some() { "https" } else { "http" };
    if address.ip().is_unspecified() {
        return format!("{scheme}://localhost:{}", address.port());
    }
    format!("{scheme}://{address}")
}

fn own_name(desk: &Desk) -> String {
    desk.settings.public_url.trim_end_matches('/').to_owned()
}

/// Whether people would sign in where others can listen in: no TLS here, none in front, and not this machine alone.
pub(super) fn is_open_to_listeners(config: &Config, ip: IpAddr) -> bool {
    let in_front = config.public_url.as_ref().is_some_and(|url| url.starts_with("https://"));
    config.tls.is_none() && !in_front && !ip.is_loopback()
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

/// TLS of the desk itself.
pub(super) fn tls(config: &Config) -> Result<Option<TlsDoor>, Failure> {
    config
        .tls
        .as_ref()
        .map(|files| Ok(TlsDoor { cert: read(&files.cert)?, key: read(&files.key)? }))
        .transpose()
}

/// STARTTLS of the SMTP listener.
pub(super) fn smtp_tls(config: &Config) -> Result<Option<TlsDoor>, Failure> {
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

/// What a person should know before the first click.
struct Begun<'a> {
    url: String,
    address: SocketAddr,
    smtp: Option<&'a TcpListener>,
    key_is_new: bool,
}

impl Begun<'_> {
    /// Tells where the desk is. The setup link is printed here and nowhere else. A desk goes on without a reader.
    fn greet(&self, opened: &Opened, setup_secret: Option<&str>) -> Result<(), Failure> {
        let setup = setup_secret.map(|secret| format!("{}/setup#{secret}", self.url));
        let smtp = self.smtp.and_then(|listener| listener.local_addr().ok()).map(|at| at.to_string());
        let said = if opened.json {
            print(&json!({"url": format!("{}/", self.url), "setup": setup, "smtp": smtp}).to_string())
        } else {
            self.sentences(opened, setup.as_deref(), smtp.as_deref())
        };
        match said {
            Err(Failure::NobodyReads) | Ok(()) => {}
            Err(other) => return Err(other),
        }
        if is_open_to_listeners(&opened.config, self.address.ip()) {
            tell(&text(opened.language, "cli.serve.no_tls", &[]));
        }
        let idle = opened.config.without_effect.join(", ");
        if !idle.is_empty() {
            tell(&text(opened.language, "cli.serve.without_effect", &[("keys", &idle)]));
        }
        Ok(())
    }

    fn sentences(&self, opened: &Opened, setup: Option<&str>, smtp: Option<&str>) -> Result<(), Failure> {
        let say = |key: &str, params: &[(&str, &str)]| print(&text(opened.language, key, params));
        say("cli.serve.ready", &[("url", &self.url)])?;
        if let Some(url) = setup {
            say("cli.serve.setup", &[("url", url)])?;
        }
        if let Some(address) = smtp {
            say("cli.serve.smtp", &[("address", address)])?;
        }
        if self.key_is_new {
            let file = opened.folder.key_file(&opened.config)?;
            say("cli.serve.key", &[("file", &file.display().to_string())])?;
        }
        Ok(())
    }
}
