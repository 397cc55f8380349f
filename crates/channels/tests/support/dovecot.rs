//! The real server of the test run, and a plain client that prepares its folders.

use std::hash::{BuildHasher, Hasher, RandomState};

use channels::imap::Account;
use channels::tls::{Roots, Security};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::client::FOREVER;
use super::fake::patience;

#[expect(clippy::disallowed_methods, reason = "the test run hands its servers over in the environment")]
fn variable(name: &str) -> String {
    std::env::var(name)
        .unwrap_or_else(|_| panic!("{name} is not set: run `make test`, which starts the servers"))
}

fn host_and_port(name: &str) -> (String, u16) {
    let value = variable(name);
    let (host, port) = value.rsplit_once(':').expect("host:port");
    (host.to_owned(), port.parse().expect("a port"))
}

/// A user that nobody else has: each test begins with an empty mailbox.
fn fresh_user() -> String {
    format!("u{:016x}", RandomState::new().build_hasher().finish())
}

fn account((host, port): (String, u16), security: Security, roots: Roots) -> Account {
    let password = "test".to_owned();
    Account { host, port, security, user: fresh_user(), password, roots, patience: patience() }
}

/// A fresh account without TLS.
pub fn plain() -> Account {
    account(host_and_port("HENJI_TEST_IMAP"), Security::None, Roots::new(None).unwrap())
}

/// The authority of the run.
fn roots() -> Roots {
    let pem = std::fs::read(variable("HENJI_TEST_CA")).expect("the authority's file");
    Roots::new(Some(&pem)).unwrap()
}

/// A fresh account with TLS from the first byte.
pub fn tls() -> Account {
    account(host_and_port("HENJI_TEST_IMAP_TLS"), Security::Tls, roots())
}

/// A fresh account with STARTTLS.
pub fn starttls() -> Account {
    account(host_and_port("HENJI_TEST_IMAP"), Security::StartTls, roots())
}

/// Somebody else's mail program at the same account.
pub struct Other {
    stream: BufReader<TcpStream>,
    count: u32,
}

impl Other {
    pub async fn at(account: &Account) -> Self {
        // Both ports of the run lead to the same mailboxes.
        let stream = TcpStream::connect(host_and_port("HENJI_TEST_IMAP")).await.unwrap();
        let mut other = Self { stream: BufReader::new(stream), count: 0 };
        other.run(&format!("LOGIN {} test", account.user)).await;
        other
    }

    /// Runs a command that must succeed; returns everything said.
    pub async fn run(&mut self, command: &str) -> String {
        self.count += 1;
        let tag = format!("o{}", self.count);
        self.stream.write_all(format!("{tag} {command}\r\n").as_bytes()).await.unwrap();
        self.until(&tag).await
    }

    async fn until(&mut self, tag: &str) -> String {
        let mut said = String::new();
        loop {
            let mut line = Vec::new();
            let read = timeout(FOREVER, self.stream.read_until(b'\n', &mut line)).await;
            assert_ne!(read.expect("Dovecot is silent").unwrap(), 0, "Dovecot hung up: {said}");
            let line = String::from_utf8_lossy(&line).into_owned();
            said.push_str(&line);
            if let Some(end) = line.strip_prefix(tag) {
                assert!(end.starts_with(" OK"), "{said}");
                return said;
            }
        }
    }

    /// Puts a mail into a folder.
    pub async fn append(&mut self, folder: &str, flags: &str, mail: &[u8]) {
        self.count += 1;
        let tag = format!("o{}", self.count);
        let date = "\" 1-Feb-2026 00:00:00 +0900\"";
        let command = format!("{tag} APPEND {folder} ({flags}) {date} {{{}}}\r\n", mail.len());
        self.stream.write_all(command.as_bytes()).await.unwrap();
        let mut go = String::new();
        timeout(FOREVER, self.stream.read_line(&mut go)).await.expect("Dovecot is silent").unwrap();
        // Greetings of the folder may stand before the go-ahead.
        while !go.starts_with('+') {
            assert!(go.starts_with('*'), "{go}");
            go.clear();
            self.stream.read_line(&mut go).await.unwrap();
        }
        self.stream.write_all(mail).await.unwrap();
        self.stream.write_all(b"\r\n").await.unwrap();
        self.until(&tag).await;
    }
}
