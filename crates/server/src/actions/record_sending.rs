//! What came of a sending: the answer of the server is kept word for word, the ticket learns whether its reply arrived.

use channels::smtp_out::{Outcome, Sent};
use desk::{
    event::EventKind,
    ids::{AgentId, OutboundId},
    job::Job,
    message::Direction,
    outbound::{Resolution, State, retry_at, worst},
    permission::Verb,
    status::Then,
    ticket::{Moved, Ticket},
    time::Millis,
};
use serde_json::json;
use store::{
    Tx, jobs, messages,
    outbound::{self, OutboundRow, RecipientRow},
    tickets,
};

use super::{
    change_ticket::{demand, save, tell},
    queue_reply::ReturnedDraft,
    send_reply::NotTried,
};
use crate::{
    auth::Signed,
    problem::{Problem, ProblemKind},
    state::Desk,
};

/// How many cut-off sendings are looked at at once.
const AT_ONCE: i64 = 100;

/// Records what the server said of each recipient, and what follows from it.
pub async fn record_sending(
    desk: &Desk,
    id: OutboundId,
    sent: Result<Sent, NotTried>,
) -> Result<(), Problem> {
    store::retry(|| async {
        let now = desk.now();
        let mut tx = desk.store.begin().await?;
        let (mut ticket, mut row) = hold(&mut tx, id).await?;
        let mut recipients = outbound::recipients(&mut tx, id).await?;
        let refused_before = refused(&recipients);
        take_in(&mut row, &mut recipients, &sent, now);
        for recipient in &recipients {
            outbound::save_recipient(&mut tx, recipient).await?;
        }
        settle(&mut tx, &mut ticket, &mut row, &recipients, None, now).await?;
        if refused(&recipients) > refused_before {
            lost_one(&mut tx, &mut ticket, &row, now).await?;
        }
        tx.commit().await?;
        desk.committed();
        Ok(())
    })
    .await
}

fn refused(recipients: &[RecipientRow]) -> usize {
    recipients.iter().filter(|recipient| recipient.state == State::Refused).count()
}

/// A recipient failed. Where the reply is still on its way to others, the whole does not show it yet, but a person
/// should know now.
pub async fn lost_one(
    tx: &mut Tx,
    ticket: &mut Ticket,
    row: &OutboundRow,
    now: Millis,
) -> Result<(), Problem> {
    if row.automatic || !row.state.is_under_way() {
        return Ok(());
    }
    let changes = ticket.recipient_failed();
    Ok(save(tx, ticket, &changes, None, now).await?)
}

/// The ticket and its reply, both held until the transaction ends; the ticket first, as everywhere.
async fn hold(tx: &mut Tx, id: OutboundId) -> Result<(Ticket, OutboundRow), Problem> {
    let seen = outbound::get(tx, id).await?.ok_or(ProblemKind::NotFound)?;
    let ticket = tickets::lock(tx, seen.ticket).await?.ok_or(ProblemKind::NotFound)?;
    let row = outbound::lock(tx, id).await?.ok_or(ProblemKind::NotFound)?;
    Ok((ticket, row))
}

/// Puts the server's words to each recipient; one that is deferred too long is given up.
fn take_in(
    row: &mut OutboundRow,
    recipients: &mut [RecipientRow],
    sent: &Result<Sent, NotTried>,
    now: Millis,
) {
    let attempts = u32::try_from(row.attempts).unwrap_or(u32::MAX);
    let again = retry_at(attempts, row.created_at, now);
    for recipient in recipients.iter_mut() {
        let (state, answer) = match sent {
            Err(not_tried) if recipient.state.is_under_way() => (State::Deferred, not_tried.code.to_owned()),
            Err(_) => continue,
            Ok(sent) => {
                let Some(result) = sent.recipients.iter().find(|result| result.address == recipient.address)
                else {
                    continue;
                };
                let trouble = result.trouble.as_ref().map(ToString::to_string).unwrap_or_default();
                let said = if result.answer.is_empty() { trouble } else { result.answer.clone() };
                (state_of(result.outcome), said)
            }
        };
        recipient.state = if state == State::Deferred && again.is_none() { State::Refused } else { state };
        recipient.answer = Some(answer).filter(|answer| !answer.is_empty());
    }
    let later = recipients.iter().any(|recipient| recipient.state == State::Deferred);
    if let Some(at) = again.filter(|_| later) {
        row.not_before = at;
    }
}

fn state_of(outcome: Outcome) -> State {
    match outcome {
        Outcome::Accepted => State::Accepted,
        Outcome::Deferred => State::Deferred,
        Outcome::Refused => State::Refused,
        Outcome::Unknown => State::Unknown,
    }
}

