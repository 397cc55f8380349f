//! Mail handed to our own listener (contract §6.6): recipients become mailboxes, the mails that wait share one commit,
//! and the sender hears 250 only after it.

mod directory;
mod gather;

use std::sync::Arc;

use channels::smtp_in::{self, Accepts, Incoming, KeepError, Keeper, Settings, Unavailable};
use desk::{
    ids::MailboxId,
    message::{ArrivedBy, Channel},
};
use store::originals::{Mode, NewDelivery};
use tokio::net::TcpListener;

use self::{directory::Directory, gather::Gatherer};
use crate::{actions::keep_mail::Arrived, state::Desk};

/// Serves until the desk stops; the mails that are being kept then are still kept and answered.
pub async fn listen(desk: Desk, listener: TcpListener, tls: Option<Arc<rustls::ServerConfig>>) {
    let settings =
        Settings { max_size: desk.settings.max_size, tls, ..Settings::new(desk.settings.hostname.clone()) };
    let gatherer = gather::start(&desk);
    let stop = desk.tasks.stop_signal();
    let door = Door { desk, gatherer };
    smtp_in::serve(listener, settings, Arc::new(door), stop).await;
}

/// Decides about recipients and keeps mails.
struct Door {
    desk: Desk,
    gatherer: Gatherer,
}

impl Keeper for Door {
    async fn accepts(&self, address: &str) -> Result<Accepts, Unavailable> {
        let directory = self.directory().await?;
        Ok(if directory.mailbox_of(address).is_some() { Accepts::Yes } else { Accepts::NoSuchAddress })
    }

    async fn keep(&self, mail: Incoming) -> Vec<Result<(), KeepError>> {
        let Ok(directory) = self.directory().await else {
            return vec![Err(KeepError::Temporary); mail.envelope_to.len()];
        };
        let mailboxes: Vec<Option<MailboxId>> =
            mail.envelope_to.iter().map(|address| directory.mailbox_of(address)).collect();
        let arrivals = self.arrivals(mail, &mailboxes);
        let result = if arrivals.is_empty() { Ok(()) } else { self.gatherer.keep(arrivals).await };
        let ids: Vec<MailboxId> = mailboxes.iter().copied().flatten().collect();
        if result.is_ok()
            && let Err(error) = directory.mail_came(&self.desk, &ids).await
        {
            tracing::warn!(%error, "the health of a mailbox could not be written");
        }
        // A mailbox that was removed between RCPT and the dot takes nothing any more.
        mailboxes
            .iter()
            .map(|mailbox| if mailbox.is_some() { result } else { Err(KeepError::Refused) })
            .collect()
    }
}

impl Door {
    async fn directory(&self) -> Result<Directory, Unavailable> {
        Directory::load(&self.desk).await.map_err(|error| {
            tracing::warn!(%error, "the mailboxes could not be read; the sender is asked to try again");
            Unavailable
        })
    }

    /// One delivery for each mailbox, however many of its recipients were named.
    fn arrivals(&self, mail: Incoming, mailboxes: &[Option<MailboxId>]) -> Vec<Arrived> {
        let now = self.desk.now();
        let trace = self.trace(&mail);
        let bytes: Arc<[u8]> = mail.bytes.into();
        let mut to: Vec<(MailboxId, Vec<String>)> = Vec::new();
        for (address, mailbox) in mail.envelope_to.iter().zip(mailboxes) {
            let Some(mailbox) = *mailbox else { continue };
            match to.iter_mut().find(|(known, _)| *known == mailbox) {
                Some((_, addresses)) => addresses.push(address.clone()),
                None => to.push((mailbox, vec![address.clone()])),
            }
        }
        let delivery = |(mailbox, envelope_to)| NewDelivery {
            channel: Channel::Mail,
            mailbox: Some(mailbox),
            arrived_by: ArrivedBy::Smtp,
            folder: None,
            uidvalidity: None,
            uid: None,
            uidl: None,
            envelope_from: Some(mail.envelope_from.clone()),
            envelope_to,
            trace: Some(trace.clone()),
            mode: Mode::Live,
            open_since: None,
            junk: false,
            received_at: now,
        };
        to.into_iter().map(|one| Arrived { bytes: Arc::clone(&bytes), delivery: delivery(one) }).collect()
    }

    /// The line that other servers write into the mail; ours stays beside it, so that the original stays as it came.
    fn trace(&self, mail: &Incoming) -> String {
        let with = match (mail.lmtp, mail.tls) {
            (true, true) => "LMTPS",
            (true, false) => "LMTP",
            (false, true) => "ESMTPS",
            (false, false) => "ESMTP",
        };
        let at = desk::time::timestamp(self.desk.now());
        let at = at.strftime("%a, %d %b %Y %H:%M:%S +0000");
        format!(
            "from {} ([{}]) by {} with {with}; {at}",
            mail.helo,
            mail.peer.ip(),
            self.desk.settings.hostname
        )
    }
}
