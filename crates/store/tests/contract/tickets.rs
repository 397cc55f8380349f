//! Tickets: one, lists of them, and counts.

use crate::{
    makers::{NOW, agent, contact, mailbox, message, new_ticket, ticket},
    support::{Db, both},
};
use desk::{
    ids::{MessageId, TeamId, TicketId},
    message::Kind,
    status::{Delivery, Lane, Outcome, Priority, Shelf, Status},
    thread::Because,
    ticket::{Suggestion, Ticket},
};
use store::{
    StoreError, Tx,
    tickets::{self, Assignee, Filter, Sort},
};

both! {
    a_ticket_comes_back_as_it_was_written
    a_ticket_is_found_by_number_and_token
    a_ticket_is_saved_over_the_version_that_was_seen
    a_ticket_number_is_never_given_twice
    of_two_who_change_a_ticket_at_once_nobody_is_overwritten
    the_tickets_of_a_contact_come_newest_first
    a_snooze_that_is_over_is_found
    a_list_shows_only_what_was_asked_for
    every_sort_gives_each_ticket_once_page_by_page
    a_row_of_the_list_has_the_names_it_shows
    tickets_are_counted_by_lane_and_shelf
}

async fn reload(tx: &mut Tx, id: TicketId) -> Ticket {
    tickets::get(tx, id).await.unwrap().unwrap()
}

async fn a_ticket_comes_back_as_it_was_written(db: Db) {
    let mut tx = db.begin().await.unwrap();
    let mailbox = mailbox(&mut tx, "support@example.jp").await;
    let plain = ticket(&mut tx, mailbox, |_| {}).await;
    assert_eq!(reload(&mut tx, plain.id).await, plain);
    let hanako = agent(&mut tx, "hanako@example.jp").await;
    let taro = contact(&mut tx, "taro@example.com").await;
    let full = ticket(&mut tx, mailbox, |ticket| {
        ticket.contact = Some(taro);
        ticket.status = Status::Done;
        ticket.outcome = Some(Outcome::NoReplyNeeded);
        ticket.outcome_reason = Some("お礼のみ".to_owned());
        ticket.priority = Priority::Urgent;
        ticket.assignee = Some(hanako);
        ticket.team = Some(TeamId(1));
        ticket.shelf = Some(Shelf::Bounce);
        ticket.ever_answered = true;
        ticket.drafting = true;
        ticket.queued_replies = 2;
        ticket.approval_asked = true;
        ticket.snoozed_until = Some(NOW + 1);
        ticket.due_at = Some(NOW + 2);
        ticket.delivery = Some(Delivery::Unknown);
        ticket.last_message_id = Some(MessageId(7));
        ticket.done_at = Some(NOW + 3);
        ticket.kind = Kind::AutoReply;
        ticket.suggestion = Some(Suggestion { ticket: plain.id, because: Because::SameSenderSameSubject });
        ticket.merged_into = Some(plain.id);
    })
    .await;
    assert_eq!(reload(&mut tx, full.id).await, full);
    assert_eq!(tickets::get(&mut tx, TicketId(99)).await.unwrap(), None);
}

async fn a_ticket_is_found_by_number_and_token(db: Db) {
    let mut tx = db.begin().await.unwrap();
    let mailbox = mailbox(&mut tx, "support@example.jp").await;
    let ticket = ticket(&mut tx, mailbox, |_| {}).await;
    assert_eq!(ticket.number, 1);
    assert_eq!(tickets::by_number(&mut tx, 1).await.unwrap().as_ref(), Some(&ticket));
    assert_eq!(tickets::lock_by_number(&mut tx, 1).await.unwrap().as_ref(), Some(&ticket));
    assert_eq!(tickets::lock(&mut tx, ticket.id).await.unwrap().as_ref(), Some(&ticket));
    assert_eq!(tickets::by_token(&mut tx, &ticket.token).await.unwrap().as_ref(), Some(&ticket));
    assert_eq!(tickets::by_number(&mut tx, 2).await.unwrap(), None);
    assert_eq!(tickets::lock(&mut tx, TicketId(99)).await.unwrap(), None);
}

async fn a_ticket_is_saved_over_the_version_that_was_seen(db: Db) {
    let mut tx = db.begin().await.unwrap();
    let mailbox = mailbox(&mut tx, "support@example.jp").await;
    let mut ticket = ticket(&mut tx, mailbox, |_| {}).await;
    let mut stale = ticket.clone();
    ticket.status = Status::WaitingOnCustomer;
    ticket.subject = "茶葉が届きません".to_owned();
    tickets::save(&mut tx, &mut ticket).await.unwrap();
    assert_eq!(ticket.version, 2);
    assert_eq!(reload(&mut tx, ticket.id).await, ticket);
    assert!(matches!(tickets::save(&mut tx, &mut stale).await, Err(StoreError::Conflict)));
    assert_eq!(stale.version, 1);
}

