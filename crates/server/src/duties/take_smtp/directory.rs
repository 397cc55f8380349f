//! Which recipient belongs to which mailbox.

use desk::{
    ids::MailboxId,
    mailbox::{Health, IncomingKind},
    time::rfc3339,
};
use serde_json::{Value, json};
use store::{StoreError, address::fold, mailboxes};

use crate::state::Desk;

/// The mailboxes that take mail by SMTP, as they are at this moment.
#[derive(Debug, Default)]
pub(super) struct Directory {
    entries: Vec<Entry>,
}

#[derive(Debug)]
struct Entry {
    id: MailboxId,
    folded: String,
    catch_all: bool,
    /// Its health says that mail comes in.
    well: bool,
}

impl Directory {
    /// Reads the mailboxes.
    pub(super) async fn load(desk: &Desk) -> Result<Directory, StoreError> {
        let mut tx = desk.store.read().await?;
        let rows = mailboxes::list(&mut tx).await?;
        let by_smtp = rows.into_iter().filter(|row| row.settings.incoming_kind == IncomingKind::Smtp);
        let entries = by_smtp.map(|row| Entry {
            id: row.id,
            folded: fold(&row.settings.address),
            catch_all: row.settings.catch_all,
            well: row.health.get("state").and_then(Value::as_str) == Some(Health::Ok.as_str()),
        });
        Ok(Directory { entries: entries.collect() })
    }

    /// The mailbox of a recipient: its very address, or that with a plus tag, or the one that takes everything on the
    /// domain.
    pub(super) fn mailbox_of(&self, address: &str) -> Option<MailboxId> {
        let folded = fold(address);
        let exact = |wanted: &str| self.entries.iter().find(|entry| entry.folded == wanted);
        let (local, domain) = folded.rsplit_once('@')?;
        let found = exact(&folded)
            .or_else(|| exact(&format!("{}@{domain}", local.split_once('+')?.0)))
            .or_else(|| self.entries.iter().find(|entry| entry.catch_all && on(&entry.folded, domain)));
        found.map(|entry| entry.id)
    }

    /// Mail came in for these: from the first one on, their health says so.
    pub(super) async fn mail_came(&self, desk: &Desk, ids: &[MailboxId]) -> Result<(), StoreError> {
        let news: Vec<_> =
            self.entries.iter().filter(|entry| !entry.well && ids.contains(&entry.id)).collect();
        if news.is_empty() {
            return Ok(());
        }
        let now = rfc3339(desk.now());
        let health =
            json!({"state": Health::Ok, "code": null, "said": null, "since": now, "last_ok_at": now});
        let mut tx = desk.store.begin().await?;
        for entry in news {
            mailboxes::set_health(&mut tx, entry.id, &health).await?;
        }
        tx.commit().await
    }
}

fn on(address: &str, domain: &str) -> bool {
    address.rsplit_once('@').is_some_and(|(_, own)| own == domain)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn directory() -> Directory {
        let entry = |id, folded: &str, catch_all| Entry {
            id: MailboxId(id),
            folded: folded.to_owned(),
            catch_all,
            well: true,
        };
        Directory {
            entries: vec![
                entry(1, "support@shop.example", false),
                entry(2, "all@other.example", true),
                entry(3, "sales+jp@shop.example", false),
            ],
        }
    }

    #[test]
    fn a_recipient_is_found_however_it_is_written() {
        let of = |address| directory().mailbox_of(address).map(|id| id.0);
        assert_eq!(of("Support@SHOP.example"), Some(1));
        assert_eq!(of("support+habcdefghijklmnop@shop.example"), Some(1));
        assert_eq!(of("support+news@shop.example"), Some(1));
        assert_eq!(
            of("sales+jp@shop.example"),
            Some(3),
            "an address with a plus in it may be a mailbox itself"
        );
    }

    #[test]
    fn only_our_own_addresses_are_taken_but_all_of_a_domain_with_catch_all() {
        let of = |address| directory().mailbox_of(address).map(|id| id.0);
        assert_eq!(of("anybody@other.example"), Some(2));
        assert_eq!(of("sales@shop.example"), None);
        assert_eq!(of("support@elsewhere.example"), None);
        assert_eq!(of("support@sub.shop.example"), None);
        assert_eq!(of("postmaster"), None);
    }
}
