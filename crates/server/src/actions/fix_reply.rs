//! The bytes of a reply (contract §6.14): the agent's words, the signature, the customer's words as they were, under
//! the customer's subject as it stands. What is made here is what leaves, and what is kept.

use desk::{
    draft::ATTACHMENTS_MAX_BYTES,
    message::{Channel, Direction, Kind},
    ticket::Ticket,
    time::Millis,
};
use mail::{
    Mail,
    compose::{ComposeError, File, Outgoing, compose, page},
    quote,
};
use serde_json::Value;
use store::{
    Tx,
    address::Address,
    blobs::{self, Prepared},
    mailboxes::MailboxRow,
    messages::Message,
    uploads,
};

use super::{
    answer_to::{AnswerTo, written},
    desk_settings,
    save_draft::DraftBody,
};
use crate::{
    problem::{Problem, ProblemKind},
    state::Desk,
};

/// A reply whose bytes are fixed.
pub struct FixedReply {
    /// Its bytes, ready for the store.
    pub bytes: Prepared,
    /// What these bytes say when they are read again.
    pub mail: Mail,
    /// Its Message-ID, without `<>`.
    pub message_id: String,
    /// Everyone it goes to, Bcc included.
    pub recipients: Vec<String>,
    to: Vec<Address>,
}

/// Makes the bytes of a reply.
///
/// # Errors
/// `nothing-to-send`, `quote-altered`, `upload-gone`, `attachments-too-large`, `invalid-input` for addresses.
pub async fn fix_reply(
    tx: &mut Tx,
    desk: &Desk,
    mailbox: &MailboxRow,
    body: &DraftBody,
    answer: &AnswerTo,
    now: Millis,
) -> Result<FixedReply, Problem> {
    let to = if body.to.is_empty() { answer.to.clone() } else { body.to.clone() };
    let outgoing = outgoing(tx, desk, mailbox, body, answer, &to, now).await?;
    let bytes = compose(&outgoing).map_err(refused)?;
    let everyone = to.iter().chain(&body.cc).chain(&body.bcc);
    Ok(FixedReply {
        recipients: everyone.map(|address| address.address.trim().to_owned()).collect(),
        mail: mail::read(&bytes),
        bytes: Prepared::new(&bytes)?,
        message_id: outgoing.message_id,
        to,
    })
}

async fn outgoing(
    tx: &mut Tx,
    desk: &Desk,
    mailbox: &MailboxRow,
    body: &DraftBody,
    answer: &AnswerTo,
    to: &[Address],
    now: Millis,
) -> Result<Outgoing, Problem> {
    let (settings, _) = desk_settings::load(tx).await?;
    let at = desk::time::timestamp(now);
    let zone = jiff::tz::TimeZone::get(&settings.timezone).unwrap_or(jiff::tz::TimeZone::UTC);
    let from = sender(mailbox);
    let domain = from.address.rsplit_once('@').map_or("localhost", |(_, domain)| domain).to_owned();
    Ok(Outgoing {
        from: written(&from),
        reply_to: Vec::new(),
        to: to.iter().map(written).collect(),
        cc: body.cc.iter().map(written).collect(),
        subject: answer.subject.clone(),
        text: text(mailbox, body, answer)?,
        html: html(mailbox, body, answer)?,
        attachments: files(tx, body).await?,
        message_id: mail::message_id::Keyed::new(desk.keys.message_id()).make(desk.random(), &domain),
        in_reply_to: answer.in_reply_to.clone(),
        references: answer.references.clone(),
        at,
        offset_minutes: zone.to_offset(at).seconds() / 60,
        auto_submitted: None,
    })
}

/// Whom customers see as the sender.
pub fn sender(mailbox: &MailboxRow) -> Address {
    let name = Some(mailbox.settings.company.clone()).filter(|name| !name.trim().is_empty());
    Address { name, address: mailbox.settings.address.clone() }
}

