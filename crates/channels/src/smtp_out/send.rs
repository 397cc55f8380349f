//! One try to send one mail. The order of the steps is the whole point: everything up to the
//! last line of the mail may fail without harm; the final dot goes out alone, and from then on
//! only the server knows.

use std::fmt::Write;
use std::time::Duration;

use tokio::time::timeout;

use super::conn::{Conn, Reply};
use super::{Outcome, RecipientResult, Sent, Server, SmtpError};
use crate::wire::ConnectError;

/// How long to look for the server's last words after it broke off the mail.
const LAST_WORDS: Duration = Duration::from_secs(5);
/// Everything before the dot may take this long, however patiently each step went: a try as a
/// whole ends within twenty minutes.
const BEFORE_DOT: Duration = Duration::from_mins(9);
/// Bytes of the mail written at once.
const CHUNK: usize = 65_536;

/// Sends `bytes` once. `helo` is our own name, `from` the envelope sender ("" = null sender).
/// Never fails as a whole: each recipient has its result. `bytes` must have CRLF at each line's
/// end, also the last, and leave exactly as they are.
pub async fn send(server: &Server, helo: &str, from: &str, to: &[String], bytes: &[u8]) -> Sent {
    let mut sheet = Sheet::new(to);
    if !lines_end_with_crlf(bytes) {
        return sheet.all(Outcome::Refused, &SmtpError::LinesNotCrlf);
    }
    if !from.is_empty() && !is_usable(from) {
        return sheet.all(Outcome::Refused, &SmtpError::AddressUnusable);
    }
    let mail = Mail { from, to, bytes };
    let before = timeout(BEFORE_DOT, mail.up_to_the_dot(server, helo, &mut sheet)).await;
    match before.unwrap_or(Err(ConnectError::TimedOut.into())) {
        Ok(Some(conn)) => hand_over(conn, server, &mut sheet).await,
        Ok(None) => {}
        // What is wrong here is wrong with the server, the line or the settings, not with the
        // mail: it waits until a person or time has mended that.
        Err(trouble) => sheet.rest(Outcome::Deferred, &trouble),
    }
    sheet.finish()
}

/// The dot, and what the server makes of it.
async fn hand_over(mut conn: Conn, server: &Server, sheet: &mut Sheet) {
    sheet.before_dot = false;
    conn.wait_for(server.patience.after_dot);
    let answer = async {
        conn.write(b".\r\n").await?;
        conn.reply().await
    };
    // Lines that trickle in must not hold the answer back for longer than no line at all.
    match timeout(server.patience.after_dot, answer).await.unwrap_or(Err(ConnectError::TimedOut.into())) {
        Ok(reply) if reply.is_yes() => sheet.accepted(&reply),
        Ok(reply) if reply.is_later() || reply.is_no() => sheet.refusal(reply),
        Ok(odd) => sheet.rest(Outcome::Unknown, &SmtpError::Unreadable { answer: odd.text }),
        Err(words @ SmtpError::Unreadable { .. }) => sheet.rest(Outcome::Unknown, &words),
        Err(_lost) => return sheet.rest(Outcome::Unknown, &SmtpError::NoAnswerAfterDot),
    }
    conn.quit().await;
}

struct Mail<'a> {
    from: &'a str,
    to: &'a [String],
    bytes: &'a [u8],
}

