//! A reply's bytes are fixed: what will be sent is evidence from this moment on. It is held for some seconds, in which
//! it can be taken back (contract §6.14–6.16).

use desk::{
    draft::{self, Reply, ReplyError, leaves_at},
    event::EventKind,
    ids::{AgentId, MessageId, OutboundId},
    job::Job,
    mailbox::Switch,
    message::Channel,
    outbound::{State, Waits, not_before},
    permission::Verb,
    status::Then,
    ticket::{Queued, Ticket},
    time::Millis,
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use store::{
    Tx,
    address::Address,
    blobs,
    drafts::{self, DraftRow},
    jobs,
    mailboxes::{self, MailboxRow},
    messages::{self, Message},
    outbound::{self, NewOutbound},
};

use super::{
    answer_to::{AnswerTo, answer_to, demand_quotable},
    attach::{demand_files, keep_files, named_in},
    change_ticket::{demand, lock, save, tell},
    fix_reply::{FixedReply, fix_reply},
    merge_tickets::demand_unmerged,
    save_draft::{DraftBody, refused, stored},
};
use crate::{
    auth::Signed,
    problem::{Problem, ProblemKind},
    search,
    state::Desk,
};

/// A reply in the outbox.
pub struct QueuedReply {
    /// Its place in the outbox.
    pub outbound: OutboundId,
    /// The message in the ticket.
    pub message: MessageId,
    /// It does not leave before.
    pub not_before: Millis,
}

/// Fixes the bytes of a reply and puts it into the outbox.
///
/// # Errors
/// `ticket-merged`, `sending-is-off`, `no-way-out`, `draft-changed`, `ticket-moved-on`, `quote-altered`, `upload-gone`, … — the draft
/// stays as it is.
pub async fn queue_reply(
    desk: &Desk,
    signed: &Signed,
    number: i64,
    body: DraftBody,
    draft_version: Option<i64>,
) -> Result<QueuedReply, Problem> {
    let now = desk.now();
    let mut tx = desk.store.begin().await?;
    let queued = queue_in(&mut tx, desk, signed, number, body, draft_version, now).await?;
    tx.commit().await?;
    desk.committed();
    Ok(queued)
}

/// The same inside a transaction that somebody else commits.
pub async fn queue_in(
    tx: &mut Tx,
    desk: &Desk,
    signed: &Signed,
    number: i64,
    body: DraftBody,
    draft_version: Option<i64>,
    now: Millis,
) -> Result<QueuedReply, Problem> {
    let mut ticket = lock(tx, &signed.who, number).await?;
    demand(&signed.who, Verb::Send, &ticket)?;
    demand_unmerged(tx, &ticket).await?;
    demand_quotable(tx, &ticket, body.quote.as_ref()).await?;
    let mailbox = way_out(tx, &ticket).await?;
    let draft = drafts::get(tx, ticket.id).await?;
    let named = body.quote.as_ref().map(|quote| quote.message);
    let answer = answer_to(tx, &ticket, named).await?;
    let by = signed.agent.id;
    let asked = Asked { ticket: &ticket, body: &body, draft: draft.as_ref(), draft_version, by, now };
    refuse(tx, &asked, &answer).await?;
    demand_files(tx, &body.attachments, by, &named_in(draft.as_ref())).await?;
    let reply = fix_reply(tx, desk, &mailbox, &body, &answer, now).await?;
    blobs::keep(tx, &reply.bytes, now).await?;
    let message = Message { author: Some(by), ..reply.message(&ticket, &mailbox, &body, &answer, now) };
    let message_id = messages::insert(tx, &message).await?;
    search::index(tx, &ticket, message_id, &message).await?;
    let held = Held { mailbox, reply, body, draft, message: message_id, by, now };
    held.into_outbox(tx, &mut ticket).await
}

/// A reply that is in its ticket already and goes into the outbox.
struct Held {
    mailbox: MailboxRow,
    reply: FixedReply,
    body: DraftBody,
    draft: Option<DraftRow>,
    message: MessageId,
    by: AgentId,
    now: Millis,
}

impl Held {
    async fn into_outbox(self, tx: &mut Tx, ticket: &mut Ticket) -> Result<QueuedReply, Problem> {
        let (now, by, message) = (self.now, Some(self.by), self.message);
        let then = self.body.then.unwrap_or(Then::WaitingOnCustomer);
        let (before, changes) = ticket.reply_queued(&Queued { message, at: now, by, then });
        let row = self.row(ticket, serde_json::to_value(&before).map_err(Problem::broken)?);
        let outbound = outbound::add(tx, &row, now).await?;
        if let Some(draft) = &self.draft {
            drafts::delete(tx, ticket.id, draft.version, "sent", now).await?;
        }
        keep_files(tx, &named_in(self.draft.as_ref()), &self.body.attachments, now).await?;
        save(tx, ticket, &changes, by, now).await?;
        let detail = json!({"outbound": outbound, "message": message});
        tell(tx, ticket, EventKind::ReplyQueued, by, now, detail).await?;
        jobs::enqueue(
            tx,
            &Job::SendReply { outbound },
            row.not_before,
            Some(&format!("send {outbound} 0")),
            now,
        )
        .await?;
        Ok(QueuedReply { outbound, message, not_before: row.not_before })
    }

    fn row(&self, ticket: &Ticket, before: Value) -> NewOutbound {
        let settings = &self.mailbox.settings;
        let waits =
            Waits { hold_seconds: settings.hold_seconds, cool_down_seconds: settings.cool_down_seconds };
        let begun_at = self.draft.as_ref().map_or(self.now, |draft| draft.begun_at);
        let version = self.draft.as_ref().map_or(0, |draft| draft.version);
        let draft = ReturnedDraft { body: self.body.clone(), begun_at, writer: self.by, version };
        NewOutbound {
            ticket: ticket.id,
            message: Some(self.message),
            mailbox: self.mailbox.id,
            channel: Channel::Mail,
            message_id_header: self.reply.message_id.clone(),
            bytes_sha256: self.reply.bytes.sha256.to_vec(),
            size: self.reply.bytes.size,
            envelope_from: settings.address.clone(),
            recipients: self.reply.recipients.clone(),
            state: State::Held,
            // Nothing reads complaints yet, so no reply has a draft that must cool down.
            not_before: leaves_at(not_before(self.now, waits, None), self.body.send_at),
            ticket_before: Some(before),
            draft: serde_json::to_value(draft).ok(),
            automatic: false,
            agent: Some(self.by),
        }
    }
}

/// What a reply was made of, kept beside it so that undo gives it back.
#[derive(Debug, Serialize, Deserialize)]
pub struct ReturnedDraft {
    /// The draft.
    pub body: DraftBody,
    /// When its writer began.
    pub begun_at: Millis,
    /// Who wrote it.
    pub writer: AgentId,
    /// The version it had; 0: it was never saved.
    #[serde(default)]
    pub version: i64,
}

/// The mailbox of a ticket, if replies may leave by it.
pub async fn way_out(tx: &mut Tx, ticket: &Ticket) -> Result<MailboxRow, Problem> {
    let mailbox = mailboxes::get(tx, ticket.mailbox).await?.ok_or(ProblemKind::NotFound)?;
    let address = mailbox.settings.address.clone();
    if mailbox.deleted_at.is_some() || mailbox.settings.sending == Switch::Off {
        return Err(Problem::new(ProblemKind::SendingIsOff).with("address", address));
    }
    if mailbox.settings.outgoing_host.is_none() {
        return Err(Problem::new(ProblemKind::NoWayOut).with("address", address));
    }
    Ok(mailbox)
}

/// What the rules look at before a reply may leave.
struct Asked<'a> {
    ticket: &'a Ticket,
    body: &'a DraftBody,
    draft: Option<&'a DraftRow>,
    draft_version: Option<i64>,
    by: AgentId,
    now: Millis,
}

