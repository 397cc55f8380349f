//! The one automatic mail: "your message has reached us", switched on for each mailbox. Behind the loop guard of
//! `desk::automatic`: nothing automatic answers a machine, and nobody gets many. It holds no word of the customer's, so
//! that nobody can make us send theirs to somebody else (reliability: mail bombing through open doors).

mod guard;

use desk::{
    automatic::WhyNot,
    event::EventKind,
    ids::{MessageId, OutboundId},
    job::Job,
    message::{Channel, Direction, Kind},
    outbound::State,
    ticket::Ticket,
    time::Millis,
};
use mail::{
    compose::{ComposeError, Outgoing, compose},
    message_id::Keyed,
    subject::ReplySubject,
};
use serde_json::{Value, json};
use store::{
    StoreError, Tx, automatic,
    blobs::{self, Prepared},
    jobs,
    mailboxes::{self, MailboxRow},
    messages::{self, Message, MessageRow},
    outbound::{self, NewOutbound},
    tickets,
};

use self::guard::Answerable;
use super::{
    answer_to::stored,
    change_ticket::tell,
    desk_settings::{self, DeskSettings},
    fix_reply::sender,
    receive_mail::ReceiveError,
};
use crate::{
    search,
    state::Desk,
    words::{Language, text},
};

/// Under this word the caps count it.
const KIND: &str = "acknowledgement";

/// What became of the wish to acknowledge a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Acknowledged {
    /// It is in the outbox.
    Queued(OutboundId),
    /// Nothing was written; why.
    Not(WhyNot),
    /// The message or its ticket is not there any more.
    Gone,
}

/// Acknowledges a customer's message, if that may be. Safe to call at any time.
///
/// # Errors
/// The database.
pub async fn acknowledge(desk: &Desk, id: MessageId) -> Result<Acknowledged, ReceiveError> {
    let Some(answerable) = guard::look(desk, id).await? else { return Ok(Acknowledged::Gone) };
    let done = store::retry(|| in_one_transaction(desk, id, &answerable)).await?;
    desk.committed();
    Ok(done)
}

async fn in_one_transaction(
    desk: &Desk,
    id: MessageId,
    answerable: &Answerable,
) -> Result<Acknowledged, ReceiveError> {
    let now = desk.now();
    let mut tx = desk.store.begin().await?;
    let Some(row) = messages::get(&mut tx, id).await? else { return Ok(Acknowledged::Gone) };
    let Some(ticket) = tickets::lock(&mut tx, row.message.ticket).await? else {
        return Ok(Acknowledged::Gone);
    };
    let Some(mailbox) = mailboxes::get(&mut tx, ticket.mailbox).await? else { return Ok(Acknowledged::Gone) };
    if mailbox.deleted_at.is_some() || mailbox.settings.outgoing_host.is_none() {
        return Ok(Acknowledged::Not(WhyNot::SendingIsOff));
    }
    if let Err(why) = guard::may_answer(&mut tx, &ticket, &mailbox, &row, answerable, now).await? {
        return Ok(Acknowledged::Not(why));
    }
    let (settings, _) = desk_settings::load(&mut tx).await?;
    let written = write(desk, &settings, &mailbox, &row, answerable, now);
    let written = written.map_err(|error| ReceiveError::Part(error.to_string()))?;
    let outbound = put(&mut tx, &ticket, &mailbox, written, now).await?;
    automatic::record(&mut tx, &answerable.answer_to.address, KIND, now).await?;
    tx.commit().await?;
    Ok(Acknowledged::Queued(outbound))
}

/// An acknowledgement whose bytes are fixed.
struct Written {
    outgoing: Outgoing,
    bytes: Vec<u8>,
}

