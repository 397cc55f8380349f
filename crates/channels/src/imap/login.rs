//! From the first byte to a signed-in connection. Before TLS nothing is believed but the offer
//! of TLS itself, and no password is sent on a connection that should have been protected.

use async_imap::imap_proto::Response;
use data_encoding::BASE64;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::Account;
use super::conn::{Conn, Ended, Heard, quoted};
use super::error::ImapError;
use crate::tls::{Security, TlsError};
use crate::wire::{ConnectError, Wire};

/// No honest line before the sign-in is longer.
const LONGEST_LINE: usize = 16_384;
/// Nor are there more of them.
const MOST_LINES: usize = 100;

/// Connects, protects, signs in, and learns what the server can do.
pub(super) async fn connect(account: &Account) -> Result<Conn, ImapError> {
    let login = [&account.user, &account.password];
    if login.iter().any(|text| text.contains(['\r', '\n', '\0'])) {
        return Err(ImapError::LoginUnsendable);
    }
    let mut wire = Wire::connect(&account.host, account.port, account.patience.step).await?;
    if account.security == Security::Tls {
        wire = wire.protect(&account.host, &account.roots).await?;
    }
    greeting(&mut wire).await?;
    if account.security == Security::StartTls {
        start_tls(&mut wire).await?;
        wire = wire.protect(&account.host, &account.roots).await.map_err(not_tls_is_an_attack)?;
    }
    let mut conn = Conn::new(wire);
    conn.learn().await?;
    sign_in(&mut conn, account).await?;
    // What is offered may change with the sign-in.
    conn.learn().await?;
    Ok(conn)
}

/// The server agreed to TLS and then went on in plain text: that was somebody else.
fn not_tls_is_an_attack(error: ConnectError) -> ConnectError {
    if error == ConnectError::Tls(TlsError::NotTls) { TlsError::Injected.into() } else { error }
}

async fn greeting(wire: &mut Wire) -> Result<(), ImapError> {
    let line = line(wire).await?;
    let upper = line.to_ascii_uppercase();
    match upper.split_whitespace().take(2).collect::<Vec<_>>().as_slice() {
        ["*", "OK"] => Ok(()),
        ["*", "PREAUTH"] => Err(ImapError::Preauthenticated),
        ["*", "BYE"] => Err(ImapError::TurnedAway { answer: after_star(&line) }),
        _ => Err(ImapError::NotImap),
    }
}

fn after_star(line: &str) -> String {
    line.trim_start_matches('*').trim().to_owned()
}

/// Byte by byte, so that not one byte beyond the line is read: what stands there belongs to TLS.
async fn line(wire: &mut Wire) -> Result<String, ImapError> {
    let mut line = Vec::new();
    while !line.ends_with(b"\n") {
        let byte = wire.read_u8().await.map_err(|e| ConnectError::from_io(&e))?;
        line.push(byte);
        if line.len() > LONGEST_LINE {
            return Err(ImapError::NotImap);
        }
    }
    Ok(String::from_utf8_lossy(&line).trim_end().to_owned())
}

async fn start_tls(wire: &mut Wire) -> Result<(), ImapError> {
    let (ended, lines) = ask(wire, "a1", "CAPABILITY").await?;
    ended.ok()?;
    let offered = lines.iter().any(|line| {
        let line = line.to_ascii_uppercase();
        line.starts_with("* CAPABILITY") && line.split_whitespace().any(|word| word == "STARTTLS")
    });
    if !offered {
        return Err(ConnectError::Tls(TlsError::NotOffered).into());
    }
    match ask(wire, "a2", "STARTTLS").await?.0 {
        Ended::Ok => Ok(()),
        Ended::No(answer) | Ended::Bad(answer) => Err(ConnectError::Tls(TlsError::Refused { answer }).into()),
    }
}

