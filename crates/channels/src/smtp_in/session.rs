//! One connection: what the client says, in which order it may say it, and what it hears. The
//! envelope and the state live here; where a mail ends is decided in `data`, whether it is kept
//! by the keeper.

use std::borrow::Cow;
use std::net::SocketAddr;

use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::time::{Duration, Instant, timeout};

use super::address::path;
use super::data::{Body, Fault, Share};
use super::listener::Door;
use super::{Accepts, Incoming, KeepError, Keeper, reply};

/// Bytes of the longest command line taken (RFC 5321 asks for 512, extensions for a little more).
const LONGEST_LINE: usize = 2_048;
/// A line that goes on beyond this is no mistake any more: the connection is closed.
const ENDLESS_LINE: usize = 65_536;
/// Commands that may be refused before the connection is closed.
const MOST_ERRORS: usize = 20;
/// Unknown recipients before the connection is closed: somebody is trying names.
const MOST_UNKNOWN: usize = 100;
/// One mail may take this long to come in, however slowly its bytes move.
const LONGEST_MAIL: Duration = Duration::from_hours(1);
/// How long a closing connection waits for the client to have read the last answer.
const LINGER: Duration = Duration::from_secs(2);

/// Why a conversation ended.
enum End {
    /// The client is gone.
    Closed,
    /// This is the last thing said.
    Answer(&'static str),
    /// The last thing is said already.
    HangUp,
    /// The client wants TLS from here on.
    StartTls,
}

/// What a command leads to.
enum Step {
    Say(Cow<'static, str>),
    ReadMail,
    StartTls,
    Quit,
}

fn say(text: &'static str) -> Step {
    Step::Say(Cow::Borrowed(text))
}

#[derive(Default)]
struct Envelope {
    from: String,
    to: Vec<String>,
}

struct Session<'d, S, K> {
    stream: BufReader<S>,
    out: Vec<u8>,
    door: &'d Door<K>,
    peer: SocketAddr,
    tls: bool,
    helo: Option<String>,
    lmtp: bool,
    envelope: Option<Envelope>,
    errors: usize,
    unknown: usize,
}

/// Talks with one client to the end. `Some` gives the naked stream back: the client was told to
/// start TLS on it. Whatever it sent in plain text behind that command is dropped here.
pub(crate) async fn talk<S, K>(stream: S, door: &Door<K>, peer: SocketAddr, tls: bool) -> Option<S>
where
    S: AsyncRead + AsyncWrite + Unpin + Send,
    K: Keeper,
{
    let mut session = Session {
        stream: BufReader::with_capacity(32_768, stream),
        out: Vec::new(),
        door,
        peer,
        tls,
        helo: None,
        lmtp: false,
        envelope: None,
        errors: 0,
        unknown: 0,
    };
    match session.converse().await {
        End::StartTls => return Some(session.stream.into_inner()),
        End::Closed => return None,
        End::Answer(last) => session.say(last),
        End::HangUp => {}
    }
    session.hang_up().await;
    None
}

impl<S, K> Session<'_, S, K>
where
    S: AsyncRead + AsyncWrite + Unpin + Send,
    K: Keeper,
{
    async fn converse(&mut self) -> End {
        if !self.tls {
            self.say(&reply::greeting(&self.door.settings));
        }
        loop {
            if let Err(end) = self.turn().await {
                return end;
            }
        }
    }

    /// One command and its answer.
    async fn turn(&mut self) -> Result<(), End> {
        let Some(line) = self.line().await? else { return self.answer(reply::LINE_TOO_LONG) };
        match self.obey(&line).await? {
            Step::Say(text) => self.answer(&text),
            Step::ReadMail => self.read_mail().await,
            Step::Quit => Err(End::Answer(reply::BYE)),
            Step::StartTls => {
                self.say(reply::START_TLS);
                self.flush().await?;
                Err(End::StartTls)
            }
        }
    }

    /// A command line without its CRLF; `None` if it is too long.
    async fn line(&mut self) -> Result<Option<Vec<u8>>, End> {
        let mut line = Vec::new();
        loop {
            if self.stream.buffer().is_empty() {
                self.more().await?;
            }
            let buffer = self.stream.buffer();
            let end = buffer.iter().position(|b| *b == b'\n');
            let taken = end.map_or(buffer.len(), |at| at + 1);
            line.extend_from_slice(&buffer[..taken]);
            self.stream.consume(taken);
            if end.is_some() {
                break;
            }
            if line.len() > ENDLESS_LINE {
                return Err(End::Answer(reply::LINE_TOO_LONG));
            }
        }
        // After a bare line end nobody knows where the client's commands begin: no guessing.
        let text = line.strip_suffix(b"\r\n").filter(|text| !text.contains(&b'\r'));
        let length = text.ok_or(End::Answer(reply::BARE_LINE_END))?.len();
        line.truncate(length);
        Ok((length < LONGEST_LINE).then_some(line))
    }

    /// Waits for bytes, with everything said that is to be said.
    async fn more(&mut self) -> Result<(), End> {
        self.flush().await?;
        let idle = self.door.settings.idle;
        let read = tokio::select! {
            () = self.door.stop.cancelled() => return Err(End::Answer(reply::STOPPING)),
            read = timeout(idle, self.stream.fill_buf()) => read,
        };
        match read {
            Ok(Ok(bytes)) if !bytes.is_empty() => Ok(()),
            Ok(_) => Err(End::Closed),
            Err(_) => Err(End::Answer(reply::IDLE)),
        }
    }

    fn say(&mut self, text: &str) {
        self.out.extend_from_slice(text.as_bytes());
        self.out.extend_from_slice(b"\r\n");
    }

    /// Says it, and counts what went wrong.
    fn answer(&mut self, text: &str) -> Result<(), End> {
        self.say(text);
        if text == reply::NO_SUCH_ADDRESS {
            self.unknown += 1;
        } else if text.starts_with('5') {
            self.errors += 1;
        }
        if self.errors >= MOST_ERRORS || self.unknown >= MOST_UNKNOWN {
            return Err(End::Answer(reply::TOO_MANY_ERRORS));
        }
        Ok(())
    }

    async fn flush(&mut self) -> Result<(), End> {
        let out = std::mem::take(&mut self.out);
        let stream = self.stream.get_mut();
        let written = timeout(self.door.settings.idle, async {
            stream.write_all(&out).await?;
            stream.flush().await
        });
        match written.await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) | Err(_) => Err(End::Closed),
        }
    }

    /// Closes so that the last answer arrives: closing on unread bytes would tear it away.
    async fn hang_up(&mut self) {
        let goodbye = async {
            self.flush().await?;
            let stream = self.stream.get_mut();
            stream.shutdown().await.map_err(|_| End::Closed)?;
            let mut rest = [0; 4_096];
            while stream.read(&mut rest).await.is_ok_and(|n| n > 0) {}
            Ok::<(), End>(())
        };
        // Whether the goodbye was heard changes nothing.
        drop(timeout(LINGER, goodbye).await);
    }

    async fn obey(&mut self, line: &[u8]) -> Result<Step, End> {
        let (verb, argument) = match line.iter().position(|b| *b == b' ') {
            Some(at) => (&line[..at], &line[at + 1..]),
            None => (line, [].as_slice()),
        };
        // A client may call itself what it likes; an address must be readable.
        let name = String::from_utf8_lossy(argument);
        let argument = std::str::from_utf8(argument).unwrap_or_default();
        Ok(match verb.to_ascii_uppercase().as_slice() {
            b"EHLO" | b"HELO" | b"LHLO" => self.hello(verb, &name),
            b"MAIL" => say(self.mail(argument)),
            b"RCPT" => say(self.recipient(argument).await),
            b"DATA" => self.data(),
            b"RSET" => {
                self.envelope = None;
                say(reply::OK)
            }
            b"NOOP" => say(reply::OK),
            b"QUIT" => Step::Quit,
            b"VRFY" => say(reply::VERIFY),
            b"HELP" => say(reply::HELP),
            b"STARTTLS" if self.may_start_tls() => Step::StartTls,
            b"STARTTLS" if self.tls => say(reply::TLS_TWICE),
            b"STARTTLS" | b"AUTH" | b"EXPN" | b"BDAT" | b"TURN" | b"ETRN" => say(reply::NOT_HERE),
            // A web page can make a browser talk to this port.
            b"GET" | b"POST" | b"PUT" | b"HEAD" | b"OPTIONS" | b"CONNECT" => {
                return Err(End::Answer(reply::NOT_HTTP));
            }
            _ => say(reply::UNKNOWN),
        })
    }

    fn may_start_tls(&self) -> bool {
        self.door.settings.tls.is_some() && !self.tls
    }

    fn hello(&mut self, verb: &[u8], name: &str) -> Step {
        let name = name.trim();
        if name.is_empty() {
            return say(reply::NAME_MISSING);
        }
        self.envelope = None;
        self.lmtp = verb.eq_ignore_ascii_case(b"LHLO");
        self.helo = Some(name.chars().filter(|c| !c.is_control()).take(255).collect());
        if verb.eq_ignore_ascii_case(b"HELO") {
            return Step::Say(format!("250 {}", self.door.settings.hostname).into());
        }
        Step::Say(reply::offers(&self.door.settings, self.may_start_tls()).into())
    }

    fn mail(&mut self, argument: &str) -> &'static str {
        if self.helo.is_none() {
            return reply::HELLO_FIRST;
        }
        if self.envelope.is_some() {
            return reply::MAIL_TWICE;
        }
        let Some(path) = behind("FROM:", argument).and_then(path) else { return reply::BAD_SENDER };
        for (key, value) in &path.parameters {
            let value = value.as_deref().unwrap_or_default();
            match key.as_str() {
                "SIZE" => match value.parse::<u64>() {
                    Ok(size) if size > self.door.settings.max_size => return reply::TOO_LARGE,
                    Ok(_) => {}
                    Err(_) => return reply::BAD_PARAMETER,
                },
                "BODY" if !["7BIT", "8BITMIME"].iter().any(|known| known.eq_ignore_ascii_case(value)) => {
                    return reply::BAD_PARAMETER;
                }
                // Anything else asks for a service that was not offered, and costs nothing.
                _ => {}
            }
        }
        self.envelope = Some(Envelope { from: path.address, to: Vec::new() });
        reply::SENDER_OK
    }

    async fn recipient(&mut self, argument: &str) -> &'static str {
        let Some(envelope) = &mut self.envelope else { return reply::MAIL_FIRST };
        let Some(path) = behind("TO:", argument).and_then(path) else { return reply::BAD_RECIPIENT };
        if path.address.is_empty() {
            return reply::BAD_RECIPIENT;
        }
        if envelope.to.len() >= self.door.settings.max_recipients {
            return reply::TOO_MANY_RECIPIENTS;
        }
        match self.door.keeper.accepts(&path.address).await {
            Ok(Accepts::Yes) => {
                envelope.to.push(path.address);
                reply::RECIPIENT_OK
            }
            Ok(Accepts::NoSuchAddress) => reply::NO_SUCH_ADDRESS,
            Err(_unavailable) => reply::UNAVAILABLE,
        }
    }

    fn data(&self) -> Step {
        match &self.envelope {
            None => say(reply::MAIL_FIRST),
            Some(envelope) if envelope.to.is_empty() => say(reply::NO_RECIPIENTS),
            Some(_) => Step::ReadMail,
        }
    }

    async fn read_mail(&mut self) -> Result<(), End> {
        let Envelope { from, to } = self.envelope.take().unwrap_or_default();
        self.say(reply::GO_ON);
        let limit = self.door.settings.max_size;
        let mut body = Body::new(limit, &self.door.room);
        let until = Instant::now() + LONGEST_MAIL;
        loop {
            if self.stream.buffer().is_empty() {
                self.more().await?;
            }
            let (used, done) = body.feed(self.stream.buffer());
            self.stream.consume(used);
            if done {
                break;
            }
            // A client that was told the limit and still pours is not listening.
            if body.size() > limit.saturating_mul(2).max(1_000_000) {
                return Err(End::Answer(reply::TOO_LARGE));
            }
            if Instant::now() > until {
                return Err(End::Answer(reply::IDLE));
            }
        }
        let read = body.finish();
        let spoiled = read.as_ref().is_err_and(|fault| *fault == Fault::BareLineEnd);
        match read {
            Ok((bytes, share)) => self.keep(from, to, bytes, share).await?,
            Err(fault) => self.answer_for(to.len(), |_| reply::fault(fault))?,
        }
        if spoiled {
            // Two servers that disagree about line ends may also disagree about where this mail
            // ended: what stands behind it is not to be believed.
            return Err(End::HangUp);
        }
        self.flush().await
    }

    async fn keep(
        &mut self,
        envelope_from: String,
        envelope_to: Vec<String>,
        bytes: Vec<u8>,
        share: Share,
    ) -> Result<(), End> {
        let count = envelope_to.len();
        let mail = Incoming {
            envelope_from,
            envelope_to,
            helo: self.helo.clone().unwrap_or_default(),
            peer: self.peer,
            bytes,
            lmtp: self.lmtp,
            tls: self.tls,
        };
        let mut results = self.door.keeper.keep(mail).await;
        drop(share);
        results.resize(count, Err(KeepError::Temporary));
        let for_all = reply::kept_for_all(&results);
        let lmtp = self.lmtp;
        self.answer_for(count, |i| if lmtp { reply::kept(results[i]) } else { for_all })
    }

    /// The answer after the dot: one for each recipient in LMTP, else one.
    fn answer_for(&mut self, count: usize, text: impl Fn(usize) -> &'static str) -> Result<(), End> {
        let count = if self.lmtp { count } else { 1 };
        (0..count).try_for_each(|i| self.answer(text(i)))
    }
}

/// What stands behind `FROM:` or `TO:`.
fn behind<'a>(word: &str, argument: &'a str) -> Option<&'a str> {
    let argument = argument.trim_start();
    let head = argument.get(..word.len())?;
    head.eq_ignore_ascii_case(word).then(|| &argument[word.len()..])
}
