//! Waiting for mail, and the ways in which a session ends or never begins.

#[cfg(test)]
mod support;

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use channels::imap::{Account, AfterFetch, ImapError, Session, Woke};
    use channels::tls::Security;
    use tokio_util::sync::CancellationToken;

    use crate::support::fake::{Fake, impatience, public_roots};
    use crate::support::inbox::{with, with_account};

    #[tokio::test]
    async fn news_is_heard_by_idle_and_by_asking() {
        let stop = CancellationToken::new();
        let long = Duration::from_mins(10);
        let woke = with(
            "IDLE",
            async |session| session.wait(long, &stop).await,
            async |peer| {
                let (tag, command) = peer.command().await;
                assert_eq!(command, "IDLE");
                peer.say("+ idling\r\n* OK still here\r\n* 2 EXPUNGE\r\n* 3 EXISTS\r\n").await;
                assert_eq!(peer.line().await, "DONE");
                peer.say(format!("{tag} OK done\r\n")).await;
            },
        );
        assert_eq!(woke.await, Ok(Woke::News));
        // Without IDLE, or where it is refused after all, NOOP tells.
        for abilities in ["IDLE", ""] {
            let woke = with(
                abilities,
                async |session| session.wait(Duration::from_millis(100), &stop).await,
                async |peer| {
                    if !abilities.is_empty() {
                        assert_eq!(peer.refuse("NO not now").await, "IDLE");
                    }
                    assert_eq!(peer.obey("* 4 EXISTS\r\n").await, "NOOP");
                },
            );
            assert_eq!(woke.await, Ok(Woke::News));
        }
    }

    #[tokio::test]
    async fn news_that_came_during_another_command_is_not_forgotten() {
        let stop = CancellationToken::new();
        let woke = with(
            "IDLE",
            async |session| {
                session.settle(&[1], &AfterFetch::Seen).await.unwrap();
                session.wait(Duration::from_mins(10), &stop).await
            },
            async |peer| {
                peer.obey("* 4 EXISTS\r\n").await;
            },
        );
        assert_eq!(woke.await, Ok(Woke::News));
    }

    #[tokio::test]
    async fn waiting_ends_with_its_time_or_with_the_stop() {
        let stop = CancellationToken::new();
        let woke = with(
            "IDLE",
            async |session| {
                let timeout = session.wait(Duration::from_millis(100), &stop).await;
                let stopped = tokio::join!(session.wait(Duration::from_mins(10), &stop), async {
                    tokio::time::sleep(Duration::from_millis(100)).await;
                    stop.cancel();
                });
                (timeout, stopped.0)
            },
            async |peer| {
                for _ in 0..2 {
                    let (tag, _) = peer.command().await;
                    peer.say("+ idling\r\n").await;
                    assert_eq!(peer.line().await, "DONE");
                    peer.say(format!("{tag} OK done\r\n")).await;
                }
            },
        );
        assert_eq!(woke.await, (Ok(Woke::Timeout), Ok(Woke::Stopped)));
    }

    #[tokio::test]
    async fn a_server_that_says_goodbye_is_quoted() {
        let stop = CancellationToken::new();
        let woke = with(
            "IDLE",
            async |session| session.wait(Duration::from_mins(10), &stop).await,
            async |peer| {
                peer.command().await;
                peer.say("+ idling\r\n* BYE maintenance at 3\r\n").await;
            },
        );
        let error = woke.await.unwrap_err();
        assert_eq!(error.to_string(), "the connection was closed: BYE maintenance at 3");
    }

    #[tokio::test]
    async fn a_stall_within_a_mail_ends_the_session_not_the_wait() {
        let result = with_account(
            |account| Account { patience: impatience(), ..account },
            "",
            async |session| (session.fetch(5).await, session.fetch(5).await),
            async |peer| {
                peer.obey("* 1 FETCH (UID 5 RFC822.SIZE 1000)\r\n").await;
                peer.command().await;
                peer.say("* 1 FETCH (UID 5 BODY[] {1000}\r\nonly a little").await;
                peer.rest().await;
            },
        );
        let (first, second) = result.await;
        assert_eq!(first.unwrap_err().code(), "timed_out");
        assert_eq!(second.unwrap_err().code(), "closed");
    }

    #[tokio::test]
    async fn a_call_dropped_in_the_middle_spoils_the_session_for_good() {
        let result = with(
            "",
            async |session| {
                let half = tokio::time::timeout(Duration::from_millis(200), session.uids(1, None)).await;
                assert!(half.is_err());
                session.uids(1, None).await
            },
            async |peer| {
                peer.command().await;
                peer.rest().await;
            },
        );
        assert_eq!(result.await.unwrap_err().code(), "closed");
    }

    #[tokio::test]
    async fn words_that_can_not_be_read_are_an_error_and_no_panic() {
        for words in ["* OK [UIDVALIDITY 1]\u{3042}\r\n", "* 1 FETCH (((\r\n", "\u{0}\u{1}\r\n"] {
            let result = with(
                "",
                async |session| session.uids(1, None).await,
                async |peer| {
                    peer.command().await;
                    peer.say(words).await;
                    peer.rest().await;
                },
            );
            assert_eq!(result.await, Err(ImapError::Unreadable), "{words:?}");
        }
    }

    #[tokio::test]
    async fn logins_go_out_in_the_form_that_the_server_takes() {
        let secret = "AHRhcm8A56eY5a+GIlw="; // \0taro\0秘密"\
        let plain = format!("AUTHENTICATE PLAIN {secret}");
        for (abilities, expected) in [
            ("AUTH=PLAIN SASL-IR LOGINDISABLED", vec![plain.as_str()]),
            ("AUTH=PLAIN", vec!["AUTHENTICATE PLAIN", secret]),
            ("", vec!["LOGIN {4}", "taro {8}", "秘密\"\\"]),
        ] {
            let fake = Fake::open().await;
            let mut account = fake.account(Security::None, &public_roots());
            account.password = "秘密\"\\".to_owned();
            let play = async {
                let mut peer = fake.accept().await;
                peer.say("* OK ready\r\n").await;
                peer.obey(format!("* CAPABILITY IMAP4rev1 {abilities}\r\n")).await;
                let (tag, command) = peer.command().await;
                assert_eq!(command, expected[0]);
                for line in &expected[1..] {
                    peer.say("+ go on\r\n").await;
                    assert_eq!(peer.line().await, *line);
                }
                peer.say(format!("{tag} NO [AUTHENTICATIONFAILED] wrong\r\n")).await;
            };
            let error = tokio::join!(Session::connect(&account), play).0.unwrap_err();
            let answer = "NO [AUTHENTICATIONFAILED] wrong".to_owned();
            assert_eq!(error, ImapError::LoginRefused { answer });
        }
    }

    #[tokio::test]
    async fn a_login_that_can_not_work_now_is_told_apart_from_a_wrong_password() {
        let fake = Fake::open().await;
        let mut account = fake.account(Security::None, &public_roots());
        let play = async {
            let mut peer = fake.accept().await;
            peer.say("* OK ready\r\n").await;
            peer.obey("* CAPABILITY IMAP4rev1\r\n").await;
            peer.refuse("NO [UNAVAILABLE] the user database is down").await;
        };
        let error = tokio::join!(Session::connect(&account), play).0.unwrap_err();
        assert_eq!(error.code(), "turned_away");
        let play = async {
            let mut peer = fake.accept().await;
            peer.say("* OK ready\r\n").await;
            peer.obey("* CAPABILITY IMAP4rev1 LOGINDISABLED\r\n").await;
            assert_eq!(peer.rest().await, b"");
        };
        let error = tokio::join!(Session::connect(&account), play).0.unwrap_err();
        assert_eq!(error, ImapError::LoginNotOffered);
        account.password = "two\r\nlines".to_owned();
        assert_eq!(Session::connect(&account).await.unwrap_err(), ImapError::LoginUnsendable);
    }
}
