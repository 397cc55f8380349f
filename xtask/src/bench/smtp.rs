//! Sends the bench's mails by SMTP over several sessions at the same time, waiting for each `250`.

use std::{
    io::{BufRead, BufReader, Write},
    net::{SocketAddr, TcpStream},
    thread,
};

use anyhow::{anyhow, ensure};

use super::mails;

/// Sends `count` mails over `sessions` connections; returns when every one was answered with `250`.
pub fn send(address: SocketAddr, count: usize, sessions: usize) -> anyhow::Result<()> {
    let workers: Vec<_> =
        (0..sessions).map(|n| thread::spawn(move || session(address, n, count / sessions))).collect();
    for worker in workers {
        worker.join().map_err(|_| anyhow!("a sending thread panicked"))??;
    }
    Ok(())
}

fn session(address: SocketAddr, number: usize, count: usize) -> anyhow::Result<()> {
    let stream = TcpStream::connect(address)?;
    stream.set_nodelay(true)?;
    let mut stream = BufReader::new(stream);
    answer(&mut stream, "220")?;
    say(&mut stream, b"EHLO bench.example\r\n", "250")?;
    for n in 0..count {
        let mut mail = mails::mail(number * count + n, 2);
        mail.extend_from_slice(b".\r\n");
        say(&mut stream, b"MAIL FROM:<customer@example.net>\r\n", "250")?;
        say(&mut stream, b"RCPT TO:<support@bench.example>\r\n", "250")?;
        say(&mut stream, b"DATA\r\n", "354")?;
        say(&mut stream, &mail, "250")?;
    }
    say(&mut stream, b"QUIT\r\n", "221")
}

fn say(stream: &mut BufReader<TcpStream>, words: &[u8], wanted: &str) -> anyhow::Result<()> {
    stream.get_mut().write_all(words)?;
    answer(stream, wanted)
}

fn answer(stream: &mut BufReader<TcpStream>, wanted: &str) -> anyhow::Result<()> {
    loop {
        let mut line = String::new();
        ensure!(stream.read_line(&mut line)? > 0, "the desk closed the connection");
        ensure!(line.starts_with(wanted), "expected {wanted}, the desk said: {}", line.trim());
        if line.as_bytes().get(3) != Some(&b'-') {
            return Ok(());
        }
    }
}
