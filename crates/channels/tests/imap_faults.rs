//! IMAP servers that refuse, stall, hang up and say odd things. Whatever they do, no mail may
//! look as if it weren't there.

#[cfg(test)]
mod support;

#[cfg(test)]
mod tests {
    use channels::imap::{AfterFetch, Fetched, Got, ImapError, Selected, Session};
    use channels::tls::Security;

    use crate::support::fake::{Fake, public_roots};
    use crate::support::inbox::{OPENED, with};

    fn mail(uid: u32, bytes: &[u8]) -> Got {
        let internal_date_ms = Some(1_789_996_400_000);
        Got::Mail(Fetched { uid, internal_date_ms, bytes: bytes.to_vec() })
    }

    fn sized(pairs: &[(u32, u32)]) -> String {
        let lines =
            pairs.iter().map(|(uid, size)| format!("* {uid} FETCH (UID {uid} RFC822.SIZE {size})\r\n"));
        lines.collect::<Vec<_>>().concat()
    }

    fn body(uid: u32, value: &str) -> String {
        format!("* {uid} FETCH (UID {uid} INTERNALDATE \"21-Sep-2026 22:13:20 +0900\" BODY[] {value})\r\n")
    }

    #[tokio::test]
    async fn a_search_that_fails_is_never_an_empty_folder() {
        for answer in ["NO [UNAVAILABLE] try later", "BAD what"] {
            let result = with(
                "",
                async |session| session.uids(1, None).await,
                async |peer| assert_eq!(peer.refuse(answer).await, "UID SEARCH UID 1:*"),
            );
            assert_eq!(result.await, Err(ImapError::ServerSaid { answer: answer.to_owned() }));
        }
        let cut = with(
            "",
            async |session| (session.uids(1, None).await, session.uids(1, None).await),
            async |peer| {
                peer.command().await;
                peer.say("* SEARCH 1 2\r\n").await;
            },
        );
        let (first, second) = cut.await;
        assert_eq!(first.unwrap_err().code(), "closed");
        assert_eq!(second.unwrap_err().code(), "closed");
    }

    #[tokio::test]
    async fn only_uids_of_the_asked_range_are_given() {
        let uids = with(
            "",
            async |session| session.uids(38, None).await,
            // `38:*` names the last mail, though its UID is smaller; some servers also send spaces.
            async |peer| assert_eq!(peer.obey("* SEARCH 9 \r\n").await, "UID SEARCH UID 38:*"),
        );
        assert_eq!(uids.await.unwrap(), Vec::<u32>::new());
        let uids = with(
            "",
            async |session| session.uids(5, Some(30)).await,
            async |peer| {
                assert_eq!(peer.obey("* SEARCH 9 7\r\n* SEARCH 7 31\r\n").await, "UID SEARCH UID 5:30");
            },
        );
        assert_eq!(uids.await.unwrap(), [7, 9]);
    }

    #[tokio::test]
    async fn a_large_folder_is_searched_in_windows() {
        let uids = with(
            "",
            async |session| session.uids(1, None).await,
            async |peer| {
                // The count grew since the folder was opened.
                assert_eq!(
                    peer.obey("* 30000 EXISTS\r\n* SEARCH 1 39 40 41\r\n").await,
                    "UID SEARCH UID 1:*"
                );
            },
        );
        assert_eq!(uids.await.unwrap(), [1, 39, 40, 41]);
        let fake = Fake::open().await;
        let account = fake.account(Security::None, &public_roots());
        let play = async {
            let mut peer = fake.accept().await;
            peer.imap("").await;
            peer.obey("* 30000 EXISTS\r\n* OK [UIDVALIDITY 7] ok\r\n* OK [UIDNEXT 70000] ok\r\n").await;
            assert_eq!(peer.obey("* SEARCH 5\r\n").await, "UID SEARCH UID 1:20001");
            assert_eq!(peer.obey("* SEARCH 20002\r\n").await, "UID SEARCH UID 20002:100002");
            assert_eq!(peer.obey("* SEARCH 100003\r\n").await, "UID SEARCH UID 100003:*");
        };
        let act = async {
            let mut session = Session::connect(&account).await.unwrap();
            session.examine("INBOX").await.unwrap();
            session.uids(1, None).await
        };
        assert_eq!(tokio::join!(act, play).0.unwrap(), [5, 20_002, 100_003]);
    }

