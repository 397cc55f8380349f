//! The view language on both databases, against a reading of the same condition in plain Rust.

use crate::{
    makers::{NOW, agent, mailbox, message, person, ticket},
    support::{Db, both},
};
use desk::{
    ids::{AgentId, MailboxId, MessageId, TeamId},
    status::{Lane, Outcome, Priority, Shelf, Status},
    ticket::Ticket,
    time::{DAY, Millis},
    view::{Around, Condition, Named, OfMessage, OfTicket, Place, Question, Text},
};
use japanese::tokens;
use serde_json::{Value, json};
use store::{
    Tx, search,
    tickets::{self, Filter, Sort},
};

both! {
    whatever_is_asked_both_databases_find_what_a_reader_would_find
    a_day_ends_with_its_last_millisecond
    pages_of_long_messages_are_full_and_give_each_once
    a_question_goes_with_the_other_filters_sorts_and_cursors
}

/// A message with what a question may ask of it.
struct Known {
    id: MessageId,
    at: Millis,
    attachments: Value,
    words: Vec<String>,
}

/// A small desk: tickets with their messages.
struct Desk {
    tickets: Vec<(Ticket, Vec<Known>)>,
    around: Around,
}

/// Days after NOW, subject, writer, text, attachments.
type Written = (i64, &'static str, &'static str, &'static str, &'static str);

const FILE: &str = r#"[{"n":1,"name":"photo.jpg","media_type":"image/jpeg","size":9,"inline":false}]"#;
const LOGO: &str = r#"[{"n":1,"name":"\"inline\":false","media_type":"image/png","size":9,"inline":true}]"#;

const MESSAGES: [&[Written]; 5] = [
    &[
        (-9, "茶葉が届きません", "tanaka@customer.example", "注文番号はA-10234です。返品したい。", "[]"),
        (-8, "Re: 茶葉が届きません", "support@example.jp", "交換いたします。", "[]"),
        (-7, "Re: 茶葉が届きません", "tanaka@customer.example", "写真を送ります。", FILE),
    ],
    &[(-6, "領収書", "sato@customer.example", "領収書の発行をお願いします。急須も返品。", "[]")],
    &[(-5, "急須の蓋", "tanaka@another.example", "急須の蓋が割れた。交換を。", LOGO)],
    &[(-1, "Invoice", "smith@customer.example", "Please send the invoice. 返品 tanaka", FILE)],
    &[(0, "自動応答", "robot@customer.example", "不在です。", "[]")],
];

async fn a_desk(tx: &mut Tx) -> Desk {
    let support = mailbox(tx, "support@example.jp").await;
    let sales = mailbox(tx, "sales@example.jp").await;
    let hanako = agent(tx, "hanako@example.jp").await;
    let mut tickets = Vec::new();
    for (n, written) in MESSAGES.iter().enumerate() {
        let made = ticket(tx, if n == 3 { sales } else { support }, |ticket| shape(n, ticket, hanako)).await;
        let mut known = Vec::new();
        for one in *written {
            known.push(put(tx, &made, *one).await);
        }
        tickets.push((made, known));
    }
    let around = Around {
        agents: vec![Named { id: hanako, names: vec!["佐藤 花子".to_owned()] }],
        teams: vec![Named { id: TeamId(1), names: vec!["サポート".to_owned()] }],
        mailboxes: vec![Named { id: sales, names: vec!["sales@example.jp".to_owned()] }],
        ..Around::only(hanako, NOW)
    };
    Desk { tickets, around }
}

fn shape(n: usize, ticket: &mut Ticket, hanako: AgentId) {
    match n {
        0 => {
            ticket.assignee = Some(hanako);
            ticket.status = Status::Open;
            ticket.ever_answered = true;
            ticket.team = Some(TeamId(1));
        }
        1 => {
            ticket.status = Status::Done;
            ticket.outcome = Some(Outcome::Answered);
            ticket.due_at = Some(NOW - DAY);
        }
        2 => {
            ticket.due_at = Some(NOW - DAY);
            ticket.priority = Priority::High;
        }
        3 => ticket.snoozed_until = Some(NOW + DAY),
        _ => ticket.shelf = Some(Shelf::Automatic),
    }
}

async fn put(tx: &mut Tx, ticket: &Ticket, (days, subject, from, text, attachments): Written) -> Known {
    let at = NOW + days * DAY;
    let attachments: Value = serde_json::from_str(attachments).unwrap();
    let id = message(tx, ticket.id, |message| {
        message.at = at;
        message.subject = subject.to_owned();
        message.text = text.to_owned();
        message.from_address = Some(person(from));
        message.attachments = attachments.clone();
    })
    .await;
    let mut words = tokens::index(&format!("{subject}\n\n{text}\n\n{from}"));
    words.extend(tokens::marked(from, Place::From.mark(), 20));
    words.extend(tokens::marked("support@example.jp", Place::To.mark(), 20));
    words.extend(tokens::marked(subject, Place::Subject.mark(), 20));
    search::index(tx, id, at, std::slice::from_ref(&words)).await.unwrap();
    Known { id, at, attachments, words }
}

