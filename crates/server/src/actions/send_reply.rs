//! A reply leaves the house, at most once (contract §6.15): the row is `sending` in a committed transaction before the
//! first byte; what the server answered is recorded after. A process that dies in between leaves `sending`, which a
//! person decides about.

use std::time::Duration;

use channels::smtp_out::{self, Sent};
use desk::{
    event::EventKind,
    ids::OutboundId,
    mailbox::Switch,
    outbound::State,
    time::{Millis, SECOND},
};
use serde_json::json;
use store::{
    StoreError, Tx, blobs,
    mailboxes::{self, MailboxRow},
    outbound::{self, OutboundRow},
    tickets,
};

use super::{change_ticket::tell, record_sending::record_sending};
use crate::{
    lease,
    problem::{Problem, ProblemKind},
    state::Desk,
    wires::outgoing_server,
};

/// Without a sign of life for so long, a sending was cut off by a crash.
const LEASE: Millis = 30 * SECOND;
/// While its mailbox may not send, a reply asks so often.
const LOOK_AGAIN: Millis = 15 * SECOND;
/// How often a sending gives that sign.
const RENEW: Duration = Duration::from_secs(8);

/// Sends one reply if it is due and nobody else sends it. Safe to call at any time. Gives the moment to call again if
/// the reply is not due yet; after a try that was deferred, [`record_sending`] has put the next one into the queue.
pub async fn send_reply(desk: &Desk, id: OutboundId) -> Result<Option<Millis>, Problem> {
    let now = desk.now();
    let mut tx = desk.store.begin().await?;
    if is_stopped(&mut tx, id).await? {
        return Ok(Some(now + LOOK_AGAIN));
    }
    let Some(row) = outbound::claim(&mut tx, id, &desk.settings.node, now, now + LEASE).await? else {
        let row = outbound::get(&mut tx, id).await?;
        return Ok(row.filter(|row| row.state.may_be_sent()).map(|row| row.not_before));
    };
    let mailbox = mailboxes::get(&mut tx, row.mailbox).await?.ok_or(ProblemKind::NotFound)?;
    let bytes = blobs::fetch(&mut tx, &row.bytes_sha256).await?;
    let recipients = outbound::recipients(&mut tx, id).await?;
    let open = recipients
        .iter()
        .filter(|recipient| recipient.state.may_be_sent() || recipient.state == State::Sending);
    let to: Vec<String> = open.map(|recipient| recipient.address.clone()).collect();
    if let Some(ticket) = tickets::get(&mut tx, row.ticket).await? {
        tell(&mut tx, &ticket, EventKind::Sending, None, now, json!({"outbound": id})).await?;
    }
    tx.commit().await?;
    desk.committed();
    let sent = tokio::select! {
        sent = send(desk, &row, &mailbox, &to, &bytes) => sent,
        () = renew(desk, id) => return Ok(None),
    };
    record_sending(desk, id, sent).await?;
    Ok(None)
}

/// Whether the mailbox of a reply that waits was switched off or removed meanwhile: then nothing leaves.
async fn is_stopped(tx: &mut Tx, id: OutboundId) -> Result<bool, StoreError> {
    let Some(row) = outbound::get(tx, id).await?.filter(|row| row.state.may_be_sent()) else {
        return Ok(false);
    };
    let mailbox = mailboxes::get(tx, row.mailbox).await?;
    Ok(mailbox.is_none_or(|mailbox| mailbox.deleted_at.is_some() || mailbox.settings.sending == Switch::Off))
}

/// Gives signs of life for a reply that is on the wire, until it is dropped.
async fn renew(desk: &Desk, id: OutboundId) {
    lease::keep_alive(RENEW, "reply", async || {
        let mut tx = desk.store.begin().await?;
        outbound::renew(&mut tx, id, &desk.settings.node, desk.now() + LEASE).await?;
        tx.commit().await
    })
    .await;
}

/// Why a reply did not even reach the wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotTried {
    /// What is missing in the mailbox's settings.
    pub code: &'static str,
}

async fn send(
    desk: &Desk,
    row: &OutboundRow,
    mailbox: &MailboxRow,
    to: &[String],
    bytes: &[u8],
) -> Result<Sent, NotTried> {
    let server = outgoing_server(desk, &mailbox.settings).map_err(|code| NotTried { code })?;
    let helo = &desk.settings.hostname;
    let sent = smtp_out::send(&server, helo, &row.envelope_from, to, bytes).await;
    if sent.null_sender_refused && sent.before_dot {
        // Many submission servers refuse the null sender; the mail says by itself that it is automatic.
        return Ok(smtp_out::send(&server, helo, &mailbox.settings.address, to, bytes).await);
    }
    Ok(sent)
}
