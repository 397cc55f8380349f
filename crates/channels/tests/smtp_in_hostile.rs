//! The listener against senders that mean ill or know no better: smuggling, limits, noise.

#[cfg(test)]
mod support;

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::time::Duration;

    use proptest::prelude::*;
    use proptest::test_runner::{Config, TestRunner};

    use crate::support::client::Client;
    use crate::support::desk::{Desk, settings};

    /// Ends of data that some server somewhere takes for one, or that come near it.
    const ENDS: [&[u8]; 19] = [
        b"\n.\n",
        b"\n.\r\n",
        b"\r\n.\n",
        b"\r.\r",
        b"\r.\r\n",
        b"\r\n.\r",
        b"\r.\n",
        b"\n.\r",
        b"\n\n.\r\n",
        b"\r\r\n.\r\r\n",
        b"\r\n.\r\r\n",
        b"\r\r\n.\r\n",
        b"\n.\n\r\n",
        b"\r\n\n.\r\n",
        b"\r\n.\n\r",
        b"\r\n.\r\0\n",
        b"\n\r.\r\n",
        b"\r\n\0.\r\n",
        b"\r\n\0.\r\0\n",
    ];

    #[tokio::test]
    async fn no_second_mail_can_be_smuggled_behind_a_false_end() {
        let desk = Desk::open(settings()).await;
        for end in ENDS {
            let shown = String::from_utf8_lossy(end).into_owned();
            let mut client = Client::greeted(desk.address).await;
            client.begin(&["support@example.com"]).await;
            let smuggled = b"MAIL FROM:<evil@example.net>\r\nRCPT TO:<sales@example.com>\r\nDATA\r\n\
                Subject: smuggled\r\n\r\nx\r\n.\r\nQUIT\r\n";
            client.send(&[b"Subject: honest\r\n\r\nx".as_slice(), end, smuggled].concat()).await;
            client.half_close().await;
            let replies = client.rest().await;

            let kept = std::mem::take(&mut *desk.ledger.kept.lock().unwrap());
            assert!(kept.len() <= 1, "{shown:?}: {replies}");
            for mail in &kept {
                let text = String::from_utf8_lossy(&mail.bytes).into_owned();
                assert!(mail.envelope_from == "a@example.net", "{shown:?}");
                assert!(text.starts_with("Subject: honest"), "{shown:?}");
                // A mail that is kept has no bare line end that a later server could take for one.
                assert!(!text.replace("\r\n", "").contains(['\r', '\n']), "{shown:?}: {text:?}");
            }
            let bare = String::from_utf8_lossy(end).replace("\r\n", "").contains(['\r', '\n']);
            assert_eq!(kept.is_empty(), bare, "{shown:?}: {replies}");
            assert_eq!(replies.starts_with("550 5.6.11"), bare, "{shown:?}: {replies}");
        }
    }

    #[tokio::test]
    async fn a_bare_line_end_in_a_command_ends_the_conversation() {
        let desk = Desk::open(settings()).await;
        for bytes in [b"EHLO c\n".as_slice(), b"EHLO c\rNOOP\r\n", b"NOOP\r\r\n"] {
            let mut client = Client::greeted(desk.address).await;
            client.send(bytes).await;
            let replies = client.rest().await;
            assert!(replies.starts_with("550 5.6.11"), "{bytes:?}: {replies}");
        }
    }

    #[tokio::test]
    async fn a_line_far_beyond_a_thousand_bytes_is_no_reason_to_lose_a_mail() {
        let desk = Desk::open(settings()).await;
        let mut client = Client::greeted(desk.address).await;
        client.begin(&["support@example.com"]).await;
        client.send(&[vec![b'x'; 300_000].as_slice(), b"\r\n.\r\n"].concat()).await;
        assert!(client.reply().await.starts_with("250 "));
        assert_eq!(desk.kept()[0].bytes.len(), 300_002);
    }

    #[tokio::test]
    async fn a_mail_that_is_too_large_is_refused_by_announcement_and_by_count() {
        let mut settings = settings();
        settings.max_size = 1_000;
        let desk = Desk::open(settings).await;
        let mut client = Client::greeted(desk.address).await;
        client.expect("EHLO c", "250-").await;
        client.expect("MAIL FROM:<a@example.net> SIZE=1001", "552 5.3.4").await;
        for (length, reply) in [(999, "552 5.3.4"), (998, "250 ")] {
            client.envelope(&["support@example.com"]).await;
            client.send(&vec![b'x'; length]).await;
            client.send(b"\r\n.\r\n").await;
            assert!(client.reply().await.starts_with(reply), "{length} and CRLF");
        }
        assert_eq!(desk.kept().len(), 1);
        // One that never stops is cut off.
        client.envelope(&["support@example.com"]).await;
        client.send(&vec![b'x'; 1_100_000]).await;
        assert!(client.rest().await.starts_with("552 5.3.4"));
    }

    #[tokio::test]
    async fn recipients_sessions_and_lines_have_their_limits() {
        let mut settings = settings();
        settings.max_recipients = 2;
        settings.max_sessions = 2;
        let desk = Desk::open(settings).await;
        let mut client = Client::greeted(desk.address).await;
        client.expect("EHLO c", "250-").await;
        client.expect("MAIL FROM:<a@example.net>", "250 ").await;
        for reply in ["250 ", "250 ", "452 4.5.3"] {
            client.expect("RCPT TO:<support@example.com>", reply).await;
        }
        client.expect(&"N".repeat(3_000), "500 5.5.2").await;
        client.expect("NOOP", "250 ").await;

        let other = Client::greeted(desk.address).await;
        let mut third = Client::connect(desk.address).await;
        assert!(third.rest().await.starts_with("421 4.3.2"));
        drop(other);
        // A seat that was left is free again, in a moment.
        loop {
            let mut fourth = Client::connect(desk.address).await;
            if fourth.reply().await.starts_with("220 ") {
                break;
            }
        }
    }

    #[tokio::test]
    async fn a_line_without_end_is_cut_off() {
        let desk = Desk::open(settings()).await;
        let mut client = Client::greeted(desk.address).await;
        client.send(&vec![b'x'; 70_000]).await;
        assert!(client.rest().await.starts_with("500 5.5.2"));
    }

    #[tokio::test]
    async fn who_says_nothing_is_sent_away() {
        let mut settings = settings();
        settings.idle = Duration::from_secs(2);
        let desk = Desk::open(settings).await;
        let mut client = Client::greeted(desk.address).await;
        assert!(client.rest().await.starts_with("421 4.4.2"));
        let mut client = Client::greeted(desk.address).await;
        client.begin(&["support@example.com"]).await;
        client.send(b"half a mail\n.\n").await;
        assert!(client.rest().await.starts_with("421 4.4.2"));
        assert!(desk.kept().is_empty());
    }

    #[tokio::test]
    async fn who_only_makes_mistakes_is_sent_away() {
        let desk = Desk::open(settings()).await;
        let mut client = Client::greeted(desk.address).await;
        client.send("XYZZY\r\n".repeat(30).as_bytes()).await;
        let replies = client.rest().await;
        assert_eq!(replies.matches("500 5.5.2").count(), 20, "{replies}");
        assert!(replies.ends_with("421 4.7.0 too many errors\r\n"));
        let mut browser = Client::greeted(desk.address).await;
        browser.send(b"POST / HTTP/1.1\r\nHost: x\r\n\r\nMAIL FROM:<a@example.net>\r\n").await;
        assert!(browser.rest().await.starts_with("421 5.5.1"));
    }

    #[tokio::test]
    async fn a_client_that_leaves_in_the_middle_leaves_nothing() {
        let desk = Desk::open(settings()).await;
        let mut client = Client::greeted(desk.address).await;
        client.begin(&["support@example.com"]).await;
        client.send(b"half a mail\r\n.").await;
        client.half_close().await;
        assert_eq!(client.rest().await, "");
        assert!(desk.kept().is_empty());
    }

    /// Pieces of conversation, broken and whole, in any order.
    fn noise() -> impl Strategy<Value = Vec<u8>> {
        let piece = prop_oneof![
            Just(b"EHLO c\r\n".to_vec()),
            Just(b"LHLO c\r\n".to_vec()),
            Just(b"MAIL FROM:<a@example.net>\r\n".to_vec()),
            Just(b"RCPT TO:<support@example.com>\r\n".to_vec()),
            Just(b"DATA\r\n".to_vec()),
            Just(b"RSET\r\n".to_vec()),
            Just(b"\r\n.\r\n".to_vec()),
            Just(b".\r\n".to_vec()),
            Just(b"\n.\n".to_vec()),
            Just(b"\r".to_vec()),
            Just(b"\n".to_vec()),
            Just(b"EHLO c\r\nMAIL FROM:<>\r\nRCPT TO:<support@example.com>\r\nDATA\r\nx".to_vec()),
            proptest::collection::vec(any::<u8>(), 0..20),
        ];
        proptest::collection::vec(piece, 0..20).prop_map(|pieces| pieces.concat())
    }

    #[test]
    fn whatever_comes_each_mail_kept_has_its_own_proper_end() {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let desk = runtime.block_on(Desk::open(settings()));
        // A panic within a connection would only end that connection: it is counted here.
        let panics = Arc::new(AtomicUsize::new(0));
        let before = std::panic::take_hook();
        let seen = Arc::clone(&panics);
        std::panic::set_hook(Box::new(move |info| {
            seen.fetch_add(1, Ordering::SeqCst);
            before(info);
        }));
        let mut runner = TestRunner::new(Config::with_cases(300));
        let outcome = runner.run(&noise(), |bytes| {
            let replies = runtime.block_on(async {
                let mut client = Client::greeted(desk.address).await;
                client.send(&bytes).await;
                client.half_close().await;
                client.rest().await
            });
            let kept = std::mem::take(&mut *desk.ledger.kept.lock().unwrap());
            let ends = bytes.windows(5).filter(|w| w == b"\r\n.\r\n").count();
            prop_assert!(kept.len() <= ends, "{} mails, {} ends: {}", kept.len(), ends, replies);
            let acknowledged = replies.matches("250 2.6.0").count();
            prop_assert!(acknowledged >= kept.len() || replies.contains("421"), "{replies}");
            Ok(())
        });
        assert_eq!(panics.load(Ordering::SeqCst), 0);
        outcome.unwrap();
    }
}