impl Mail<'_> {
    /// Everything that may be repeated. `Some` stands before the dot; `None` = refused, as
    /// entered in the sheet; `Err` = the connection did not come about or broke.
    async fn up_to_the_dot(
        &self,
        server: &Server,
        helo: &str,
        sheet: &mut Sheet,
    ) -> Result<Option<Conn>, SmtpError> {
        let mut conn = Conn::open(server, helo).await?;
        if self.sender(&mut conn, sheet).await? && self.recipients(&mut conn, sheet).await? {
            let reply = conn.say("DATA").await?;
            if reply.code != 354 {
                sheet.refusal(reply);
            } else if let Some(early) = self.body(&mut conn).await? {
                sheet.refusal(early);
            } else {
                return Ok(Some(conn));
            }
        }
        conn.quit().await;
        Ok(None)
    }

    /// MAIL FROM; `false` if it ended there.
    async fn sender(&self, conn: &mut Conn, sheet: &mut Sheet) -> Result<bool, SmtpError> {
        let utf8 = conn.offers("SMTPUTF8");
        if !self.from.is_ascii() && !utf8 {
            sheet.rest(Outcome::Refused, &SmtpError::AddressNeedsUtf8);
            return Ok(false);
        }
        let mut command = format!("MAIL FROM:<{}>", self.from);
        if conn.offers("SIZE") {
            // Writing to a String can't fail.
            let _ = write!(command, " SIZE={}", self.bytes.len());
        }
        if !self.bytes.is_ascii() && conn.offers("8BITMIME") {
            command.push_str(" BODY=8BITMIME");
        }
        if utf8 && (!self.from.is_ascii() || !self.to.iter().all(|address| address.is_ascii())) {
            command.push_str(" SMTPUTF8");
        }
        let reply = conn.say(&command).await?;
        if reply.is_yes() {
            return Ok(true);
        }
        if reply.code == 530 {
            // The mail is not at fault: the mailbox lacks its login.
            sheet.rest(Outcome::Deferred, &SmtpError::LoginNeeded { answer: reply.text });
            return Ok(false);
        }
        sheet.null_sender_refused = self.from.is_empty() && reply.is_no();
        let outcome = outcome(&reply);
        sheet.rest(outcome, &reply.trouble(|answer| SmtpError::SenderRefused { answer }));
        Ok(false)
    }

    /// RCPT TO for each; `false` if nobody was accepted.
    async fn recipients(&self, conn: &mut Conn, sheet: &mut Sheet) -> Result<bool, SmtpError> {
        let utf8 = conn.offers("SMTPUTF8");
        for (i, address) in self.to.iter().enumerate() {
            if !is_usable(address) {
                sheet.enter(i, Outcome::Refused, &SmtpError::AddressUnusable);
                continue;
            }
            if !address.is_ascii() && !utf8 {
                sheet.enter(i, Outcome::Refused, &SmtpError::AddressNeedsUtf8);
                continue;
            }
            let reply = recipient(conn, address).await?;
            if !reply.is_yes() {
                let outcome = outcome(&reply);
                sheet.enter(i, outcome, &reply.trouble(|answer| SmtpError::RecipientRefused { answer }));
            }
        }
        Ok(sheet.is_open())
    }

    /// The mail with its dots doubled, up to but without the final dot. `Some` if the server broke
    /// it off.
    async fn body(&self, conn: &mut Conn) -> Result<Option<Reply>, SmtpError> {
        for chunk in stuffed(self.bytes).chunks(CHUNK) {
            if let Err(lost) = conn.write(chunk).await {
                let words = timeout(LAST_WORDS, conn.reply()).await;
                return words.ok().and_then(Result::ok).map(Some).ok_or(SmtpError::Connect(lost));
            }
        }
        if conn.has_spoken().await {
            // It has hung up or refused already; without the dot that is certain.
            return conn.reply().await.map(Some);
        }
        Ok(None)
    }
}

/// One recipient, as given; if the server finds the address badly written, once more with the
/// local part in quotes (`a..b@docomo.ne.jp` exists, but only quoted does it fit RFC 5321).
async fn recipient(conn: &mut Conn, address: &str) -> Result<Reply, SmtpError> {
    let first = conn.say(&format!("RCPT TO:<{address}>")).await?;
    let about_syntax = matches!(first.code, 501 | 553) || first.is_no() && first.text.contains(" 5.1.3 ");
    let Some(quoted) = quoted(address).filter(|_| about_syntax) else { return Ok(first) };
    let second = conn.say(&format!("RCPT TO:<{quoted}>")).await?;
    if second.is_yes() {
        return Ok(second);
    }
    Ok(Reply { code: second.code, text: format!("{}\n{}", first.text, second.text) })
}

fn quoted(address: &str) -> Option<String> {
    let (local, domain) = address.rsplit_once('@')?;
    let plain = local.is_ascii() && !local.contains(['"', '\\']);
    let odd = local.starts_with('.') || local.ends_with('.') || local.contains("..");
    (plain && odd).then(|| format!("\"{local}\"@{domain}"))
}

/// 5xx is for good; anything else may be tried again.
fn outcome(reply: &Reply) -> Outcome {
    if reply.is_no() { Outcome::Refused } else { Outcome::Deferred }
}

/// Nothing in it that would end the address or the command early.
fn is_usable(address: &str) -> bool {
    let mut quoted = false;
    let mut escaped = false;
    for c in address.chars() {
        match c {
            _ if c.is_control() => return false,
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            '<' | '>' | ' ' if !quoted => return false,
            _ => {}
        }
    }
    !quoted && address.rsplit_once('@').is_some_and(|(local, domain)| !local.is_empty() && !domain.is_empty())
}

