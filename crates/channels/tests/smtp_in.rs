//! The listener as a mail server meets it: the order of commands, what is kept, what is said.

#[cfg(test)]
mod support;

#[cfg(test)]
mod tests {
    use channels::smtp_in::KeepError;
    use tokio::net::TcpStream;

    use crate::support::client::Client;
    use crate::support::desk::{Desk, settings};

    async fn open() -> (Desk, Client<TcpStream>) {
        let desk = Desk::open(settings()).await;
        let client = Client::greeted(desk.address).await;
        (desk, client)
    }

    #[tokio::test]
    async fn a_mail_is_kept_byte_for_byte_with_its_envelope() {
        let (desk, mut client) = open().await;
        client.begin(&["support@example.com", "support+habc@example.com"]).await;
        let written = b"Subject: \x83\x65\x83\x58\r\n\r\n..dot\r\n\0\x1b$B\r\n".to_vec();
        client.send(&written).await;
        client.send(b".\r\n").await;
        assert_eq!(client.reply().await, "250 2.6.0 kept");
        client.expect("QUIT", "221 ").await;

        let kept = desk.kept();
        assert_eq!(kept.len(), 1);
        assert_eq!(kept[0].bytes, b"Subject: \x83\x65\x83\x58\r\n\r\n.dot\r\n\0\x1b$B\r\n");
        assert_eq!(kept[0].envelope_from, "a@example.net");
        assert_eq!(kept[0].envelope_to, ["support@example.com", "support+habc@example.com"]);
        assert_eq!(kept[0].helo, "client.example.net");
        assert!(kept[0].peer.ip().is_loopback());
        assert!(!kept[0].lmtp && !kept[0].tls);
    }

    #[tokio::test]
    async fn nothing_is_acknowledged_before_it_is_kept() {
        let desk = Desk::open_with(settings(), 0).await;
        let mut client = Client::greeted(desk.address).await;
        client.begin(&["support@example.com"]).await;
        client.send(b"x\r\n.\r\n").await;
        desk.ledger.at_gate.acquire().await.unwrap().forget();
        let early = tokio::time::timeout(std::time::Duration::from_millis(200), client.reply()).await;
        assert!(early.is_err(), "an answer came before the mail was kept: {early:?}");
        desk.ledger.gate.add_permits(1);
        assert_eq!(client.reply().await, "250 2.6.0 kept");
    }

    #[tokio::test]
    async fn several_mails_go_through_one_connection() {
        let (desk, mut client) = open().await;
        client.begin(&["support@example.com"]).await;
        client.send(b"one\r\n.\r\n").await;
        client.reply().await;
        client.envelope(&["sales@example.com"]).await;
        // The next command may follow the dot at once (RFC 2920).
        client.send(b"two\r\n.\r\nNOOP\r\n").await;
        assert_eq!(client.reply().await, "250 2.6.0 kept");
        assert_eq!(client.reply().await, "250 2.0.0 ok");
        let bytes: Vec<_> = desk.kept().into_iter().map(|mail| mail.bytes).collect();
        assert_eq!(bytes, [b"one\r\n", b"two\r\n"]);
    }

    #[tokio::test]
    async fn pipelined_commands_are_answered_in_their_order() {
        let (_desk, mut client) = open().await;
        client
            .send(b"EHLO c\r\nMAIL FROM:<a@example.net>\r\nRCPT TO:<nobody@example.com>\r\nRCPT TO:<sales@example.com>\r\nDATA\r\n")
            .await;
        let mut replies = Vec::new();
        for _ in 0..5 {
            replies.push(client.reply().await[..3].to_owned());
        }
        assert_eq!(replies, ["250", "250", "550", "250", "354"]);
    }

    #[tokio::test]
    async fn ehlo_says_what_is_offered_and_nothing_else() {
        let (_desk, mut client) = open().await;
        let offers = client.say("EHLO client").await;
        assert_eq!(
            offers,
            "250-desk.example.com\n250-PIPELINING\n250-8BITMIME\n250-SMTPUTF8\n250-SIZE 100000000\n\
             250 ENHANCEDSTATUSCODES"
        );
        client.expect("STARTTLS", "502 ").await;
        client.expect("AUTH PLAIN AGEAYg==", "502 ").await;
        client.expect("VRFY support", "252 ").await;
        client.expect("BDAT 3 LAST", "502 ").await;
    }

