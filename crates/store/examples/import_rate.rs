//! How many mails a second go into a desk on this machine: kept, read into tickets, indexed, as the import does it.
//! `cargo run --release -p store --example import_rate -- 5000 [postgres://…]`; without a URL into a temporary file.

use desk::{
    event::EventKind,
    ids::{AgentId, TicketId},
    job::{Job, JobKind},
    mailbox::{IncomingKind, Switch, Tls},
    message::{ArrivedBy, Channel, Direction, Kind},
    status::{Outcome, Priority, Status},
    ticket::Ticket,
    view::{Around, Question},
};
use serde_json::json;
use std::{error::Error, time::Instant};
use store::{
    Store, Tx, Url,
    address::Address,
    blobs::Prepared,
    contacts,
    events::{self, NewEvent},
    jobs,
    mailboxes::{self, MailboxSettings},
    messages::{self, Message},
    originals::{self, Arrival, Mode, NewDelivery},
    search,
    tickets::{self, Filter, Sort},
};

const NOW: i64 = 1_795_221_000_000;
/// Plain words, and what is asked beside them.
const QUESTIONS: [&str; 12] = [
    "返品",
    "領収書の発行",
    "茶",
    "A-1023",
    "です",
    "です -返品",
    "返品 OR 急須",
    "返品 status:new",
    "status:done",
    "assignee:me",
    "返品 OR status:done",
    "-です",
];
/// Mails to one commit.
const BATCH: u32 = 100;

type Measured = Result<(), Box<dyn Error>>;

fn main() -> Measured {
    let mut arguments = std::env::args().skip(1);
    let mails = arguments.next().map_or(Ok(2000), |count| count.parse())?;
    let folder = tempfile::tempdir()?;
    let url = arguments.next().map_or_else(|| Url::Sqlite(folder.path().join("henji.db")), Url::Postgres);
    tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(measure(&url, mails))
}

async fn measure(url: &Url, mails: u32) -> Measured {
    let store = Store::open(url).await?;
    let mut tx = store.begin().await?;
    let mailbox = mailboxes::add(&mut tx, &settings(), NOW).await?;
    tx.commit().await?;
    let way = way(mailbox);

    let begun = Instant::now();
    let texts: Vec<String> = (0..mails).map(text).collect();
    let bytes: Vec<Prepared> =
        texts.iter().map(|text| Prepared::new(text.as_bytes())).collect::<Result<_, _>>()?;
    report("prepared", mails, begun);

    let begun = Instant::now();
    for batch in bytes.chunks(BATCH as usize) {
        keep(&store, batch, &way).await?;
    }
    report("kept", mails, begun);

    let begun = Instant::now();
    let mut rest = (0..mails).zip(&texts);
    while rest.len() > 0 {
        let mut tx = store.begin().await?;
        let taken = jobs::claim(&mut tx, &[JobKind::ReadMail], i64::from(BATCH), NOW, NOW + 60_000).await?;
        tx.commit().await?;
        let mut tx = store.begin().await?;
        for (job, (n, text)) in taken.iter().zip(&mut rest) {
            read(&mut tx, mailbox, n, text).await?;
            jobs::done(&mut tx, job).await?;
        }
        tx.commit().await?;
    }
    report("read", mails, begun);
    look(&store).await?;
    store.close().await;
    Ok(())
}

async fn keep(store: &Store, batch: &[Prepared], way: &NewDelivery) -> Measured {
    let arrivals: Vec<Arrival<'_>> =
        batch.iter().map(|bytes| Arrival { bytes, media_type: "message/rfc822", delivery: way }).collect();
    let mut tx = store.begin().await?;
    let kept = originals::keep_many(&mut tx, &arrivals).await?;
    let work: Vec<Job> = kept.iter().map(|kept| Job::ReadMail { delivery: kept.delivery }).collect();
    for job in &work {
        jobs::enqueue(&mut tx, job, NOW, Some(&serde_json::to_string(job)?), NOW).await?;
    }
    tx.commit().await?;
    Ok(())
}

/// What reading one mail writes: contact, ticket, message, words, events.
async fn read(tx: &mut Tx, mailbox: desk::ids::MailboxId, n: u32, text: &str) -> Measured {
    let address = format!("customer{}@example.com", n / 3);
    let soft_key = store::blobs::hash(&n.to_le_bytes());
    let id = format!("{n}@example.com");
    messages::by_header_ids(tx, &[format!("{}@example.com", n + 1)]).await?;
    if messages::by_soft_key(tx, &soft_key).await?.is_some() {
        return Ok(());
    }
    let contact = contacts::find_or_add(tx, &address, Some("八王子 太郎"), NOW).await?;
    let number = tickets::next_number(tx).await?;
    let mut ticket = ticket(mailbox, number, n);
    ticket.contact = Some(contact);
    ticket.id = tickets::add(tx, &ticket).await?;
    let message = message(ticket.id, &address, id, soft_key, text, ticket.created_at);
    let message_id = messages::insert(tx, &message).await?;
    search::index(tx, message_id, ticket.created_at, &japanese::tokens::rows(text)).await?;
    ticket.last_message_id = Some(message_id);
    tickets::save(tx, &mut ticket).await?;
    for kind in [EventKind::TicketCreated, EventKind::MessageReceived] {
        events::record(
            tx,
            &NewEvent::of_ticket(kind, &ticket, None, NOW).with(json!({"message": message_id})),
        )
        .await?;
    }
    Ok(())
}

