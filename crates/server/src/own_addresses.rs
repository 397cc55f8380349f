//! Which addresses are our own: nobody there is a customer, and no reply goes there by itself.

use store::{address::fold, mailboxes::MailboxRow};

/// The addresses of mailboxes.
pub struct OwnAddresses(Vec<String>);

impl OwnAddresses {
    /// Those of these mailboxes.
    pub fn of(mailboxes: &[MailboxRow]) -> OwnAddresses {
        OwnAddresses(mailboxes.iter().map(|row| fold(&row.settings.address)).collect())
    }

    /// Whether an address is one of them, with or without a plus tag.
    pub fn has(&self, address: &str) -> bool {
        let folded = fold(address);
        let plain = folded.rsplit_once('@').and_then(|(local, domain)| {
            let (plain, _) = local.split_once('+')?;
            Some(format!("{plain}@{domain}"))
        });
        self.0.iter().any(|own| *own == folded || plain.as_ref() == Some(own))
    }
}
