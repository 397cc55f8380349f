//! The IMAP client against a real Dovecot.

#[cfg(test)]
mod support;

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use channels::imap::{Account, AfterFetch, Folder, Got, Session, Woke};
    use channels::tls::Roots;
    use tokio_util::sync::CancellationToken;

    use crate::support::dovecot::{Other, plain, starttls, tls};

    const MAIL: &[u8] = b"Subject: one\r\n\r\nbody\r\n";

    async fn with_mails(mails: &[&[u8]]) -> (Account, Other, Session) {
        let account = plain();
        let mut other = Other::at(&account).await;
        for mail in mails {
            other.append("INBOX", "", mail).await;
        }
        let session = Session::connect(&account).await.unwrap();
        (account, other, session)
    }

    fn bytes(got: &Got) -> &[u8] {
        let Got::Mail(mail) = got else { panic!("no mail: {got:?}") };
        &mail.bytes
    }

    #[tokio::test]
    async fn mails_come_byte_for_byte_and_stay_unread() {
        let raw = [
            b"Subject: \x83\x65\x83\x58\x83\x67\r\n\r\n\x1b$B$\"\x1b(B\r\n.\r\n\xff\xfe\r\n".as_slice(),
            b"\r\n",
        ];
        let large =
            [b"Subject: large\r\n\r\n".as_slice(), &b"0123456789abcdef0123456789abcdef\r\n".repeat(150_000)]
                .concat();
        let (_, mut other, mut session) = with_mails(&[raw[0], raw[1], &large]).await;
        let opened = session.examine("INBOX").await.unwrap();
        assert_eq!(opened.exists, 3);
        let uids = session.uids(1, None).await.unwrap();
        assert_eq!(uids.len(), 3);
        assert!(uids.iter().all(|uid| *uid < opened.uidnext));
        let got = session.fetch_many(&uids, u64::MAX).await.unwrap();
        assert_eq!(bytes(&got[0]), raw[0]);
        assert_eq!(bytes(&got[1]), raw[1]);
        assert!(bytes(&got[2]) == large);
        let Got::Mail(first) = &got[0] else { panic!() };
        assert_eq!(first.internal_date_ms, Some(1_769_871_600_000));
        other.run("SELECT INBOX").await;
        assert!(!other.run("FETCH 1:* (FLAGS)").await.contains("\\Seen"));
    }

    #[tokio::test]
    async fn a_batch_ends_where_its_bytes_are_used_up() {
        let (_, _, mut session) = with_mails(&[MAIL, MAIL, MAIL]).await;
        session.examine("INBOX").await.unwrap();
        let uids = session.uids(1, None).await.unwrap();
        let room = MAIL.len() as u64 * 2;
        assert_eq!(session.fetch_many(&uids, room).await.unwrap().len(), 2);
        assert_eq!(session.fetch_many(&uids[2..], room).await.unwrap().len(), 1);
        assert_eq!(session.fetch_many(&uids, 1).await.unwrap().len(), 1);
        assert_eq!(session.fetch_many(&[], 1).await.unwrap().len(), 0);
    }

    #[tokio::test]
    async fn every_uid_is_seen_whatever_its_flags_and_gaps_are_no_matter() {
        let (_, mut other, mut session) = with_mails(&[MAIL, MAIL]).await;
        other.append("INBOX", "\\Seen", MAIL).await;
        other.append("INBOX", "\\Seen \\Answered \\Deleted", MAIL).await;
        other.run("SELECT INBOX").await;
        other.run("UID STORE 2 +FLAGS (\\Deleted)").await;
        other.run("UID EXPUNGE 2").await;
        let opened = session.examine("INBOX").await.unwrap();
        assert_eq!((opened.exists, opened.uidnext), (3, 5));
        assert_eq!(session.uids(1, None).await.unwrap(), [1, 3, 4]);
        assert_eq!(session.uids(2, Some(3)).await.unwrap(), [3]);
        assert_eq!(session.uids(5, None).await.unwrap(), Vec::<u32>::new());
    }

    #[tokio::test]
    async fn a_mail_that_somebody_removes_meanwhile_is_gone_and_the_others_come() {
        let (_, mut other, mut session) = with_mails(&[MAIL, MAIL, MAIL]).await;
        session.select("INBOX").await.unwrap();
        let uids = session.uids(1, None).await.unwrap();
        other.run("SELECT INBOX").await;
        other.run("UID STORE 2 +FLAGS (\\Deleted)").await;
        other.run("UID EXPUNGE 2").await;
        let got = session.fetch_many(&uids, u64::MAX).await.unwrap();
        assert_eq!(bytes(&got[0]), MAIL);
        assert_eq!(got[1], Got::Gone { uid: 2 });
        assert_eq!(bytes(&got[2]), MAIL);
    }

    #[tokio::test]
    async fn folders_have_their_japanese_names_and_their_use() {
        let (_, mut other, mut session) = with_mails(&[]).await;
        for name in ["\"&j,dg0TDhMPww6w-\"", "\"&kAFP4W4IMH8-\"", "\"Q&-A\""] {
            other.run(&format!("CREATE {name}")).await;
        }
        other.append("\"&j,dg0TDhMPww6w-\"", "", MAIL).await;
        let folders = session.folders().await.unwrap();
        let folder = |name: &str, junk, sent| Folder { name: name.to_owned(), junk, sent, selectable: true };
        for expected in [
            folder("INBOX", false, false),
            folder("Q&A", false, false),
            // The server says itself which its folders of junk and sent mail are.
            folder("Junk", true, false),
            folder("Sent", false, true),
            folder("迷惑メール", false, false),
            folder("送信済み", false, false),
        ] {
            assert!(folders.contains(&expected), "{folders:?}");
        }
        assert_eq!(session.examine("迷惑メール").await.unwrap().exists, 1);
        let missing = session.examine("そんなフォルダ").await.unwrap_err();
        assert_eq!(missing.code(), "folder_missing");
        assert_eq!(session.examine("Q&A").await.unwrap().exists, 0);
    }

    #[tokio::test]
    async fn a_folder_made_anew_is_another_folder() {
        let (_, mut other, mut session) = with_mails(&[]).await;
        other.run("CREATE Shop").await;
        let before = session.examine("Shop").await.unwrap();
        session.examine("INBOX").await.unwrap();
        other.run("DELETE Shop").await;
        assert_eq!(session.examine("Shop").await.unwrap_err().code(), "folder_missing");
        // UIDVALIDITY is a time in seconds; Dovecot counts it up when it must.
        other.run("CREATE Shop").await;
        let after = session.examine("Shop").await.unwrap();
        assert_ne!(before.uidvalidity, after.uidvalidity);
    }

    #[tokio::test]
    async fn mails_are_settled_as_the_mailbox_wants() {
        let (_, mut other, mut session) = with_mails(&[MAIL, MAIL, MAIL, MAIL]).await;
        other.run("CREATE \"&bggwfw-\"").await;
        session.select("INBOX").await.unwrap();
        session.settle(&[1], &AfterFetch::Leave).await.unwrap();
        session.settle(&[2, 3], &AfterFetch::Seen).await.unwrap();
        session.settle(&[2, 3], &AfterFetch::Seen).await.unwrap();
        session.settle(&[3, 4], &AfterFetch::Move("済み".to_owned())).await.unwrap();
        // What is no longer there is settled.
        session.settle(&[3, 4], &AfterFetch::Move("済み".to_owned())).await.unwrap();
        let missing = session.settle(&[1], &AfterFetch::Move("どこ".to_owned())).await.unwrap_err();
        assert_eq!(missing.code(), "folder_missing");
        assert_eq!(session.uids(1, None).await.unwrap(), [1, 2]);
        assert_eq!(session.examine("済み").await.unwrap().exists, 2);
        other.run("SELECT INBOX").await;
        let flags = other.run("UID FETCH 1:2 (FLAGS)").await;
        assert!(flags.lines().any(|line| line.contains("UID 1") && !line.contains("\\Seen")), "{flags}");
        assert!(flags.lines().any(|line| line.contains("UID 2") && line.contains("\\Seen")), "{flags}");
    }

    #[tokio::test]
    async fn a_mail_that_arrives_wakes_the_one_who_waits() {
        let (_, mut other, mut session) = with_mails(&[]).await;
        let stop = CancellationToken::new();
        let opened = session.examine("INBOX").await.unwrap();
        assert_eq!(session.wait(Duration::from_millis(50), &stop).await, Ok(Woke::Timeout));
        let (woke, ()) = tokio::join!(session.wait(Duration::from_mins(2), &stop), async {
            tokio::time::sleep(Duration::from_millis(100)).await;
            other.append("INBOX", "", MAIL).await;
        });
        assert_eq!(woke, Ok(Woke::News));
        assert_eq!(session.uids(opened.uidnext, None).await.unwrap(), [opened.uidnext]);
        stop.cancel();
        assert_eq!(session.wait(Duration::from_mins(2), &stop).await, Ok(Woke::Stopped));
        session.logout().await;
    }

    #[tokio::test]
    async fn a_wrong_password_is_refused_in_the_servers_words() {
        let mut account = plain();
        account.password = "wrong".to_owned();
        let error = Session::connect(&account).await.unwrap_err();
        assert_eq!(error.code(), "login_refused");
        assert!(error.answer().unwrap().contains("Authentication failed"), "{error:?}");
    }

    #[tokio::test]
    async fn both_ways_to_tls_are_open_with_the_right_authority_only() {
        let mut account = starttls();
        let mut session = Session::connect(&account).await.unwrap();
        assert_eq!(session.examine("INBOX").await.unwrap().exists, 0);
        account.roots = Roots::new(None).unwrap();
        let error = Session::connect(&account).await.unwrap_err();
        assert_eq!(error.code(), "certificate_unknown_issuer");

        let mut account = tls();
        let mut session = Session::connect(&account).await.unwrap();
        assert_eq!(session.examine("INBOX").await.unwrap().exists, 0);
        account.roots = Roots::new(None).unwrap();
        let error = Session::connect(&account).await.unwrap_err();
        assert_eq!(error.code(), "certificate_unknown_issuer");
    }
}