/// One command in plain text, before anything is believed.
async fn ask(wire: &mut Wire, tag: &str, command: &str) -> Result<(Ended, Vec<String>), ImapError> {
    let sent = wire.write_all(format!("{tag} {command}\r\n").as_bytes()).await;
    sent.map_err(|e| ConnectError::from_io(&e))?;
    let mut lines = Vec::new();
    while lines.len() < MOST_LINES {
        let line = line(wire).await?;
        let Some(answer) = line.strip_prefix(tag).and_then(|rest| rest.strip_prefix(' ')) else {
            lines.push(line);
            continue;
        };
        let word = answer.split(' ').next().unwrap_or_default().to_ascii_uppercase();
        let ended = match word.as_str() {
            "OK" => Ended::Ok,
            "NO" => Ended::No(answer.to_owned()),
            _ => Ended::Bad(answer.to_owned()),
        };
        return Ok((ended, lines));
    }
    Err(ImapError::NotImap)
}

async fn sign_in(conn: &mut Conn, account: &Account) -> Result<(), ImapError> {
    let ended = if conn.can("AUTH=PLAIN") { plain(conn, account).await? } else { Ended::Bad(String::new()) };
    let ended = match ended {
        // Not offered, or offered and not understood: the older way.
        Ended::Bad(_) if conn.can("LOGINDISABLED") => return Err(ImapError::LoginNotOffered),
        Ended::Bad(_) => login(conn, account).await?,
        Ended::Ok | Ended::No(_) => ended,
    };
    match ended {
        Ended::Ok => Ok(()),
        Ended::No(answer) if is_passing(&answer) => Err(ImapError::TurnedAway { answer }),
        Ended::No(answer) | Ended::Bad(answer) => Err(ImapError::LoginRefused { answer }),
    }
}

/// Refusals that say nothing about the password (RFC 5530).
fn is_passing(answer: &str) -> bool {
    ["[UNAVAILABLE]", "[INUSE]", "[LIMIT]", "[SERVERBUG]"].iter().any(|code| answer.contains(code))
}

async fn plain(conn: &mut Conn, account: &Account) -> Result<Ended, ImapError> {
    let secret = BASE64.encode(format!("\0{}\0{}", account.user, account.password).as_bytes());
    if conn.can("SASL-IR") {
        return conn.run(&format!("AUTHENTICATE PLAIN {secret}"), |_| {}).await;
    }
    let tag = conn.begin("AUTHENTICATE PLAIN").await?;
    if let Some(ended) = go_ahead(conn, &tag).await? {
        return Ok(ended);
    }
    conn.write(&format!("{secret}\r\n")).await?;
    conn.finish(&tag, |_| {}).await
}

/// Waits for the server's `+`; `Some` if the command ended instead.
pub(super) async fn go_ahead(conn: &mut Conn, tag: &str) -> Result<Option<Ended>, ImapError> {
    loop {
        match conn.next(tag, |response| matches!(response, Response::Continue(_))).await? {
            Heard::Told(true) => return Ok(None),
            Heard::Told(false) => {}
            Heard::End(ended) => return Ok(Some(ended)),
        }
    }
}

async fn login(conn: &mut Conn, account: &Account) -> Result<Ended, ImapError> {
    if account.user.is_ascii() && account.password.is_ascii() {
        let command = format!("LOGIN {} {}", quoted(&account.user), quoted(&account.password));
        return conn.run(&command, |_| {}).await;
    }
    // Quoted strings are ASCII; anything else goes as counted bytes.
    let tag = conn.begin(&format!("LOGIN {{{}}}", account.user.len())).await?;
    if let Some(ended) = go_ahead(conn, &tag).await? {
        return Ok(ended);
    }
    conn.write(&format!("{} {{{}}}\r\n", account.user, account.password.len())).await?;
    if let Some(ended) = go_ahead(conn, &tag).await? {
        return Ok(ended);
    }
    conn.write(&format!("{}\r\n", account.password)).await?;
    conn.finish(&tag, |_| {}).await
}
