//! One conversation: commands with their tags, answers with their status. The library reads the
//! answers; commands are written and judged here, because a refused SEARCH or a line cut in the
//! middle must never look like an empty folder, and because a password must not meet a log.

use std::borrow::Cow;
use std::io;
use std::panic::AssertUnwindSafe;
use std::time::Duration;

use async_imap::Client;
use async_imap::imap_proto::{MailboxDatum, Outcome, Response, ResponseCode, Status};
use futures::FutureExt;
use tokio::io::AsyncWriteExt;
use tokio::time::timeout;

use super::error::ImapError;
use crate::wire::{ConnectError, Wire};

/// One command may take this long altogether, however slowly its bytes move.
const LONGEST_COMMAND: Duration = Duration::from_mins(30);

/// How a command ended.
pub(super) enum Ended {
    Ok,
    /// Refused: the command was understood.
    No(String),
    /// Not understood.
    Bad(String),
}

/// What was heard while a command runs.
pub(super) enum Heard<T> {
    /// The command ended.
    End(Ended),
    /// Something else was said.
    Told(T),
}

impl Ended {
    /// For commands that must succeed.
    pub(super) fn ok(self) -> Result<(), ImapError> {
        match self {
            Self::Ok => Ok(()),
            Self::No(answer) | Self::Bad(answer) => Err(ImapError::ServerSaid { answer }),
        }
    }
}

#[derive(Debug)]
pub(super) struct Conn {
    client: Client<Wire>,
    tags: u32,
    /// A command was begun and not heard to its end: what comes next can't be told apart.
    unfinished: bool,
    farewell: Option<String>,
    /// What the server can do, in upper case.
    abilities: Vec<String>,
    /// Mails in the opened folder, by the last word of the server.
    pub(super) exists: u32,
    /// Something arrived since the last look.
    pub(super) news: bool,
}

impl Conn {
    pub(super) fn new(wire: Wire) -> Self {
        Self {
            client: Client::new(wire),
            tags: 0,
            unfinished: false,
            farewell: None,
            abilities: Vec::new(),
            exists: 0,
            news: false,
        }
    }

    pub(super) fn can(&self, ability: &str) -> bool {
        self.abilities.iter().any(|known| known == ability)
    }

    pub(super) fn wire(&mut self) -> &mut Wire {
        self.client.get_mut()
    }

