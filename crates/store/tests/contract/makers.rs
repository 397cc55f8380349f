//! Things of a desk, ready made.

use desk::{
    ids::{AgentId, ContactId, DeliveryId, MailboxId, MessageId, OutboundId, TicketId},
    mailbox::{IncomingKind, Switch, Tls},
    message::{ArrivedBy, Channel, Direction, Kind},
    outbound::State,
    permission::Role,
    status::{Priority, Status},
    ticket::Ticket,
    time::Millis,
};
use serde_json::json;
use store::{
    Tx,
    address::Address,
    agents,
    agents::NewAgent,
    blobs::{self, Prepared},
    contacts, mailboxes,
    mailboxes::MailboxSettings,
    messages::{self, Message},
    originals::{self, Arrival, Kept, Mode, NewDelivery},
    outbound::{self, NewOutbound},
    tickets,
};

/// A Saturday in November, in the morning.
pub const NOW: Millis = 1_795_221_000_000;

pub async fn agent(tx: &mut Tx, email: &str) -> AgentId {
    let new = NewAgent {
        email: email.to_owned(),
        name: "佐藤 花子".to_owned(),
        role: Role::Agent,
        password_hash: "$argon2id$…".to_owned(),
    };
    agents::add(tx, &new, NOW).await.unwrap()
}

pub fn settings(address: &str) -> MailboxSettings {
    MailboxSettings {
        address: address.to_owned(),
        name: "サポート窓口".to_owned(),
        company: "みどり茶舗".to_owned(),
        signature: "みどり茶舗 お客様係".to_owned(),
        incoming_kind: IncomingKind::Imap,
        incoming_host: Some("imap.example.jp".to_owned()),
        incoming_port: Some(993),
        incoming_tls: Tls::Required,
        incoming_user: Some("support".to_owned()),
        incoming_password: Some(vec![0, 1, 255]),
        outgoing_host: None,
        outgoing_port: None,
        outgoing_tls: Tls::Starttls,
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

pub async fn mailbox(tx: &mut Tx, address: &str) -> MailboxId {
    mailboxes::add(tx, &settings(address), NOW).await.unwrap()
}

pub async fn contact(tx: &mut Tx, address: &str) -> ContactId {
    contacts::find_or_add(tx, address, Some("八王子 太郎"), NOW).await.unwrap()
}

/// A ticket that is not stored yet.
pub fn new_ticket(mailbox: MailboxId, number: i64) -> Ticket {
    Ticket {
        id: TicketId(0),
        number,
        channel: Channel::Mail,
        mailbox,
        contact: None,
        subject: "茶葉が届きません".to_owned(),
        status: Status::New,
        outcome: None,
        outcome_reason: None,
        priority: Priority::Normal,
        assignee: None,
        team: None,
        token: format!("token{number:011}"),
        shelf: None,
        ever_answered: false,
        drafting: false,
        queued_replies: 0,
        approval_asked: false,
        snoozed_until: None,
        due_at: None,
        delivery: None,
        last_message_at: NOW,
        last_message_id: None,
        created_at: NOW,
        done_at: None,
        excerpt: "先週注文した".to_owned(),
        kind: Kind::Human,
        suggestion: None,
        merged_into: None,
        version: 1,
    }
}

/// A stored ticket, after `change` was made to it.
pub async fn ticket(tx: &mut Tx, mailbox: MailboxId, change: impl FnOnce(&mut Ticket)) -> Ticket {
    let number = tickets::next_number(tx).await.unwrap();
    let mut ticket = new_ticket(mailbox, number);
    change(&mut ticket);
    ticket.id = tickets::add(tx, &ticket).await.unwrap();
    ticket
}

pub fn person(address: &str) -> Address {
    Address { name: Some("八王子 太郎".to_owned()), address: address.to_owned() }
}

/// An incoming message that is not stored yet.
pub fn new_message(ticket: TicketId, text: &str) -> Message {
    Message {
        ticket,
        original: None,
        channel: Channel::Mail,
        direction: Direction::In,
        kind: Kind::Human,
        message_id_header: None,
        in_reply_to: vec![],
        reference_ids: vec![],
        from_address: Some(person("Taro@Example.com")),
        to_addresses: vec![person("support@example.jp")],
        cc_addresses: vec![],
        subject: "茶葉が届きません".to_owned(),
        at: NOW,
        text: text.to_owned(),
        new_text: text.to_owned(),
        quoted: json!([{"start": 0, "end": 2}]),
        signature: None,
        has_html: false,
        attachments: json!([]),
        because: Some(json!({"code": "nothing_before_it"})),
        suspicions: json!([]),
        warnings: json!([]),
        problems: json!(["charset_guessed"]),
        soft_key: None,
        author: None,
        created_at: NOW,
    }
}

pub async fn message(tx: &mut Tx, ticket: TicketId, change: impl FnOnce(&mut Message)) -> MessageId {
    let mut message = new_message(ticket, "先週注文した茶葉が届きません。");
    change(&mut message);
    messages::insert(tx, &message).await.unwrap()
}

pub fn delivery(mailbox: MailboxId, uid: u32) -> NewDelivery {
    NewDelivery {
        channel: Channel::Mail,
        mailbox: Some(mailbox),
        arrived_by: ArrivedBy::Imap,
        folder: Some("INBOX".to_owned()),
        uidvalidity: Some(4_294_967_295),
        uid: Some(uid),
        uidl: None,
        envelope_from: None,
        envelope_to: vec!["support@example.jp".to_owned()],
        trace: None,
        mode: Mode::Live,
        open_since: None,
        junk: false,
        received_at: NOW,
    }
}

pub async fn keep(tx: &mut Tx, bytes: &[u8], delivery: &NewDelivery) -> Kept {
    let prepared = Prepared::new(bytes).unwrap();
    originals::keep(tx, Arrival { bytes: &prepared, media_type: "message/rfc822", delivery }).await.unwrap()
}

pub async fn an_original(tx: &mut Tx, mailbox: MailboxId) -> (originals::OriginalRow, DeliveryId) {
    let kept = keep(tx, b"Subject: a\r\n\r\nb", &delivery(mailbox, 1)).await;
    (originals::get(tx, kept.original).await.unwrap(), kept.delivery)
}

/// A reply in the outbox, after `change` was made to it.
pub async fn reply(
    tx: &mut Tx,
    ticket: &Ticket,
    message_id_header: &str,
    change: impl FnOnce(&mut NewOutbound),
) -> OutboundId {
    let bytes = Prepared::new(message_id_header.as_bytes()).unwrap();
    blobs::keep(tx, &bytes, NOW).await.unwrap();
    let mut new = NewOutbound {
        ticket: ticket.id,
        message: None,
        mailbox: ticket.mailbox,
        channel: Channel::Mail,
        message_id_header: message_id_header.to_owned(),
        bytes_sha256: bytes.sha256.to_vec(),
        size: bytes.size,
        envelope_from: "support@example.jp".to_owned(),
        recipients: vec!["a..b@docomo.ne.jp".to_owned(), "Hanako@example.com".to_owned()],
        state: State::Held,
        not_before: NOW + 20_000,
        ticket_before: Some(json!({"status": "open"})),
        draft: None,
        automatic: false,
        agent: None,
    };
    change(&mut new);
    outbound::add(tx, &new, NOW).await.unwrap()
}
