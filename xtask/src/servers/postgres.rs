//! PostgreSQL for one run: fast, forgetful, open to everybody on this machine.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpStream};
use std::path::Path;
use std::time::Duration;

use anyhow::{Context, bail};
use rustix::process::Signal;

use super::Programs;
use super::folder::Folder;
use super::identity::Identity;
use super::interrupt::Interrupt;
use super::ports;
use super::process::Server;

/// The owner of everything in it.
const USER: &str = "henji";
/// nextest runs a process per test and each opens its own pool.
const CONNECTIONS: u32 = 300;
const TRIES: u32 = 3;

/// A running PostgreSQL.
pub struct Postgres {
    port: u16,
    _server: Server,
}

impl Postgres {
    /// For example `postgres://henji@127.0.0.1:40123/postgres`.
    pub fn url(&self) -> String {
        format!("postgres://{USER}@127.0.0.1:{}/postgres", self.port)
    }
}

/// Makes a cluster below `folder`, starts it and waits until it takes a connection.
pub fn start(programs: &Programs, folder: &Folder, interrupt: &Interrupt) -> anyhow::Result<Postgres> {
    let identity = Identity::instead_of_root(&["postgres", "nobody"])?;
    let home = folder.below("postgres")?;
    identity.own(&home)?;
    let data = home.join("data");
    make_cluster(&identity, &programs.initdb, &data)?;
    let mut tries = 0;
    loop {
        tries += 1;
        match listen(&identity, &programs.postgres, &home, interrupt) {
            Err(error) if tries < TRIES => eprintln!("xtask: {error:#}; trying another port"),
            other => return other,
        }
        interrupt.check()?;
    }
}

fn make_cluster(identity: &Identity, initdb: &Path, data: &Path) -> anyhow::Result<()> {
    let made = identity
        .command(initdb)?
        .arg("--pgdata")
        .arg(data)
        .args(["--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync", "--username", USER])
        .output()
        .context("initdb can't be started")?;
    if !made.status.success() {
        bail!("initdb failed: {}", String::from_utf8_lossy(&made.stderr).trim());
    }
    Ok(())
}

fn listen(
    identity: &Identity,
    postgres: &Path,
    home: &Path,
    interrupt: &Interrupt,
) -> anyhow::Result<Postgres> {
    let [port] = ports::free()?;
    let mut command = identity.command(postgres)?;
    command.arg("-D").arg(home.join("data"));
    let settings = [
        format!("port={port}"),
        "listen_addresses=127.0.0.1".to_owned(),
        format!("unix_socket_directories={}", home.display()),
        format!("max_connections={CONNECTIONS}"),
        "shared_buffers=64MB".to_owned(),
        // The data lives as long as the run: nothing needs to survive a power cut.
        "fsync=off".to_owned(),
        "synchronous_commit=off".to_owned(),
        "full_page_writes=off".to_owned(),
        // A desk works in UTC and asks nobody for the time; a test may not depend on the machine.
        "timezone=UTC".to_owned(),
    ];
    for setting in settings {
        command.arg("-c").arg(setting);
    }
    // SIGQUIT is the immediate shutdown: no checkpoint of data that is thrown away.
    let mut server = Server::start("PostgreSQL", command, Signal::QUIT, &home.join("log"))?;
    server.wait_until(interrupt, || takes_connections(port))?;
    Ok(Postgres { port, _server: server })
}

/// Says hello in PostgreSQL's protocol: `R` is "authentication", anything else "not yet".
fn takes_connections(port: u16) -> bool {
    hello(port).is_ok_and(|first| first == b'R')
}

fn hello(port: u16) -> std::io::Result<u8> {
    let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port))?;
    stream.set_read_timeout(Some(Duration::from_secs(2)))?;
    let parameters = format!("user\0{USER}\0database\0postgres\0\0");
    let version: u32 = 3 << 16;
    let length = u32::try_from(8 + parameters.len()).unwrap_or_default();
    stream.write_all(&length.to_be_bytes())?;
    stream.write_all(&version.to_be_bytes())?;
    stream.write_all(parameters.as_bytes())?;
    let mut first = [0];
    stream.read_exact(&mut first)?;
    Ok(first[0])
}
