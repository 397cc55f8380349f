//! Which mails are there, and their bytes. Nothing here leaves a mark on a mail.

use std::collections::HashMap;
use std::fmt::Write;

use async_imap::imap_proto::{AttributeValue, MailboxDatum, Response};
use jiff::fmt::strtime;

use super::conn::Ended;
use super::error::ImapError;
use super::{Fetched, Got, Session};

/// Folders larger than this are searched in windows: the reader's time grows with the square of
/// the length of one answer line.
const LARGE: u32 = 20_000;
/// The first window, in UIDs; sparse folders widen it.
const WINDOW: u32 = 20_000;
/// Mails asked for in one command.
const BATCH: usize = 200;
/// No mail beyond this is fetched: it is held in memory twice for a moment. In bytes.
const LARGEST: u64 = 200_000_000;
/// What a mail counts for that doesn't tell its size.
const UNKNOWN_SIZE: u64 = 1_000_000;

impl Session {
    /// The UIDs of the opened folder from `from` to `to` (both included; `None` = to the end),
    /// in rising order, whatever the flags or dates of the mails are.
    pub async fn uids(&mut self, from: u32, to: Option<u32>) -> Result<Vec<u32>, ImapError> {
        if self.conn.exists == 0 {
            self.conn.run("NOOP", |_| {}).await?.ok()?;
        }
        // What arrives from here on is either in the answer or news again.
        self.conn.news = false;
        if self.conn.exists == 0 {
            return Ok(Vec::new());
        }
        let mut found = Vec::new();
        let mut start = from.max(1);
        let last = to.unwrap_or(u32::MAX);
        let mut width = WINDOW;
        // Beyond the UIDNEXT of the opening there is little: one open search takes it all.
        let known = self.selected.map_or(0, |selected| selected.uidnext);
        while self.conn.exists > LARGE && start < known && start < last {
            let end = start.saturating_add(width).min(last);
            let before = found.len();
            self.search(start, Some(end), &mut found).await?;
            if found.len() - before < LARGE as usize / 4 {
                width = width.saturating_mul(4);
            }
            let Some(next) = end.checked_add(1) else { return Ok(sorted(found)) };
            start = next;
        }
        if start <= last {
            self.search(start, to, &mut found).await?;
        }
        Ok(sorted(found))
    }

    async fn search(&mut self, from: u32, to: Option<u32>, found: &mut Vec<u32>) -> Result<(), ImapError> {
        let end = to.map_or_else(|| "*".to_owned(), |to| to.to_string());
        let last = to.unwrap_or(u32::MAX);
        let command = format!("UID SEARCH UID {from}:{end}");
        let ended = self.conn.run(&command, |response| {
            if let Response::MailboxData(MailboxDatum::Search(uids)) = response {
                // `n:*` always names the last mail, even when its UID is below n.
                found.extend(uids.iter().filter(|uid| (from..=last).contains(uid)));
            }
        });
        ended.await?.ok()
    }

    /// One mail of the opened folder; leaves no mark on it.
    pub async fn fetch(&mut self, uid: u32) -> Result<Got, ImapError> {
        let mut got = self.fetch_many(&[uid], u64::MAX).await?;
        Ok(got.pop().unwrap_or(Got::Gone { uid }))
    }

    /// The first of these mails, as many as fit into `max_bytes` together, but at least one. The
    /// answer has one entry for each UID taken, in the order asked; ask again with the rest.
    pub async fn fetch_many(&mut self, uids: &[u32], max_bytes: u64) -> Result<Vec<Got>, ImapError> {
        let batch = &uids[..uids.len().min(BATCH)];
        if batch.is_empty() {
            return Ok(Vec::new());
        }
        let sizes = self.sizes(batch).await?;
        let batch = &batch[..fitting(batch, &sizes, max_bytes)];
        let small: Vec<u32> =
            batch.iter().copied().filter(|uid| sizes.get(uid).is_none_or(|size| *size <= LARGEST)).collect();
        let mut bodies = HashMap::new();
        let mut refusal = self.bodies(&small, &sizes, &mut bodies).await?;
        let mut got = Vec::with_capacity(batch.len());
        for &uid in batch {
            if let Some(mail) = bodies.remove(&uid) {
                got.push(Got::Mail(mail));
            } else if sizes.get(&uid).is_some_and(|size| *size > LARGEST) {
                got.push(Got::Withheld { uid, answer: "the mail is too large to be fetched".to_owned() });
            } else {
                // One mail that the server can't read must not hold up the others.
                if small.len() > 1 {
                    refusal = self.bodies(&[uid], &sizes, &mut bodies).await?;
                }
                got.push(match bodies.remove(&uid) {
                    Some(mail) => Got::Mail(mail),
                    None => self.missing(uid, refusal.take()).await?,
                });
            }
        }
        Ok(got)
    }

    /// Sizes as the server counts them; what isn't there any more is missing.
    async fn sizes(&mut self, uids: &[u32]) -> Result<HashMap<u32, u64>, ImapError> {
        let mut sizes = HashMap::new();
        let command = format!("UID FETCH {} (UID RFC822.SIZE)", set(uids));
        let ended = self.conn.run(&command, |response| {
            let Response::Fetch(_, values) = response else { return };
            let size = values.iter().find_map(|value| {
                if let AttributeValue::Rfc822Size(size) = value { Some(u64::from(*size)) } else { None }
            });
            if let Some(uid) = uid_of(response) {
                sizes.insert(uid, size.unwrap_or(UNKNOWN_SIZE));
            }
        });
        // A refusal is judged when the mails themselves are asked for.
        if let Ended::Bad(answer) = ended.await? {
            return Err(ImapError::ServerSaid { answer });
        }
        Ok(sizes)
    }