impl Asked<'_> {
    /// The last message the writer saw; whoever does not say it again means what the draft says.
    fn based_on(&self) -> Option<MessageId> {
        let of_draft = |row: &DraftRow| row.body.get("based_on").and_then(Value::as_i64).map(MessageId);
        self.body.based_on.or_else(|| self.draft.and_then(of_draft))
    }
}

/// Refuses what the rules of `desk` refuse, and shows what stands there now.
async fn refuse(tx: &mut Tx, asked: &Asked<'_>, answer: &AnswerTo) -> Result<(), Problem> {
    let stored = stored(tx, asked.ticket, asked.draft).await?;
    let body = asked.body;
    let list =
        |addresses: &[Address]| addresses.iter().map(|one| one.address.clone()).collect::<Vec<String>>();
    let to = if body.to.is_empty() { list(&answer.to) } else { list(&body.to) };
    let copies = [list(&body.cc), list(&body.bcc)].concat();
    let reply = Reply {
        draft: stored.as_ref(),
        draft_version: asked.draft_version,
        by: asked.by,
        sending: true,
        based_on: asked.based_on(),
        newest: answer.newest,
        text: &body.text,
        to: &to.iter().map(String::as_str).collect::<Vec<_>>(),
        copies: &copies.iter().map(String::as_str).collect::<Vec<_>>(),
        attached_bytes: 0,
        send_at: body.send_at,
        now: asked.now,
    };
    match draft::may_leave(&reply) {
        Ok(()) => Ok(()),
        Err(ReplyError::SendingIsOff) => Err(ProblemKind::SendingIsOff.into()),
        Err(ReplyError::Draft(error)) => Err(refused(error, asked.draft)),
        Err(ReplyError::MovedOn { newest }) => Err(moved_on(tx, newest).await?),
        Err(ReplyError::Field { field: "text", code: "required" }) => {
            Err(Problem::new(ProblemKind::NothingToSend).field("text", "required"))
        }
        Err(ReplyError::Field { field, code }) => {
            Err(Problem::new(ProblemKind::InvalidInput).field(field, code))
        }
    }
}

/// A reply to a conversation that went on meanwhile is not what its writer meant: here is what came.
async fn moved_on(tx: &mut Tx, newest: MessageId) -> Result<Problem, Problem> {
    let problem = Problem::new(ProblemKind::TicketMovedOn).with("message", newest.0);
    let Some(row) = messages::get(tx, newest).await? else { return Ok(problem) };
    Ok(problem.current(json!({
        "message": newest, "direction": row.message.direction, "text": row.message.new_text,
        "at": crate::api::time(row.message.at),
    })))
}