fn of_text(what: &Text, message: &Known) -> bool {
    match what {
        Text::Word(word) => word.is_in(&message.words),
        Text::All(parts) => parts.iter().all(|part| of_text(part, message)),
        Text::Any(parts) => parts.iter().any(|part| of_text(part, message)),
    }
}

fn of_message(what: &Condition, message: &Known, ticket: &Ticket) -> bool {
    match what {
        Condition::All(parts) => parts.iter().all(|part| of_message(part, message, ticket)),
        Condition::Any(parts) => parts.iter().any(|part| of_message(part, message, ticket)),
        Condition::Not(inner) => !of_message(inner, message, ticket),
        Condition::Text(text) => of_text(text, message),
        Condition::Message(OfMessage::Since(at)) => message.at >= *at,
        Condition::Message(OfMessage::Before(at)) => message.at < *at,
        Condition::Message(OfMessage::WithAttachment) => {
            message.attachments.as_array().unwrap().iter().any(|file| file["inline"] == json!(false))
        }
        Condition::Ticket(what) => this_ticket(what, ticket),
    }
}

fn of_ticket(what: &Condition, ticket: &Ticket, messages: &[Known]) -> bool {
    let one =
        |all: &[&Condition]| messages.iter().any(|m| all.iter().all(|part| of_message(part, m, ticket)));
    if what.fits_one_message() {
        return one(&[what]);
    }
    match what {
        Condition::All(parts) => {
            let (together, rest): (Vec<_>, Vec<_>) = parts.iter().partition(|part| part.fits_one_message());
            one(&together) && rest.iter().all(|part| of_ticket(part, ticket, messages))
        }
        Condition::Any(parts) => parts.iter().any(|part| of_ticket(part, ticket, messages)),
        Condition::Not(inner) => !of_ticket(inner, ticket, messages),
        Condition::Ticket(what) => this_ticket(what, ticket),
        Condition::Text(_) | Condition::Message(_) => unreachable!("one message can fulfil it"),
    }
}

fn this_ticket(what: &OfTicket, ticket: &Ticket) -> bool {
    match what {
        OfTicket::Number(number) => ticket.number == *number,
        OfTicket::Status(status) => ticket.status == *status,
        OfTicket::Lane(lane) => ticket.lane() == *lane,
        OfTicket::Outcome(outcome) => ticket.outcome == Some(*outcome),
        OfTicket::Priority(priority) => ticket.priority == *priority,
        OfTicket::Channel(channel) => ticket.channel == *channel,
        OfTicket::Shelf(shelf) => ticket.shelf == Some(*shelf),
        OfTicket::Assignee(agents) => ticket.assignee.is_some_and(|id| agents.contains(&id)),
        OfTicket::Unassigned => ticket.assignee.is_none(),
        OfTicket::Team(teams) => ticket.team.is_some_and(|id| teams.contains(&id)),
        OfTicket::NoTeam => ticket.team.is_none(),
        OfTicket::Mailbox(mailboxes) => mailboxes.contains(&ticket.mailbox),
        OfTicket::Unanswered => !ticket.ever_answered,
        OfTicket::Overdue(now) => {
            ticket.status != Status::Done && ticket.due_at.is_some_and(|due| due < *now)
        }
        OfTicket::Snoozed => ticket.snoozed_until.is_some(),
    }
}

/// One question for each thing that can be asked.
const PIECES: [&str; 29] = [
    "返品",
    "交換",
    "tanaka",
    "A-1023",
    "\"send the inv\"",
    "from:tanaka",
    "to:support",
    "subject:領収書",
    "before:2026-11-15",
    "after:2026-11-15",
    "has:attachment",
    "number:2",
    "status:new",
    "status:done",
    "lane:aside",
    "outcome:answered",
    "priority:high",
    "channel:mail",
    "shelf:automatic",
    "assignee:me",
    "assignee:none",
    "team:サポート",
    "team:none",
    "mailbox:sales",
    "is:unanswered",
    "is:overdue",
    "is:snoozed",
    "(急須 -交換)",
    "(from:sato OR status:open)",
];

/// Every piece alone, excluded, and with some of the others in three ways.
fn questions() -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    for (n, one) in PIECES.into_iter().enumerate() {
        all.extend([one.to_owned(), format!("-{one}")]);
        for other in PIECES.into_iter().skip(n % 6).step_by(6) {
            all.extend([format!("{one} {other}"), format!("{one} OR {other}"), format!("{one} -{other}")]);
        }
    }
    for three in PIECES.windows(3) {
        all.push(format!("-({} OR {} {})", three[0], three[1], three[2]));
        all.push(format!("{} -({} OR -{})", three[2], three[0], three[1]));
    }
    all
}

