//! What the loop guard must know: of the mail, read once more from its bytes, and of what was sent so far.

use desk::{
    automatic::{self as rule, Facts, Recent, WhyNot},
    ids::MessageId,
    message::ArrivedBy,
    ticket::Ticket,
    time::{HOUR, Millis},
};
use store::{
    Tx, agents, automatic, blobs,
    mailboxes::{self, MailboxRow},
    messages::{self, MessageRow},
    originals, outbound,
};

use crate::{
    actions::receive_mail::{ReceiveError, reading},
    state::Desk,
};

/// Of the customer's mail what the guard and the answer need.
pub(super) struct Answerable {
    /// Where the answer would go.
    pub answer_to: mail::Address,
    writers: Vec<String>,
    machine_sign: bool,
    envelope_from: Option<String>,
    arrived_by: ArrivedBy,
}

/// Reads the mail of a message again; `None` when there is no mail or nobody to answer.
pub(super) async fn look(desk: &Desk, id: MessageId) -> Result<Option<Answerable>, ReceiveError> {
    let mut tx = desk.store.read().await?;
    let Some(row) = messages::get(&mut tx, id).await? else { return Ok(None) };
    let Some(original) = row.message.original else { return Ok(None) };
    let Some(arrival) = originals::deliveries(&mut tx, original).await?.into_iter().next() else {
        return Ok(None);
    };
    let bytes = blobs::fetch(&mut tx, &arrival.sha256).await?;
    drop(tx);
    let mail = reading::read(bytes.into()).await.mail;
    let Some(answer_to) = mail.answer_goes_to().first().cloned() else { return Ok(None) };
    Ok(Some(Answerable {
        answer_to,
        writers: mail.from.iter().chain(&mail.sender).map(|one| one.address.clone()).collect(),
        machine_sign: !mail.automatic.is_empty(),
        // Fetched mail has no envelope; the server that took it in wrote it down.
        envelope_from: arrival
            .delivery
            .envelope_from
            .or_else(|| mail.header("Return-Path").map(str::to_owned)),
        arrived_by: arrival.delivery.arrived_by,
    }))
}

/// Asks the rule, with the counts as they are inside this transaction.
pub(super) async fn may_answer(
    tx: &mut Tx,
    ticket: &Ticket,
    mailbox: &MailboxRow,
    row: &MessageRow,
    mail: &Answerable,
    now: Millis,
) -> Result<Result<(), WhyNot>, ReceiveError> {
    let before = messages::page(tx, ticket.id, Some((row.message.at, row.id)), 1).await?;
    let suspected = row.message.suspicions.as_array().is_some_and(|list| !list.is_empty());
    let writers: Vec<&str> = mail.writers.iter().map(String::as_str).collect();
    let facts = Facts {
        acknowledge: mailbox.settings.acknowledge,
        sending: mailbox.settings.sending,
        arrived_by: mail.arrived_by,
        first_of_ticket: before.is_empty(),
        kind: row.message.kind,
        machine_sign: mail.machine_sign,
        suspected,
        envelope_from: mail.envelope_from.as_deref(),
        writers: &writers,
        answer_to: Some(&mail.answer_to.address),
    };
    let recent = recent(tx, ticket, &mail.answer_to.address, now).await?;
    let own = own_addresses(tx, mail).await?;
    Ok(rule::may_answer(&facts, &recent, &|address| own.iter().any(|own| own == address)))
}

async fn recent(tx: &mut Tx, ticket: &Ticket, address: &str, now: Millis) -> Result<Recent, ReceiveError> {
    let of_ticket = outbound::of_ticket(tx, ticket.id).await?;
    let to_address = automatic::count_since(tx, address, now - HOUR).await?;
    let to_address = u32::try_from(to_address).unwrap_or(u32::MAX);
    let to_ticket = of_ticket.iter().filter(|sent| sent.automatic).count();
    Ok(Recent {
        to_ticket: u32::try_from(to_ticket).unwrap_or(u32::MAX),
        // The acknowledgement is the only kind there is.
        acknowledgements_to_address: to_address,
        all_to_address: to_address,
    })
}

/// The addresses of our mailboxes, and those of the mail that are an agent's.
async fn own_addresses(tx: &mut Tx, mail: &Answerable) -> Result<Vec<String>, ReceiveError> {
    let fold = store::address::fold;
    let mut own: Vec<String> =
        mailboxes::list(tx).await?.iter().map(|row| fold(&row.settings.address)).collect();
    for address in mail.writers.iter().chain([&mail.answer_to.address]) {
        if agents::by_email(tx, address).await?.is_some() {
            own.push(fold(address));
        }
    }
    Ok(own)
}
