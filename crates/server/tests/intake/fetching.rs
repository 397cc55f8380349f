//! Mail that is fetched from a real IMAP server (Dovecot): from the connection on everything, before it only if asked.

use desk::{
    ids::MailboxId,
    mailbox::{IncomingKind, PastMail, Tls},
    permission::{Role, Who},
    status::{Outcome, Shelf, Status},
};
use server::actions::fetch_past::fetch_past;
use store::{
    folders::{self, FolderRow},
    mailboxes::{self, MailboxSettings},
};
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    net::{
        TcpStream,
        tcp::{OwnedReadHalf, OwnedWriteHalf},
    },
};

use crate::{
    at::{At, both, crlf, of, until, variable},
    mails::hana,
};

/// An account of its own on the server, and somebody who puts mail there.
struct Account {
    user: String,
    read: BufReader<OwnedReadHalf>,
    write: OwnedWriteHalf,
}

impl Account {
    async fn new() -> Account {
        let user = format!("u{}", data_encoding::HEXLOWER.encode(&rand::random::<[u8; 8]>()));
        let stream = TcpStream::connect(variable("HENJI_TEST_IMAP")).await.unwrap();
        let (read, write) = stream.into_split();
        let mut account = Account { user, read: BufReader::new(read), write };
        account.line().await;
        let login = format!("LOGIN {} test", account.user);
        account.say(&login).await;
        account
    }

    async fn line(&mut self) -> String {
        let mut line = String::new();
        assert!(self.read.read_line(&mut line).await.unwrap() > 0, "the server hung up");
        line
    }

    /// Runs a command; everything the server said to it.
    async fn say(&mut self, command: &str) -> String {
        self.write.write_all(format!("x {command}\r\n").as_bytes()).await.unwrap();
        self.until_done().await
    }

    async fn until_done(&mut self) -> String {
        let mut said = String::new();
        loop {
            let line = self.line().await;
            said.push_str(&line);
            if line.starts_with("x ") {
                assert!(line.starts_with("x OK"), "{said}");
                return said;
            }
        }
    }

    /// Puts a mail into a folder, as if it had come in on this day.
    async fn put_on(&mut self, folder: &str, day: &str, mail: &str) {
        let bytes = crlf(mail);
        let command = format!("x APPEND {folder} \"{day} 10:00:00 +0900\" {{{}+}}\r\n", bytes.len());
        self.write.write_all(command.as_bytes()).await.unwrap();
        self.write.write_all(&bytes).await.unwrap();
        self.write.write_all(b"\r\n").await.unwrap();
        self.until_done().await;
    }

    async fn put(&mut self, folder: &str, mail: &str) {
        self.put_on(folder, "20-Nov-2026", mail).await;
    }

    /// The desk's settings for this account.
    fn settings(&self) -> MailboxSettings {
        let server = variable("HENJI_TEST_IMAP");
        let (host, port) = server.rsplit_once(':').unwrap();
        MailboxSettings {
            incoming_kind: IncomingKind::Imap,
            incoming_host: Some(host.to_owned()),
            incoming_port: port.parse().ok(),
            incoming_tls: Tls::None,
            incoming_user: Some(self.user.clone()),
            ..of("imap@shop.example")
        }
    }
}

async fn connect(at: &At, account: &Account, change: impl FnOnce(&mut MailboxSettings)) -> MailboxId {
    let mut settings = account.settings();
    settings.incoming_password = Some(at.desk.keys.seal("test", at.desk.random()));
    change(&mut settings);
    at.mailbox(settings).await
}

async fn ledger(at: &At, mailbox: MailboxId) -> Vec<FolderRow> {
    let mut tx = at.desk.store.read().await.unwrap();
    folders::list(&mut tx, mailbox).await.unwrap()
}

async fn page(at: &At, mailbox: MailboxId, name: &str) -> FolderRow {
    ledger(at, mailbox).await.into_iter().find(|row| row.name == name).unwrap()
}

/// Both folders are in the ledger: from now on everything is live.
async fn is_connected(at: &At, mailbox: MailboxId) {
    until("the mailbox is connected", async || ledger(at, mailbox).await.len() == 2).await;
}

