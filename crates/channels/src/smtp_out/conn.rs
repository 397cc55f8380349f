//! One conversation with a sending server: a command, then its whole answer, word for word.

use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::time::timeout;

use super::login::sign_in;
use super::{Server, SmtpError};
use crate::tls::{Security, TlsError};
use crate::wire::{ConnectError, Wire};

/// No honest answer is longer, all its lines together.
const LONGEST_ANSWER: usize = 65_536;
/// How long a goodbye may take.
const GOODBYE: Duration = Duration::from_secs(5);

/// How long to look for words that nobody asked for: long enough for the system to hand over
/// what has arrived.
const GLANCE: Duration = Duration::from_millis(2);

/// A server's answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Reply {
    /// Its three digits.
    pub code: u16,
    /// All its lines as they came, joined by LF.
    pub text: String,
}

impl Reply {
    /// 2xx.
    pub(super) fn is_yes(&self) -> bool {
        self.code / 100 == 2
    }

    /// 4xx.
    pub(super) fn is_later(&self) -> bool {
        self.code / 100 == 4
    }

    /// 5xx.
    pub(super) fn is_no(&self) -> bool {
        self.code / 100 == 5
    }

    /// The trouble that a refusal is: 4xx always means "later", 5xx what `no` makes of it.
    pub(super) fn trouble(self, no: impl FnOnce(String) -> SmtpError) -> SmtpError {
        if self.is_later() {
            SmtpError::NotNow { answer: self.text }
        } else if self.is_no() {
            no(self.text)
        } else {
            SmtpError::Unreadable { answer: self.text }
        }
    }
}

#[derive(Debug)]
pub(super) struct Conn {
    wire: BufReader<Wire>,
    /// The greeting, verbatim.
    pub greeting: String,
    /// The lines of the answer to EHLO, without code and name.
    pub offers: Vec<String>,
}

impl Conn {
    /// Connects, greets, protects and signs in.
    pub(super) async fn open(server: &Server, helo: &str) -> Result<Self, SmtpError> {
        let mut wire = Wire::connect(&server.host, server.port, server.patience.step).await?;
        if server.security == Security::Tls {
            wire = wire.protect(&server.host, &server.roots).await?;
        }
        let mut conn = Self { wire: BufReader::new(wire), greeting: String::new(), offers: Vec::new() };
        conn.greeted().await?;
        conn.hello(helo).await?;
        if server.security == Security::StartTls {
            conn = conn.start_tls(server).await?;
            conn.hello(helo).await?;
        }
        if let Some(user) = &server.user {
            sign_in(&mut conn, user, server.password.as_deref().unwrap_or_default()).await?;
        }
        Ok(conn)
    }

    async fn greeted(&mut self) -> Result<(), SmtpError> {
        let reply = self.reply().await.map_err(|error| {
            if let SmtpError::Unreadable { .. } = error { SmtpError::NotSmtp } else { error }
        })?;
        if reply.code != 220 {
            return Err(SmtpError::TurnedAway { answer: reply.text });
        }
        self.greeting = reply.text;
        Ok(())
    }

    async fn hello(&mut self, helo: &str) -> Result<(), SmtpError> {
        let name = our_name(helo);
        let mut reply = self.say(&format!("EHLO {name}")).await?;
        if reply.is_no() {
            reply = self.say(&format!("HELO {name}")).await?;
        }
        if !reply.is_yes() {
            return Err(reply.trouble(|answer| SmtpError::TurnedAway { answer }));
        }
        let lines = reply.text.lines().skip(1);
        self.offers = lines.map(|line| line.get(4..).unwrap_or_default().trim().to_owned()).collect();
        Ok(())
    }

