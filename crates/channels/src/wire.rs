//! One connection to a mail server: found by name, reached, protected, and never waited for
//! without end. Patience is counted from the last byte that moved, so a large mail over a thin
//! line is not taken for a dead server.

use std::fmt;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::{Instant, Sleep};
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use crate::tls::{Roots, TlsError};

/// One address of a host is tried for so long: the next one may be alive.
const REACH: Duration = Duration::from_secs(20);

/// How long to wait for the other side.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Patience {
    /// Until the next byte moves, in every step.
    pub step: Duration,
    /// For the answer to the final dot of an outgoing mail. Long (RFC 5321 §4.5.3.2.6 asks for
    /// ten minutes), because giving up here leaves open whether the mail was taken.
    pub after_dot: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self { step: Duration::from_mins(1), after_dot: Duration::from_mins(10) }
    }
}

/// Why a mail server was not reached, or was lost.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ConnectError {
    /// No host of this name is known.
    #[error("no such host: {said}")]
    NoSuchHost {
        /// What the resolver said.
        said: String,
    },
    /// The host is known, but nothing answers at the port.
    #[error("the host can't be reached: {said}")]
    Unreachable {
        /// What the system said.
        said: String,
    },
    /// Nothing came for longer than we wait.
    #[error("the server did not answer in time")]
    TimedOut,
    /// The connection ended in the middle.
    #[error("the connection was closed: {said}")]
    Closed {
        /// The last words of the server or of the system.
        said: String,
    },
    /// No protected connection came about.
    #[error(transparent)]
    Tls(#[from] TlsError),
}

impl ConnectError {
    /// The name of the case for the API and the screens.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NoSuchHost { .. } => "no_such_host",
            Self::Unreachable { .. } => "unreachable",
            Self::TimedOut => "timed_out",
            Self::Closed { .. } => "closed",
            Self::Tls(tls) => tls.code(),
        }
    }

    /// What the server said, where it said anything.
    pub fn answer(&self) -> Option<&str> {
        match self {
            Self::Tls(tls) => tls.answer(),
            Self::NoSuchHost { .. } | Self::Unreachable { .. } | Self::TimedOut | Self::Closed { .. } => None,
        }
    }

    /// Sorts an error of the running connection.
    pub(crate) fn from_io(error: &io::Error) -> Self {
        if let Some(tls) = error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>()) {
            return Self::Tls(TlsError::from_rustls(tls));
        }
        if error.kind() == io::ErrorKind::TimedOut {
            return Self::TimedOut;
        }
        Self::Closed { said: error.to_string() }
    }
}

/// Some servers simply hang up at a TLS greeting that they don't understand.
fn handshake_failed(error: &io::Error) -> ConnectError {
    let error = ConnectError::from_io(error);
    if let ConnectError::Closed { said } = error { TlsError::Failed { said }.into() } else { error }
}

enum Pipe {
    Plain(TcpStream),
    Tls(Box<TlsStream<TcpStream>>),
}

/// A connected stream that loses its patience.
pub(crate) struct Wire {
    pipe: Pipe,
    patience: Option<Duration>,
    alarm: Pin<Box<Sleep>>,
    waiting: bool,
}

impl fmt::Debug for Wire {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let pipe = match self.pipe {
            Pipe::Plain(_) => "plain",
            Pipe::Tls(_) => "tls",
        };
        f.debug_struct("Wire").field("pipe", &pipe).finish_non_exhaustive()
    }
}

impl Wire {
    /// Finds and reaches `host`, trying each of its addresses once.
    pub(crate) async fn connect(host: &str, port: u16, patience: Duration) -> Result<Self, ConnectError> {
        let host = host.trim();
        let found = tokio::time::timeout(patience, tokio::net::lookup_host((host, port)))
            .await
            .map_err(|_| ConnectError::TimedOut)?
            .map_err(|e| ConnectError::NoSuchHost { said: e.to_string() })?;
        let mut last = ConnectError::NoSuchHost { said: "no address".to_owned() };
        for address in found {
            match tokio::time::timeout(patience.min(REACH), TcpStream::connect(address)).await {
                Ok(Ok(stream)) => return Ok(Self::over(stream, patience)),
                Ok(Err(e)) => last = ConnectError::Unreachable { said: e.to_string() },
                Err(_) => last = ConnectError::TimedOut,
            }
        }
        Err(last)
    }

    fn over(stream: TcpStream, patience: Duration) -> Self {
        // Commands are short and each waits for its answer: Nagle would only delay them.
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%error, "TCP_NODELAY was refused");
        }
        let alarm = Box::pin(tokio::time::sleep(patience));
        Self { pipe: Pipe::Plain(stream), patience: Some(patience), alarm, waiting: false }
    }

    /// Starts TLS. Whatever was read before must have been read to its last byte: nothing that
    /// came in plain text may be taken for the server's word afterwards.
    pub(crate) async fn protect(self, host: &str, roots: &Roots) -> Result<Self, ConnectError> {
        let Pipe::Plain(stream) = self.pipe else { return Ok(self) };
        let name = ServerName::try_from(host.trim().trim_end_matches('.').to_owned())
            .map_err(|_| TlsError::BadHostName)?;
        let patience = self.patience.unwrap_or(Patience::default().step);
        let connector = TlsConnector::from(roots.client());
        let stream = tokio::time::timeout(patience, connector.connect(name, stream))
            .await
            .map_err(|_| ConnectError::TimedOut)?
            .map_err(|e| handshake_failed(&e))?;
        Ok(Self {
            pipe: Pipe::Tls(Box::new(stream)),
            patience: self.patience,
            alarm: self.alarm,
            waiting: false,
        })
    }

    /// How long the next steps may wait for a byte; `None` waits without end, for a caller that
    /// watches the clock itself. Returns what held before.
    pub(crate) fn wait_for(&mut self, patience: Option<Duration>) -> Option<Duration> {
        self.waiting = false;
        std::mem::replace(&mut self.patience, patience)
    }

    fn watch<T>(&mut self, cx: &mut Context<'_>, result: Poll<io::Result<T>>) -> Poll<io::Result<T>> {
        if result.is_ready() {
            self.waiting = false;
            return result;
        }
        let Some(patience) = self.patience else { return Poll::Pending };
        if !self.waiting {
            self.waiting = true;
            self.alarm.as_mut().reset(Instant::now() + patience);
        }
        match self.alarm.as_mut().poll(cx) {
            Poll::Ready(()) => {
                self.waiting = false;
                Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
            }
            Poll::Pending => Poll::Pending,
        }
    }
}

impl AsyncRead for Wire {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let result = match &mut self.pipe {
            Pipe::Plain(stream) => Pin::new(stream).poll_read(cx, buf),
            Pipe::Tls(stream) => Pin::new(stream).poll_read(cx, buf),
        };
        self.watch(cx, result)
    }
}

impl AsyncWrite for Wire {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        let result = match &mut self.pipe {
            Pipe::Plain(stream) => Pin::new(stream).poll_write(cx, buf),
            Pipe::Tls(stream) => Pin::new(stream).poll_write(cx, buf),
        };
        self.watch(cx, result)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let result = match &mut self.pipe {
            Pipe::Plain(stream) => Pin::new(stream).poll_flush(cx),
            Pipe::Tls(stream) => Pin::new(stream).poll_flush(cx),
        };
        self.watch(cx, result)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let result = match &mut self.pipe {
            Pipe::Plain(stream) => Pin::new(stream).poll_shutdown(cx),
            Pipe::Tls(stream) => Pin::new(stream).poll_shutdown(cx),
        };
        self.watch(cx, result)
    }
}