async fn a_ticket_number_is_never_given_twice(db: Db) {
    let mut tx = db.begin().await.unwrap();
    let mailbox = mailbox(&mut tx, "support@example.jp").await;
    let first = ticket(&mut tx, mailbox, |_| {}).await;
    let second = ticket(&mut tx, mailbox, |_| {}).await;
    assert!(second.number > first.number);
    let mut again = new_ticket(mailbox, first.number);
    again.token = "another".to_owned();
    assert!(matches!(tickets::add(&mut tx, &again).await, Err(StoreError::Conflict)));
}

async fn of_two_who_change_a_ticket_at_once_nobody_is_overwritten(db: Db) {
    let mut tx = db.begin().await.unwrap();
    let mailbox = mailbox(&mut tx, "support@example.jp").await;
    let id = ticket(&mut tx, mailbox, |_| {}).await.id;
    tx.commit().await.unwrap();
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..20 {
        let db = db.clone();
        tasks.spawn(async move {
            let mut tx = db.begin().await.unwrap();
            let mut ticket = tickets::lock(&mut tx, id).await.unwrap().unwrap();
            ticket.queued_replies += 1;
            tickets::save(&mut tx, &mut ticket).await.unwrap();
            tx.commit().await.unwrap();
        });
    }
    tasks.join_all().await;
    let mut tx = db.read().await.unwrap();
    let ticket = reload(&mut tx, id).await;
    assert_eq!((ticket.queued_replies, ticket.version), (20, 21));
}

async fn the_tickets_of_a_contact_come_newest_first(db: Db) {
    let mut tx = db.begin().await.unwrap();
    let mailbox = mailbox(&mut tx, "support@example.jp").await;
    let taro = contact(&mut tx, "taro@example.com").await;
    for at in [10, 30, 20] {
        ticket(&mut tx, mailbox, |ticket| {
            ticket.contact = Some(taro);
            ticket.last_message_at = at;
        })
        .await;
    }
    let found = tickets::of_contact(&mut tx, taro, 20, 10).await.unwrap();
    assert_eq!(found.iter().map(|ticket| ticket.last_message_at).collect::<Vec<_>>(), [30, 20]);
}

async fn a_snooze_that_is_over_is_found(db: Db) {
    let mut tx = db.begin().await.unwrap();
    let mailbox = mailbox(&mut tx, "support@example.jp").await;
    let over = ticket(&mut tx, mailbox, |ticket| ticket.snoozed_until = Some(NOW)).await;
    ticket(&mut tx, mailbox, |ticket| ticket.snoozed_until = Some(NOW + 1)).await;
    ticket(&mut tx, mailbox, |_| {}).await;
    assert_eq!(tickets::snooze_over(&mut tx, NOW, 10).await.unwrap(), [over]);
}

/// The numbers of a list.
async fn numbers(tx: &mut Tx, filter: Filter) -> Vec<i64> {
    let rows = tickets::list(tx, &filter, Sort::Due, None, 100).await.unwrap();
    rows.into_iter().map(|row| row.ticket.number).collect()
}

async fn a_list_shows_only_what_was_asked_for(db: Db) {
    let mut tx = db.begin().await.unwrap();
    let support = mailbox(&mut tx, "support@example.jp").await;
    let sales = mailbox(&mut tx, "sales@example.jp").await;
    let hanako = agent(&mut tx, "hanako@example.jp").await;
    ticket(&mut tx, support, |_| {}).await;
    ticket(&mut tx, support, |ticket| ticket.assignee = Some(hanako)).await;
    ticket(&mut tx, sales, |ticket| ticket.due_at = Some(NOW)).await;
    ticket(&mut tx, sales, |ticket| ticket.shelf = Some(Shelf::Spam)).await;
    let all = Filter::default();
    assert_eq!(numbers(&mut tx, all.clone()).await, [3, 1, 2, 4], "deadlines first, then the oldest");
    assert_eq!(numbers(&mut tx, Filter { lane: Some(Lane::New), ..all.clone() }).await, [3, 1]);
    assert_eq!(numbers(&mut tx, Filter { shelf: Some(Shelf::Spam), ..all.clone() }).await, [4]);
    let hers = Filter { assignee: Some(Assignee::Agent(hanako)), ..all.clone() };
    assert_eq!(numbers(&mut tx, hers).await, [2]);
    let nobodys = Filter { assignee: Some(Assignee::None), mailbox: Some(support), ..all.clone() };
    assert_eq!(numbers(&mut tx, nobodys).await, [1]);
    assert_eq!(numbers(&mut tx, Filter { numbers: Some(vec![4, 2, 77]), ..all.clone() }).await, [2, 4]);
    assert_eq!(numbers(&mut tx, Filter { numbers: Some(vec![]), ..all }).await, [0; 0]);
}