async fn subjects(at: &At) -> Vec<String> {
    let mut subjects: Vec<String> =
        at.all_messages().await.into_iter().map(|row| row.message.subject).collect();
    subjects.sort();
    subjects
}

fn titled(subject: &str) -> String {
    let mut mail = hana(&format!("{subject}@mail.example"));
    mail.subject = subject.to_owned();
    mail.text = format!("{subject}\n");
    mail.text()
}

both! {
    async fn from_the_connection_on_every_mail_is_taken_and_none_from_before(at: At) {
        let mut account = Account::new().await;
        account.put("INBOX", &titled("old")).await;
        let mailbox = connect(&at, &account, |_| {}).await;
        let served = at.serve().await;
        is_connected(&at, mailbox).await;
        account.put("INBOX", &titled("new")).await;
        account.put("Junk", &titled("junk")).await;
        account.put_on("INBOX", "01-Jan-2020", &titled("dated long ago")).await;
        until("three mails are there", async || subjects(&at).await.len() == 3).await;
        assert_eq!(subjects(&at).await, ["dated long ago", "junk", "new"]);
        let junk = at.all_messages().await.into_iter().find(|row| row.message.subject == "junk").unwrap();
        assert_eq!(at.ticket(junk.message.ticket).await.shelf, Some(Shelf::Spam));
        let inbox = page(&at, mailbox, "INBOX").await;
        assert_eq!((inbox.live_taken, inbox.past_total, inbox.past_taken), (2, 1, 0));
        let seen = account.say("SELECT INBOX").await;
        assert!(seen.contains("[UNSEEN 1]"), "nothing was marked: {seen}");
        served.stop().await;
    }

    async fn past_mail_comes_when_asked_for_and_is_silent(at: At) {
        let mut account = Account::new().await;
        for n in 0..5 {
            account.put("INBOX", &titled(&format!("old {n}"))).await;
        }
        let mailbox = connect(&at, &account, |_| {}).await;
        let served = at.serve().await;
        is_connected(&at, mailbox).await;
        let who = Who { agent: administrator(&at).await, role: Role::Administrator, verbs: None };
        fetch_past(&at.desk, &who, mailbox, PastMail::Running).await.unwrap();
        until("all of it is taken", async || page(&at, mailbox, "INBOX").await.past_state == PastMail::Done).await;
        until("all of it is read", async || at.all_messages().await.len() == 5).await;
        for row in at.all_messages().await {
            let ticket = at.ticket(row.message.ticket).await;
            assert_eq!((ticket.status, ticket.outcome), (Status::Done, Some(Outcome::NoReplyNeeded)));
        }
        let inbox = page(&at, mailbox, "INBOX").await;
        assert_eq!((inbox.past_taken, inbox.past_total, inbox.live_taken), (5, 5, 0));
        served.stop().await;
    }

    async fn after_the_commit_a_mail_goes_where_the_shop_wants_it(at: At) {
        let mut account = Account::new().await;
        account.say("CREATE Done").await;
        let mailbox = connect(&at, &account, |settings| settings.after_fetch = "move:Done".to_owned()).await;
        let served = at.serve().await;
        is_connected(&at, mailbox).await;
        account.put("INBOX", &titled("new")).await;
        until("it is read", async || at.all_messages().await.len() == 1).await;
        has(&mut account, "Done", 1).await;
        has(&mut account, "INBOX", 0).await;
        served.stop().await;
    }

    async fn a_restart_goes_on_where_it_stopped(at: At) {
        let mut account = Account::new().await;
        let mailbox = connect(&at, &account, |_| {}).await;
        let served = at.serve().await;
        is_connected(&at, mailbox).await;
        account.put("INBOX", &titled("before")).await;
        until("it is read", async || at.all_messages().await.len() == 1).await;
        served.stop().await;
        account.put("INBOX", &titled("meanwhile")).await;
        let at = at.again().await;
        let served = at.serve().await;
        until("the other is read, too", async || at.all_messages().await.len() == 2).await;
        assert_eq!(page(&at, mailbox, "INBOX").await.live_taken, 2);
        served.stop().await;
    }

    async fn a_wrong_password_is_said_where_people_see_it(at: At) {
        let account = Account::new().await;
        let mailbox = connect(&at, &account, |settings| {
            settings.incoming_password = Some(at.desk.keys.seal("wrong", at.desk.random()));
        })
        .await;
        let served = at.serve().await;
        let health = async || {
            let mut tx = at.desk.store.read().await.unwrap();
            mailboxes::get(&mut tx, mailbox).await.unwrap().unwrap().health
        };
        until("its health says so", async || health().await["code"] == "login_refused").await;
        assert_eq!(health().await["state"], "failing");
        served.stop().await;
    }

    async fn a_folder_that_was_numbered_anew_loses_and_doubles_nothing(at: At) {
        let mut account = Account::new().await;
        account.put_on("INBOX", "01-Jan-2020", &titled("past")).await;
        let mailbox = connect(&at, &account, |_| {}).await;
        let served = at.serve().await;
        is_connected(&at, mailbox).await;
        account.put("INBOX", &titled("first")).await;
        until("it is read", async || at.all_messages().await.len() == 1).await;
        served.stop().await;
        let at = at.again().await;
        // What the ledger remembers is another numbering than the server's.
        forget_numbering(&at, mailbox).await;
        account.put_on("INBOX", "01-Jan-2038", &titled("second")).await;
        let served = at.serve().await;
        until("the other is read, too", async || at.all_messages().await.len() == 2).await;
        assert_eq!(subjects(&at).await, ["first", "second"], "the past stays the past");
        served.stop().await;
    }

    async fn a_move_that_a_crash_cut_off_is_done_at_the_next_connection(at: At) {
        let mut account = Account::new().await;
        account.say("CREATE Done").await;
        let mailbox = connect(&at, &account, |_| {}).await;
        let served = at.serve().await;
        is_connected(&at, mailbox).await;
        account.put("INBOX", &titled("kept")).await;
        until("it is read", async || at.all_messages().await.len() == 1).await;
        served.stop().await;
        // As if the process had died between the commit and the move.
        let at = at.again().await;
        wants_to_move(&at, mailbox).await;
        let served = at.serve().await;
        has(&mut account, "Done", 1).await;
        has(&mut account, "INBOX", 0).await;
        assert_eq!(at.all_messages().await.len(), 1);
        served.stop().await;
    }
}

