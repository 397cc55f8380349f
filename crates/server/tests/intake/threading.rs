//! Which ticket a mail joins, and which it does not.

use desk::{
    message::Direction,
    status::{Outcome, Status},
    thread::Because,
    time::DAY,
};
use server::actions::receive_mail::Became;

use crate::{
    at::{At, both},
    mails::{hana, ours},
};

/// Our answer to the customer's first mail is there.
async fn answered(at: &At) -> desk::ids::TicketId {
    let first = at.was_there(&hana("1@mail.example").text()).await;
    let reply =
        at.was_there(&ours("2@shop.example", "hana@mail.example").answering("1@mail.example").text()).await;
    assert_eq!((reply.became, reply.ticket), (Became::Joined, first.ticket));
    first.ticket
}

both! {
    async fn the_customers_answer_joins_and_opens_the_ticket(at: At) {
        let ticket = answered(&at).await;
        assert_eq!(at.ticket(ticket).await.status, Status::Done);
        let mut answer = hana("3@mail.example").answering("1@mail.example").answering("2@shop.example");
        answer.text = "まだです。\n".to_owned();
        let received = at.arrives(&answer.text()).await;
        assert_eq!((received.became, received.ticket), (Became::Joined, ticket));
        let now = at.ticket(ticket).await;
        assert_eq!((now.status, now.excerpt.as_str()), (Status::Open, "まだです。"));
        let row = at.messages(ticket).await.pop().unwrap();
        assert_eq!(row.message.because.unwrap()["code"], Because::AnswersOurMail.as_str());
        assert!(at.history(ticket).await.contains(&"status_changed".to_owned()));
    }

    async fn a_stranger_with_stolen_references_does_not_join(at: At) {
        let ticket = answered(&at).await;
        let mut stolen = hana("evil@evil.example").answering("2@shop.example");
        stolen.from = "Mallory <mallory@evil.example>".to_owned();
        let received = at.arrives(&stolen.text()).await;
        assert_eq!(received.became, Became::NewTicket);
        let suggestion = at.ticket(received.ticket).await.suggestion.unwrap();
        assert_eq!((suggestion.ticket, suggestion.because), (ticket, Because::StrangerWithOurId));
        assert_eq!(at.messages(ticket).await.len(), 2);
    }

    async fn a_stranger_with_the_tickets_own_address_does_not_join_either(at: At) {
        let ticket = answered(&at).await;
        let token = at.ticket(ticket).await.token;
        let mut mail = hana("4@evil.example");
        mail.from = "mallory@evil.example".to_owned();
        mail.to = format!("support+h{token}@shop.example");
        assert_eq!(at.arrives(&mail.text()).await.became, Became::NewTicket);
        mail.from = "hana@mail.example".to_owned();
        mail.id = Some("5@mail.example".to_owned());
        let hers = at.arrives(&mail.text()).await;
        assert_eq!((hers.became, hers.ticket), (Became::Joined, ticket));
    }

    async fn a_copied_address_grants_nothing(at: At) {
        let first = at.arrives(&hana("1@mail.example").with("Cc: friend@elsewhere.example").text()).await;
        let mut friend = hana("2@elsewhere.example").answering("1@mail.example");
        friend.from = "friend@elsewhere.example".to_owned();
        let received = at.arrives(&friend.text()).await;
        assert_eq!(received.became, Became::NewTicket);
        assert_eq!(at.ticket(received.ticket).await.suggestion.unwrap().ticket, first.ticket);
    }

    async fn a_colleague_of_the_same_company_joins(at: At) {
        let mut first = hana("1@acme.co.jp");
        first.from = "taro@acme.co.jp".to_owned();
        let ticket = at.arrives(&first.text()).await.ticket;
        let mut colleague = hana("2@acme.co.jp").answering("1@acme.co.jp");
        colleague.from = "jiro@sales.acme.co.jp".to_owned();
        let received = at.arrives(&colleague.text()).await;
        assert_eq!((received.became, received.ticket), (Became::Joined, ticket));
    }

    async fn the_same_subject_is_a_hint_and_no_more(at: At) {
        let first = at.arrives(&hana("1@mail.example").text()).await;
        let mut again = hana("2@mail.example");
        again.text = "その後いかがでしょうか。\n".to_owned();
        let second = at.arrives(&again.text()).await;
        assert_eq!(second.became, Became::NewTicket);
        let suggestion = at.ticket(second.ticket).await.suggestion.unwrap();
        assert_eq!((suggestion.ticket, suggestion.because), (first.ticket, Because::SameSenderSameSubject));
    }

    async fn a_done_ticket_opens_again_within_a_month_and_has_a_successor_after_it(at: At) {
        let ticket = answered(&at).await;
        let days_ago = |days: i64| at.desk.now() - days * DAY;
        at.set(ticket, |ticket| ticket.done_at = Some(days_ago(31))).await;
        let late = at.arrives(&hana("3@mail.example").answering("2@shop.example").text()).await;
        assert_eq!(late.became, Became::NewTicket);
        let suggestion = at.ticket(late.ticket).await.suggestion.unwrap();
        assert_eq!((suggestion.ticket, suggestion.because), (ticket, Because::DoneTooLongAgo));
        at.set(ticket, |ticket| ticket.done_at = Some(days_ago(29))).await;
        let mut in_time = hana("4@mail.example").answering("2@shop.example");
        in_time.text = "もう一度お願いします。\n".to_owned();
        assert_eq!(at.arrives(&in_time.text()).await.ticket, ticket);
        assert_eq!(at.ticket(ticket).await.status, Status::Open);
    }

    async fn a_machines_answer_stands_in_the_ticket_and_opens_nothing(at: At) {
        let ticket = answered(&at).await;
        let absent = hana("3@mail.example").answering("2@shop.example").with("Auto-Submitted: auto-replied");
        let received = at.arrives(&absent.text()).await;
        assert_eq!((received.became, received.ticket), (Became::Joined, ticket));
        let now = at.ticket(ticket).await;
        assert_eq!((now.status, now.outcome), (Status::Done, Some(Outcome::Answered)));
    }

    async fn what_joined_a_merged_ticket_goes_where_that_went(at: At) {
        let old = at.arrives(&hana("1@mail.example").text()).await.ticket;
        let mut other = hana("2@mail.example");
        other.subject = "別件".to_owned();
        let into = at.arrives(&other.text()).await.ticket;
        at.set(old, |ticket| {
            ticket.status = Status::Done;
            ticket.outcome = Some(Outcome::Merged);
            ticket.merged_into = Some(into);
        })
        .await;
        let answer = hana("3@mail.example").answering("1@mail.example").text();
        assert_eq!(at.arrives(&answer).await.ticket, into);
    }

    async fn our_own_mail_that_comes_back_over_a_list_is_a_copy(at: At) {
        let ticket = answered(&at).await;
        let reply = at.messages(ticket).await.pop().unwrap();
        assert_eq!(reply.message.direction, Direction::Out);
        let mail = ours("2@shop.example", "hana@mail.example").answering("1@mail.example").text();
        let back = at.arrives(&format!("Received: from list.example by mx.example; Fri, 20 Nov 2026 11:00:09 +0900\n{mail}")).await;
        assert_eq!((back.became, back.message), (Became::Copy, reply.id));
    }
}