    async fn start_tls(mut self, server: &Server) -> Result<Self, SmtpError> {
        if !self.offers("STARTTLS") {
            return Err(ConnectError::Tls(TlsError::NotOffered).into());
        }
        let reply = self.say("STARTTLS").await?;
        if !reply.is_yes() {
            return Err(ConnectError::Tls(TlsError::Refused { answer: reply.text }).into());
        }
        // What came in plain text behind the answer was not said by the server (CVE-2021-38371).
        if !self.wire.buffer().is_empty() {
            return Err(ConnectError::Tls(TlsError::Injected).into());
        }
        let wire = self.wire.into_inner().protect(&server.host, &server.roots).await;
        let wire = wire.map_err(|error| {
            let plain = error == ConnectError::Tls(TlsError::NotTls);
            if plain { TlsError::Injected.into() } else { error }
        })?;
        Ok(Self { wire: BufReader::new(wire), greeting: self.greeting, offers: Vec::new() })
    }

    /// Is this keyword among the offers?
    pub(super) fn offers(&self, keyword: &str) -> bool {
        self.offers
            .iter()
            .any(|line| line.split_whitespace().next().is_some_and(|word| word.eq_ignore_ascii_case(keyword)))
    }

    /// One command and its answer, whatever it is.
    pub(super) async fn say(&mut self, command: &str) -> Result<Reply, SmtpError> {
        self.write(format!("{command}\r\n").as_bytes()).await?;
        self.reply().await
    }

    /// Sends bytes as they are, to the last one.
    pub(super) async fn write(&mut self, bytes: &[u8]) -> Result<(), ConnectError> {
        let wire = self.wire.get_mut();
        let written = async {
            wire.write_all(bytes).await?;
            wire.flush().await
        };
        written.await.map_err(|e| ConnectError::from_io(&e))
    }

    /// One whole answer.
    pub(super) async fn reply(&mut self) -> Result<Reply, SmtpError> {
        let mut text = String::new();
        loop {
            let line = self.line().await?;
            if !text.is_empty() {
                text.push('\n');
            }
            text.push_str(&line);
            let code = line.get(..3).and_then(|digits| digits.parse::<u16>().ok());
            let Some(code) = code.filter(|code| (200..600).contains(code)) else {
                return Err(SmtpError::Unreadable { answer: text });
            };
            if line.as_bytes().get(3) != Some(&b'-') {
                return Ok(Reply { code, text });
            }
            if text.len() > LONGEST_ANSWER {
                return Err(SmtpError::Unreadable { answer: text });
            }
        }
    }

    async fn line(&mut self) -> Result<String, ConnectError> {
        let mut line = Vec::new();
        while !line.ends_with(b"\n") && line.len() <= LONGEST_ANSWER {
            let buffer = self.wire.fill_buf().await.map_err(|e| ConnectError::from_io(&e))?;
            if buffer.is_empty() {
                let said = "the server hung up".to_owned();
                return Err(ConnectError::Closed { said });
            }
            let end = buffer.iter().position(|b| *b == b'\n').map_or(buffer.len(), |at| at + 1);
            line.extend_from_slice(&buffer[..end]);
            self.wire.consume(end);
        }
        Ok(String::from_utf8_lossy(&line).chars().filter(|c| !c.is_control()).collect())
    }

    /// Has the server said something, or hung up, without being asked?
    pub(super) async fn has_spoken(&mut self) -> bool {
        timeout(GLANCE, self.wire.fill_buf()).await.is_ok()
    }

    /// How long the next answers may take.
    pub(super) fn wait_for(&mut self, patience: Duration) {
        self.wire.get_mut().wait_for(Some(patience));
    }

    /// Says goodbye. Nothing depends on the answer.
    pub(super) async fn quit(mut self) {
        drop(timeout(GOODBYE, self.say("QUIT")).await);
    }
}

/// A name that can stand behind EHLO; ours, if it can.
fn our_name(helo: &str) -> &str {
    let fits = |c: char| c.is_ascii_alphanumeric() || ".-[]:_".contains(c);
    if helo.is_empty() || !helo.chars().all(fits) { "[127.0.0.1]" } else { helo }
}