/// The agent's words, the signature, and the customer's words as they were.
pub fn text(mailbox: &MailboxRow, body: &DraftBody, answer: &AnswerTo) -> Result<String, Problem> {
    if body.text.trim().is_empty() {
        return Err(Problem::new(ProblemKind::NothingToSend).field("text", "required"));
    }
    quote::check(&body.text, &answer.text).map_err(|altered| quote_altered("text", altered))?;
    let signature = mailbox.settings.signature.trim_end();
    let words = if signature.is_empty() {
        body.text.trim_end().to_owned()
    } else {
        format!("{}\n\n{signature}", body.text.trim_end())
    };
    let (block, place) = quotation(body, answer);
    Ok(quote::place(&words, &block, place))
}

/// The customer's words as they will stand there, and where.
fn quotation(body: &DraftBody, answer: &AnswerTo) -> (String, quote::Where) {
    let Some(wanted) = &body.quote else { return (String::new(), quote::Where::None) };
    (quote::write(&answer.text, wanted.place, &wanted.cut), wanted.place)
}

/// The same as a page, if the writer gave one.
fn html(mailbox: &MailboxRow, body: &DraftBody, answer: &AnswerTo) -> Result<Option<String>, Problem> {
    let Some(words) = &body.html else { return Ok(None) };
    let said = mail::html::text(words);
    quote::check(&said, &answer.text).map_err(|altered| quote_altered("html", altered))?;
    let (block, place) = quotation(body, answer);
    Ok(Some(page(words, &mailbox.settings.signature, &block, place)))
}

fn quote_altered(field: &str, altered: quote::Altered) -> Problem {
    let code = if altered.elsewhere { "quote_moved" } else { "quote_altered" };
    Problem::new(ProblemKind::QuoteAltered).field(field, code).at_line(altered.line)
}

async fn files(tx: &mut Tx, body: &DraftBody) -> Result<Vec<File>, Problem> {
    let mut files = Vec::with_capacity(body.attachments.len());
    let mut size = 0;
    for id in &body.attachments {
        let upload = uploads::get(tx, *id).await?;
        let upload = upload.ok_or_else(|| Problem::new(ProblemKind::UploadGone).with("upload", id.0))?;
        size += upload.size;
        if size > ATTACHMENTS_MAX_BYTES {
            return Err(Problem::new(ProblemKind::AttachmentsTooLarge)
                .with("most", ATTACHMENTS_MAX_BYTES / 1_000_000));
        }
        let bytes = blobs::fetch(tx, &upload.sha256).await?;
        files.push(File { name: upload.name, media_type: upload.media_type, bytes });
    }
    Ok(files)
}

fn refused(error: ComposeError) -> Problem {
    let problem = Problem::new(ProblemKind::InvalidInput);
    match error {
        ComposeError::NoRecipient => problem.field("to", "required"),
        ComposeError::BadAddress(address) => problem.with("address", address).field("to", "not_an_address"),
        ComposeError::BadMessageId(_) | ComposeError::BadDate => Problem::broken(error),
    }
}

impl FixedReply {
    /// The message that stands for it in the ticket.
    pub fn message(
        &self,
        ticket: &Ticket,
        mailbox: &MailboxRow,
        body: &DraftBody,
        answer: &AnswerTo,
        now: Millis,
    ) -> Message {
        let none = || Value::Array(Vec::new());
        Message {
            ticket: ticket.id,
            original: None,
            channel: Channel::Mail,
            direction: Direction::Out,
            kind: Kind::Human,
            message_id_header: Some(self.message_id.clone()),
            in_reply_to: answer.in_reply_to.clone(),
            reference_ids: answer.references.clone(),
            from_address: Some(sender(mailbox)),
            to_addresses: self.to.clone(),
            cc_addresses: body.cc.clone(),
            subject: answer.subject.text.clone(),
            at: now,
            text: self.mail.text.clone(),
            new_text: body.text.clone(),
            quoted: serde_json::to_value(&self.mail.quoted).unwrap_or_else(|_| none()),
            signature: Some(mailbox.settings.signature.clone()).filter(|text| !text.is_empty()),
            has_html: self.mail.html.is_some(),
            attachments: serde_json::to_value(&self.mail.attachments).unwrap_or_else(|_| none()),
            because: None,
            suspicions: none(),
            warnings: none(),
            problems: none(),
            soft_key: None,
            author: None,
            created_at: now,
        }
    }
}
