//! The addresses customers write to, with their ways in and out. Passwords arrive here sealed (contract §6.1).

use crate::{
    StoreError,
    address::fold,
    column,
    tx::{Tx, all, changed, found, maybe, run, value},
};
use desk::{
    ids::MailboxId,
    mailbox::{IncomingKind, Switch, Tls},
    time::Millis,
};
use serde_json::Value;

column::row! {
    /// Everything a person may change about a mailbox.
    pub struct MailboxSettings {
        /// The address, as typed.
        pub address: String,
        /// What the desk calls it.
        pub name: String,
        /// The name beside the address in what is sent.
        pub company: String,
        /// What stands under each reply.
        pub signature: String,
        /// How mail comes in.
        pub incoming_kind: IncomingKind,
        /// The server mail is fetched from.
        pub incoming_host: Option<String>,
        /// Its port.
        pub incoming_port: Option<u16>,
        /// How that wire is protected.
        pub incoming_tls: Tls,
        /// The name to sign in with.
        pub incoming_user: Option<String>,
        /// The password, sealed.
        pub incoming_password: Option<Vec<u8>>,
        /// The server that takes our mail.
        pub outgoing_host: Option<String>,
        /// Its port.
        pub outgoing_port: Option<u16>,
        /// How that wire is protected.
        pub outgoing_tls: Tls,
        /// The name to sign in with; `None`: without.
        pub outgoing_user: Option<String>,
        /// The password, sealed.
        pub outgoing_password: Option<Vec<u8>>,
        /// Whether anything may leave.
        pub sending: Switch,
        /// How long a reply can be taken back, in seconds.
        pub hold_seconds: u32,
        /// How long an answer to a heated mail rests, in seconds.
        pub cool_down_seconds: u32,
        /// Where long lines are marked while writing, in full-width characters.
        pub line_width: u32,
        /// What happens on the server after the commit: `leave`, `seen` or `move:FOLDER`.
        pub after_fetch: String,
        /// Whether arrivals are acknowledged.
        pub acknowledge: Switch,
        /// The words of the acknowledgement.
        pub acknowledge_text: String,
        /// Whether it takes every unknown address of its domain.
        pub catch_all: bool,
        /// Whether a mail to its plus-address came back.
        pub self_test_passed: bool,
    }
}

column::row! {
    /// One mailbox.
    pub struct MailboxRow {
        /// Identity.
        pub id: MailboxId,
        /// How it is doing, as the fetching duty last wrote it; an empty object before.
        pub health: Value,
        /// Raised at every change of its settings.
        pub version: i64,
        /// When it was added.
        pub created_at: Millis,
        /// When it was removed; its tickets stay.
        pub deleted_at: Option<Millis>,
    }
    with {
        /// What a person may change.
        pub settings: MailboxSettings as MailboxSettings,
    }
}

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "select id, address, name, company, signature,
                incoming_kind, incoming_host, incoming_port, incoming_tls, incoming_user, incoming_password,
                outgoing_host, outgoing_port, outgoing_tls, outgoing_user, outgoing_password,
                sending, hold_seconds, cool_down_seconds, line_width, after_fetch, acknowledge, acknowledge_text,
                catch_all, self_test_passed, health, version, created_at, deleted_at
            from mailboxes ",
            $rest
        )
    };
}

/// Runs a statement whose $1 to $25 are the settings: the address, its folded form, and the rest in their order.
macro_rules! with_settings {
    ($tx:expr, $run:ident, $sql:expr, $settings:expr $(, $more:expr)* $(,)?) => {{
        let s = $settings;
        $run!(
            $tx, $sql,
            &s.address, fold(&s.address), &s.name, &s.company, &s.signature,
            s.incoming_kind.as_str(), &s.incoming_host, s.incoming_port.map(i64::from), s.incoming_tls.as_str(),
            &s.incoming_user, &s.incoming_password,
            &s.outgoing_host, s.outgoing_port.map(i64::from), s.outgoing_tls.as_str(),
            &s.outgoing_user, &s.outgoing_password,
            s.sending.as_str(), i64::from(s.hold_seconds), i64::from(s.cool_down_seconds), i64::from(s.line_width),
            &s.after_fetch, s.acknowledge.as_str(), &s.acknowledge_text, s.catch_all, s.self_test_passed
            $(, $more)*
        )
    }};
}

