//! The dialogue with one SMTP client.

use std::io::{self, BufRead, BufReader, Write};
use std::net::TcpStream;
use std::time::Duration;

use data_encoding::BASE64;

use super::behaviour::{Behaviour, Once};
use super::keep::{Envelope, Keeper, Outcome};

/// The only password that is accepted, as in the Dovecot beside it.
const PASSWORD: &str = "test";
/// Somebody who signs in with a name beginning so may not send from `<>`, as at many providers.
const NO_NULL_SENDER: &str = "no-null-sender";
const SLOW: Duration = Duration::from_secs(2);

struct Session<'a> {
    reader: BufReader<&'a TcpStream>,
    writer: &'a TcpStream,
    keeper: &'a Keeper,
    once: &'a Once,
    envelope: Envelope,
    after: Behaviour,
}

/// Whether to go on after a command.
enum Next {
    Listen,
    HangUp,
}

/// Speaks with one client until it leaves or is dropped.
pub fn serve(stream: &TcpStream, keeper: &Keeper, once: &Once) -> io::Result<()> {
    let mut session = Session {
        reader: BufReader::new(stream),
        writer: stream,
        keeper,
        once,
        envelope: Envelope::default(),
        after: Behaviour::Accept,
    };
    session.say("220 sink.test ESMTP")?;
    while let Some(line) = session.line()? {
        if matches!(session.command(&line)?, Next::HangUp) {
            break;
        }
    }
    Ok(())
}

