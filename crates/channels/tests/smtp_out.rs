//! Sending, against a server that plays every part: what leaves, and what is known afterwards.

#[cfg(test)]
mod support;

#[cfg(test)]
mod tests {
    use channels::smtp_out::{Outcome, Sent, SmtpError, send, try_login};
    use channels::tls::Security;

    use crate::support::certificates::Authority;
    use crate::support::desk::{Desk, settings};
    use crate::support::fake::{Fake, Peer, impatience, public_roots};

    const HELO: &str = "desk.example.com";
    const MAIL: &[u8] = b"Subject: =?utf-8?B?44GC?=\r\n\r\n.dot\r\n..\r\nlast\r\n";

    fn to(addresses: &[&str]) -> Vec<String> {
        addresses.iter().map(|address| (*address).to_owned()).collect()
    }

    fn outcomes(sent: &Sent) -> Vec<Outcome> {
        sent.recipients.iter().map(|recipient| recipient.outcome).collect()
    }

    /// Sends to these, with the server played by `part`.
    async fn sending(addresses: &[&str], from: &str, part: impl AsyncFnOnce(&mut Peer)) -> Sent {
        let fake = Fake::open().await;
        let server = fake.server(Security::None, &public_roots());
        let addresses = to(addresses);
        let play = async {
            let mut peer = fake.accept().await;
            part(&mut peer).await;
        };
        tokio::join!(send(&server, HELO, from, &addresses, MAIL), play).0
    }

    #[tokio::test]
    async fn what_leaves_is_byte_for_byte_what_was_given() {
        let sent = sending(&["a@example.net", "b@example.net"], "support@example.com", async |peer| {
            peer.smtp(&["SIZE 1000000", "8BITMIME"]).await;
            let length = MAIL.len();
            assert_eq!(peer.answer("250 ok").await, format!("MAIL FROM:<support@example.com> SIZE={length}"));
            assert_eq!(peer.answer("250 ok").await, "RCPT TO:<a@example.net>");
            assert_eq!(peer.answer("251 forwarded").await, "RCPT TO:<b@example.net>");
            assert_eq!(peer.answer("354 go on").await, "DATA");
            let mail = peer.mail().await;
            assert_eq!(mail, b"Subject: =?utf-8?B?44GC?=\r\n\r\n..dot\r\n...\r\nlast\r\n.\r\n");
            peer.say("250-2.0.0 queued as ABC\r\n250 thank you\r\n").await;
            assert_eq!(peer.line().await, "QUIT");
        })
        .await;
        assert_eq!(outcomes(&sent), [Outcome::Accepted, Outcome::Accepted]);
        assert_eq!(sent.recipients[0].answer, "250-2.0.0 queued as ABC\n250 thank you");
        assert_eq!(sent.recipients[0].trouble, None);
        assert!(!sent.before_dot && !sent.null_sender_refused);
    }

    #[tokio::test]
    async fn our_own_listener_receives_the_same_bytes() {
        let desk = Desk::open(settings()).await;
        let fake = Fake::open().await;
        let mut server = fake.server(Security::None, &public_roots());
        server.port = desk.address.port();
        let large = [b".".repeat(900), b"\r\n.\r\n\r\n".to_vec()].concat().repeat(300);
        for bytes in [MAIL, b"\r\n", b".\r\n", b"\r\n.\r\n\r\n", &large] {
            let sent = send(&server, HELO, "", &to(&["support@example.com"]), bytes).await;
            assert_eq!(outcomes(&sent), [Outcome::Accepted], "{sent:?}");
            assert!(desk.kept().last().unwrap().bytes == bytes);
        }
    }