fn write(
    desk: &Desk,
    settings: &DeskSettings,
    mailbox: &MailboxRow,
    row: &MessageRow,
    answerable: &Answerable,
    now: Millis,
) -> Result<Written, ComposeError> {
    let from = sender(mailbox);
    let domain = from.address.rsplit_once('@').map_or("localhost", |(_, domain)| domain);
    let at = desk::time::timestamp(now);
    let zone = jiff::tz::TimeZone::get(&settings.timezone).unwrap_or(jiff::tz::TimeZone::UTC);
    let language = Language::of(&settings.language);
    let own_id = &row.message.message_id_header;
    let outgoing = Outgoing {
        message_id: Keyed::new(desk.keys.message_id()).make(desk.random(), domain),
        from: mail::Address { name: from.name, address: from.address },
        reply_to: Vec::new(),
        // Without the name: it is the customer's text, too.
        to: vec![mail::Address::bare(&answerable.answer_to.address)],
        cc: Vec::new(),
        subject: ReplySubject::fresh(text(language, "acknowledge.subject", &[])),
        text: words(language, mailbox),
        html: None,
        attachments: Vec::new(),
        in_reply_to: own_id.iter().cloned().collect(),
        references: row.message.reference_ids.iter().chain(own_id).cloned().collect(),
        at,
        offset_minutes: zone.to_offset(at).seconds() / 60,
        auto_submitted: Some("auto-replied"),
    };
    let bytes = compose(&outgoing)?;
    Ok(Written { outgoing, bytes })
}

/// The shop's words, or ours where it has none; never the customer's.
fn words(language: Language, mailbox: &MailboxRow) -> String {
    let own = mailbox.settings.acknowledge_text.trim();
    let words = if own.is_empty() { text(language, "acknowledge.text", &[]) } else { own.to_owned() };
    match mailbox.settings.signature.trim_end() {
        "" => format!("{words}\n"),
        signature => format!("{words}\n\n{signature}\n"),
    }
}

/// Into the ticket, where it is seen, and into the outbox. The ticket itself stays as it is: an acknowledgement is no
/// answer.
async fn put(
    tx: &mut Tx,
    ticket: &Ticket,
    mailbox: &MailboxRow,
    written: Written,
    now: Millis,
) -> Result<OutboundId, StoreError> {
    let prepared = Prepared::new(&written.bytes)?;
    blobs::keep(tx, &prepared, now).await?;
    let message = message(ticket, &written, now);
    let message_id = messages::insert(tx, &message).await?;
    search::index(tx, ticket, message_id, &message).await?;
    let row = NewOutbound {
        ticket: ticket.id,
        message: Some(message_id),
        mailbox: mailbox.id,
        channel: Channel::Mail,
        message_id_header: written.outgoing.message_id,
        bytes_sha256: prepared.sha256.to_vec(),
        size: prepared.size,
        // What comes back of it is no conversation: the null sender (RFC 3834).
        envelope_from: String::new(),
        recipients: written.outgoing.to.into_iter().map(|to| to.address).collect(),
        state: State::Queued,
        not_before: now,
        ticket_before: None,
        draft: None,
        automatic: true,
        agent: None,
    };
    let outbound = outbound::add(tx, &row, now).await?;
    let detail = json!({"outbound": outbound, "message": message_id, "automatic": true});
    tell(tx, ticket, EventKind::ReplyQueued, None, now, detail).await?;
    jobs::enqueue(tx, &Job::SendReply { outbound }, now, Some(&format!("send {outbound}")), now).await?;
    Ok(outbound)
}

fn message(ticket: &Ticket, written: &Written, now: Millis) -> Message {
    let mail = mail::read(&written.bytes);
    let none = || Value::Array(Vec::new());
    Message {
        ticket: ticket.id,
        original: None,
        channel: Channel::Mail,
        direction: Direction::Out,
        kind: Kind::AutoReply,
        message_id_header: Some(written.outgoing.message_id.clone()),
        in_reply_to: written.outgoing.in_reply_to.clone(),
        reference_ids: written.outgoing.references.clone(),
        from_address: Some(stored(&written.outgoing.from)),
        to_addresses: written.outgoing.to.iter().map(stored).collect(),
        cc_addresses: Vec::new(),
        subject: written.outgoing.subject.text.clone(),
        at: now,
        text: mail.text,
        new_text: mail.new_text,
        quoted: none(),
        signature: mail.signature,
        has_html: false,
        attachments: none(),
        because: None,
        suspicions: none(),
        warnings: none(),
        problems: none(),
        soft_key: None,
        author: None,
        created_at: now,
    }
}