async fn wants_to_move(at: &At, mailbox: MailboxId) {
    let mut tx = at.desk.store.begin().await.unwrap();
    let mut row = mailboxes::get(&mut tx, mailbox).await.unwrap().unwrap();
    row.settings.after_fetch = "move:Done".to_owned();
    mailboxes::update(&mut tx, mailbox, row.version, &row.settings).await.unwrap();
    tx.commit().await.unwrap();
}

/// Waits until a folder of the server holds so many mails.
async fn has(account: &mut Account, folder: &str, mails: usize) {
    let (asked, wanted) = (format!("STATUS {folder} (MESSAGES)"), format!("MESSAGES {mails})"));
    until(&format!("{folder} holds {mails}"), async || account.say(&asked).await.contains(&wanted)).await;
}

/// The page of the inbox as it was before the server numbered it anew.
async fn forget_numbering(at: &At, mailbox: MailboxId) {
    let mut tx = at.desk.store.begin().await.unwrap();
    let row =
        folders::list(&mut tx, mailbox).await.unwrap().into_iter().find(|row| row.name == "INBOX").unwrap();
    let old = folders::NewFolder {
        mailbox,
        name: row.name,
        kind: row.kind,
        uidvalidity: row.uidvalidity - 1,
        live_from_uid: 900,
        past_total: row.past_total,
    };
    folders::upsert(&mut tx, &old, at.desk.now()).await.unwrap();
    tx.commit().await.unwrap();
}

/// Somebody who may ask for past mail.
pub async fn administrator(at: &At) -> desk::ids::AgentId {
    let mut tx = at.desk.store.begin().await.unwrap();
    let agent = store::agents::NewAgent {
        email: "admin@shop.example".to_owned(),
        name: "管理".to_owned(),
        role: Role::Administrator,
        password_hash: String::new(),
    };
    let id = store::agents::add(&mut tx, &agent, at.desk.now()).await.unwrap();
    tx.commit().await.unwrap();
    id
}
