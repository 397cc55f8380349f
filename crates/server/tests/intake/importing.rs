//! Old mail from files: silent, complete, and the same however often it is run.

use std::{fs, path::PathBuf};

use desk::{
    message::{ArrivedBy, Direction},
    status::{Outcome, Status},
};
use server::actions::import_mail::{Import, Imported, import_mail};
use store::originals::{Mode, NewDelivery};

use crate::{
    at::{At, both, crlf},
    mails::{hana, ours},
};

fn put(at: &At, name: &str, mail: &str) -> PathBuf {
    let path = at.folder.path().join("mails").join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(&path, crlf(mail)).unwrap();
    path
}

fn all(at: &At) -> Import {
    Import { paths: vec![at.folder.path().join("mails")], mailbox: None, open_since: None }
}

async fn import(at: &At, asked: &Import) -> Imported {
    import_mail(&at.desk, asked, &|_| {}).await.unwrap()
}

/// A question, our answer, and a mail that is not for us.
fn three(at: &At) {
    put(at, "1.eml", &hana("1@mail.example").text());
    put(at, "2.eml", &ours("2@shop.example", "hana@mail.example").answering("1@mail.example").text());
    let mut elsewhere = hana("3@mail.example");
    elsewhere.to = "somebody@elsewhere.example".to_owned();
    elsewhere.subject = "Another matter".to_owned();
    elsewhere.date = "Fri, 20 Nov 2026 12:00:00 +0900".to_owned();
    put(at, "3.eml", &elsewhere.text());
    put(at, "readme.txt", "no mail");
}