async fn every_sort_gives_each_ticket_once_page_by_page(db: Db) {
    let mut tx = db.begin().await.unwrap();
    let mailbox = mailbox(&mut tx, "support@example.jp").await;
    for n in 0..25 {
        ticket(&mut tx, mailbox, |ticket| {
            ticket.due_at = (n % 3 > 0).then_some(NOW + n % 3);
            ticket.last_message_at = NOW + n % 4;
            ticket.created_at = NOW + n % 5;
            ticket.priority = Priority::ALL[usize::try_from(n % 4).unwrap()];
        })
        .await;
    }
    for sort in [Sort::Due, Sort::LastMessage, Sort::LastMessageDown, Sort::CreatedDown, Sort::Priority] {
        let mut seen: Vec<(i64, i64)> = Vec::new();
        loop {
            let after = seen.last().copied();
            let page = tickets::list(&mut tx, &Filter::default(), sort, after, 7).await.unwrap();
            if page.is_empty() {
                break;
            }
            seen.extend(page.iter().map(|row| (sort.value(&row.ticket), row.ticket.id.0)));
        }
        let mut sorted = seen.clone();
        sorted.sort_unstable();
        if matches!(sort, Sort::LastMessageDown | Sort::CreatedDown) {
            sorted.reverse();
        }
        assert_eq!(seen, sorted, "{sort:?}");
        sorted.dedup();
        assert_eq!(sorted.len(), 25, "{sort:?}");
    }
}

async fn a_row_of_the_list_has_the_names_it_shows(db: Db) {
    let mut tx = db.begin().await.unwrap();
    let mailbox = mailbox(&mut tx, "support@example.jp").await;
    let hanako = agent(&mut tx, "hanako@example.jp").await;
    let taro = contact(&mut tx, "Taro@example.com").await;
    let older = ticket(&mut tx, mailbox, |_| {}).await;
    let ticket = ticket(&mut tx, mailbox, |ticket| {
        ticket.assignee = Some(hanako);
        ticket.team = Some(TeamId(1));
        ticket.contact = Some(taro);
        ticket.suggestion = Some(Suggestion { ticket: older.id, because: Because::StrangerWithOurId });
    })
    .await;
    message(&mut tx, ticket.id, |_| {}).await;
    let row = tickets::listed(&mut tx, ticket.number).await.unwrap().unwrap();
    assert_eq!(row.ticket, ticket);
    assert_eq!(row.contact_name.as_deref(), Some("八王子 太郎"));
    assert_eq!(row.contact_address.as_deref(), Some("Taro@example.com"));
    assert_eq!(row.assignee_name.as_deref(), Some("佐藤 花子"));
    assert_eq!(row.team_name.as_deref(), Some("サポート"));
    assert_eq!(
        (row.mailbox_address.as_str(), row.mailbox_name.as_str()),
        ("support@example.jp", "サポート窓口")
    );
    assert_eq!((row.suggestion_number, row.merged_into_number), (Some(older.number), None));
    assert_eq!(tickets::listed(&mut tx, 99).await.unwrap(), None);
}

async fn tickets_are_counted_by_lane_and_shelf(db: Db) {
    let mut tx = db.begin().await.unwrap();
    let mailbox = mailbox(&mut tx, "support@example.jp").await;
    let hanako = agent(&mut tx, "hanako@example.jp").await;
    for _ in 0..3 {
        ticket(&mut tx, mailbox, |_| {}).await;
    }
    ticket(&mut tx, mailbox, |ticket| ticket.assignee = Some(hanako)).await;
    ticket(&mut tx, mailbox, |ticket| ticket.shelf = Some(Shelf::Spam)).await;
    ticket(&mut tx, mailbox, |ticket| ticket.shelf = Some(Shelf::Automatic)).await;
    ticket(&mut tx, mailbox, |ticket| {
        ticket.shelf = Some(Shelf::Spam);
        ticket.status = Status::Done;
    })
    .await;
    let counts = tickets::counts(&mut tx, Some(hanako)).await.unwrap();
    let mut lanes = counts.lanes;
    lanes.sort_unstable();
    assert_eq!(lanes, [(Lane::Done, 1), (Lane::Aside, 2), (Lane::New, 3), (Lane::Todo, 1)]);
    let mut shelves = counts.shelves;
    shelves.sort_unstable();
    assert_eq!(shelves, [(Shelf::Spam, 1), (Shelf::Automatic, 1)]);
    assert_eq!(counts.of_agent, [(Lane::Todo, 1)]);
    assert_eq!(tickets::counts(&mut tx, None).await.unwrap().of_agent, []);
}