    #[tokio::test]
    async fn each_recipient_gets_the_answer_that_was_said_about_them() {
        let addresses = ["good@example.net", "gone@example.net", "later@example.net", "問@example.net"];
        let sent = sending(&addresses, "", async |peer| {
            peer.smtp(&[]).await;
            assert_eq!(peer.answer("250 ok").await, "MAIL FROM:<>");
            peer.answer("250 ok").await;
            peer.answer("550-5.1.1 no such user\r\n550 5.1.1 \u{3042}").await;
            peer.answer("450 4.2.1 greylisted").await;
            peer.answer("354 go on").await;
            peer.mail().await;
            peer.conclude("250 queued").await;
        })
        .await;
        assert_eq!(
            outcomes(&sent),
            [Outcome::Accepted, Outcome::Refused, Outcome::Deferred, Outcome::Refused]
        );
        let answers: Vec<_> = sent.recipients.iter().map(|r| r.answer.as_str()).collect();
        assert_eq!(
            answers,
            ["250 queued", "550-5.1.1 no such user\n550 5.1.1 あ", "450 4.2.1 greylisted", ""]
        );
        let codes: Vec<_> =
            sent.recipients.iter().map(|r| r.trouble.as_ref().map_or("", SmtpError::code)).collect();
        assert_eq!(codes, ["", "recipient_refused", "not_now", "address_needs_utf8"]);
    }

    #[tokio::test]
    async fn without_any_recipient_no_mail_is_sent() {
        let sent = sending(&["a@example.net", "b@example.net"], "support@example.com", async |peer| {
            peer.smtp(&[]).await;
            peer.answer("250 ok").await;
            peer.answer("550 no").await;
            peer.answer("421 4.3.0 busy").await;
            assert_eq!(peer.line().await, "QUIT");
        })
        .await;
        assert_eq!(outcomes(&sent), [Outcome::Refused, Outcome::Deferred]);
        assert!(sent.before_dot);
    }

    #[tokio::test]
    async fn an_address_of_a_carrier_is_sent_as_it_is_and_quoted_only_if_that_is_refused() {
        let sent = sending(&["a..b@docomo.ne.jp", "c.@ezweb.ne.jp"], "support@example.com", async |peer| {
            peer.smtp(&[]).await;
            peer.answer("250 ok").await;
            assert_eq!(peer.answer("250 ok").await, "RCPT TO:<a..b@docomo.ne.jp>");
            assert_eq!(peer.answer("501 5.1.3 syntax").await, "RCPT TO:<c.@ezweb.ne.jp>");
            assert_eq!(peer.answer("550 5.1.1 unknown").await, "RCPT TO:<\"c.\"@ezweb.ne.jp>");
            peer.answer("354 go on").await;
            peer.mail().await;
            peer.conclude("250 ok").await;
        })
        .await;
        assert_eq!(outcomes(&sent), [Outcome::Accepted, Outcome::Refused]);
        assert_eq!(sent.recipients[1].answer, "501 5.1.3 syntax\n550 5.1.1 unknown");
        assert_eq!(sent.recipients[0].address, "a..b@docomo.ne.jp");
    }

    #[tokio::test]
    async fn a_refused_null_sender_is_named() {
        let sent = sending(&["a@example.net"], "", async |peer| {
            peer.smtp(&[]).await;
            peer.answer("553 5.7.1 sender not allowed").await;
            assert_eq!(peer.line().await, "QUIT");
        })
        .await;
        assert!(sent.null_sender_refused && sent.before_dot);
        assert_eq!(outcomes(&sent), [Outcome::Refused]);
        let sent = sending(&["a@example.net"], "x@example.com", async |peer| {
            peer.smtp(&[]).await;
            peer.answer("553 5.7.1 sender not allowed").await;
            peer.line().await;
        })
        .await;
        assert!(!sent.null_sender_refused);
    }

    #[tokio::test]
    async fn before_the_dot_a_lost_connection_only_means_later() {
        let sent = sending(&["gone@example.net", "a@example.net"], "x@example.com", async |peer| {
            peer.smtp(&[]).await;
            peer.answer("250 ok").await;
            peer.answer("550 no").await;
            peer.answer("250 ok").await;
            peer.line().await;
        })
        .await;
        // Who was refused by name stays refused.
        assert_eq!(outcomes(&sent), [Outcome::Refused, Outcome::Deferred]);
        assert_eq!(sent.recipients[1].trouble.as_ref().unwrap().code(), "closed");
        assert!(sent.before_dot);
    }