/// Adds a mailbox. The address is taken: [`StoreError::Conflict`].
pub async fn add(tx: &mut Tx, settings: &MailboxSettings, now: Millis) -> Result<MailboxId, StoreError> {
    const SQL: &str = "
        insert into mailboxes (address, address_folded, name, company, signature,
            incoming_kind, incoming_host, incoming_port, incoming_tls, incoming_user, incoming_password,
            outgoing_host, outgoing_port, outgoing_tls, outgoing_user, outgoing_password,
            sending, hold_seconds, cool_down_seconds, line_width, after_fetch, acknowledge, acknowledge_text,
            catch_all, self_test_passed, health, version, created_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22,
            $23, $24, $25, $27, 1, $26)
        returning id";
    let health = Value::Object(serde_json::Map::new());
    let id: i64 = with_settings!(tx, value, SQL, settings, now, column::json_of(&health))?;
    Ok(MailboxId(id))
}

/// The mailbox of this id, removed or not.
pub async fn get(tx: &mut Tx, id: MailboxId) -> Result<Option<MailboxRow>, StoreError> {
    const SQL: &str = select!("where id = $1");
    Ok(maybe!(tx, SQL, id.0)?)
}

/// Every mailbox that was not removed, by id; at most 1,000.
pub async fn list(tx: &mut Tx) -> Result<Vec<MailboxRow>, StoreError> {
    const SQL: &str = select!("where deleted_at is null order by id limit 1000");
    Ok(all!(tx, SQL)?)
}

/// The mailbox of this address (without plus tag), however it is written.
pub async fn by_address(tx: &mut Tx, address: &str) -> Result<Option<MailboxRow>, StoreError> {
    const SQL: &str = select!("where address_folded = $1 and deleted_at is null");
    Ok(maybe!(tx, SQL, fold(address))?)
}

/// Writes the settings over the version that was seen. Stale, or the address is taken: [`StoreError::Conflict`].
pub async fn update(
    tx: &mut Tx,
    id: MailboxId,
    seen: i64,
    settings: &MailboxSettings,
) -> Result<(), StoreError> {
    const SQL: &str = "
        update mailboxes
        set address = $1, address_folded = $2, name = $3, company = $4, signature = $5,
            incoming_kind = $6, incoming_host = $7, incoming_port = $8, incoming_tls = $9, incoming_user = $10,
            incoming_password = $11, outgoing_host = $12, outgoing_port = $13, outgoing_tls = $14,
            outgoing_user = $15, outgoing_password = $16, sending = $17, hold_seconds = $18,
            cool_down_seconds = $19, line_width = $20, after_fetch = $21, acknowledge = $22, acknowledge_text = $23,
            catch_all = $24, self_test_passed = $25, version = version + 1
        where id = $26 and version = $27 and deleted_at is null";
    changed(with_settings!(tx, run, SQL, settings, id.0, seen)?)
}

/// Removes a mailbox from use; its tickets, originals and ledger stay. Stale: [`StoreError::Conflict`].
pub async fn delete(tx: &mut Tx, id: MailboxId, seen: i64, now: Millis) -> Result<(), StoreError> {
    const SQL: &str = "
        update mailboxes set deleted_at = $3, version = version + 1
        where id = $1 and version = $2 and deleted_at is null";
    changed(run!(tx, SQL, id.0, seen, now)?)
}

/// Writes how it is doing; no new version, as no person did it.
pub async fn set_health(tx: &mut Tx, id: MailboxId, health: &Value) -> Result<(), StoreError> {
    found(run!(tx, "update mailboxes set health = $2 where id = $1", id.0, column::json_of(health))?)
}

/// Its plus-address was tried: whether the mail came back.
pub async fn set_self_test(tx: &mut Tx, id: MailboxId, passed: bool) -> Result<(), StoreError> {
    found(run!(tx, "update mailboxes set self_test_passed = $2 where id = $1", id.0, passed)?)
}
