//! Messages as the API shows them: mails in and out, notes.

pub mod list;
pub mod parts;

use std::collections::HashMap;

use desk::{
    ids::{MailboxId, MessageId, OutboundId},
    message::{Channel, Direction, Kind},
    outbound::State,
    permission::{Verb, Who, can},
    ticket::Ticket,
};
use serde::Serialize;
use serde_json::Value;
use store::{
    Tx,
    address::Address as Stored,
    messages::MessageRow,
    outbound::{OutboundRow, RecipientRow},
};
use utoipa::ToSchema;

use super::{
    tickets::{Named, may_see_address},
    time, words,
};
use crate::problem::{Problem, ProblemKind};

/// An address as a person reads it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Address {
    /// The name before it.
    #[schema(required)]
    pub name: Option<String>,
    /// The address; hidden from whoever may not see addresses.
    pub address: String,
}

/// A stretch of the text, in characters (Unicode scalar values).
#[derive(Serialize, ToSchema)]
pub struct Span {
    /// The first character.
    pub start: usize,
    /// Behind the last one.
    pub end: usize,
}

/// A file that came with a message.
#[derive(Serialize, ToSchema)]
pub struct Attachment {
    /// Its place in the mail.
    pub n: u32,
    /// Its name.
    #[schema(required)]
    pub name: Option<String>,
    /// What it says it is.
    pub media_type: String,
    /// Bytes.
    pub size: u64,
    /// Shown inside the text.
    pub inline: bool,
    /// The name by which the text refers to it.
    #[schema(required)]
    pub content_id: Option<String>,
    /// What may be dangerous about it.
    pub dangers: Vec<String>,
}

/// What became of one recipient.
#[derive(Serialize, ToSchema)]
pub struct Recipient {
    /// The address.
    pub address: String,
    /// Where it is.
    #[schema(value_type = words::OutboundState)]
    pub state: State,
    /// What the server said.
    #[schema(required)]
    pub answer: Option<String>,
}

/// A reply on its way.
#[derive(Serialize, ToSchema)]
pub struct Outbound {
    /// Its id.
    #[schema(value_type = i64)]
    pub id: OutboundId,
    /// Where it is; the worst of its recipients.
    #[schema(value_type = words::OutboundState)]
    pub state: State,
    /// It does not leave before.
    pub not_before: String,
    /// What the server said last.
    #[schema(required)]
    pub answer: Option<String>,
    /// Written by the desk itself.
    pub automatic: bool,
    /// Its recipients.
    pub recipients: Vec<Recipient>,
}

/// Something inside a ticket.
#[derive(Serialize, ToSchema)]
pub struct Message {
    /// Its id.
    #[schema(value_type = i64)]
    pub id: MessageId,
    /// The ticket's number.
    pub ticket: i64,
    /// The kind of entrance.
    #[schema(value_type = words::Channel)]
    pub channel: Channel,
    /// Which way it went.
    #[schema(value_type = words::Direction)]
    pub direction: Direction,
    /// What wrote it.
    #[schema(value_type = words::Kind)]
    pub kind: Kind,
    /// Who wrote it.
    #[schema(required)]
    pub from: Option<Address>,
    /// To whom.
    pub to: Vec<Address>,
    /// Copies.
    pub cc: Vec<Address>,
    /// The subject, as it stands.
    pub subject: String,
    /// When it was written or came.
    pub at: String,
    /// The whole readable text.
    pub text: String,
    /// What its writer newly wrote.
    pub new_text: String,
    /// What is quoted in `text`.
    #[schema(value_type = Vec<Span>)]
    pub quoted: Value,
    /// Its signature.
    #[schema(required)]
    pub signature: Option<String>,
    /// Whether there is HTML to show.
    pub has_html: bool,
    /// Its files.
    #[schema(value_type = Vec<Attachment>)]
    pub attachments: Value,
    /// How it goes out, for ours.
    #[schema(required)]
    pub outbound: Option<Outbound>,
    /// Which of us wrote it.
    #[schema(required)]
    pub author: Option<Named>,
    /// Why it is in this ticket.
    #[schema(value_type = Option<Object>)]
    #[schema(required)]
    pub because: Option<Value>,
    /// What it is suspected of.
    #[schema(value_type = Vec<String>)]
    pub suspicions: Value,
    /// What to look at before trusting it.
    #[schema(value_type = Vec<String>)]
    pub warnings: Value,
    /// What was wrong with its bytes.
    #[schema(value_type = Vec<String>)]
    pub problems: Value,
    /// Bytes of the original.
    #[schema(required)]
    pub size: Option<u64>,
    /// SHA-256 of the original, in hex.
    #[schema(required)]
    pub sha256: Option<String>,
    /// The same mail in other bytes, where it also arrived by another way.
    pub copies: Vec<OtherCopy>,
}