    /// Sends a command and hands every answer before its end to `each`.
    pub(super) async fn run(
        &mut self,
        command: &str,
        each: impl FnMut(&Response<'_>),
    ) -> Result<Ended, ImapError> {
        let tag = self.begin(command).await?;
        self.finish(&tag, each).await
    }

    /// Sends a command and returns its tag; [`Conn::finish`] hears it out.
    pub(super) async fn begin(&mut self, command: &str) -> Result<String, ImapError> {
        if self.unfinished {
            return Err(self.lost());
        }
        self.unfinished = true;
        self.tags += 1;
        let tag = format!("h{}", self.tags);
        self.write(&format!("{tag} {command}\r\n")).await?;
        Ok(tag)
    }

    /// Sends bytes within a command.
    pub(super) async fn write(&mut self, text: &str) -> Result<(), ImapError> {
        let wire = self.client.get_mut();
        let written = async {
            wire.write_all(text.as_bytes()).await?;
            wire.flush().await
        };
        written.await.map_err(|e| ImapError::Connect(ConnectError::from_io(&e)))
    }

    pub(super) async fn finish(
        &mut self,
        tag: &str,
        mut each: impl FnMut(&Response<'_>),
    ) -> Result<Ended, ImapError> {
        let hear = async {
            loop {
                let heard = self.next(tag, |response| each(response)).await?;
                if let Heard::End(ended) = heard {
                    return Ok(ended);
                }
            }
        };
        timeout(LONGEST_COMMAND, hear).await.unwrap_or(Err(ImapError::Connect(ConnectError::TimedOut)))
    }

    /// The next answer: the end of the command with this tag, or something that `read` looks at.
    /// May be dropped while waiting: nothing is lost.
    pub(super) async fn next<T>(
        &mut self,
        awaited: &str,
        read: impl FnOnce(&Response<'_>) -> T,
    ) -> Result<Heard<T>, ImapError> {
        // The reader slices the server's text and may panic at characters of several bytes
        // (imap-proto 0.17, `Outcome::parse`); that must cost this connection, not the desk.
        let heard = AssertUnwindSafe(self.client.read_response()).catch_unwind().await;
        let response = match heard {
            Ok(Ok(Some(response))) => response,
            Ok(Ok(None)) => return Err(self.lost()),
            // The library's own complaints, and only those, are of this kind.
            Ok(Err(error)) if error.kind() == io::ErrorKind::Other => return Err(ImapError::Unreadable),
            Ok(Err(error)) => return Err(ImapError::Connect(ConnectError::from_io(&error))),
            Err(_panic) => return Err(ImapError::Unreadable),
        };
        let response = response.parsed();
        if let Some(ended) = ending(awaited, response) {
            self.unfinished = false;
            return Ok(Heard::End(ended));
        }
        self.notice(response);
        Ok(Heard::Told(read(response)))
    }

    fn lost(&self) -> ImapError {
        let said = self.farewell.clone().unwrap_or_else(|| "the server hung up".to_owned());
        ImapError::Connect(ConnectError::Closed { said })
    }

    /// What the server may say at any time.
    fn notice(&mut self, response: &Response<'_>) {
        if let Response::MailboxData(MailboxDatum::Exists(exists)) = response {
            self.news |= *exists != self.exists;
            self.exists = *exists;
        } else if let Response::Expunge(_) = response {
            self.exists = self.exists.saturating_sub(1);
        } else if let Response::Data { status: Status::Bye, outcome } = response {
            self.farewell = Some(words("BYE", outcome));
        }
    }

    /// Asks the server what it can do.
    pub(super) async fn learn(&mut self) -> Result<(), ImapError> {
        let mut abilities = Vec::new();
        let ended = self.run("CAPABILITY", |response| {
            if let Response::Capabilities(list) = response {
                abilities.extend(list.iter().map(ability));
            }
        });
        ended.await?.ok()?;
        self.abilities = abilities;
        Ok(())
    }
}

fn ability(capability: &async_imap::imap_proto::Capability<'_>) -> String {
    use async_imap::imap_proto::Capability as C;
    match capability {
        C::Imap4rev1 => "IMAP4REV1".to_owned(),
        C::Auth(way) => format!("AUTH={}", way.to_ascii_uppercase()),
        C::Atom(name) => name.to_ascii_uppercase(),
    }
}

/// Is this the end of the command with this tag?
fn ending(awaited: &str, response: &Response<'_>) -> Option<Ended> {
    let Response::Done { tag, status, outcome } = response else { return None };
    if tag.0 != awaited {
        return None;
    }
    Some(match status {
        Status::Ok => Ended::Ok,
        Status::No => Ended::No(words("NO", outcome)),
        Status::Bad | Status::PreAuth | Status::Bye => Ended::Bad(words("BAD", outcome)),
    })
}

/// The server's words. Codes that the reader took out of them are put back where they matter to
/// a person; all others it leaves in the text.
fn words(status: &str, outcome: &Outcome<'_>) -> String {
    let code = if outcome.code == Some(ResponseCode::Alert) {
        "[ALERT] "
    } else if outcome.code == Some(ResponseCode::TryCreate) {
        "[TRYCREATE] "
    } else {
        ""
    };
    let text = outcome.information.as_ref().map_or("", Cow::as_ref);
    format!("{status} {code}{text}").trim_end().to_owned()
}

/// A string in quotes (RFC 3501 `quoted`). The caller has made sure that it is one line.
pub(super) fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}
