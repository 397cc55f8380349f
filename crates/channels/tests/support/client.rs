//! A client that says exactly the bytes it is told.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tokio::time::timeout;

/// Longer than any busy machine needs; only a hanging test reaches it.
pub const FOREVER: Duration = Duration::from_mins(1);

pub struct Client<S> {
    stream: BufReader<S>,
}

impl Client<TcpStream> {
    /// Connects and reads the greeting.
    pub async fn greeted(address: SocketAddr) -> Self {
        let mut client = Self::connect(address).await;
        let greeting = client.reply().await;
        assert!(greeting.starts_with("220 "), "{greeting}");
        client
    }

    pub async fn connect(address: SocketAddr) -> Self {
        Self::over(TcpStream::connect(address).await.unwrap())
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> Client<S> {
    pub fn over(stream: S) -> Self {
        Self { stream: BufReader::new(stream) }
    }

    pub fn into_inner(self) -> S {
        self.stream.into_inner()
    }

    pub async fn send(&mut self, bytes: &[u8]) {
        timeout(FOREVER, self.stream.write_all(bytes)).await.expect("sending hangs").unwrap();
        self.stream.flush().await.unwrap();
    }

    /// One whole reply, its lines joined by LF; empty when the server has hung up.
    pub async fn reply(&mut self) -> String {
        let mut reply = String::new();
        loop {
            let mut line = String::new();
            let read = timeout(FOREVER, self.stream.read_line(&mut line)).await;
            if read.expect("no reply came").unwrap_or(0) == 0 {
                return reply;
            }
            let line = line.trim_end_matches("\r\n");
            reply.push_str(line);
            if line.as_bytes().get(3) != Some(&b'-') {
                return reply;
            }
            reply.push('\n');
        }
    }

    /// Says one command and returns its reply.
    pub async fn say(&mut self, command: &str) -> String {
        self.send(format!("{command}\r\n").as_bytes()).await;
        self.reply().await
    }

    /// Says a command that must be answered with this beginning.
    pub async fn expect(&mut self, command: &str, beginning: &str) -> String {
        let reply = self.say(command).await;
        assert!(reply.starts_with(beginning), "{command}: {reply}");
        reply
    }

    /// EHLO, MAIL, RCPT for each, DATA; the next bytes are the mail's.
    pub async fn begin(&mut self, to: &[&str]) {
        self.expect("EHLO client.example.net", "250-").await;
        self.envelope(to).await;
    }

    pub async fn envelope(&mut self, to: &[&str]) {
        self.expect("MAIL FROM:<a@example.net>", "250 2.1.0").await;
        for address in to {
            self.expect(&format!("RCPT TO:<{address}>"), "250 2.1.5").await;
        }
        self.expect("DATA", "354 ").await;
    }

    /// Everything until the server hangs up.
    pub async fn rest(&mut self) -> String {
        let mut rest = Vec::new();
        // A reset instead of a clean end is an end, too.
        let read = timeout(FOREVER, self.stream.read_to_end(&mut rest)).await;
        drop(read.expect("the server does not hang up"));
        String::from_utf8_lossy(&rest).into_owned()
    }

    pub async fn half_close(&mut self) {
        drop(self.stream.shutdown().await);
    }
}