    #[tokio::test]
    async fn one_mail_that_the_server_can_not_read_does_not_hold_up_the_others() {
        let got = with(
            "",
            async |session| session.fetch_many(&[3, 5, 8], 10_000).await,
            async |peer| {
                peer.obey(sized(&[(3, 4), (5, 4), (8, 4)])).await;
                let command = peer.command().await;
                assert_eq!(command.1, "UID FETCH 3,5,8 (UID INTERNALDATE BODY.PEEK[])");
                peer.say(body(3, "{4}\r\na\u{3042}")).await;
                peer.say(format!("{} NO [SERVERBUG] broken mail\r\n", command.0)).await;
                assert_eq!(peer.refuse("NO broken").await, "UID FETCH 5 (UID INTERNALDATE BODY.PEEK[])");
                assert_eq!(peer.obey("* SEARCH 5\r\n").await, "UID SEARCH UID 5:5");
                peer.obey(body(8, "\"x\"")).await;
            },
        );
        let answer = "NO broken".to_owned();
        let expected = [mail(3, "a\u{3042}".as_bytes()), Got::Withheld { uid: 5, answer }, mail(8, b"x")];
        assert_eq!(got.await.unwrap(), expected);
    }

    #[tokio::test]
    async fn a_mail_that_was_removed_meanwhile_is_gone() {
        let got = with(
            "",
            async |session| session.fetch(5).await,
            async |peer| {
                peer.obey("").await;
                peer.obey("* 2 EXPUNGE\r\n").await;
                assert_eq!(peer.obey("* SEARCH\r\n").await, "UID SEARCH UID 5:5");
            },
        );
        assert_eq!(got.await.unwrap(), Got::Gone { uid: 5 });
    }

    #[tokio::test]
    async fn an_empty_mail_is_a_mail() {
        for (size, value) in [(0, "\"\""), (0, "{0}\r\n"), (0, "NIL")] {
            let got = with(
                "",
                async |session| session.fetch(5).await,
                async |peer| {
                    peer.obey(sized(&[(5, size)])).await;
                    peer.obey(body(5, value)).await;
                },
            );
            assert_eq!(got.await.unwrap(), mail(5, b""), "{value}");
        }
        // NIL for a mail that has bytes is a server that doesn't hand it out.
        let got = with(
            "",
            async |session| session.fetch(5).await,
            async |peer| {
                peer.obey(sized(&[(5, 100)])).await;
                peer.obey(body(5, "NIL")).await;
                peer.obey("* SEARCH 5\r\n").await;
            },
        );
        assert_eq!(got.await.unwrap(), Got::Withheld { uid: 5, answer: String::new() });
    }

    #[tokio::test]
    async fn a_server_without_move_copies_marks_and_removes_just_these() {
        for (abilities, removes) in [("UIDPLUS", true), ("", false)] {
            let result = with(
                abilities,
                async |session| session.settle(&[4, 5, 9], &AfterFetch::Move("済み".to_owned())).await,
                async |peer| {
                    assert_eq!(peer.obey("").await, "UID COPY 4:5,9 \"&bggwfw-\"");
                    assert_eq!(peer.obey("").await, "UID STORE 4:5,9 +FLAGS.SILENT (\\Deleted)");
                    if removes {
                        assert_eq!(peer.obey("* 1 EXPUNGE\r\n").await, "UID EXPUNGE 4:5,9");
                    }
                },
            );
            result.await.unwrap();
        }
    }

