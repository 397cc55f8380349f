//! Mail of ours that comes back, and mail that only says so.

use desk::{
    ids::TicketId,
    message::{Channel, Direction, Kind},
    outbound::State,
    status::{Delivery, Shelf, Status},
    thread::Because,
};
use mail::message_id::Keyed;
use server::actions::receive_mail::Became;
use store::{
    blobs::{self, Prepared},
    messages::{self, Message},
    outbound::{self, NewOutbound, OutboundRow},
};

use crate::{
    at::{At, both},
    mails::{bounce, hana},
};

/// A Message-ID with our mark.
fn marked(at: &At, random: u8) -> String {
    Keyed::new(at.desk.keys.message_id()).make([random; 16], "shop.example")
}

/// A reply of ours that a server has taken.
async fn sent(at: &At, ticket: TicketId, to: &[&str]) -> OutboundRow {
    let mut tx = at.desk.store.begin().await.unwrap();
    let first = messages::page(&mut tx, ticket, None, 1).await.unwrap().remove(0);
    let id = marked(at, 9);
    let bytes = Prepared::new(format!("Message-ID: <{id}>\r\n\r\nSent yesterday.\r\n").as_bytes()).unwrap();
    blobs::keep(&mut tx, &bytes, at.desk.now()).await.unwrap();
    let reply = Message {
        direction: Direction::Out,
        original: None,
        message_id_header: Some(id.clone()),
        to_addresses: first.message.from_address.clone().into_iter().collect(),
        soft_key: None,
        ..first.message
    };
    let message = messages::insert(&mut tx, &reply).await.unwrap();
    let new = NewOutbound {
        ticket,
        message: Some(message),
        mailbox: at.support,
        channel: Channel::Mail,
        message_id_header: id,
        bytes_sha256: bytes.sha256.to_vec(),
        size: bytes.size,
        envelope_from: "support@shop.example".to_owned(),
        recipients: to.iter().map(|&to| to.to_owned()).collect(),
        state: State::Accepted,
        not_before: 0,
        ticket_before: None,
        draft: None,
        automatic: false,
        agent: None,
    };
    let id = outbound::add(&mut tx, &new, at.desk.now()).await.unwrap();
    let row = outbound::get(&mut tx, id).await.unwrap().unwrap();
    tx.commit().await.unwrap();
    at.set(ticket, |ticket| ticket.status = Status::WaitingOnCustomer).await;
    row
}

async fn states(at: &At, row: &OutboundRow) -> (State, Vec<State>) {
    let mut tx = at.desk.store.read().await.unwrap();
    let now = outbound::get(&mut tx, row.id).await.unwrap().unwrap();
    let recipients = outbound::recipients(&mut tx, row.id).await.unwrap();
    (now.state, recipients.into_iter().map(|recipient| recipient.state).collect())
}

