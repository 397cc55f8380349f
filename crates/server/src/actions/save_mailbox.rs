//! A mailbox is added, changed or removed by an administrator. Passwords are sealed before they reach the store.

use desk::{
    event::EventKind,
    ids::MailboxId,
    mailbox::{IncomingKind, Switch, Tls},
    permission::Who,
};
use serde::Deserialize;
use serde_json::json;
use store::{
    events::{self, NewEvent},
    folders,
    mailboxes::{self, MailboxRow, MailboxSettings},
};
use utoipa::ToSchema;

use crate::{
    api::words,
    extract::{Edit, ReadOnly},
    problem::{Problem, ProblemKind},
    state::Desk,
};

/// The way in; what is not named stays as it is.
#[derive(Debug, Default, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct IncomingChange {
    /// How mail comes in.
    #[schema(value_type = Option<words::IncomingKind>)]
    pub kind: Option<IncomingKind>,
    /// The server; null for none.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub host: Edit<String>,
    /// Its port; null for the usual one.
    #[serde(default)]
    #[schema(value_type = Option<u16>)]
    pub port: Edit<u16>,
    /// How the wire is protected.
    #[schema(value_type = Option<words::Tls>)]
    pub tls: Option<Tls>,
    /// The account at the server; null for the address.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub user: Edit<String>,
    /// Its password; write-only. Null takes it away, an empty one leaves what is saved.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub password: Edit<String>,
    /// Shown, not written.
    #[serde(default)]
    #[schema(ignore)]
    pub has_password: ReadOnly,
}

/// The way out; what is not named stays as it is.
#[derive(Debug, Default, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OutgoingChange {
    /// The server; null for none.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub host: Edit<String>,
    /// Its port; null for the usual one.
    #[serde(default)]
    #[schema(value_type = Option<u16>)]
    pub port: Edit<u16>,
    /// How the wire is protected.
    #[schema(value_type = Option<words::Tls>)]
    pub tls: Option<Tls>,
    /// The account at the server; null for the address.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub user: Edit<String>,
    /// Its password; write-only. Null takes it away, an empty one leaves what is saved.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub password: Edit<String>,
    /// Shown, not written.
    #[serde(default)]
    #[schema(ignore)]
    pub has_password: ReadOnly,
}

/// A mailbox as it is wanted; what is not named stays as it is, or takes its default in a new one.
#[derive(Debug, Default, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MailboxChange {
    /// The version that was seen; needed for a change.
    pub version: Option<i64>,
    /// The address customers write to.
    pub address: Option<String>,
    /// What agents call it.
    pub name: Option<String>,
    /// The sender's name customers see.
    pub company: Option<String>,
    /// What stands under each reply.
    pub signature: Option<String>,
    /// The way in.
    pub incoming: Option<IncomingChange>,
    /// The way out.
    pub outgoing: Option<OutgoingChange>,
    /// Whether replies leave the house.
    #[schema(value_type = Option<words::Switch>)]
    pub sending: Option<Switch>,
    /// Seconds in which a sent reply can be taken back (0–300).
    pub hold_seconds: Option<u32>,
    /// Seconds an answer to a complaint waits.
    pub cool_down_seconds: Option<u32>,
    /// Full-width columns a line of a reply has.
    pub line_width: Option<u32>,
    /// `leave`, `seen` or `move:FOLDER`.
    pub after_fetch: Option<String>,
    /// Whether each new inquiry is acknowledged by itself.
    #[schema(value_type = Option<words::Switch>)]
    pub acknowledge: Option<Switch>,
    /// The words of the acknowledgement; empty for ours.
    pub acknowledge_text: Option<String>,
    /// Takes every address of its domain (SMTP).
    pub catch_all: Option<bool>,
    /// Shown, not written.
    #[serde(default)]
    #[schema(ignore)]
    pub id: ReadOnly,
    /// Shown, not written.
    #[serde(default)]
    #[schema(ignore)]
    pub health: ReadOnly,
}