/// Another original of the same mail; `raw?sha256=…` gives it.
#[derive(Serialize, ToSchema)]
pub struct OtherCopy {
    /// SHA-256 of its bytes, in hex.
    pub sha256: String,
    /// How many they are.
    pub size: u64,
    /// The mailbox it arrived at.
    #[schema(required)]
    pub mailbox: Option<String>,
    /// When.
    pub at: String,
}

/// Hides the local part from whoever may not see addresses.
fn address(stored: Stored, open: bool) -> Address {
    let address = if open {
        stored.address
    } else {
        stored.address.rsplit_once('@').map_or_else(|| "…".to_owned(), |(_, domain)| format!("…@{domain}"))
    };
    Address { name: stored.name, address }
}

fn outbound(row: OutboundRow, recipients: Vec<RecipientRow>, open: bool) -> Outbound {
    let recipient = |row: RecipientRow| Recipient {
        address: address(Stored { name: None, address: row.address }, open).address,
        state: row.state,
        answer: row.answer,
    };
    Outbound {
        id: row.id,
        state: row.state,
        not_before: time(row.not_before),
        answer: row.answer,
        automatic: row.automatic,
        recipients: recipients.into_iter().map(recipient).collect(),
    }
}

/// What stands beside the messages of a ticket.
struct Beside {
    /// The replies, each with its recipients.
    outbounds: HashMap<MessageId, (OutboundRow, Vec<RecipientRow>)>,
    copies: HashMap<MessageId, Vec<OtherCopy>>,
}

async fn beside(tx: &mut Tx, ticket: &Ticket) -> Result<Beside, Problem> {
    let mut copies: HashMap<MessageId, Vec<OtherCopy>> = HashMap::new();
    for row in store::messages::copies(tx, ticket.id).await? {
        copies.entry(row.message).or_default().push(OtherCopy {
            sha256: data_encoding::HEXLOWER.encode(&row.sha256),
            size: row.size,
            mailbox: row.mailbox_address,
            at: time(row.received_at),
        });
    }
    let rows = store::outbound::of_ticket(tx, ticket.id).await?;
    let mut recipients: HashMap<OutboundId, Vec<RecipientRow>> = HashMap::new();
    for row in store::outbound::recipients_of_ticket(tx, ticket.id).await? {
        recipients.entry(row.outbound).or_default().push(row);
    }
    let with_recipients = |row: OutboundRow| {
        let own = recipients.remove(&row.id).unwrap_or_default();
        row.message.map(|message| (message, (row, own)))
    };
    Ok(Beside { outbounds: rows.into_iter().filter_map(with_recipients).collect(), copies })
}

fn shape(row: MessageRow, number: i64, mailbox: MailboxId, beside: &mut Beside, who: &Who) -> Message {
    let open = may_see_address(who, Some(mailbox));
    let sent = beside.outbounds.remove(&row.id).map(|(sent, recipients)| outbound(sent, recipients, open));
    let m = row.message;
    let list = |addresses: Vec<Stored>| addresses.into_iter().map(|one| address(one, open)).collect();
    Message {
        id: row.id,
        ticket: number,
        channel: m.channel,
        direction: m.direction,
        kind: m.kind,
        from: m.from_address.map(|one| address(one, open)),
        to: list(m.to_addresses),
        cc: list(m.cc_addresses),
        subject: m.subject,
        at: time(m.at),
        text: m.text,
        new_text: m.new_text,
        quoted: m.quoted,
        signature: m.signature,
        has_html: m.has_html,
        attachments: m.attachments,
        outbound: sent,
        author: m.author.zip(row.author_name).map(|(id, name)| Named { id: id.0, name }),
        because: m.because,
        suspicions: m.suspicions,
        warnings: m.warnings,
        problems: m.problems,
        size: row.size,
        sha256: row.sha256.map(|hash| data_encoding::HEXLOWER.encode(&hash)),
        copies: beside.copies.remove(&row.id).unwrap_or_default(),
    }
}

/// A message and its ticket, if they are the reader's to see.
///
/// # Errors
/// `not-found`.
pub async fn find(tx: &mut Tx, who: &Who, id: MessageId) -> Result<(MessageRow, Ticket), Problem> {
    let row = store::messages::get(tx, id).await?.ok_or(ProblemKind::NotFound)?;
    let ticket = store::tickets::get(tx, row.message.ticket).await?.ok_or(ProblemKind::NotFound)?;
    if !can(who, Verb::Read, Some(ticket.mailbox), Some(ticket.id)) {
        return Err(ProblemKind::NotFound.into());
    }
    Ok((row, ticket))
}

/// One message as it stands now.
pub async fn load(tx: &mut Tx, who: &Who, id: MessageId) -> Result<Message, Problem> {
    let (row, ticket) = find(tx, who, id).await?;
    let mut beside = beside(tx, &ticket).await?;
    Ok(shape(row, ticket.number, ticket.mailbox, &mut beside, who))
}