    #[tokio::test]
    async fn after_the_dot_without_an_answer_nobody_knows() {
        let sent = sending(&["a@example.net"], "x@example.com", async |peer| {
            peer.smtp(&[]).await;
            peer.envelope(1).await;
            peer.mail().await;
        })
        .await;
        assert_eq!(outcomes(&sent), [Outcome::Unknown]);
        assert_eq!(sent.recipients[0].trouble.as_ref().unwrap().code(), "no_answer_after_dot");
        assert!(!sent.before_dot);
        let sent = sending(&["a@example.net"], "x@example.com", async |peer| {
            peer.smtp(&[]).await;
            peer.envelope(1).await;
            peer.mail().await;
            peer.say("25").await;
        })
        .await;
        assert_eq!(outcomes(&sent), [Outcome::Unknown]);
    }

    #[tokio::test]
    async fn an_answer_after_the_dot_decides_for_all() {
        for (reply, outcome, code) in [
            ("452 4.3.1 full", Outcome::Deferred, "not_now"),
            ("554-5.7.1 spam\r\n554 go away", Outcome::Refused, "mail_refused"),
            ("999 what", Outcome::Unknown, "unreadable"),
            ("354 more", Outcome::Unknown, "unreadable"),
        ] {
            let sent = sending(&["a@example.net", "b@example.net"], "x@example.com", async |peer| {
                peer.smtp(&[]).await;
                peer.envelope(2).await;
                peer.mail().await;
                peer.conclude(reply).await;
            })
            .await;
            assert_eq!(outcomes(&sent), [outcome, outcome], "{reply}");
            assert_eq!(sent.recipients[1].trouble.as_ref().unwrap().code(), code, "{reply}");
        }
    }

    #[tokio::test]
    async fn a_no_in_shift_jis_is_still_a_no() {
        let sent = sending(&["a@example.net"], "x@example.com", async |peer| {
            peer.smtp(&[]).await;
            peer.envelope(1).await;
            peer.mail().await;
            peer.say(b"550 5.7.1 \x8b\x91\x94\xdb\r\n").await;
            assert_eq!(peer.line().await, "QUIT");
        })
        .await;
        assert_eq!(outcomes(&sent), [Outcome::Refused]);
        assert!(sent.recipients[0].answer.starts_with("550 5.7.1 "), "{:?}", sent.recipients[0].answer);
    }

    #[tokio::test]
    async fn a_server_that_breaks_off_the_mail_has_not_taken_it() {
        let fake = Fake::open().await;
        let server = fake.server(Security::None, &public_roots());
        // Larger than what the system buffers, so that the break is felt before the dot.
        let large = b"0123456789012345678901234567890123456789\r\n".repeat(300_000);
        let addresses = to(&["a@example.net"]);
        let play = async {
            let mut peer = fake.accept().await;
            peer.smtp(&[]).await;
            peer.envelope(1).await;
            peer.bytes(1_000).await;
        };
        let (sent, ()) = tokio::join!(send(&server, HELO, "x@example.com", &addresses, &large), play);
        assert_eq!(outcomes(&sent), [Outcome::Deferred]);
        assert!(sent.before_dot);
    }

    #[tokio::test]
    async fn a_stall_is_not_waited_for_without_end() {
        let fake = Fake::open().await;
        let mut server = fake.server(Security::None, &public_roots());
        server.patience = impatience();
        let addresses = to(&["a@example.net"]);
        for (after_dot, outcome) in [(false, Outcome::Deferred), (true, Outcome::Unknown)] {
            let play = async {
                let mut peer = fake.accept().await;
                peer.smtp(&[]).await;
                if after_dot {
                    peer.envelope(1).await;
                    peer.mail().await;
                }
                peer.rest().await;
            };
            let (sent, ()) = tokio::join!(send(&server, HELO, "x@example.com", &addresses, MAIL), play);
            assert_eq!(outcomes(&sent), [outcome]);
        }
    }