/// A new mailbox: sending off, nothing automatic (contract §6.11).
pub fn new_settings() -> MailboxSettings {
    MailboxSettings {
        address: String::new(),
        name: String::new(),
        company: String::new(),
        signature: String::new(),
        incoming_kind: IncomingKind::None,
        incoming_host: None,
        incoming_port: None,
        incoming_tls: Tls::Required,
        incoming_user: None,
        incoming_password: None,
        outgoing_host: None,
        outgoing_port: None,
        outgoing_tls: Tls::Required,
        outgoing_user: None,
        outgoing_password: None,
        sending: Switch::Off,
        hold_seconds: 20,
        cool_down_seconds: 600,
        line_width: 35,
        after_fetch: "leave".to_owned(),
        acknowledge: Switch::Off,
        acknowledge_text: String::new(),
        catch_all: false,
        self_test_passed: false,
    }
}

fn set<T>(place: &mut T, wanted: Option<T>) {
    if let Some(wanted) = wanted {
        *place = wanted;
    }
}

/// An empty text takes a name away, as null does.
fn set_text(place: &mut Option<String>, wanted: Edit<String>) {
    wanted.over(place);
    *place = place.take().map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
}

/// An empty password is a field nobody filled in; only null takes a saved one away.
fn set_password(place: &mut Option<Vec<u8>>, wanted: Edit<String>, seal: impl Fn(&str) -> Vec<u8>) {
    match wanted {
        Edit::Keep => {}
        Edit::Clear => *place = None,
        Edit::Set(password) if password.is_empty() => {}
        Edit::Set(password) => *place = Some(seal(&password)),
    }
}

/// Lays what is wanted over what is there; passwords are sealed on the way.
pub fn merge(desk: &Desk, mut settings: MailboxSettings, wanted: MailboxChange) -> MailboxSettings {
    let seal = |password: &str| desk.keys.seal(password, desk.random());
    set(&mut settings.address, wanted.address.map(|address| address.trim().to_owned()));
    set(&mut settings.name, wanted.name);
    set(&mut settings.company, wanted.company);
    set(&mut settings.signature, wanted.signature);
    if let Some(incoming) = wanted.incoming {
        set(&mut settings.incoming_kind, incoming.kind);
        set_text(&mut settings.incoming_host, incoming.host);
        incoming.port.over(&mut settings.incoming_port);
        set(&mut settings.incoming_tls, incoming.tls);
        set_text(&mut settings.incoming_user, incoming.user);
        set_password(&mut settings.incoming_password, incoming.password, seal);
    }
    if let Some(outgoing) = wanted.outgoing {
        set_text(&mut settings.outgoing_host, outgoing.host);
        outgoing.port.over(&mut settings.outgoing_port);
        set(&mut settings.outgoing_tls, outgoing.tls);
        set_text(&mut settings.outgoing_user, outgoing.user);
        set_password(&mut settings.outgoing_password, outgoing.password, seal);
    }
    set(&mut settings.sending, wanted.sending);
    set(&mut settings.hold_seconds, wanted.hold_seconds);
    set(&mut settings.cool_down_seconds, wanted.cool_down_seconds);
    set(&mut settings.line_width, wanted.line_width);
    set(&mut settings.after_fetch, wanted.after_fetch);
    set(&mut settings.acknowledge, wanted.acknowledge);
    set(&mut settings.acknowledge_text, wanted.acknowledge_text);
    set(&mut settings.catch_all, wanted.catch_all);
    settings
}

/// Refuses settings that cannot work, field by field.
pub fn check(settings: &MailboxSettings) -> Result<(), Problem> {
    let faults = desk::mailbox::check(&desk::mailbox::Facts {
        address: &settings.address,
        incoming_kind: settings.incoming_kind,
        incoming_host: settings.incoming_host.as_deref(),
        incoming_port: settings.incoming_port,
        // The address is the account where none is named.
        incoming_user: Some(settings.incoming_user.as_deref().unwrap_or(&settings.address)),
        has_incoming_password: settings.incoming_password.is_some(),
        outgoing_host: settings.outgoing_host.as_deref(),
        outgoing_port: settings.outgoing_port,
        sending: settings.sending,
        hold_seconds: settings.hold_seconds,
        cool_down_seconds: settings.cool_down_seconds,
        line_width: settings.line_width,
        after_fetch: &settings.after_fetch,
    });
    let problem = faults.iter().fold(Problem::new(ProblemKind::InvalidInput), |problem, fault| {
        problem.field(fault.field, fault.code)
    });
    if faults.is_empty() { Ok(()) } else { Err(problem) }
}

