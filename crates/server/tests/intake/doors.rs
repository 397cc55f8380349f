//! Mail that is handed to our own door: whom it is for, when it is ours, and that it is ours only once it is kept.

use std::net::SocketAddr;

use desk::mailbox::IncomingKind;
use store::mailboxes::MailboxSettings;
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    net::{
        TcpStream,
        tcp::{OwnedReadHalf, OwnedWriteHalf},
    },
};

use crate::{
    at::{At, both, crlf, of, until},
    mails::hana,
};

/// A mail client that says what it is told to say.
struct Client {
    read: BufReader<OwnedReadHalf>,
    write: OwnedWriteHalf,
}

impl Client {
    async fn connect(to: SocketAddr) -> Client {
        let (read, write) = TcpStream::connect(to).await.unwrap().into_split();
        let mut client = Client { read: BufReader::new(read), write };
        client.answer().await;
        client.say("EHLO client.example").await;
        client
    }

    /// Says a line and gives the last line of the answer.
    async fn say(&mut self, line: &str) -> String {
        self.write.write_all(format!("{line}\r\n").as_bytes()).await.unwrap();
        self.answer().await
    }

    async fn answer(&mut self) -> String {
        loop {
            let mut line = String::new();
            assert!(self.read.read_line(&mut line).await.unwrap() > 0, "the door hung up");
            if line.as_bytes().get(3) != Some(&b'-') {
                return line.trim_end().to_owned();
            }
        }
    }

    /// Hands over a mail; the answer to the dot.
    async fn send(&mut self, from: &str, to: &[&str], mail: &str) -> String {
        self.say(&format!("MAIL FROM:<{from}>")).await;
        for to in to {
            let answer = self.say(&format!("RCPT TO:<{to}>")).await;
            assert!(answer.starts_with("250"), "{answer}");
        }
        self.say("DATA").await;
        self.write.write_all(&crlf(mail)).await.unwrap();
        self.say("\r\n.").await
    }
}

both! {
    async fn a_mail_that_was_answered_with_250_is_kept(at: At) {
        let served = at.serve().await;
        let mut client = Client::connect(served.smtp).await;
        let mail = hana("1@mail.example").text();
        let answer = client.send("hana@mail.example", &["support@shop.example"], &mail).await;
        assert!(answer.starts_with("250"), "{answer}");
        let mut tx = at.desk.store.read().await.unwrap();
        let kept = store::originals::list(&mut tx, 0.into(), 10).await.unwrap();
        assert_eq!(kept.len(), 1, "at the moment of the 250");
        drop(tx);
        until("it is in its ticket", async || at.all_messages().await.len() == 1).await;
        served.stop().await;
    }

    async fn only_our_own_addresses_are_taken(at: At) {
        let served = at.serve().await;
        let mut client = Client::connect(served.smtp).await;
        client.say("MAIL FROM:<hana@mail.example>").await;
        for (to, expected) in [
            ("<support@shop.example>", "250"),
            ("<Support+habcdefghijklmnop@SHOP.example>", "250"),
            ("<nobody@shop.example>", "550 5.1.1"),
            ("<hana@mail.example>", "550 5.1.1"),
        ] {
            let answer = client.say(&format!("RCPT TO:{to}")).await;
            assert!(answer.starts_with(expected), "{to}: {answer}");
        }
        served.stop().await;
    }

    async fn a_mail_to_two_mailboxes_is_one_message_that_also_arrived_at_the_other(at: At) {
        let settings = MailboxSettings { incoming_kind: IncomingKind::Smtp, ..of("sales@shop.example") };
        at.mailbox(settings).await;
        let served = at.serve().await;
        let mut client = Client::connect(served.smtp).await;
        let to = ["support@shop.example", "sales@shop.example", "support+x@shop.example"];
        client.send("hana@mail.example", &to, &hana("1@mail.example").text()).await;
        until("it is in its ticket", async || at.all_messages().await.len() == 1).await;
        let original = at.all_messages().await[0].message.original.unwrap();
        let mut tx = at.desk.store.read().await.unwrap();
        let arrivals = store::originals::deliveries(&mut tx, original).await.unwrap();
        assert_eq!(arrivals.len(), 2, "one for each mailbox, not for each recipient");
        assert_eq!(arrivals[0].delivery.envelope_from.as_deref(), Some("hana@mail.example"));
        assert!(arrivals[0].delivery.trace.as_deref().unwrap().starts_with("from client.example ([127.0.0.1])"));
        drop(tx);
        served.stop().await;
    }

    async fn the_same_data_twice_in_one_session_is_one_mail(at: At) {
        let served = at.serve().await;
        let mut client = Client::connect(served.smtp).await;
        let mail = hana("1@mail.example").text();
        for _ in 0..2 {
            client.send("hana@mail.example", &["support@shop.example"], &mail).await;
        }
        let mut other = hana("2@mail.example");
        other.text = "別件\n".to_owned();
        client.send("hana@mail.example", &["support@shop.example"], &other.text()).await;
        until("both are in their tickets", async || at.all_messages().await.len() == 2).await;
        served.stop().await;
    }

    async fn many_senders_at_once_are_all_heard(at: At) {
        let served = at.serve().await;
        let sender = async |n: usize| {
            let mut client = Client::connect(served.smtp).await;
            for i in 0..5 {
                let mail = hana(&format!("{n}.{i}@mail.example")).text();
                let answer = client.send("hana@mail.example", &["support@shop.example"], &mail).await;
                assert!(answer.starts_with("250"), "{answer}");
            }
        };
        futures::future::join_all((0..20).map(sender)).await;
        until("all of them are there", async || at.all_messages().await.len() == 100).await;
        served.stop().await;
    }
}
