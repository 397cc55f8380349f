//! TLS towards mail servers: certificates of every bad kind, offers taken away, plain text put in.

#[cfg(test)]
mod support;

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use channels::imap::{Account, ImapError, Session};
    use channels::smtp_out::{SmtpError, try_login};
    use channels::tls::{Roots, Security};
    use rustls::ServerConfig;

    use crate::support::certificates::{Authority, Identity, self_signed};
    use crate::support::fake::{Fake, impatience, public_roots};

    const HELO: &str = "desk.example.com";

    fn code<T>(result: Result<T, ImapError>) -> &'static str {
        result.err().map_or("no error", |error| error.code())
    }

    fn smtp_code<T>(result: Result<T, SmtpError>) -> &'static str {
        result.err().map_or("no error", |error| error.code())
    }

    fn believing(authority: &Authority) -> Roots {
        Roots::new(Some(authority.pem().as_bytes())).unwrap()
    }

    /// Plays an IMAP server with TLS from the first byte as far as the client goes along.
    async fn tls_server(fake: &Fake, identity: &Arc<ServerConfig>) {
        let mut peer = fake.accept().await;
        if peer.start_tls(identity).await {
            peer.imap("").await;
        }
    }

    async fn connecting(identity: &Identity, roots: &Roots) -> Result<Session, ImapError> {
        let fake = Fake::open().await;
        let account = fake.account(Security::Tls, roots);
        let identity = identity.server();
        tokio::join!(Session::connect(&account), tls_server(&fake, &identity)).0
    }

    #[tokio::test]
    async fn each_fault_of_a_certificate_has_its_own_name() {
        let ours = Authority::new();
        let roots = believing(&ours);
        let good = ours.sign("localhost");
        assert_eq!(code(connecting(&good, &roots).await), "no error");
        assert_eq!(code(connecting(&good, &public_roots()).await), "certificate_unknown_issuer");
        assert_eq!(
            code(connecting(&Authority::new().sign("localhost"), &roots).await),
            "certificate_unknown_issuer"
        );
        let expired = ours.sign_for("localhost", (2001, 2002));
        assert_eq!(code(connecting(&expired, &roots).await), "certificate_expired");
        let unborn = ours.sign_for("localhost", (2090, 2091));
        assert_eq!(code(connecting(&unborn, &roots).await), "certificate_not_yet_valid");
        let other = connecting(&ours.sign("mail.example.net"), &roots).await;
        let shown = format!("{other:?}");
        assert_eq!(code(other), "certificate_wrong_name");
        assert!(shown.contains("mail.example.net"), "{shown}");
    }

    #[tokio::test]
    async fn a_certificate_signed_by_itself_is_believed_only_when_it_is_named() {
        let alone = self_signed("localhost", false);
        let naming_it = |identity: &Identity| Roots::new(Some(identity.certificate.as_bytes())).unwrap();
        assert_eq!(code(connecting(&alone, &public_roots()).await), "certificate_unknown_issuer");
        assert_eq!(code(connecting(&alone, &naming_it(&alone)).await), "no error");
        // One that is marked as an authority can't be helped by naming it.
        let marked = self_signed("localhost", true);
        assert_eq!(code(connecting(&marked, &naming_it(&marked)).await), "certificate_is_authority");
    }

    #[tokio::test]
    async fn sending_knows_the_same_faults() {
        let ours = Authority::new();
        for (identity, expected) in [
            (ours.sign("localhost"), "no error"),
            (ours.sign_for("localhost", (2001, 2002)), "certificate_expired"),
            (ours.sign("mail.example.net"), "certificate_wrong_name"),
            (Authority::new().sign("localhost"), "certificate_unknown_issuer"),
        ] {
            let fake = Fake::open().await;
            let server = fake.server(Security::Tls, &believing(&ours));
            let identity = identity.server();
            let play = async {
                let mut peer = fake.accept().await;
                if peer.start_tls(&identity).await {
                    peer.smtp(&[]).await;
                    peer.line().await;
                }
            };
            assert_eq!(smtp_code(tokio::join!(try_login(&server, HELO), play).0), expected);
        }
    }

    #[tokio::test]
    async fn a_port_without_tls_is_recognised() {
        let fake = Fake::open().await;
        let account = fake.account(Security::Tls, &public_roots());
        let play = async {
            let mut peer = fake.accept().await;
            peer.say("* OK ready\r\n").await;
            peer.rest().await;
        };
        assert_eq!(code(tokio::join!(Session::connect(&account), play).0), "not_tls");
    }

    #[tokio::test]
    async fn starttls_protects_imap_and_nothing_secret_is_said_before() {
        let ours = Authority::new();
        let identity = ours.sign("localhost").server();
        let fake = Fake::open().await;
        let account = fake.account(Security::StartTls, &believing(&ours));
        let play = async {
            let mut peer = fake.accept().await;
            peer.say("* OK [CAPABILITY IMAP4rev1] ready\r\n").await;
            assert_eq!(peer.obey("* CAPABILITY IMAP4rev1 STARTTLS AUTH=PLAIN\r\n").await, "CAPABILITY");
            assert_eq!(peer.obey("").await, "STARTTLS");
            assert!(peer.start_tls(&identity).await);
            // What was offered before TLS is forgotten: AUTH=PLAIN is not used.
            assert_eq!(peer.obey("* CAPABILITY IMAP4rev1\r\n").await, "CAPABILITY");
            assert_eq!(peer.obey("").await, "LOGIN \"taro\" \"secret\"");
            assert_eq!(peer.obey("* CAPABILITY IMAP4rev1\r\n").await, "CAPABILITY");
        };
        assert_eq!(code(tokio::join!(Session::connect(&account), play).0), "no error");
    }

    #[tokio::test]
    async fn an_offer_of_tls_that_is_missing_or_withdrawn_ends_the_connection() {
        for (offer, answer, expected) in
            [("", "", "starttls_not_offered"), ("STARTTLS", "NO not today", "starttls_refused")]
        {
            let fake = Fake::open().await;
            let account = fake.account(Security::StartTls, &public_roots());
            let play = async {
                let mut peer = fake.accept().await;
                peer.say("* OK ready\r\n").await;
                peer.obey(format!("* CAPABILITY IMAP4rev1 {offer}\r\n")).await;
                if !answer.is_empty() {
                    assert_eq!(peer.refuse(answer).await, "STARTTLS");
                }
                // Above all: no LOGIN.
                assert_eq!(peer.rest().await, b"");
            };
            let (result, ()) = tokio::join!(Session::connect(&account), play);
            let said = result.as_ref().err().and_then(ImapError::answer).unwrap_or_default().to_owned();
            assert_eq!(code(result), expected);
            assert_eq!(said, answer);
        }
    }

    #[tokio::test]
    async fn sending_never_falls_back_to_plain_text() {
        for (offers, answer, expected) in [
            (&[][..], "", "starttls_not_offered"),
            (&["STARTTLS"][..], "454 4.7.0 TLS not available", "starttls_refused"),
        ] {
            let fake = Fake::open().await;
            let mut server = fake.server(Security::StartTls, &public_roots());
            server.user = Some("taro".to_owned());
            let play = async {
                let mut peer = fake.accept().await;
                peer.smtp(offers).await;
                if !answer.is_empty() {
                    assert_eq!(peer.answer(answer).await, "STARTTLS");
                }
                assert_eq!(peer.rest().await, b"");
            };
            assert_eq!(smtp_code(tokio::join!(try_login(&server, HELO), play).0), expected);
        }
    }

    #[tokio::test]
    async fn plain_text_behind_the_answer_to_starttls_is_an_attack() {
        let ours = Authority::new();
        let identity = ours.sign("localhost").server();
        let roots = believing(&ours);

        let fake = Fake::open().await;
        let server = fake.server(Security::StartTls, &roots);
        let play = async {
            let mut peer = fake.accept().await;
            peer.smtp(&["STARTTLS"]).await;
            peer.answer("220 go\r\n250-evil.example\r\n250 AUTH PLAIN").await;
            peer.start_tls(&identity).await;
        };
        assert_eq!(smtp_code(tokio::join!(try_login(&server, HELO), play).0), "starttls_injected");

        let fake = Fake::open().await;
        let account = fake.account(Security::StartTls, &roots);
        let play = async {
            let mut peer = fake.accept().await;
            peer.say("* OK ready\r\n").await;
            peer.obey("* CAPABILITY IMAP4rev1 STARTTLS\r\n").await;
            let (tag, _) = peer.command().await;
            peer.say(format!("{tag} OK go\r\n* CAPABILITY IMAP4rev1 AUTH=PLAIN\r\n")).await;
            peer.start_tls(&identity).await;
        };
        assert_eq!(code(tokio::join!(Session::connect(&account), play).0), "starttls_injected");
    }

    #[tokio::test]
    async fn a_server_that_signs_us_in_by_itself_is_not_believed() {
        for security in [Security::StartTls, Security::None] {
            let fake = Fake::open().await;
            let account = fake.account(security, &public_roots());
            let play = async {
                let mut peer = fake.accept().await;
                peer.say("* PREAUTH welcome back\r\n").await;
                assert_eq!(peer.rest().await, b"");
            };
            assert_eq!(code(tokio::join!(Session::connect(&account), play).0), "preauthenticated");
        }
    }

    #[tokio::test]
    async fn a_server_that_is_not_there_is_told_apart_from_one_that_is_silent() {
        let fake = Fake::open().await;
        let account = fake.account(Security::None, &public_roots());
        let nowhere = Account { host: "mail.example.invalid".to_owned(), ..account.clone() };
        assert_eq!(code(Session::connect(&nowhere).await), "no_such_host");
        for security in [Security::None, Security::Tls] {
            let silent = Account { patience: impatience(), security, ..account.clone() };
            assert_eq!(code(Session::connect(&silent).await), "timed_out");
        }
        drop(fake);
        assert_eq!(code(Session::connect(&account).await), "unreachable");
    }

    #[tokio::test]
    async fn what_is_no_mail_server_is_recognised() {
        for (greeting, imap, smtp) in [
            ("HTTP/1.1 400 Bad Request\r\n\r\n", "not_imap", "not_smtp"),
            ("* BYE too many connections\r\n", "turned_away", "not_smtp"),
            ("554 5.7.1 go away\r\n", "not_imap", "turned_away"),
            ("SSH-2.0-OpenSSH_9.2\r\n", "not_imap", "not_smtp"),
        ] {
            let fake = Fake::open().await;
            let account = fake.account(Security::None, &public_roots());
            let server = fake.server(Security::None, &public_roots());
            let play = async {
                for _ in 0..2 {
                    fake.accept().await.say(greeting).await;
                }
            };
            let both = async { (Session::connect(&account).await, try_login(&server, HELO).await) };
            let ((by_imap, by_smtp), ()) = tokio::join!(both, play);
            assert_eq!(code(by_imap), imap, "{greeting}");
            assert_eq!(smtp_code(by_smtp), smtp, "{greeting}");
        }
    }

    #[test]
    fn a_file_of_roots_that_can_not_be_used_says_why() {
        use channels::tls::BadRoots;
        let broken = "-----BEGIN CERTIFICATE-----\n!!!\n-----END CERTIFICATE-----\n";
        let wrong = "-----BEGIN CERTIFICATE-----\naGVsbG8=\n-----END CERTIFICATE-----\n";
        assert!(matches!(Roots::new(Some(b"hello")), Err(BadRoots::Empty)));
        assert!(matches!(Roots::new(Some(broken.as_bytes())), Err(BadRoots::NotPem { .. })));
        assert!(matches!(Roots::new(Some(wrong.as_bytes())), Err(BadRoots::NotUsable { .. })));
    }
}
