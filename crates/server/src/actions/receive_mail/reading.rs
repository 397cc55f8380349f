//! From bytes to a [`Mail`], guarded: each mail is read on a thread of its own with a limited time, so that one mail
//! that hangs or breaks the reader costs only itself. What cannot be read is a mail of kind `unreadable`.

use std::{
    sync::{
        Arc,
        atomic::{AtomicIsize, Ordering},
    },
    thread,
    time::Duration,
};

use desk::excerpt::excerpt;
use mail::{Kind, Mail, Problem};
use tokio::sync::{Semaphore, oneshot};

/// A mail takes milliseconds; one that takes longer than this is meant to do harm.
const PATIENCE: Duration = Duration::from_secs(20);
/// For another try with the header alone.
const HEADER_PATIENCE: Duration = Duration::from_secs(5);
/// The largest header looked at when the whole mail could not be read.
const HEADER: usize = 64 << 10;
/// Readers that were left alone and still run: more of them would leave no processor for anything else.
static LEFT_ALONE: AtomicIsize = AtomicIsize::new(0);
const MOST_LEFT_ALONE: isize = 4;
/// Deeply nested mails need room.
const STACK: usize = 8 << 20;

/// A mail that was read, with everything that costs time and needs no database.
#[derive(Debug, Clone)]
pub struct Read {
    /// What it says.
    pub mail: Mail,
    /// By what the same mail over another way is known (contract §6.4). A mail without Message-ID is known by its
    /// bytes only.
    pub soft_key: [u8; 32],
    /// Its first words, on one line.
    pub excerpt: String,
}

/// Reads a mail; never fails, and never takes longer than [`PATIENCE`] and a little.
pub async fn read(bytes: Arc<[u8]>) -> Read {
    let crowded = LEFT_ALONE.load(Ordering::Relaxed) >= MOST_LEFT_ALONE;
    if !crowded && let Some(read) = guarded(Arc::clone(&bytes), PATIENCE, whole).await {
        return read;
    }
    tracing::error!(
        size = bytes.len(),
        "a mail could not be read in time; it is kept and shown as unreadable"
    );
    unreadable(bytes).await
}

/// A mail that is known to harm its reader: only its header is looked at.
pub async fn unreadable(bytes: Arc<[u8]>) -> Read {
    let by_header = guarded(Arc::clone(&bytes), HEADER_PATIENCE, header_only).await;
    by_header.unwrap_or_else(|| digest(mail::read(&[]), &bytes))
}

/// Reads many mails at the same time, as many as there are processors; the answers stand in the order of the mails. Of a
/// mail that is known to harm its reader (`true`) only the header is looked at.
pub async fn read_all(mails: Vec<(Arc<[u8]>, bool)>) -> Vec<Read> {
    let seats = Arc::new(Semaphore::new(thread::available_parallelism().map_or(2, usize::from)));
    let one = |(bytes, harmful): (Arc<[u8]>, bool)| {
        let seats = Arc::clone(&seats);
        async move {
            let _seat = seats.acquire().await;
            if harmful { unreadable(bytes).await } else { read(bytes).await }
        }
    };
    futures::future::join_all(mails.into_iter().map(one)).await
}

/// Runs `work` on a thread that is left alone if it takes too long: a thread cannot be stopped from outside, but
/// nobody has to wait for it. `None` when it hangs or panics.
async fn guarded(bytes: Arc<[u8]>, patience: Duration, work: fn(&[u8]) -> Read) -> Option<Read> {
    let (give, take) = oneshot::channel();
    let run = move || {
        // Nobody listens any more when the time was over.
        if give.send(work(&bytes)).is_err() {
            LEFT_ALONE.fetch_sub(1, Ordering::Relaxed);
        }
    };
    let started = thread::Builder::new().name("read-mail".to_owned()).stack_size(STACK).spawn(run);
    if let Err(error) = started {
        tracing::error!(%error, "no thread to read a mail");
        return None;
    }
    let Ok(read) = tokio::time::timeout(patience, take).await else {
        LEFT_ALONE.fetch_add(1, Ordering::Relaxed);
        return None;
    };
    read.ok()
}

fn whole(bytes: &[u8]) -> Read {
    digest(mail::read(bytes), bytes)
}

fn header_only(bytes: &[u8]) -> Read {
    let mut mail = mail::read_header(&bytes[..bytes.len().min(HEADER)]);
    mail.kind = Kind::Unreadable;
    if !mail.problems.contains(&Problem::Unreadable) {
        mail.problems.push(Problem::Unreadable);
    }
    digest(mail, bytes)
}

fn digest(mail: Mail, bytes: &[u8]) -> Read {
    let soft_key = match (&mail.message_id, mail.kind) {
        (Some(_), kind) if kind != Kind::Unreadable => mail::soft_key::of(&mail, bytes),
        _ => store::blobs::hash(bytes),
    };
    let excerpt = excerpt(if mail.new_text.trim().is_empty() { &mail.text } else { &mail.new_text });
    Read { mail, soft_key, excerpt }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hang(_: &[u8]) -> Read {
        thread::sleep(Duration::from_mins(10));
        whole(&[])
    }

    fn panic(_: &[u8]) -> Read {
        panic!("a mail that breaks the reader")
    }

    #[tokio::test]
    async fn a_mail_that_hangs_or_breaks_its_reader_costs_only_itself() {
        let bytes: Arc<[u8]> = Arc::from(b"Subject: x\r\n\r\ny".as_slice());
        assert!(guarded(Arc::clone(&bytes), Duration::from_millis(50), hang).await.is_none());
        assert!(guarded(Arc::clone(&bytes), Duration::from_secs(5), panic).await.is_none());
        assert_eq!(
            guarded(bytes, Duration::from_secs(5), whole).await.unwrap().mail.subject.as_deref(),
            Some("x")
        );
    }

    #[tokio::test]
    async fn what_cannot_be_read_still_shows_who_wrote() {
        let bytes: Arc<[u8]> = Arc::from(b"From: a@example.jp\r\nSubject: x\r\n\r\nbody".as_slice());
        let read = unreadable(bytes).await;
        assert_eq!(read.mail.kind, Kind::Unreadable);
        assert_eq!(read.mail.subject.as_deref(), Some("x"));
        assert!(read.mail.problems.contains(&Problem::Unreadable));
    }

    #[tokio::test]
    async fn many_mails_come_back_in_their_order() {
        let mails =
            (0..50).map(|n| (Arc::from(format!("Subject: {n}\r\n\r\n").into_bytes()), false)).collect();
        let subjects: Vec<_> =
            read_all(mails).await.into_iter().filter_map(|read| read.mail.subject).collect();
        assert_eq!(subjects, (0..50).map(|n| n.to_string()).collect::<Vec<_>>());
    }
}