    #[tokio::test]
    async fn a_missing_target_folder_is_told_apart_from_a_passing_refusal() {
        for (listing, expected) in [("", "folder_missing"), ("* LIST () \"/\" Done\r\n", "server_said")] {
            let result = with(
                "MOVE",
                async |session| session.settle(&[4], &AfterFetch::Move("Done".to_owned())).await,
                async |peer| {
                    assert_eq!(peer.refuse("NO [TRYCREATE] sorry").await, "UID MOVE 4 \"Done\"");
                    assert_eq!(peer.obey(listing).await, "LIST \"\" \"Done\"");
                },
            );
            let error = result.await.unwrap_err();
            assert_eq!(error.code(), expected);
            assert_eq!(error.answer(), Some("NO [TRYCREATE] sorry"));
        }
    }

    #[tokio::test]
    async fn a_folder_name_that_breaks_the_rules_is_used_as_the_server_wrote_it() {
        let folders = with(
            "SPECIAL-USE LIST-EXTENDED",
            async |session| {
                let folders = session.folders().await.unwrap();
                let names = folders.iter().map(|f| (f.name.clone(), f.junk, f.sent, f.selectable));
                let names: Vec<_> = names.collect();
                session.examine("broken&x").await.unwrap();
                session.examine("quote\"d").await.unwrap();
                names
            },
            async |peer| {
                let list = "* LIST (\\Noselect) \"/\" \"[Gmail]\"\r\n* LIST (\\Junk) \"/\" \"[Gmail]/&j,dg0TDhMPww6w-\"\r\n\
                    * LIST () \"/\" Junk\r\n* LIST () \"/\" \"Sent Items\"\r\n* LIST () NIL \"broken&x\"\r\n\
                    * LIST () \"/\" \"quote\\\"d\"\r\n* LIST () \"/\" {4}\r\nlong\r\n";
                assert_eq!(peer.obey(list).await, "LIST \"\" \"*\" RETURN (SPECIAL-USE)");
                assert_eq!(peer.obey(OPENED).await, "EXAMINE \"broken&x\"");
                assert_eq!(peer.obey(OPENED).await, "EXAMINE \"quote\\\"d\"");
            },
        );
        let expected = [
            ("[Gmail]", false, false, false),
            ("[Gmail]/迷惑メール", true, false, true),
            // The server has marked its junk folder: this one is only called so.
            ("Junk", false, false, true),
            ("Sent Items", false, true, true),
            ("broken&x", false, false, true),
            ("quote\"d", false, false, true),
            ("long", false, false, true),
        ];
        assert_eq!(folders.await, expected.map(|(name, j, s, sel)| (name.to_owned(), j, s, sel)));
    }

    async fn opening(answers: &[&str]) -> Result<Selected, ImapError> {
        let fake = Fake::open().await;
        let account = fake.account(Security::None, &public_roots());
        let play = async {
            let mut peer = fake.accept().await;
            peer.imap("").await;
            for answer in answers {
                peer.obey(answer).await;
            }
        };
        let act = async { Session::connect(&account).await.unwrap().examine("INBOX").await };
        tokio::join!(act, play).0
    }

    #[tokio::test]
    async fn marks_that_a_folder_does_not_offer_are_asked_for_or_found() {
        let opened = |uidnext, exists| Selected { uidvalidity: 7, uidnext, exists };
        let validity = "* 2 EXISTS\r\n* OK [UIDVALIDITY 7]\r\n";
        assert_eq!(opening(&[validity, "* STATUS INBOX (UIDNEXT 12)\r\n"]).await, Ok(opened(12, 2)));
        assert_eq!(opening(&[validity, "", "* 2 FETCH (UID 9)\r\n"]).await, Ok(opened(10, 2)));
        assert_eq!(opening(&["* 0 EXISTS\r\n* OK [UIDVALIDITY 7]\r\n", ""]).await, Ok(opened(1, 0)));
        assert_eq!(opening(&["* 0 EXISTS\r\n* OK [UIDNEXT 1]\r\n", ""]).await, Err(ImapError::NoUidValidity));
    }
}