    #[tokio::test]
    async fn bytes_with_bare_line_ends_never_leave() {
        let fake = Fake::open().await;
        let server = fake.server(Security::None, &public_roots());
        for bytes in [b"a\nb\r\n".as_slice(), b"a\r\n.\nb\r\n", b"a", b""] {
            let sent = send(&server, HELO, "x@example.com", &to(&["a@example.net"]), bytes).await;
            assert_eq!(sent.recipients[0].trouble, Some(SmtpError::LinesNotCrlf));
            assert!(sent.before_dot);
        }
    }

    #[tokio::test]
    async fn trouble_with_the_server_is_not_held_against_the_mail() {
        let fake = Fake::open().await;
        let mut server = fake.server(Security::None, &public_roots());
        server.user = Some("taro".to_owned());
        server.password = Some("secret".to_owned());
        let addresses = to(&["a@example.net"]);
        let play = async {
            let mut peer = fake.accept().await;
            peer.smtp(&["AUTH PLAIN"]).await;
            peer.answer("535 5.7.8 bad password").await;
        };
        let (sent, ()) = tokio::join!(send(&server, HELO, "x@example.com", &addresses, MAIL), play);
        assert_eq!(outcomes(&sent), [Outcome::Deferred]);
        assert_eq!(sent.recipients[0].trouble.as_ref().unwrap().code(), "login_refused");
        assert_eq!(sent.recipients[0].answer, "535 5.7.8 bad password");
    }

    #[tokio::test]
    async fn a_mail_goes_over_starttls_with_a_login() {
        let authority = Authority::new();
        let identity = authority.sign("localhost").server();
        let roots = channels::tls::Roots::new(Some(authority.pem().as_bytes())).unwrap();
        let fake = Fake::open().await;
        let mut server = fake.server(Security::StartTls, &roots);
        server.user = Some("太郎".to_owned());
        server.password = Some("秘密\"\\".to_owned());
        let addresses = to(&["a@example.net"]);
        let play = async {
            let mut peer = fake.accept().await;
            peer.smtp(&["STARTTLS"]).await;
            assert_eq!(peer.answer("220 go").await, "STARTTLS");
            assert!(peer.start_tls(&identity).await);
            peer.ehlo(&["auth login plain"]).await;
            // \0太郎\0秘密"\ in UTF-8
            assert_eq!(peer.answer("235 ok").await, "AUTH PLAIN AOWkqumDjgDnp5jlr4YiXA==");
            peer.envelope(1).await;
            assert_eq!(peer.mail().await.len(), MAIL.len() + 2 + 3);
            peer.conclude("250 ok").await;
        };
        let (sent, ()) = tokio::join!(send(&server, HELO, "x@example.com", &addresses, MAIL), play);
        assert_eq!(outcomes(&sent), [Outcome::Accepted], "{sent:?}");
    }

    #[tokio::test]
    async fn a_login_is_tried_without_sending_anything() {
        let fake = Fake::open().await;
        let mut server = fake.server(Security::None, &public_roots());
        server.user = Some("taro".to_owned());
        server.password = Some("secret".to_owned());
        let play = async {
            let mut peer = fake.accept().await;
            peer.smtp(&["AUTH=LOGIN", "SIZE 10"]).await;
            assert_eq!(peer.answer("334 VXNlcm5hbWU6").await, "AUTH LOGIN");
            assert_eq!(peer.answer("334 UGFzc3dvcmQ6").await, "dGFybw==");
            assert_eq!(peer.answer("235 ok").await, "c2VjcmV0");
            assert_eq!(peer.line().await, "QUIT");
        };
        let (banner, ()) = tokio::join!(try_login(&server, HELO), play);
        let banner = banner.unwrap();
        assert_eq!(banner.greeting, "220 mx.example.net ESMTP");
        assert_eq!(banner.offers, ["AUTH=LOGIN", "SIZE 10", "HELP"]);
    }
}
