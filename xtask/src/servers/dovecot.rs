//! Dovecot for one run: IMAP in plain (with STARTTLS) and in TLS, any user, password `test`.

use std::io::{BufRead, BufReader};
use std::net::{Ipv4Addr, TcpStream};
use std::path::{Path, PathBuf};
use std::time::Duration;

use rustix::process::Signal;

use super::certificate::Certificate;
use super::folder::Folder;
use super::identity::Identity;
use super::interrupt::Interrupt;
use super::ports;
use super::process::Server;

const TRIES: u32 = 3;
const TEMPLATE: &str = include_str!("dovecot.conf");

/// A running Dovecot.
pub struct Dovecot {
    ports: [u16; 2],
    home: PathBuf,
    _server: Server,
}

impl Dovecot {
    /// Plain IMAP; offers STARTTLS.
    pub fn imap(&self) -> String {
        format!("127.0.0.1:{}", self.ports[0])
    }

    /// IMAP in TLS from the first byte.
    pub fn imap_tls(&self) -> String {
        format!("127.0.0.1:{}", self.ports[1])
    }

    /// One Maildir for each user, named as the user, made at the first sign-in.
    pub fn maildirs(&self) -> PathBuf {
        self.home.join("mail")
    }
}

/// Writes its configuration below `folder`, starts it and waits until both ports are open.
pub fn start(
    dovecot: &Path,
    folder: &Folder,
    certificate: &Certificate,
    interrupt: &Interrupt,
) -> anyhow::Result<Dovecot> {
    let identity = Identity::instead_of_root(&["nobody"])?;
    let home = folder.below("dovecot")?;
    let mail = folder.below("dovecot/mail")?;
    for path in [&home, &mail, &certificate.key] {
        identity.own(path)?;
    }
    let mut tries = 0;
    loop {
        tries += 1;
        match listen(&identity, dovecot, &home, certificate, interrupt) {
            Err(error) if tries < TRIES => eprintln!("xtask: {error:#}; trying other ports"),
            other => return other,
        }
        interrupt.check()?;
    }
}

fn listen(
    identity: &Identity,
    dovecot: &Path,
    home: &Path,
    certificate: &Certificate,
    interrupt: &Interrupt,
) -> anyhow::Result<Dovecot> {
    let ports = ports::free()?;
    let path = home.join("dovecot.conf");
    std::fs::write(&path, configuration(home, identity, certificate, ports))?;
    let mut command = identity.command(dovecot)?;
    command.arg("-F").arg("-c").arg(&path);
    let mut server = Server::start("Dovecot", command, Signal::TERM, &home.join("words"))?;
    server.wait_until(interrupt, || greets(ports[0]) && opens(ports[1]))?;
    Ok(Dovecot { ports, home: home.to_path_buf(), _server: server })
}

/// The template with its blanks filled.
fn configuration(home: &Path, identity: &Identity, certificate: &Certificate, ports: [u16; 2]) -> String {
    let [imap, tls] = ports.map(|port| port.to_string());
    let path = |path: &Path| path.display().to_string();
    let blanks = [
        ("@home@", path(home)),
        ("@cert@", path(&certificate.server)),
        ("@key@", path(&certificate.key)),
        ("@user@", identity.user.clone()),
        ("@group@", identity.group.clone()),
        ("@imap@", imap),
        ("@tls@", tls),
    ];
    blanks.iter().fold(TEMPLATE.to_owned(), |text, (blank, value)| text.replace(blank, value))
}

fn greets(port: u16) -> bool {
    let Ok(stream) = TcpStream::connect((Ipv4Addr::LOCALHOST, port)) else { return false };
    stream.set_read_timeout(Some(Duration::from_secs(5))).ok();
    let mut line = String::new();
    BufReader::new(stream).read_line(&mut line).is_ok() && line.starts_with("* OK")
}

fn opens(port: u16) -> bool {
    TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_ok()
}