/// What a person then asks for.
async fn look(store: &Store) -> Measured {
    let mut tx = store.read().await?;
    for _ in 0..2 {
        let begun = Instant::now();
        let filter = Filter { lane: Some(desk::status::Lane::Done), ..Filter::default() };
        let found = tickets::list(&mut tx, &filter, Sort::LastMessageDown, None, 50).await?.len();
        println!("list of {found}: {:?}", begun.elapsed());
        let begun = Instant::now();
        let counts = tickets::counts(&mut tx, None).await?;
        println!("counts {:?}: {:?}", counts.lanes, begun.elapsed());
        for question in QUESTIONS {
            let begun = Instant::now();
            let asked = Question::parse(question).settle(&Around::only(AgentId(1), NOW))?;
            let asked = asked.ok_or("nothing is asked")?;
            let hits = search::query(&mut tx, &asked, None, 50).await?.len();
            println!("search {question}: {hits} in {:?}", begun.elapsed());
            let begun = Instant::now();
            let filter = Filter { condition: Some(asked), ..Filter::default() };
            let found = tickets::list(&mut tx, &filter, Sort::LastMessageDown, None, 50).await?.len();
            println!("tickets {question}: {found} in {:?}", begun.elapsed());
        }
    }
    Ok(())
}

fn report(what: &str, mails: u32, begun: Instant) {
    let seconds = begun.elapsed().as_secs_f64();
    println!("{what}: {mails} in {seconds:.2} s, {:.0} a second", f64::from(mails) / seconds);
}

/// A mail of some 1.6 KB.
fn text(n: u32) -> String {
    const PIECES: [&str; 6] = [
        "先週注文した茶葉がまだ届きません。配送状況を教えてください。",
        "領収書の発行をお願いします。宛名は株式会社みどりでお願い致します。",
        "返品したいのですが、送料はこちらの負担でしょうか。商品に傷がありました。",
        "届いた急須の蓋が割れていました。写真を添付します。交換していただけますか？",
        "定期便を解約したい。何度電話してもつながらない！責任者を出してください。",
        "ギフト包装はできますか。のし紙は御礼で、配送日は12月24日を希望します。",
    ];
    let mut text = format!("注文番号はA-{n}です。\n");
    for step in 0..14 {
        let piece = (n * 31 + step * 7 + n / 5 * step) % 6;
        text.push_str(PIECES[piece as usize]);
    }
    text
}

fn ticket(mailbox: desk::ids::MailboxId, number: i64, n: u32) -> Ticket {
    let at = NOW - i64::from(n) * 60_000;
    Ticket {
        id: TicketId(0),
        number,
        channel: Channel::Mail,
        mailbox,
        contact: None,
        subject: "茶葉が届きません".to_owned(),
        status: Status::Done,
        outcome: Some(Outcome::NoReplyNeeded),
        outcome_reason: Some("imported".to_owned()),
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
        last_message_at: at,
        last_message_id: None,
        created_at: at,
        done_at: Some(at),
        excerpt: "先週注文した".to_owned(),
        kind: Kind::Human,
        suggestion: None,
        merged_into: None,
        version: 1,
    }
}

fn message(ticket: TicketId, from: &str, id: String, soft_key: [u8; 32], text: &str, at: i64) -> Message {
    let address = |address: &str| Address { name: None, address: address.to_owned() };
    Message {
        ticket,
        original: None,
        channel: Channel::Mail,
        direction: Direction::In,
        kind: Kind::Human,
        message_id_header: Some(id),
        in_reply_to: vec![],
        reference_ids: vec![],
        from_address: Some(address(from)),
        to_addresses: vec![address("support@example.jp")],
        cc_addresses: vec![],
        subject: "茶葉が届きません".to_owned(),
        at,
        text: text.to_owned(),
        new_text: text.to_owned(),
        quoted: json!([]),
        signature: None,
        has_html: false,
        attachments: json!([]),
        because: Some(json!({"code": "nothing_before_it"})),
        suspicions: json!([]),
        warnings: json!([]),
        problems: json!([]),
        soft_key: Some(soft_key.to_vec()),
        author: None,
        created_at: NOW,
    }
}

fn way(mailbox: desk::ids::MailboxId) -> NewDelivery {
    NewDelivery {
        channel: Channel::Mail,
        mailbox: Some(mailbox),
        arrived_by: ArrivedBy::Import,
        folder: None,
        uidvalidity: None,
        uid: None,
        uidl: None,
        envelope_from: None,
        envelope_to: vec![],
        trace: None,
        mode: Mode::Import,
        open_since: None,
        junk: false,
        received_at: NOW,
    }
}

fn settings() -> MailboxSettings {
    MailboxSettings {
        address: "support@example.jp".to_owned(),
        name: "サポート窓口".to_owned(),
        company: String::new(),
        signature: String::new(),
        incoming_kind: IncomingKind::Import,
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
