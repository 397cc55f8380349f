//! A very small HTTP client on one kept connection; enough to time a page of JSON on loopback.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{SocketAddr, TcpStream},
};

use anyhow::{Context, ensure};

/// One kept connection.
pub struct Client {
    stream: BufReader<TcpStream>,
    token: String,
}

impl Client {
    /// Connects; `token` may be empty.
    pub fn connect(address: SocketAddr, token: &str) -> anyhow::Result<Client> {
        let stream = TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        Ok(Client { stream: BufReader::new(stream), token: token.to_owned() })
    }

    /// The body of a `200`.
    pub fn get(&mut self, path: &str) -> anyhow::Result<Vec<u8>> {
        let authorization = if self.token.is_empty() {
            String::new()
        } else {
            format!("Authorization: Bearer {}\r\n", self.token)
        };
        let request = format!("GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{authorization}\r\n");
        self.stream.get_mut().write_all(request.as_bytes())?;
        let mut status = String::new();
        self.stream.read_line(&mut status)?;
        let length = self.length()?;
        let mut body = vec![0; length];
        self.stream.read_exact(&mut body)?;
        ensure!(status.contains(" 200 "), "{path}: {} {}", status.trim(), String::from_utf8_lossy(&body));
        Ok(body)
    }

    fn length(&mut self) -> anyhow::Result<usize> {
        let mut length = None;
        loop {
            let mut line = String::new();
            self.stream.read_line(&mut line)?;
            if line.trim().is_empty() {
                return length.context("the answer has no Content-Length");
            }
            let (name, value) = line.split_once(':').context("a header line without a colon")?;
            if name.eq_ignore_ascii_case("content-length") {
                length = Some(value.trim().parse()?);
            }
        }
    }
}