both! {
    async fn a_reply_that_comes_back_opens_its_ticket_as_not_delivered(at: At) {
        let ticket = at.arrives(&hana("1@mail.example").text()).await.ticket;
        let reply = sent(&at, ticket, &["hana@mail.example"]).await;
        let received = at.arrives(&bounce(&reply.message_id_header, "hana@mail.example")).await;
        assert_eq!((received.became, received.ticket), (Became::Joined, ticket));
        let now = at.ticket(ticket).await;
        assert_eq!((now.status, now.delivery), (Status::Open, Some(Delivery::Failed)));
        assert_eq!(states(&at, &reply).await, (State::Bounced, vec![State::Bounced]));
        let row = at.messages(ticket).await.into_iter().find(|row| row.id == received.message).unwrap();
        assert_eq!(row.message.kind, Kind::Bounce);
        assert_eq!(row.message.because.unwrap()["code"], Because::BounceOfOurMail.as_str());
        assert!(at.history(ticket).await.contains(&"reply_bounced".to_owned()));
    }

    async fn a_reply_that_is_only_late_has_not_come_back(at: At) {
        let ticket = at.arrives(&hana("1@mail.example").text()).await.ticket;
        let reply = sent(&at, ticket, &["hana@mail.example"]).await;
        let late = bounce(&reply.message_id_header, "hana@mail.example")
            .replace("Action: failed", "Action: delayed")
            .replace("Status: 5.1.1", "Status: 4.4.1")
            .replace("550 5.1.1 <hana@mail.example>: user unknown", "451 4.4.1 connection timed out");
        let received = at.arrives(&late).await;
        assert_eq!(received.ticket, ticket, "it is seen where it belongs");
        assert_eq!(states(&at, &reply).await, (State::Accepted, vec![State::Accepted]));
        let now = at.ticket(ticket).await;
        assert_eq!((now.status, now.delivery), (Status::WaitingOnCustomer, None));
    }

    async fn the_reason_is_kept_in_the_servers_words(at: At) {
        let ticket = at.arrives(&hana("1@mail.example").text()).await.ticket;
        let reply = sent(&at, ticket, &["hana@mail.example"]).await;
        at.arrives(&bounce(&reply.message_id_header, "hana@mail.example")).await;
        let mut tx = at.desk.store.read().await.unwrap();
        let recipient = outbound::recipients(&mut tx, reply.id).await.unwrap().remove(0);
        let answer = recipient.answer.unwrap();
        assert!(answer.starts_with("userunknown 5.1.1") && answer.contains("user unknown"), "{answer}");
    }

    async fn only_the_recipient_that_was_not_reached_is_marked(at: At) {
        let ticket = at.arrives(&hana("1@mail.example").text()).await.ticket;
        let reply = sent(&at, ticket, &["hana@mail.example", "taro@mail.example"]).await;
        at.arrives(&bounce(&reply.message_id_header, "taro@mail.example")).await;
        assert_eq!(states(&at, &reply).await, (State::Bounced, vec![State::Accepted, State::Bounced]));
    }

    async fn the_same_bounce_twice_counts_once(at: At) {
        let ticket = at.arrives(&hana("1@mail.example").text()).await.ticket;
        let reply = sent(&at, ticket, &["hana@mail.example"]).await;
        let mail = bounce(&reply.message_id_header, "hana@mail.example");
        at.arrives(&mail).await;
        let history = at.history(ticket).await;
        assert_eq!(at.arrives(&mail).await.became, Became::Known);
        assert_eq!(at.history(ticket).await, history);
    }

    async fn a_bounce_of_somebody_elses_mail_changes_nothing_and_lies_on_its_shelf(at: At) {
        let ticket = at.arrives(&hana("1@mail.example").text()).await.ticket;
        let reply = sent(&at, ticket, &["hana@mail.example"]).await;
        let received = at.arrives(&bounce("not.ours@shop.example", "hana@mail.example")).await;
        assert_eq!(received.became, Became::NewTicket);
        assert_eq!(at.ticket(received.ticket).await.shelf, Some(Shelf::Bounce));
        assert_eq!(states(&at, &reply).await, (State::Accepted, vec![State::Accepted]));
        assert_eq!(at.ticket(ticket).await.status, Status::WaitingOnCustomer);
    }

    async fn an_id_with_our_mark_that_nobody_knows_changes_nothing(at: At) {
        let ticket = at.arrives(&hana("1@mail.example").text()).await.ticket;
        let reply = sent(&at, ticket, &["hana@mail.example"]).await;
        let received = at.arrives(&bounce(&marked(&at, 3), "hana@mail.example")).await;
        assert_eq!(at.ticket(received.ticket).await.shelf, Some(Shelf::Bounce));
        assert_eq!(states(&at, &reply).await.0, State::Accepted);
    }

    async fn our_reply_that_comes_back_over_a_list_is_a_copy_and_not_a_mail(at: At) {
        let ticket = at.arrives(&hana("1@mail.example").text()).await.ticket;
        let reply = sent(&at, ticket, &["hana@mail.example"]).await;
        let back = format!("Received: by list.example\nMessage-ID: <{}>\n\nSent yesterday.\n", reply.message_id_header);
        let received = at.arrives(&back).await;
        assert_eq!((received.became, Some(received.message)), (Became::Copy, reply.message));
        let forged = back.replace("yesterday", "today");
        assert_eq!(at.arrives(&forged).await.became, Became::NewTicket);
    }

    async fn who_sends_a_bounce_is_not_one_of_the_tickets_people(at: At) {
        let ticket = at.arrives(&hana("1@mail.example").text()).await.ticket;
        let reply = sent(&at, ticket, &["hana@mail.example"]).await;
        at.arrives(&bounce(&reply.message_id_header, "hana@mail.example")).await;
        let mut daemon = hana("evil@mx.example").answering(&reply.message_id_header);
        daemon.from = "MAILER-DAEMON@mx.example".to_owned();
        let received = at.arrives(&daemon.text()).await;
        assert_ne!(received.ticket, ticket);
    }
}