/// The whole follows from the recipients; the ticket follows from the whole.
pub async fn settle(
    tx: &mut Tx,
    ticket: &mut Ticket,
    row: &mut OutboundRow,
    recipients: &[RecipientRow],
    actor: Option<AgentId>,
    now: Millis,
) -> Result<(), Problem> {
    let states: Vec<State> = recipients.iter().map(|recipient| recipient.state).collect();
    let from = row.state;
    let to = worst(&states).unwrap_or(State::Refused);
    row.state = to;
    // A bounce for one recipient may come in while another is still on the wire.
    if to != State::Sending {
        row.lease_until = None;
    }
    row.answer = recipients
        .iter()
        .find(|recipient| recipient.state == to)
        .and_then(|recipient| recipient.answer.clone());
    if to == State::Accepted {
        row.sent_at = Some(now);
    }
    outbound::save(tx, row).await?;
    if matches!(to, State::Deferred | State::Queued) {
        // The job that runs now still stands in the queue, so each try has a key of its own.
        let key = format!("send {} {}", row.id, row.attempts);
        jobs::enqueue(tx, &Job::SendReply { outbound: row.id }, row.not_before, Some(&key), now).await?;
    }
    let step = Moved {
        from,
        to,
        at: now,
        then: then_of(row),
        reached_somebody: states.contains(&State::Accepted) && !row.automatic,
        customer_wrote_since: customer_wrote_since(tx, ticket, row).await?,
    };
    // An acknowledgement that fails says nothing about an answer; only a person's reply moves the ticket.
    let changes = if row.automatic { Vec::new() } else { ticket.reply_moved(&step) };
    save(tx, ticket, &changes, actor, now).await?;
    if let Some(kind) = event_of(to) {
        tell(tx, ticket, kind, actor, now, json!({"outbound": row.id, "answer": row.answer.is_some()}))
            .await?;
    }
    Ok(())
}

fn then_of(row: &OutboundRow) -> Then {
    let returned: Option<ReturnedDraft> =
        row.draft.clone().and_then(|value| serde_json::from_value(value).ok());
    returned.and_then(|returned| returned.body.then).unwrap_or(Then::WaitingOnCustomer)
}

async fn customer_wrote_since(tx: &mut Tx, ticket: &Ticket, row: &OutboundRow) -> Result<bool, Problem> {
    let newest = messages::page(tx, ticket.id, None, 20).await?;
    Ok(newest.iter().any(|message| {
        message.message.direction == Direction::In
            && message.message.kind.needs_a_person()
            && row.message.is_some_and(|reply| message.id > reply)
    }))
}

fn event_of(state: State) -> Option<EventKind> {
    match state {
        State::Accepted => Some(EventKind::ReplyAccepted),
        State::Deferred => Some(EventKind::ReplyDeferred),
        State::Refused => Some(EventKind::ReplyRefused),
        State::Unknown => Some(EventKind::ReplyUnknown),
        State::Bounced => Some(EventKind::ReplyBounced),
        State::Queued => Some(EventKind::ReplyQueued),
        State::Held | State::Sending => None,
    }
}

/// At the start of an SQLite desk nobody else can be sending: what is `sending` was cut off by a crash.
pub async fn mark_cut_off(desk: &Desk) -> Result<usize, Problem> {
    if desk.store.is_sqlite() {
        mark_unknown(desk, Millis::MAX).await
    } else {
        mark_expired_unknown(desk).await
    }
}

/// What a crash left `sending` becomes `unknown` once its lease is over: only a person may say whether it left.
pub async fn mark_expired_unknown(desk: &Desk) -> Result<usize, Problem> {
    mark_unknown(desk, desk.now()).await
}

async fn mark_unknown(desk: &Desk, until: Millis) -> Result<usize, Problem> {
    let now = desk.now();
    let rows = outbound::expired(&mut desk.store.read().await?, until, AT_ONCE).await?;
    for seen in &rows {
        let mut tx = desk.store.begin().await?;
        let (mut ticket, mut row) = hold(&mut tx, seen.id).await?;
        if row.state != State::Sending || row.version != seen.version {
            continue;
        }
        let mut recipients = outbound::recipients(&mut tx, row.id).await?;
        for recipient in recipients.iter_mut().filter(|recipient| recipient.state.is_under_way()) {
            recipient.state = State::Unknown;
            outbound::save_recipient(&mut tx, recipient).await?;
        }
        settle(&mut tx, &mut ticket, &mut row, &recipients, None, now).await?;
        tx.commit().await?;
        desk.committed();
    }
    Ok(rows.len())
}

/// A person says what became of an unknown sending.
///
/// # Errors
/// `not-unknown` for any other state.
pub async fn resolve_sending(
    desk: &Desk,
    signed: &Signed,
    id: OutboundId,
    resolution: Resolution,
) -> Result<i64, Problem> {
    let now = desk.now();
    let mut tx = desk.store.begin().await?;
    let (mut ticket, mut row) = hold(&mut tx, id).await?;
    demand(&signed.who, Verb::Send, &ticket)?;
    let mut recipients = outbound::recipients(&mut tx, id).await?;
    if row.state != State::Unknown {
        return Err(ProblemKind::NotUnknown.into());
    }
    for recipient in &mut recipients {
        if let Some(state) = recipient.state.resolved(resolution) {
            recipient.state = state;
            outbound::save_recipient(&mut tx, recipient).await?;
        }
    }
    row.not_before = now;
    settle(&mut tx, &mut ticket, &mut row, &recipients, Some(signed.agent.id), now).await?;
    tx.commit().await?;
    desk.committed();
    Ok(ticket.number)
}
