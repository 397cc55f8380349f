//! Fills an empty desk with the mails of a tea shop, so that a new person can look around and practise. Nothing leaves
//! the house: the mailbox sends nothing. All or nothing, in one transaction.

use desk::{
    event::EventKind,
    ids::MailboxId,
    mailbox::IncomingKind,
    message::{ArrivedBy, Channel},
    permission::Who,
    status::{Outcome, Status},
    ticket::Ticket,
    time::Millis,
};
use rust_embed::RustEmbed;
use serde_json::json;
use store::{
    StoreError, Tx,
    events::{self, NewEvent},
    mailboxes::{self, MailboxSettings},
    originals::{Mode, NewDelivery, delivery},
    tickets,
};

use super::{
    keep_mail::{Arrived, job_key, keep_in, prepare},
    receive_mail::{Around, ReceiveError, Received, reading, walk},
    save_mailbox::new_settings,
};
use crate::{
    problem::{Problem, ProblemKind},
    state::Desk,
};

/// The shop of the samples.
const ADDRESS: &str = "support@komorebi-cha.example";
const NAME: &str = "こもれび茶舗";

#[derive(RustEmbed)]
#[folder = "../../corpus/samples"]
struct Samples;

/// What was put in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Loaded {
    /// Mails.
    pub mails: usize,
    /// Tickets they became.
    pub tickets: usize,
}

/// Puts the samples in.
///
/// # Errors
/// `desk-not-empty` once there is any ticket.
pub async fn load_samples(desk: &Desk, who: &Who) -> Result<Loaded, Problem> {
    let now = desk.now();
    let mails = mails();
    let bytes = mails.iter().map(|bytes| (bytes.as_slice().into(), false)).collect();
    let reads = reading::read_all(bytes).await;
    let mut tx = desk.store.begin().await?;
    if !tickets::counts(&mut tx, None).await?.lanes.is_empty() {
        return Err(ProblemKind::DeskNotEmpty.into());
    }
    let mailbox = shop(&mut tx, now).await?;
    let arrived = |bytes: Vec<u8>| Arrived { bytes: bytes.into(), delivery: arrival(mailbox, now) };
    let prepared = prepare(mails.into_iter().map(arrived).collect()).await?;
    let kept = keep_in(&mut tx, &prepared, now, 0).await?;
    let mut around = Around::load(desk, &mut tx).await.map_err(failed)?;
    let mut received: Vec<Received> = Vec::with_capacity(kept.len());
    for (kept, read) in kept.iter().zip(&reads) {
        let row = delivery(&mut tx, kept.delivery).await?.ok_or(StoreError::NotFound)?;
        received.push(walk(&mut tx, &mut around, &row, read).await.map_err(failed)?);
        store::jobs::done_by_key(&mut tx, &job_key(kept.delivery)).await?;
    }
    let tickets = as_if_today(&mut tx, &received).await?;
    let event = NewEvent {
        mailbox: Some(mailbox),
        ..NewEvent::of_desk(EventKind::SettingChanged, Some(who.agent), now)
    };
    events::record(&mut tx, &event.with(json!({"what": "samples"}))).await?;
    tx.commit().await?;
    desk.committed();
    Ok(Loaded { mails: received.len(), tickets })
}

fn failed(error: ReceiveError) -> Problem {
    match error {
        ReceiveError::Store(error) => error.into(),
        ReceiveError::Part(why) => Problem::broken(why),
    }
}

/// The sample mails in the order in which they were written.
fn mails() -> Vec<Vec<u8>> {
    let mut names: Vec<_> = Samples::iter().filter(|name| name.ends_with(".eml")).collect();
    names.sort();
    names.iter().filter_map(|name| Some(Samples::get(name)?.data.into_owned())).collect()
}

async fn shop(tx: &mut Tx, now: Millis) -> Result<MailboxId, StoreError> {
    if let Some(row) = mailboxes::by_address(tx, ADDRESS).await? {
        return Ok(row.id);
    }
    let settings = MailboxSettings {
        address: ADDRESS.to_owned(),
        name: NAME.to_owned(),
        company: NAME.to_owned(),
        incoming_kind: IncomingKind::None,
        ..new_settings()
    };
    mailboxes::add(tx, &settings, now).await
}

/// They are old mail, so that nothing answers them and ours count as ours; but all of it stays open.
fn arrival(mailbox: MailboxId, now: Millis) -> NewDelivery {
    NewDelivery {
        channel: Channel::Mail,
        mailbox: Some(mailbox),
        arrived_by: ArrivedBy::Import,
        folder: None,
        uidvalidity: None,
        uid: None,
        uidl: None,
        envelope_from: None,
        envelope_to: Vec::new(),
        trace: None,
        mode: Mode::Import,
        open_since: Some(0),
        junk: false,
        received_at: now,
    }
}

/// The desk as if the mails had come today: new, waiting for the customer, on the shelves.
async fn as_if_today(tx: &mut Tx, received: &[Received]) -> Result<usize, StoreError> {
    let mut ids: Vec<_> = received.iter().map(|one| one.ticket).collect();
    ids.sort();
    ids.dedup();
    for id in &ids {
        if let Some(mut ticket) = tickets::get(tx, *id).await? {
            stand_as_if_today(&mut ticket);
            tickets::save(tx, &mut ticket).await?;
        }
    }
    Ok(ids.len())
}

fn stand_as_if_today(ticket: &mut Ticket) {
    ticket.status = match (ticket.outcome, ticket.ever_answered) {
        (Some(Outcome::Answered), _) if ticket.shelf.is_none() => Status::WaitingOnCustomer,
        (_, true) => Status::Open,
        (_, false) => Status::New,
    };
    ticket.outcome = None;
    ticket.outcome_reason = None;
    ticket.done_at = None;
}
