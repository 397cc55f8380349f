//! A server that does what no real one can be made to do. The test plays its part line by line,
//! over a real socket, beside the client's part.

use std::sync::Arc;
use std::time::Duration;

use channels::Patience;
use channels::tls::{Roots, Security};
use channels::{imap, smtp_out};
use rustls::ServerConfig;
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::net::TcpListener;
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;

use super::client::FOREVER;

pub struct Fake {
    listener: TcpListener,
    pub port: u16,
}

impl Fake {
    pub async fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        Self { listener, port }
    }

    pub async fn accept(&self) -> Peer {
        let (stream, _) = timeout(FOREVER, self.listener.accept()).await.expect("nobody came").unwrap();
        Peer { stream: Some(BufReader::new(Box::new(stream))) }
    }

    /// An account at this server; patient enough for a busy machine.
    pub fn account(&self, security: Security, roots: &Roots) -> imap::Account {
        imap::Account {
            host: "localhost".to_owned(),
            port: self.port,
            security,
            user: "taro".to_owned(),
            password: "secret".to_owned(),
            roots: roots.clone(),
            patience: patience(),
        }
    }

    /// A sending server here, without login.
    pub fn server(&self, security: Security, roots: &Roots) -> smtp_out::Server {
        smtp_out::Server {
            host: "localhost".to_owned(),
            port: self.port,
            security,
            user: None,
            password: None,
            roots: roots.clone(),
            patience: patience(),
        }
    }
}

pub fn patience() -> Patience {
    Patience { step: FOREVER, after_dot: FOREVER }
}

/// For tests in which the server is meant to be too slow.
pub fn impatience() -> Patience {
    Patience { step: Duration::from_millis(500), after_dot: Duration::from_millis(500) }
}

/// Roots without anything of ours.
pub fn public_roots() -> Roots {
    Roots::new(None).unwrap()
}

trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Stream for T {}

/// The server's end of one connection.
pub struct Peer {
    stream: Option<BufReader<Box<dyn Stream>>>,
}

impl Peer {
    fn stream(&mut self) -> &mut BufReader<Box<dyn Stream>> {
        self.stream.as_mut().unwrap()
    }

    /// Says bytes. That the client may be gone is part of some tests.
    pub async fn say(&mut self, text: impl AsRef<[u8]>) {
        let stream = self.stream();
        drop(stream.write_all(text.as_ref()).await);
        drop(stream.flush().await);
    }

    /// The client's next line without its end; empty when the client has hung up.
    pub async fn line(&mut self) -> String {
        let mut line = Vec::new();
        let read = timeout(FOREVER, self.stream().read_until(b'\n', &mut line)).await;
        drop(read.expect("the client says nothing"));
        String::from_utf8(line).unwrap().trim_end_matches("\r\n").to_owned()
    }

    /// The next so many bytes.
    pub async fn bytes(&mut self, count: usize) -> Vec<u8> {
        let mut bytes = vec![0; count];
        let read = timeout(FOREVER, self.stream().read_exact(&mut bytes)).await;
        read.expect("the client says nothing").unwrap();
        bytes
    }

    /// Everything up to and with the end of a mail.
    pub async fn mail(&mut self) -> Vec<u8> {
        let mut mail = Vec::new();
        while !mail.ends_with(b"\r\n.\r\n") {
            let read = timeout(FOREVER, self.stream().read_until(b'\n', &mut mail)).await;
            assert_ne!(read.expect("the mail has no end").unwrap(), 0, "hung up within the mail");
        }
        mail
    }

    /// Everything until the client hangs up.
    pub async fn rest(&mut self) -> Vec<u8> {
        let mut rest = Vec::new();
        let read = timeout(FOREVER, self.stream().read_to_end(&mut rest)).await;
        drop(read.expect("the client does not hang up"));
        rest
    }

    /// From here on TLS; `false` if the client wouldn't.
    pub async fn start_tls(&mut self, config: &Arc<ServerConfig>) -> bool {
        let plain = self.stream.take().unwrap().into_inner();
        let handshake = TlsAcceptor::from(Arc::clone(config)).accept(plain);
        match timeout(FOREVER, handshake).await.expect("the client does not start TLS") {
            Ok(stream) => {
                self.stream = Some(BufReader::new(Box::new(stream)));
                true
            }
            Err(_) => false,
        }
    }

    /// IMAP: the next command as (tag, rest).
    pub async fn command(&mut self) -> (String, String) {
        let line = self.line().await;
        let (tag, rest) = line.split_once(' ').unwrap_or((&line, ""));
        (tag.to_owned(), rest.to_owned())
    }

    /// IMAP: answers the next command with these untagged lines and OK; returns the command.
    pub async fn obey(&mut self, untagged: impl AsRef<[u8]>) -> String {
        let (tag, command) = self.command().await;
        self.say(untagged).await;
        self.say(format!("{tag} OK done\r\n")).await;
        command
    }

    /// IMAP: refuses the next command with these words; returns the command.
    pub async fn refuse(&mut self, words: &str) -> String {
        let (tag, command) = self.command().await;
        self.say(format!("{tag} {words}\r\n")).await;
        command
    }

    /// IMAP: greeting, capabilities and login of a server that can do this.
    pub async fn imap(&mut self, abilities: &str) {
        self.say("* OK ready\r\n").await;
        for expected in ["CAPABILITY", "LOGIN \"taro\" \"secret\"", "CAPABILITY"] {
            let command = self.obey(format!("* CAPABILITY IMAP4rev1 {abilities}\r\n")).await;
            assert_eq!(command, expected);
        }
    }

    /// SMTP: answers the next line; returns it.
    pub async fn answer(&mut self, reply: &str) -> String {
        let line = self.line().await;
        self.say(format!("{reply}\r\n")).await;
        line
    }

    /// SMTP: greeting and EHLO with these offers.
    pub async fn smtp(&mut self, offers: &[&str]) {
        self.say("220 mx.example.net ESMTP\r\n").await;
        self.ehlo(offers).await;
    }

    /// SMTP: EHLO with these offers.
    pub async fn ehlo(&mut self, offers: &[&str]) {
        assert_eq!(self.line().await, "EHLO desk.example.com");
        self.say("250-mx.example.net\r\n").await;
        for offer in offers {
            self.say(format!("250-{offer}\r\n")).await;
        }
        self.say("250 HELP\r\n").await;
    }

    /// SMTP: MAIL, RCPT for so many, DATA, all accepted.
    pub async fn envelope(&mut self, recipients: usize) {
        assert!(self.answer("250 sender ok").await.starts_with("MAIL FROM:<"));
        for _ in 0..recipients {
            assert!(self.answer("250 recipient ok").await.starts_with("RCPT TO:<"));
        }
        assert_eq!(self.answer("354 go on").await, "DATA");
    }
}

impl Peer {
    /// SMTP: says this and plays along with the goodbye.
    pub async fn conclude(&mut self, reply: &str) {
        self.say(format!("{reply}\r\n")).await;
        self.answer("221 bye").await;
    }
}