impl Session<'_> {
    fn say(&mut self, answer: &str) -> io::Result<Next> {
        self.writer.write_all(format!("{answer}\r\n").as_bytes())?;
        Ok(Next::Listen)
    }

    /// The next line without its end; `None` when the client has gone.
    fn line(&mut self) -> io::Result<Option<String>> {
        let mut bytes = Vec::new();
        if self.reader.read_until(b'\n', &mut bytes)? == 0 {
            return Ok(None);
        }
        Ok(Some(String::from_utf8_lossy(&bytes).trim_end_matches(['\r', '\n']).to_owned()))
    }

    fn command(&mut self, line: &str) -> io::Result<Next> {
        let (verb, rest) = line.split_once(' ').unwrap_or((line, ""));
        match verb.to_ascii_uppercase().as_str() {
            "EHLO" => {
                rest.trim().clone_into(&mut self.envelope.helo);
                self.say("250-sink.test\r\n250-SIZE 209715200\r\n250-8BITMIME\r\n250-PIPELINING\r\n250 AUTH PLAIN LOGIN")
            }
            "HELO" => {
                rest.trim().clone_into(&mut self.envelope.helo);
                self.say("250 sink.test")
            }
            "AUTH" => self.sign_in(rest),
            "MAIL" => self.mail_from(rest),
            "RCPT" => self.recipient(rest),
            "DATA" => self.data(),
            "RSET" => {
                self.forget_mail();
                self.say("250 2.0.0 forgotten")
            }
            "NOOP" => self.say("250 2.0.0 here"),
            "QUIT" => self.say("221 2.0.0 goodbye").map(|_| Next::HangUp),
            _ => self.say("500 5.5.1 not understood"),
        }
    }

    fn sign_in(&mut self, rest: &str) -> io::Result<Next> {
        let (method, first) = rest.split_once(' ').unwrap_or((rest, ""));
        let (user, password) = if method.eq_ignore_ascii_case("PLAIN") {
            let answer = if first.is_empty() { self.ask("334 ")? } else { decoded(first) };
            let mut parts = answer.split('\0').skip(1);
            (parts.next().unwrap_or_default().to_owned(), parts.next().unwrap_or_default().to_owned())
        } else if method.eq_ignore_ascii_case("LOGIN") {
            let user = if first.is_empty() { self.ask("334 VXNlcm5hbWU6")? } else { decoded(first) };
            (user, self.ask("334 UGFzc3dvcmQ6")?)
        } else {
            return self.say("504 5.5.4 PLAIN or LOGIN");
        };
        if password != PASSWORD {
            return self.say("535 5.7.8 the password is wrong");
        }
        self.envelope.user = Some(user);
        self.say("235 2.7.0 welcome")
    }

    fn ask(&mut self, question: &str) -> io::Result<String> {
        self.say(question)?;
        Ok(decoded(&self.line()?.unwrap_or_default()))
    }

    fn mail_from(&mut self, rest: &str) -> io::Result<Next> {
        let from = between_brackets(rest);
        let picky = self.envelope.user.as_deref().is_some_and(|user| user.starts_with(NO_NULL_SENDER));
        if from.is_empty() && picky {
            return self.say("550 5.7.1 the null sender may not send here");
        }
        self.forget_mail();
        self.envelope.from = from;
        self.say("250 2.1.0 sender taken")
    }

    fn recipient(&mut self, rest: &str) -> io::Result<Next> {
        let address = between_brackets(rest);
        let behaviour = self.once.behaviour(&address);
        match behaviour {
            Behaviour::RefuseRecipient => {
                self.envelope.refused.push(address);
                self.say("550 5.1.1 no such address here")
            }
            Behaviour::LaterRecipient => {
                self.envelope.refused.push(address);
                self.say("451 4.3.0 please come again later")
            }
            Behaviour::Accept
            | Behaviour::Slow
            | Behaviour::DropAtData
            | Behaviour::RefuseData
            | Behaviour::LaterData
            | Behaviour::DropAfterDot => {
                if behaviour != Behaviour::Accept {
                    self.after = behaviour;
                }
                self.envelope.to.push(address);
                self.say("250 2.1.5 recipient taken")
            }
        }
    }

    fn data(&mut self) -> io::Result<Next> {
        if self.envelope.to.is_empty() {
            return self.say("503 5.5.1 nobody to send it to");
        }
        if self.after == Behaviour::DropAtData {
            return Ok(Next::HangUp);
        }
        self.say("354 go on, end with a dot")?;
        let Some(bytes) = read_text(&mut self.reader)? else { return Ok(Next::HangUp) };
        let next = self.answer(&bytes);
        self.forget_mail();
        next
    }

    /// Keeps the mail, then tells the client what its recipient's address asked for.
    fn answer(&mut self, bytes: &[u8]) -> io::Result<Next> {
        let outcome = match self.after {
            Behaviour::RefuseData => Outcome::Refused,
            Behaviour::LaterData => Outcome::Deferred,
            Behaviour::DropAfterDot => Outcome::Dropped,
            Behaviour::Accept
            | Behaviour::Slow
            | Behaviour::DropAtData
            | Behaviour::RefuseRecipient
            | Behaviour::LaterRecipient => Outcome::Accepted,
        };
        let n = self.keeper.keep(&self.envelope, bytes, outcome)?;
        if self.after == Behaviour::Slow {
            std::thread::sleep(SLOW);
        }
        match outcome {
            Outcome::Accepted => self.say(&format!("250 2.0.0 kept as {n}")),
            Outcome::Refused => self.say("554 5.7.1 not wanted here"),
            Outcome::Deferred => self.say("451 4.3.0 please come again later"),
            Outcome::Dropped => Ok(Next::HangUp),
        }
    }

    fn forget_mail(&mut self) {
        self.envelope.from.clear();
        self.envelope.to.clear();
        self.envelope.refused.clear();
        self.after = Behaviour::Accept;
    }
}

/// Reads up to `CRLF . CRLF` and takes away the stuffed dots; `None` when the client went away
/// before the end. Bare CR and LF are part of the mail and never end it.
fn read_text(reader: &mut impl BufRead) -> io::Result<Option<Vec<u8>>> {
    let mut mail = Vec::new();
    let mut at_line_start = true;
    loop {
        let mut line = Vec::new();
        if reader.read_until(b'\n', &mut line)? == 0 {
            return Ok(None);
        }
        if at_line_start && line == b".\r\n" {
            return Ok(Some(mail));
        }
        let stuffed = at_line_start && line.starts_with(b".");
        mail.extend_from_slice(&line[usize::from(stuffed)..]);
        at_line_start = line.ends_with(b"\r\n");
    }
}

fn between_brackets(text: &str) -> String {
    let after = text.split_once('<').map_or(text, |(_, after)| after);
    after.split_once('>').map_or(after, |(address, _)| address).trim().to_owned()
}

fn decoded(text: &str) -> String {
    let bytes = BASE64.decode(text.trim().as_bytes()).unwrap_or_default();
    String::from_utf8_lossy(&bytes).into_owned()
}
