//! What the walk must know of the desk: its mailboxes, its settings, its keys. Read once for all mails of a transaction.

use desk::{ids::MailboxId, mailbox::IncomingKind, time::Millis};
use mail::{AddressClass, message_id::Keyed, plus::PlusKey};
use store::{
    Tx,
    mailboxes::{self, MailboxRow, MailboxSettings},
};

use super::ReceiveError;
use crate::{
    actions::{desk_settings, save_mailbox::new_settings},
    own_addresses::OwnAddresses,
    state::Desk,
    words::{Language, text},
};

/// The address of the mailbox for old mail that belongs to no other.
const IMPORT: &str = "import";

/// The desk around a mail.
pub struct Around {
    /// The mailboxes in use.
    pub mailboxes: Vec<MailboxRow>,
    /// Days within which an answer reopens a done ticket.
    pub reopen_days: u32,
    /// The language of the desk.
    pub language: Language,
    /// Tells our Message-IDs.
    pub ids: Keyed,
    /// Makes and tells our plus-addresses.
    pub tokens: PlusKey,
    /// The moment of this transaction.
    pub now: Millis,
    own: OwnAddresses,
}

impl Around {
    /// Reads it.
    ///
    /// # Errors
    /// The database.
    pub async fn load(desk: &Desk, tx: &mut Tx) -> Result<Around, ReceiveError> {
        let mailboxes = mailboxes::list(tx).await?;
        let (settings, _) = desk_settings::load(tx).await?;
        Ok(Around {
            own: OwnAddresses::of(&mailboxes),
            mailboxes,
            reopen_days: settings.reopen_days,
            language: Language::of(&settings.language),
            ids: Keyed::new(desk.keys.message_id()),
            tokens: PlusKey::new(desk.keys.plus()),
            now: desk.now(),
        })
    }

    /// Whether an address is one of our mailboxes, with or without a plus tag.
    pub fn is_own(&self, address: &str) -> bool {
        self.own.has(address)
    }

    /// The mailbox of this id, if it is in use.
    pub fn mailbox(&self, id: MailboxId) -> Option<&MailboxRow> {
        self.mailboxes.iter().find(|row| row.id == id)
    }

    /// The mailbox for old mail that belongs to no other; made when it is first needed.
    pub(super) async fn import_mailbox(&mut self, tx: &mut Tx) -> Result<MailboxId, ReceiveError> {
        if let Some(row) = self.mailboxes.iter().find(|row| row.settings.address == IMPORT) {
            return Ok(row.id);
        }
        let settings = MailboxSettings {
            address: IMPORT.to_owned(),
            name: text(self.language, "mailbox.import.name", &[]),
            incoming_kind: IncomingKind::Import,
            ..new_settings()
        };
        let id = mailboxes::add(tx, &settings, self.now).await?;
        self.mailboxes.extend(mailboxes::get(tx, id).await?);
        Ok(id)
    }
}

/// The registrable domain behind a mail domain whose people belong together (contract §6.3): a company's, a school's,
/// an authority's, never a provider's.
pub(super) fn organisation(domain: &str) -> Option<String> {
    match mail::address::class(domain) {
        AddressClass::Company | AddressClass::School | AddressClass::Government => {
            mail::address::registrable(domain).map(str::to_owned)
        }
        AddressClass::Free
        | AddressClass::Disposable
        | AddressClass::Carrier
        | AddressClass::Isp
        | AddressClass::Organisation
        | AddressClass::Unknown => None,
    }
}
