//! Signing in at a sending server: PLAIN, or the older LOGIN that some still want.

use data_encoding::BASE64;

use super::SmtpError;
use super::conn::{Conn, Reply};

/// Signs in with the first way that the server offers and understands.
pub(super) async fn sign_in(conn: &mut Conn, user: &str, password: &str) -> Result<(), SmtpError> {
    let ways = ways(conn);
    let offers = |way: &str| ways.iter().any(|offered| offered == way);
    let mut reply = None;
    if offers("PLAIN") {
        reply = Some(plain(conn, user, password).await?);
    }
    // 504 = the way was offered but isn't understood (RFC 4954 §4).
    if reply.as_ref().is_none_or(|reply| reply.code == 504) && offers("LOGIN") {
        reply = Some(login(conn, user, password).await?);
    }
    let reply = reply.ok_or(SmtpError::LoginNotOffered)?;
    if reply.is_yes() {
        return Ok(());
    }
    Err(reply.trouble(|answer| SmtpError::LoginRefused { answer }))
}

/// The ways offered, in upper case; also in the old form `AUTH=PLAIN LOGIN`.
fn ways(conn: &Conn) -> Vec<String> {
    let lines = conn.offers.iter().map(|line| line.to_ascii_uppercase());
    let lines = lines.filter(|line| line.starts_with("AUTH ") || line.starts_with("AUTH="));
    lines.flat_map(|line| line[5..].split_whitespace().map(str::to_owned).collect::<Vec<_>>()).collect()
}

async fn plain(conn: &mut Conn, user: &str, password: &str) -> Result<Reply, SmtpError> {
    let secret = BASE64.encode(format!("\0{user}\0{password}").as_bytes());
    let reply = conn.say(&format!("AUTH PLAIN {secret}")).await?;
    // A few servers overlook the response that came with the command and ask for it.
    if reply.code == 334 { conn.say(&secret).await } else { Ok(reply) }
}

async fn login(conn: &mut Conn, user: &str, password: &str) -> Result<Reply, SmtpError> {
    let mut reply = conn.say("AUTH LOGIN").await?;
    for secret in [user, password] {
        if reply.code != 334 {
            break;
        }
        reply = conn.say(&BASE64.encode(secret.as_bytes())).await?;
    }
    Ok(reply)
}