async fn whatever_is_asked_both_databases_find_what_a_reader_would_find(db: Db) {
    let mut tx = db.begin().await.unwrap();
    let desk = a_desk(&mut tx).await;
    for typed in questions() {
        let asked = Question::parse(&typed).settle(&desk.around).unwrap().unwrap();
        let hits = search::query(&mut tx, &asked, None, 100).await.unwrap();
        let found: Vec<MessageId> = hits.iter().map(|hit| hit.message).collect();
        let all = desk.tickets.iter().flat_map(|(ticket, known)| known.iter().map(move |one| (ticket, one)));
        let mut truth: Vec<(Millis, MessageId)> = all
            .filter(|(ticket, one)| of_message(&asked, one, ticket))
            .map(|(_, one)| (one.at, one.id))
            .collect();
        truth.sort_unstable_by(|one, other| other.cmp(one));
        assert_eq!(found, truth.iter().map(|(_, id)| *id).collect::<Vec<_>>(), "messages of {typed}");

        let filter = Filter { condition: Some(asked.clone()), ..Filter::default() };
        let rows = tickets::list(&mut tx, &filter, Sort::CreatedDown, None, 100).await.unwrap();
        let mut found: Vec<i64> = rows.iter().map(|row| row.ticket.number).collect();
        found.sort_unstable();
        let truth: Vec<i64> = desk
            .tickets
            .iter()
            .filter(|(ticket, known)| of_ticket(&asked, ticket, known))
            .map(|(ticket, _)| ticket.number)
            .collect();
        assert_eq!(found, truth, "tickets of {typed}");
    }
}

async fn a_day_ends_with_its_last_millisecond(db: Db) {
    let mut tx = db.begin().await.unwrap();
    let mailbox = mailbox(&mut tx, "support@example.jp").await;
    let ticket = ticket(&mut tx, mailbox, |_| {}).await;
    let midnight = NOW - NOW.rem_euclid(DAY);
    let mut ids = Vec::new();
    for at in [midnight - 1, midnight, midnight + 1] {
        let id = message(&mut tx, ticket.id, |message| message.at = at).await;
        search::index(&mut tx, id, at, &[tokens::index("返品")]).await.unwrap();
        ids.push(id);
    }
    for (typed, wanted) in [("before:today", &ids[..1]), ("after:today", &ids[1..])] {
        for words in ["", "返品 "] {
            let asked = Question::parse(&format!("{words}{typed}")).settle(&Around::only(AgentId(1), NOW));
            let hits = search::query(&mut tx, &asked.unwrap().unwrap(), None, 9).await.unwrap();
            let mut found: Vec<MessageId> = hits.iter().map(|hit| hit.message).collect();
            found.sort_unstable();
            assert_eq!(found, wanted, "{words}{typed}");
        }
    }
}

async fn pages_of_long_messages_are_full_and_give_each_once(db: Db) {
    let mut tx = db.begin().await.unwrap();
    let mailbox = mailbox(&mut tx, "support@example.jp").await;
    let ticket = ticket(&mut tx, mailbox, |_| {}).await;
    let mut ids = Vec::new();
    for n in 0..20 {
        let id = message(&mut tx, ticket.id, |message| message.at = NOW + n / 3).await;
        let rows = vec![tokens::index("返品について"); if n % 2 == 0 { 4 } else { 1 }];
        search::index(&mut tx, id, NOW + n / 3, &rows).await.unwrap();
        ids.push(id);
    }
    ids.reverse();
    for typed in ["返品", "status:new", "返品 status:new", "is:unanswered number:1"] {
        let asked = Question::parse(typed).settle(&Around::only(AgentId(1), NOW)).unwrap().unwrap();
        let (mut seen, mut before) = (Vec::new(), None);
        loop {
            let page = search::query(&mut tx, &asked, before, 3).await.unwrap();
            before = page.last().map(|hit| hit.key);
            seen.extend(page.iter().map(|hit| hit.message));
            if page.len() < 3 {
                break;
            }
        }
        assert_eq!(seen, ids, "{typed}");
    }
}

async fn a_question_goes_with_the_other_filters_sorts_and_cursors(db: Db) {
    let mut tx = db.begin().await.unwrap();
    let desk = a_desk(&mut tx).await;
    let asked = Question::parse("返品 OR 急須").settle(&desk.around).unwrap();
    let all = Filter { condition: asked, ..Filter::default() };
    let mut numbers = Vec::new();
    let mut after = None;
    loop {
        let page = tickets::list(&mut tx, &all, Sort::Due, after, 1).await.unwrap();
        let Some(row) = page.last() else { break };
        after = Some((Sort::Due.value(&row.ticket), row.ticket.id.0));
        numbers.push(row.ticket.number);
    }
    assert_eq!(numbers, [2, 3, 1, 4]);
    for (filter, wanted) in [
        (Filter { status: Some(Status::Done), ..all.clone() }, 2),
        (Filter { lane: Some(Lane::WaitingInside), ..all.clone() }, 4),
        (Filter { mailbox: Some(MailboxId(1)), status: Some(Status::Open), ..all.clone() }, 1),
        (Filter { numbers: Some(vec![3, 5]), ..all }, 3),
    ] {
        let rows = tickets::list(&mut tx, &filter, Sort::LastMessageDown, None, 100).await.unwrap();
        assert_eq!(rows.iter().map(|row| row.ticket.number).collect::<Vec<_>>(), [wanted]);
    }
}