    #[tokio::test]
    async fn only_our_addresses_are_taken_and_nothing_is_relayed() {
        let (desk, mut client) = open().await;
        client.expect("EHLO c", "250-").await;
        client.expect("MAIL FROM:<> BODY=8BITMIME SMTPUTF8", "250 ").await;
        client.expect("RCPT TO:<friend@elsewhere.example>", "550 5.1.1").await;
        client.expect("RCPT TO:<nobody@example.com>", "550 5.1.1").await;
        client.expect("RCPT TO:<busy@example.com>", "451 4.3.0").await;
        client.expect("DATA", "554 5.5.1").await;
        client.expect("RCPT TO:<a..b@docomo.ne.jp>", "250 ").await;
        client.expect("DATA", "354 ").await;
        client.send(b".\r\n").await;
        client.reply().await;
        assert_eq!(desk.kept()[0].envelope_from, "");
        assert_eq!(desk.kept()[0].bytes, b"");
    }

    #[tokio::test]
    async fn commands_out_of_order_are_refused_and_rset_forgets() {
        let (_desk, mut client) = open().await;
        client.expect("MAIL FROM:<a@example.net>", "503 5.5.1").await;
        client.expect("EHLO", "501 ").await;
        client.expect("HELO old.example", "250 desk.example.com").await;
        client.expect("RCPT TO:<support@example.com>", "503 5.5.1").await;
        client.expect("DATA", "503 5.5.1").await;
        client.expect("MAIL FROM:<a@example.net>", "250 ").await;
        client.expect("MAIL FROM:<a@example.net>", "503 5.5.1").await;
        client.expect("RSET", "250 ").await;
        client.expect("RCPT TO:<support@example.com>", "503 5.5.1").await;
        client.expect("MAIL FROM:<a@example.net", "501 5.1.7").await;
        client.expect("MAIL FROM:<a@example.net> SIZE=x", "501 5.5.4").await;
        client.expect("MAIL FROM:<a@example.net> BODY=BINARYMIME", "501 5.5.4").await;
        client.expect("mail from: <a@example.net> size=12", "250 ").await;
        client.expect("RCPT TO:<>", "501 5.1.3").await;
        client.expect("XYZZY", "500 5.5.2").await;
    }

    #[tokio::test]
    async fn a_keeper_in_trouble_makes_the_sender_try_again() {
        let (desk, mut client) = open().await;
        client.expect("EHLO c", "250-").await;
        for (answers, reply) in [
            (vec![Err(KeepError::Temporary)], "451 4.3.0"),
            (vec![Ok(()), Err(KeepError::Full)], "452 4.3.1"),
            (vec![Err(KeepError::Refused), Err(KeepError::Temporary)], "451 4.3.0"),
            (vec![Ok(()), Err(KeepError::Refused)], "550 5.7.1"),
            (vec![Ok(()), Ok(())], "250 2.6.0"),
        ] {
            desk.answer_with(&answers);
            client.envelope(&["support@example.com", "sales@example.com"]).await;
            client.send(b"x\r\n.\r\n").await;
            let said = client.reply().await;
            assert!(said.starts_with(reply), "{answers:?}: {said}");
        }
    }

    #[tokio::test]
    async fn lmtp_answers_for_each_recipient() {
        let (desk, mut client) = open().await;
        desk.answer_with(&[Ok(()), Err(KeepError::Temporary), Ok(())]);
        client.expect("LHLO mta.example.com", "250-").await;
        client.expect("MAIL FROM:<a@example.net>", "250 ").await;
        for address in ["support@example.com", "nobody@example.com", "sales@example.com", "info@example.com"]
        {
            client.say(&format!("RCPT TO:<{address}>")).await;
        }
        client.expect("DATA", "354 ").await;
        client.send(b"x\r\n.\r\n").await;
        let replies = [client.reply().await, client.reply().await, client.reply().await];
        assert_eq!(replies.map(|r| r[..9].to_owned()), ["250 2.6.0", "451 4.3.0", "250 2.6.0"]);
        client.expect("NOOP", "250 2.0.0").await;
        assert!(desk.kept()[0].lmtp);
        assert_eq!(desk.kept()[0].envelope_to.len(), 3);
    }

    #[tokio::test]
    async fn at_a_stop_the_mail_being_kept_is_still_acknowledged() {
        let mut desk = Desk::open_with(settings(), 0).await;
        let mut waiting = Client::greeted(desk.address).await;
        let mut client = Client::greeted(desk.address).await;
        client.begin(&["support@example.com"]).await;
        client.send(b"x\r\n.\r\n").await;
        desk.ledger.at_gate.acquire().await.unwrap().forget();
        desk.stop.cancel();
        assert!(waiting.rest().await.starts_with("421 4.3.2"));
        desk.ledger.gate.add_permits(1);
        let rest = client.rest().await;
        assert!(rest.starts_with("250 2.6.0 kept\r\n421 4.3.2"), "{rest}");
        desk.running.join_next().await.unwrap().unwrap();
    }
}