/// Adds a mailbox.
pub async fn add_mailbox(desk: &Desk, who: &Who, wanted: MailboxChange) -> Result<MailboxRow, Problem> {
    let mut settings = merge(desk, new_settings(), wanted);
    if settings.name.is_empty() {
        settings.name.clone_from(&settings.address);
    }
    check(&settings)?;
    let mut tx = desk.store.begin().await?;
    if mailboxes::by_address(&mut tx, &settings.address).await?.is_some() {
        return Err(Problem::new(ProblemKind::AddressTaken).with("address", settings.address));
    }
    let id = mailboxes::add(&mut tx, &settings, desk.now()).await?;
    let row = mailboxes::get(&mut tx, id).await?.ok_or(ProblemKind::NotFound)?;
    record(desk, &mut tx, who, id, "mailbox_added").await?;
    tx.commit().await?;
    told(desk);
    Ok(row)
}

/// Changes a mailbox that is still as the caller saw it.
pub async fn change_mailbox(
    desk: &Desk,
    who: &Who,
    id: MailboxId,
    wanted: MailboxChange,
) -> Result<MailboxRow, Problem> {
    let mut tx = desk.store.begin().await?;
    let row = existing(&mut tx, id).await?;
    let seen = wanted.version.unwrap_or(row.version);
    if seen != row.version {
        return Err(Problem::new(ProblemKind::ChangedMeanwhile).with("version", row.version));
    }
    let settings = merge(desk, row.settings.clone(), wanted);
    check(&settings)?;
    let same_address = mailboxes::by_address(&mut tx, &settings.address).await?;
    if same_address.is_some_and(|other| other.id != id) {
        return Err(Problem::new(ProblemKind::AddressTaken).with("address", settings.address));
    }
    mailboxes::update(&mut tx, id, seen, &settings).await?;
    if is_elsewhere(&row.settings, &settings) {
        folders::forget_numbers(&mut tx, id).await?;
    }
    let changed = mailboxes::get(&mut tx, id).await?.ok_or(ProblemKind::NotFound)?;
    record(desk, &mut tx, who, id, "mailbox_changed").await?;
    tx.commit().await?;
    told(desk);
    Ok(changed)
}

/// Another account numbers its mails in its own way, even where the numbers look alike.
fn is_elsewhere(before: &MailboxSettings, after: &MailboxSettings) -> bool {
    let account = |settings: &MailboxSettings| {
        let user = settings.incoming_user.clone().unwrap_or_else(|| settings.address.clone());
        (settings.incoming_host.clone(), user)
    };
    account(before) != account(after)
}

/// Takes a mailbox out of service; its tickets and mails stay.
pub async fn remove_mailbox(desk: &Desk, who: &Who, id: MailboxId) -> Result<(), Problem> {
    let mut tx = desk.store.begin().await?;
    let row = existing(&mut tx, id).await?;
    mailboxes::delete(&mut tx, id, row.version, desk.now()).await?;
    record(desk, &mut tx, who, id, "mailbox_removed").await?;
    tx.commit().await?;
    told(desk);
    Ok(())
}

/// A mailbox that was not removed.
pub async fn existing(tx: &mut store::Tx, id: MailboxId) -> Result<MailboxRow, Problem> {
    let row = mailboxes::get(tx, id).await?.filter(|row| row.deleted_at.is_none());
    Ok(row.ok_or(ProblemKind::NotFound)?)
}

async fn record(
    desk: &Desk,
    tx: &mut store::Tx,
    who: &Who,
    id: MailboxId,
    what: &str,
) -> Result<(), Problem> {
    let event = NewEvent {
        mailbox: Some(id),
        ..NewEvent::of_desk(EventKind::SettingChanged, Some(who.agent), desk.now())
            .with(json!({"what": what}))
    };
    events::record(tx, &event).await?;
    Ok(())
}

fn told(desk: &Desk) {
    desk.committed();
    desk.mailboxes_changed.notify_one();
}
