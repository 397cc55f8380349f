//! Each mail once, all of it, and nothing of it lost.

use desk::{
    ids::AgentId,
    mailbox::IncomingKind,
    message::Kind,
    status::{Lane, Shelf, Status},
    view::{Around, Question},
};
use server::actions::receive_mail::{Became, receive_mail};
use store::{mailboxes::MailboxSettings, originals::NewDelivery};

use crate::{
    at::{At, both, crlf, of},
    mails::{hana, ours},
};

both! {
    async fn a_mail_becomes_a_new_ticket(at: At) {
        let received = at.arrives(&hana("1@mail.example").text()).await;
        assert_eq!(received.became, Became::NewTicket);
        let ticket = at.ticket(received.ticket).await;
        assert_eq!((ticket.number, ticket.status, ticket.lane()), (1, Status::New, Lane::New));
        assert_eq!(ticket.subject, "Where is my tea?");
        assert!(ticket.excerpt.starts_with("お茶がまだ届きません。"), "{}", ticket.excerpt);
        let messages = at.messages(received.ticket).await;
        assert_eq!(messages.len(), 1);
        let from = messages[0].message.from_address.clone().unwrap();
        assert_eq!((from.name.as_deref(), from.address.as_str()), (Some("花"), "hana@mail.example"));
        assert_eq!(at.history(received.ticket).await, ["ticket_created", "message_received"]);
    }

    async fn what_is_kept_are_the_very_bytes(at: At) {
        let mail = hana("1@mail.example").text();
        let received = at.arrives(&mail).await;
        let row = at.messages(received.ticket).await.remove(0);
        let mut tx = at.desk.store.read().await.unwrap();
        assert_eq!(store::blobs::fetch(&mut tx, &row.sha256.unwrap()).await.unwrap(), crlf(&mail));
    }

    async fn the_same_bytes_again_are_one_message(at: At) {
        let mail = hana("1@mail.example").text();
        let first = at.arrives(&mail).await;
        let again = at.arrives(&mail).await;
        assert_eq!((again.became, again.message), (Became::Known, first.message));
        assert_eq!(at.all_messages().await.len(), 1);
        let mut tx = at.desk.store.read().await.unwrap();
        let original = at.all_messages().await[0].message.original.unwrap();
        assert_eq!(store::originals::deliveries(&mut tx, original).await.unwrap().len(), 2);
    }

    async fn reading_a_delivery_again_changes_nothing(at: At) {
        let delivery = at.keep(&hana("1@mail.example").text(), at.live()).await;
        let first = receive_mail(&at.desk, delivery).await.unwrap();
        let history = at.history(first.ticket).await;
        for _ in 0..3 {
            let again = receive_mail(&at.desk, delivery).await.unwrap();
            assert_eq!((again.became, again.message), (Became::Known, first.message));
        }
        assert_eq!(at.history(first.ticket).await, history);
        assert_eq!(at.all_messages().await.len(), 1);
    }

    async fn the_same_mail_in_other_bytes_also_arrived_elsewhere(at: At) {
        let sales = at.mailbox(MailboxSettings { incoming_kind: IncomingKind::Smtp, ..of("sales@shop.example") }).await;
        let mail = hana("1@mail.example").text();
        let first = at.arrives(&mail).await;
        let traced = format!("Received: from list.example by mx.shop.example; Fri, 20 Nov 2026 10:00:05 +0900\n{mail}");
        let second = at.arrives_by(&traced, NewDelivery { mailbox: Some(sales), ..at.live() }).await;
        assert_eq!((second.became, second.message), (Became::Copy, first.message));
        let mut tx = at.desk.store.read().await.unwrap();
        let copies = store::messages::copies(&mut tx, first.ticket).await.unwrap();
        assert_eq!(copies.len(), 1);
        assert_eq!(copies[0].mailbox_address.as_deref(), Some("sales@shop.example"));
    }

    async fn a_message_id_used_twice_loses_no_mail(at: At) {
        at.arrives(&hana("same@mail.example").text()).await;
        let mut other = hana("same@mail.example");
        other.text = "別の荷物の件です。\n".to_owned();
        let second = at.arrives(&other.text()).await;
        assert_eq!(second.became, Became::NewTicket);
        let row = at.messages(second.ticket).await.remove(0);
        assert_eq!(row.message.warnings.to_string(), r#"["message_id_reused"]"#);
    }

    async fn a_mail_without_an_id_is_known_by_its_bytes(at: At) {
        let mut nameless = hana("x");
        nameless.id = None;
        let first = at.arrives(&nameless.text()).await;
        assert_eq!(at.arrives(&nameless.text()).await.message, first.message);
        nameless.text.push_str("追伸\n");
        assert_eq!(at.arrives(&nameless.text()).await.became, Became::NewTicket);
    }

    async fn bytes_that_are_no_mail_are_still_a_ticket(at: At) {
        let received = at.arrives("").await;
        assert!(received.unreadable);
        let ticket = at.ticket(received.ticket).await;
        assert_eq!((ticket.kind, ticket.lane()), (Kind::Unreadable, Lane::New));
        assert!(at.history(received.ticket).await.contains(&"mail_unreadable".to_owned()));
    }

    async fn what_the_server_took_for_junk_lies_on_its_shelf(at: At) {
        let delivery = NewDelivery { junk: true, ..at.live() };
        let received = at.arrives_by(&hana("1@mail.example").text(), delivery).await;
        let ticket = at.ticket(received.ticket).await;
        assert_eq!((ticket.shelf, ticket.lane()), (Some(Shelf::Spam), Lane::Aside));
    }

    async fn a_mail_in_our_own_name_from_outside_is_not_believed(at: At) {
        let received = at.arrives(&ours("forged@evil.example", "hana@mail.example").text()).await;
        let row = at.messages(received.ticket).await.remove(0);
        assert_eq!(row.message.direction, desk::message::Direction::In);
        assert!(row.message.warnings.to_string().contains("forged_own_address"));
    }

    async fn every_word_of_a_mail_is_found(at: At) {
        let received = at.arrives(&hana("1@mail.example").text()).await;
        for words in ["届き", "お茶がまだ", "A-10234", "hana", "tea", "花", "1"] {
            let question = Question::parse(words).settle(&Around::only(AgentId(1), 0)).unwrap().unwrap();
            let mut tx = at.desk.store.read().await.unwrap();
            let hits = store::search::query(&mut tx, &question, None, 10).await.unwrap();
            assert_eq!(hits.first().map(|hit| hit.message), Some(received.message), "{words}");
        }
    }
}
