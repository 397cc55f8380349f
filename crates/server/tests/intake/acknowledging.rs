//! The one automatic mail: when it is written, what it says, and when nothing is said.

use desk::{
    automatic::WhyNot,
    ids::MessageId,
    mailbox::Switch,
    message::{Direction, Kind},
    outbound::State,
};
use server::actions::acknowledge::{Acknowledged, acknowledge};
use store::{jobs, originals::NewDelivery, outbound};

use crate::{
    at::{At, both, may_send},
    mails::{Letter, hana},
};

async fn switched_on(at: &At) {
    at.change_support(|settings| {
        may_send(settings);
        settings.acknowledge = Switch::On;
    })
    .await;
}

/// Whether the mail asked for an acknowledgement when it came in.
async fn is_asked_for(at: &At, message: MessageId) -> bool {
    let mut tx = at.desk.store.read().await.unwrap();
    let jobs = jobs::waiting(&mut tx, 0.into(), 1_000).await.unwrap();
    jobs.iter().any(|job| job.payload["message"] == message.0)
}

/// What the acknowledgement of this mail came to.
async fn asked(at: &At, mail: &Letter) -> Acknowledged {
    let received = at.arrives(&mail.text()).await;
    acknowledge(&at.desk, received.message).await.unwrap()
}

both! {
    async fn a_first_mail_is_acknowledged_in_our_own_words(at: At) {
        switched_on(&at).await;
        let received = at.arrives(&hana("1@mail.example").text()).await;
        assert!(is_asked_for(&at, received.message).await);
        let Acknowledged::Queued(id) = acknowledge(&at.desk, received.message).await.unwrap() else { panic!() };
        let mut tx = at.desk.store.read().await.unwrap();
        let row = outbound::get(&mut tx, id).await.unwrap().unwrap();
        assert_eq!((row.state, row.automatic, row.envelope_from.as_str()), (State::Queued, true, ""));
        let bytes = store::blobs::fetch(&mut tx, &row.bytes_sha256).await.unwrap();
        let sent = mail::read(&bytes);
        assert_eq!(sent.subject.as_deref(), Some("お問い合わせを受け付けました"));
        assert_eq!(sent.header("Auto-Submitted"), Some("auto-replied"));
        assert_eq!(sent.in_reply_to, ["1@mail.example"]);
        assert_eq!(sent.to[0].address, "hana@mail.example");
        assert!(!sent.text.contains("お茶") && !sent.text.contains("A-10234"), "no word of the customer's");
        let messages = at.messages(received.ticket).await;
        assert_eq!((messages[1].message.direction, messages[1].message.kind), (Direction::Out, Kind::AutoReply));
        assert_eq!(at.ticket(received.ticket).await.lane(), desk::status::Lane::New, "it is no answer");
    }

    async fn it_is_written_once_however_often_it_is_asked_for(at: At) {
        switched_on(&at).await;
        let received = at.arrives(&hana("1@mail.example").text()).await;
        acknowledge(&at.desk, received.message).await.unwrap();
        let again = acknowledge(&at.desk, received.message).await.unwrap();
        assert_eq!(again, Acknowledged::Not(WhyNot::TicketHadOne));
    }

    async fn nobody_gets_two_within_an_hour(at: At) {
        switched_on(&at).await;
        assert!(matches!(asked(&at, &hana("1@mail.example")).await, Acknowledged::Queued(_)));
        let mut other = hana("2@mail.example");
        other.subject = "別件".to_owned();
        assert_eq!(asked(&at, &other).await, Acknowledged::Not(WhyNot::AddressHadOne));
    }

    async fn nothing_is_said_while_it_is_off(at: At) {
        let received = at.arrives(&hana("1@mail.example").text()).await;
        assert!(!is_asked_for(&at, received.message).await);
        let said = acknowledge(&at.desk, received.message).await.unwrap();
        assert!(matches!(said, Acknowledged::Not(_)), "{said:?}");
    }

    async fn a_machine_is_never_answered(at: At) {
        switched_on(&at).await;
        let signs = [
            "Auto-Submitted: auto-generated",
            "Precedence: bulk",
            "List-Id: <news.mail.example>",
            "X-Auto-Response-Suppress: All",
        ];
        for (n, sign) in signs.iter().enumerate() {
            let mail = hana(&format!("{n}@mail.example")).with(sign);
            assert!(matches!(asked(&at, &mail).await, Acknowledged::Not(_)), "{sign}");
        }
        let mut robot = hana("r@mail.example");
        robot.from = "noreply@mail.example".to_owned();
        assert!(matches!(asked(&at, &robot).await, Acknowledged::Not(_)));
    }

    async fn the_null_sender_and_our_own_addresses_are_never_answered(at: At) {
        switched_on(&at).await;
        let delivery = NewDelivery { envelope_from: Some(String::new()), ..at.live() };
        let received = at.arrives_by(&hana("1@mail.example").text(), delivery).await;
        let said = acknowledge(&at.desk, received.message).await.unwrap();
        assert_eq!(said, Acknowledged::Not(WhyNot::NullSender));
        let mut own = hana("2@shop.example");
        own.from = "support@shop.example".to_owned();
        assert_eq!(asked(&at, &own).await, Acknowledged::Not(WhyNot::OwnAddress));
    }

    async fn only_the_first_mail_of_a_ticket_is_acknowledged(at: At) {
        switched_on(&at).await;
        at.arrives(&hana("1@mail.example").text()).await;
        let mut second = hana("2@mail.example").answering("1@mail.example");
        second.text = "追伸\n".to_owned();
        let received = at.arrives(&second.text()).await;
        assert!(!is_asked_for(&at, received.message).await);
        let said = acknowledge(&at.desk, received.message).await.unwrap();
        assert_eq!(said, Acknowledged::Not(WhyNot::NotTheFirst));
    }

    async fn old_mail_is_never_answered(at: At) {
        switched_on(&at).await;
        let received = at.was_there(&hana("1@mail.example").text()).await;
        assert!(!is_asked_for(&at, received.message).await);
        let said = acknowledge(&at.desk, received.message).await.unwrap();
        assert_eq!(said, Acknowledged::Not(WhyNot::Imported));
    }
}