/// Every CR is followed by LF, every LF preceded by CR, and the last line ends, too.
fn lines_end_with_crlf(bytes: &[u8]) -> bool {
    let mut before = 0;
    for &byte in bytes {
        if (byte == b'\n') != (before == b'\r') {
            return false;
        }
        before = byte;
    }
    before == b'\n'
}

/// A dot at the beginning of a line is doubled (RFC 5321 §4.5.2).
fn stuffed(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len() + bytes.len() / 64);
    for line in bytes.split_inclusive(|b| *b == b'\n') {
        if line.starts_with(b".") {
            out.push(b'.');
        }
        out.extend_from_slice(line);
    }
    out
}

/// Who has which result so far.
struct Sheet {
    to: Vec<String>,
    results: Vec<Option<(Outcome, String, Option<SmtpError>)>>,
    before_dot: bool,
    null_sender_refused: bool,
}

impl Sheet {
    fn new(to: &[String]) -> Self {
        Self { to: to.to_vec(), results: vec![None; to.len()], before_dot: true, null_sender_refused: false }
    }

    /// Is there anybody whose fate is open?
    fn is_open(&self) -> bool {
        self.results.iter().any(Option::is_none)
    }

    fn enter(&mut self, i: usize, outcome: Outcome, trouble: &SmtpError) {
        let answer = trouble.answer().unwrap_or_default().to_owned();
        self.results[i] = Some((outcome, answer, Some(trouble.clone())));
    }

    /// The same for everybody whose fate is open.
    fn rest(&mut self, outcome: Outcome, trouble: &SmtpError) {
        for i in 0..self.results.len() {
            if self.results[i].is_none() {
                self.enter(i, outcome, trouble);
            }
        }
    }

    /// The mail was refused, now or for good.
    fn refusal(&mut self, reply: Reply) {
        let outcome = outcome(&reply);
        self.rest(outcome, &reply.trouble(|answer| SmtpError::MailRefused { answer }));
    }

    fn accepted(&mut self, reply: &Reply) {
        for result in self.results.iter_mut().filter(|result| result.is_none()) {
            *result = Some((Outcome::Accepted, reply.text.clone(), None));
        }
    }

    fn all(mut self, outcome: Outcome, trouble: &SmtpError) -> Sent {
        self.rest(outcome, trouble);
        self.finish()
    }

    fn finish(self) -> Sent {
        let recipients = self.to.into_iter().zip(self.results).map(|(address, result)| {
            let (outcome, answer, trouble) = result.unwrap_or((Outcome::Deferred, String::new(), None));
            RecipientResult { address, outcome, answer, trouble }
        });
        Sent {
            recipients: recipients.collect(),
            before_dot: self.before_dot,
            null_sender_refused: self.null_sender_refused,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dots_are_doubled_only_where_a_line_begins() {
        assert_eq!(stuffed(b".a\r\n..b\r\nc.d\r\n.\r\n"), b"..a\r\n...b\r\nc.d\r\n..\r\n");
    }

    #[test]
    fn only_bytes_whose_lines_end_with_crlf_may_leave() {
        for good in [b"a\r\n".as_slice(), b"\r\n", b"a\r\n\r\nb\r\n"] {
            assert!(lines_end_with_crlf(good), "{good:?}");
        }
        for bad in [
            b"".as_slice(),
            b"a",
            b"a\n",
            b"a\r",
            b"a\nb\r\n",
            b"a\rb\r\n",
            b"\r\r\n",
            b"a\r\n\n",
            b"a\n\r\n",
        ] {
            assert!(!lines_end_with_crlf(bad), "{bad:?}");
        }
    }

    #[test]
    fn an_address_can_not_smuggle_a_command() {
        for good in ["a@example.com", "a..b@docomo.ne.jp", "\"a b>c\"@example.com", "問@例え.jp"] {
            assert!(is_usable(good), "{good}");
        }
        for bad in [
            "",
            "a",
            "@example.com",
            "a@",
            "a@b>\r\nRCPT TO:<c@d",
            "a@b> SIZE=1",
            "a b@c.example",
            "\"a@b.example",
        ] {
            assert!(!is_usable(bad), "{bad}");
        }
    }

    #[test]
    fn only_a_local_part_that_needs_it_is_quoted() {
        assert_eq!(quoted("a..b@docomo.ne.jp").as_deref(), Some("\"a..b\"@docomo.ne.jp"));
        assert_eq!(quoted("a.@docomo.ne.jp").as_deref(), Some("\"a.\"@docomo.ne.jp"));
        assert_eq!(quoted("a.b@docomo.ne.jp"), None);
        assert_eq!(quoted("\"a..b\"@docomo.ne.jp"), None);
    }
}