both! {
    async fn an_import_runs_again_without_doubling(at: At) {
        three(&at);
        let first = import(&at, &all(&at)).await;
        assert_eq!(first, Imported { files: 4, kept: 3, duplicates: 0, skipped: 1, tickets: 2, unreadable: 0 });
        let again = import(&at, &all(&at)).await;
        assert_eq!(again, Imported { files: 4, kept: 0, duplicates: 3, skipped: 1, tickets: 0, unreadable: 0 });
        assert_eq!(at.all_messages().await.len(), 3);
        let mut tx = at.desk.store.read().await.unwrap();
        assert_eq!(store::jobs::waiting(&mut tx, 0.into(), 10).await.unwrap(), []);
        let original = at.all_messages().await[0].message.original.unwrap();
        assert_eq!(store::originals::deliveries(&mut tx, original).await.unwrap().len(), 1);
    }

    async fn our_own_mails_went_out_and_end_their_tickets(at: At) {
        three(&at);
        import(&at, &all(&at)).await;
        let rows = at.all_messages().await;
        let directions: Vec<Direction> = rows.iter().map(|row| row.message.direction).collect();
        assert_eq!(directions, [Direction::In, Direction::Out, Direction::In]);
        assert_eq!(rows[0].message.ticket, rows[1].message.ticket);
        let answered = at.ticket(rows[0].message.ticket).await;
        assert_eq!((answered.status, answered.outcome), (Status::Done, Some(Outcome::Answered)));
        assert!(answered.ever_answered);
        let other = at.ticket(rows[2].message.ticket).await;
        assert_eq!((other.outcome, other.outcome_reason.as_deref()), (Some(Outcome::NoReplyNeeded), Some("imported")));
    }

    async fn mail_for_nobody_here_gets_a_mailbox_that_sends_nothing(at: At) {
        three(&at);
        import(&at, &all(&at)).await;
        let rows = at.all_messages().await;
        assert_eq!(at.ticket(rows[0].message.ticket).await.mailbox, at.support);
        let mut tx = at.desk.store.read().await.unwrap();
        let id = at.ticket(rows[2].message.ticket).await.mailbox;
        let mailbox = store::mailboxes::get(&mut tx, id).await.unwrap().unwrap();
        assert_eq!(mailbox.settings.address, "import");
        assert_eq!(mailbox.settings.sending, desk::mailbox::Switch::Off);
    }

    async fn young_unanswered_mail_stays_open_if_asked(at: At) {
        put(&at, "1.eml", &hana("1@mail.example").text());
        let mut older = hana("2@mail.example");
        older.date = "Fri, 6 Nov 2026 23:30:00 +0900".to_owned();
        older.subject = "Older".to_owned();
        put(&at, "2.eml", &older.text());
        let day = "2026-11-07".parse().unwrap();
        import(&at, &Import { open_since: Some(day), ..all(&at) }).await;
        for row in at.all_messages().await {
            let status = at.ticket(row.message.ticket).await.status;
            let older = row.message.subject == "Older";
            assert_eq!(status, if older { Status::Done } else { Status::Open });
        }
    }

    async fn what_a_crash_left_unread_is_finished_by_the_next_run(at: At) {
        three(&at);
        let delivery = NewDelivery { mode: Mode::Import, arrived_by: ArrivedBy::Import, mailbox: None, ..at.live() };
        at.keep(&hana("1@mail.example").text(), delivery).await;
        assert_eq!(at.all_messages().await.len(), 0, "kept, and then the process died");
        let done = import(&at, &all(&at)).await;
        assert_eq!((done.kept, done.duplicates, done.tickets), (2, 1, 2));
        assert_eq!(at.all_messages().await.len(), 3);
        let mut tx = at.desk.store.read().await.unwrap();
        assert_eq!(store::jobs::waiting(&mut tx, 0.into(), 10).await.unwrap(), []);
    }

    async fn a_question_is_there_before_its_answer_however_the_files_are_called(at: At) {
        let answer = |n: u32| ours(&format!("a{n}@shop.example"), "hana@mail.example").answering(&format!("q{n}@mail.example"));
        put(&at, "1-answer.eml", &answer(1).text());
        put(&at, "2-question.eml", &hana("q1@mail.example").text());
        put(&at, "Maildir/.Sent/cur/1", &answer(2).text());
        put(&at, "Maildir/cur/1", &hana("q2@mail.example").with("X-Other: 1").text());
        let done = import(&at, &all(&at)).await;
        assert_eq!((done.kept, done.tickets), (4, 2));
    }

    async fn an_mbox_counts_each_of_its_mails(at: At) {
        let mut bytes = String::new();
        for n in 0..3 {
            let mail = hana(&format!("{n}@mail.example")).text();
            bytes.push_str(&format!("From hana@mail.example Fri Nov 20 10:00:00 2026\n{mail}\n"));
        }
        put(&at, "old.mbox", &bytes);
        let done = import(&at, &all(&at)).await;
        assert_eq!((done.files, done.kept), (3, 3));
    }

    async fn a_conversation_over_years_stays_together(at: At) {
        let dated = |id: &str, date: &str| {
            let mut mail = hana(id);
            mail.date = date.to_owned();
            mail.text = format!("{id}\n");
            mail
        };
        put(&at, "1.eml", &dated("1@mail.example", "Mon, 2 Jan 2023 10:00:00 +0900").text());
        put(&at, "2.eml", &dated("2@mail.example", "Tue, 2 Jan 2024 10:00:00 +0900").answering("1@mail.example").text());
        let done = import(&at, &all(&at)).await;
        assert_eq!((done.kept, done.tickets), (2, 1));
    }

    async fn a_ticket_that_lives_is_not_ended_by_old_mail(at: At) {
        let live = at.arrives(&hana("1@mail.example").text()).await;
        put(&at, "2.eml", &ours("2@shop.example", "hana@mail.example").answering("1@mail.example").text());
        import(&at, &all(&at)).await;
        assert_eq!(at.messages(live.ticket).await.len(), 2);
        assert_eq!(at.ticket(live.ticket).await.status, Status::New);
    }

    async fn a_mailbox_that_is_not_there_is_said_at_once(at: At) {
        three(&at);
        let asked = Import { mailbox: Some("nobody@shop.example".to_owned()), ..all(&at) };
        assert!(import_mail(&at.desk, &asked, &|_| {}).await.is_err());
        assert_eq!(at.all_messages().await.len(), 0);
    }
}
