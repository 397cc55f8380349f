//! A mail on its way into a ticket: what was read, and what follows from how it came.

use desk::{
    ids::MailboxId,
    import::{self, Places},
    message::{Direction, Kind},
    status::Shelf,
    time::Millis,
};
use mail::{Mail, Suspicion, Warning};
use store::{
    Tx,
    originals::{DeliveryRow, Mode},
};

use super::{Around, Read, ReceiveError, message};

/// A mail on its way.
pub(super) struct Entering<'a> {
    pub arrival: &'a DeliveryRow,
    pub read: &'a Read,
    pub mailbox: MailboxId,
    pub direction: Direction,
    pub kind: Kind,
    pub at: Millis,
    /// Where it would lie if it began a ticket.
    pub shelf: Option<Shelf>,
    pub suspicions: Vec<Suspicion>,
    pub warnings: Vec<Warning>,
}

impl<'a> Entering<'a> {
    /// Puts together what is known before its ticket is looked for.
    pub(super) async fn of(
        tx: &mut Tx,
        around: &mut Around,
        arrival: &'a DeliveryRow,
        read: &'a Read,
    ) -> Result<Entering<'a>, ReceiveError> {
        let mail = &read.mail;
        let mailbox = mailbox(tx, around, arrival, mail).await?;
        let kind = message::kind(mail);
        let suspicions = suspicions(arrival, mail);
        let suspected = |what| suspicions.contains(&what);
        Ok(Entering {
            arrival,
            read,
            mailbox,
            direction: direction(around, arrival, mail),
            kind,
            at: message::at(arrival, mail),
            shelf: Shelf::of(kind, suspected(Suspicion::Spam), suspected(Suspicion::Virus)),
            warnings: warnings(around, arrival, mail),
            suspicions,
        })
    }

    /// Old mail: nothing answers it, nobody is told, nothing is measured.
    pub(super) fn is_old(&self) -> bool {
        self.arrival.delivery.mode != Mode::Live
    }

    /// The first address in From, else Sender.
    pub(super) fn from(&self) -> Option<&'a mail::Address> {
        self.read.mail.from.first().or(self.read.mail.sender.as_ref())
    }
}

/// Where it came in. Imported mail may not say; then its recipients do.
async fn mailbox(
    tx: &mut Tx,
    around: &mut Around,
    arrival: &DeliveryRow,
    mail: &Mail,
) -> Result<MailboxId, ReceiveError> {
    if let Some(id) = arrival.delivery.mailbox {
        return Ok(id);
    }
    let addresses =
        |list: &'_ [mail::Address]| list.iter().map(|one| one.address.clone()).collect::<Vec<_>>();
    let (to, cc, from) = (addresses(&mail.to), addresses(&mail.cc), addresses(&mail.from));
    let places = Places {
        delivered_to: &strs(&mail.delivered_to),
        to: &strs(&to),
        cc: &strs(&cc),
        from: &strs(&from),
    };
    let ours: Vec<(MailboxId, &str)> =
        around.mailboxes.iter().map(|row| (row.id, row.settings.address.as_str())).collect();
    match import::mailbox(None, &places, &ours) {
        Some(id) => Ok(id),
        None => around.import_mailbox(tx).await,
    }
}

fn strs(list: &[String]) -> Vec<&str> {
    list.iter().map(String::as_str).collect()
}

/// Live mail always comes from outside, whatever its From says; only old mail may be ours.
fn direction(around: &Around, arrival: &DeliveryRow, mail: &Mail) -> Direction {
    match arrival.delivery.mode {
        Mode::Live => Direction::In,
        Mode::Import | Mode::Past => {
            let from: Vec<&str> = mail.from.iter().map(|one| one.address.as_str()).collect();
            import::direction(&from, &|address| around.is_own(address))
        }
    }
}

fn suspicions(arrival: &DeliveryRow, mail: &Mail) -> Vec<Suspicion> {
    let mut suspicions = mail.suspicions.clone();
    if arrival.delivery.junk && !suspicions.contains(&Suspicion::Spam) {
        suspicions.push(Suspicion::Spam);
    }
    suspicions
}

fn warnings(around: &Around, arrival: &DeliveryRow, mail: &Mail) -> Vec<Warning> {
    let mut warnings = mail.warnings.clone();
    let ours = mail.from.iter().chain(&mail.sender).any(|one| around.is_own(&one.address));
    if ours && arrival.delivery.mode == Mode::Live && !warnings.contains(&Warning::ForgedOwnAddress) {
        warnings.push(Warning::ForgedOwnAddress);
    }
    warnings
}