    /// Puts the mails into `bodies`; gives back the server's refusal, if it was one.
    async fn bodies(
        &mut self,
        uids: &[u32],
        sizes: &HashMap<u32, u64>,
        bodies: &mut HashMap<u32, Fetched>,
    ) -> Result<Option<String>, ImapError> {
        if uids.is_empty() {
            return Ok(None);
        }
        let command = format!("UID FETCH {} (UID INTERNALDATE BODY.PEEK[])", set(uids));
        let ended = self.conn.run(&command, |response| {
            if let Some(mail) = mail_of(response, sizes) {
                bodies.insert(mail.uid, mail);
            }
        });
        match ended.await? {
            Ended::Ok => Ok(None),
            Ended::No(answer) => Ok(Some(answer)),
            Ended::Bad(answer) => Err(ImapError::ServerSaid { answer }),
        }
    }

    /// A mail that didn't come: is it gone, or does the server keep it back?
    async fn missing(&mut self, uid: u32, refusal: Option<String>) -> Result<Got, ImapError> {
        let mut there = Vec::new();
        let news = self.conn.news;
        self.search(uid, Some(uid), &mut there).await?;
        self.conn.news |= news;
        Ok(if there.is_empty() {
            Got::Gone { uid }
        } else {
            Got::Withheld { uid, answer: refusal.unwrap_or_default() }
        })
    }
}

fn sorted(mut uids: Vec<u32>) -> Vec<u32> {
    uids.sort_unstable();
    uids.dedup();
    uids
}

/// How many of these fit, but at least one.
fn fitting(uids: &[u32], sizes: &HashMap<u32, u64>, max_bytes: u64) -> usize {
    let mut sum = 0_u64;
    let fit = uids.iter().take_while(|uid| {
        sum = sum.saturating_add(sizes.get(uid).copied().unwrap_or(UNKNOWN_SIZE));
        sum <= max_bytes
    });
    fit.count().max(1)
}

/// The UID that an answer to FETCH is about.
pub(super) fn uid_of(response: &Response<'_>) -> Option<u32> {
    let Response::Fetch(_, values) = response else { return None };
    values.iter().find_map(|value| if let AttributeValue::Uid(uid) = value { Some(*uid) } else { None })
}

/// The mail in an answer to FETCH. `NIL` is a mail only where the mail is empty.
fn mail_of(response: &Response<'_>, sizes: &HashMap<u32, u64>) -> Option<Fetched> {
    let uid = uid_of(response)?;
    let Response::Fetch(_, values) = response else { return None };
    let mut bytes = None;
    let mut internal_date_ms = None;
    for value in values {
        if let AttributeValue::BodySection { section: None, data, .. } = value {
            let empty = sizes.get(&uid) == Some(&0);
            bytes = data.as_ref().map(|data| data.to_vec()).or(empty.then(Vec::new));
        } else if let AttributeValue::InternalDate(date) = value {
            internal_date_ms = milliseconds(date);
        }
    }
    Some(Fetched { uid, internal_date_ms, bytes: bytes? })
}

/// `17-Jul-1996 02:44:25 -0700` as Unix milliseconds.
fn milliseconds(date: &str) -> Option<i64> {
    let time = strtime::parse("%d-%b-%Y %H:%M:%S %z", date.trim()).ok()?;
    Some(time.to_timestamp().ok()?.as_millisecond())
}

/// UIDs as a set of the protocol, runs drawn together: `1:3,7`.
pub(super) fn set(uids: &[u32]) -> String {
    let uids = sorted(uids.to_vec());
    let mut text = String::new();
    let mut rest = uids.as_slice();
    while let Some(&first) = rest.first() {
        let run = rest.iter().zip(first..=u32::MAX).take_while(|(uid, expected)| *uid == expected).count();
        let last = rest[run - 1];
        let comma = if text.is_empty() { "" } else { "," };
        // Writing to a String can't fail.
        let _ = if run == 1 { write!(text, "{comma}{first}") } else { write!(text, "{comma}{first}:{last}") };
        rest = &rest[run..];
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_of_uids_are_drawn_together() {
        assert_eq!(set(&[3, 1, 2, 7, 9, 10, 7]), "1:3,7,9:10");
        assert_eq!(set(&[u32::MAX]), u32::MAX.to_string());
        assert_eq!(set(&[]), "");
    }

    #[test]
    fn the_servers_date_is_read_with_its_zone() {
        assert_eq!(milliseconds("17-Jul-1996 02:44:25 -0700"), Some(837_596_665_000));
        assert_eq!(milliseconds(" 1-Feb-2026 00:00:00 +0900"), Some(1_769_871_600_000));
        assert_eq!(milliseconds("yesterday"), None);
    }

    #[test]
    fn a_batch_takes_at_least_one_mail_and_then_what_fits() {
        let sizes = HashMap::from([(1, 500), (2, 400), (3, 200)]);
        assert_eq!(fitting(&[1, 2, 3], &sizes, 1_000), 2);
        assert_eq!(fitting(&[1, 2, 3], &sizes, 10), 1);
        assert_eq!(fitting(&[1, 2, 3], &sizes, 2_000), 3);
    }
}
