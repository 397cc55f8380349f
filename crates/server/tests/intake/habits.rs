//! Servers with habits: one that does not hand out every mail, one whose junk folder appears later.

use std::sync::{Arc, Mutex};

use desk::{
    ids::MailboxId,
    mailbox::{IncomingKind, Tls},
};
use store::{folders::FolderRow, mailboxes::MailboxSettings};
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
};

use crate::{
    at::{At, both, crlf, of, until},
    mails::hana,
};

/// A small IMAP server with five mails, of which it keeps the second and the fourth to itself. The fifth is from a time
/// to come, the others are old.
struct Stingy {
    port: u16,
    said: Arc<Mutex<Vec<String>>>,
}

/// Where its mails are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Where {
    /// In the inbox, from the second connection on.
    Inbox,
    /// In a junk folder that is not there at the first connection.
    LateJunk,
}

/// What it remembers of a connection.
struct Talk {
    place: Where,
    first: bool,
    junk: bool,
}

const MAILS: u32 = 5;

impl Stingy {
    async fn open(place: Where) -> Stingy {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let said = Arc::new(Mutex::new(Vec::new()));
        let heard = Arc::clone(&said);
        #[expect(clippy::disallowed_methods, reason = "a server beside the story")]
        tokio::spawn(async move {
            let mut first = true;
            while let Ok((stream, _)) = listener.accept().await {
                let _ = Talk { place, first, junk: false }.hold(stream, &heard).await;
                first = false;
            }
        });
        Stingy { port, said }
    }

    /// The desk's settings for it.
    fn settings(&self, at: &At) -> MailboxSettings {
        MailboxSettings {
            incoming_kind: IncomingKind::Imap,
            incoming_host: Some("127.0.0.1".to_owned()),
            incoming_port: Some(self.port),
            incoming_tls: Tls::None,
            incoming_user: Some("u".to_owned()),
            incoming_password: Some(at.desk.keys.seal("p", at.desk.random())),
            ..of("stingy@shop.example")
        }
    }

    fn moves(&self) -> Vec<String> {
        self.said.lock().unwrap().iter().filter(|line| line.contains("MOVE")).cloned().collect()
    }
}

impl Talk {
    /// One connection, until it is closed.
    async fn hold(mut self, stream: TcpStream, heard: &Mutex<Vec<String>>) -> std::io::Result<()> {
        let mut stream = BufReader::new(stream);
        stream.get_mut().write_all(b"* OK hello\r\n").await?;
        loop {
            let mut line = String::new();
            if stream.read_line(&mut line).await? == 0 {
                return Ok(());
            }
            let (tag, command) = line.trim_end().split_once(' ').unwrap_or_default();
            heard.lock().unwrap().push(command.to_owned());
            let untagged = self.answer(command);
            let refused = command.starts_with("UID FETCH") && command.contains("BODY");
            stream.get_mut().write_all(&untagged).await?;
            let done = if refused { "NO not all" } else { "OK" };
            stream.get_mut().write_all(format!("{tag} {done} done\r\n").as_bytes()).await?;
        }
    }

    fn answer(&mut self, command: &str) -> Vec<u8> {
        match command.split(' ').next().unwrap_or_default() {
            "CAPABILITY" => b"* CAPABILITY IMAP4rev1 MOVE UIDPLUS\r\n".to_vec(),
            "LIST" if self.place == Where::LateJunk && !self.first => {
                b"* LIST () \"/\" INBOX\r\n* LIST (\\Junk) \"/\" Junk\r\n".to_vec()
            }
            "LIST" => b"* LIST () \"/\" INBOX\r\n* LIST () \"/\" Done\r\n".to_vec(),
            "SELECT" | "EXAMINE" => {
                self.junk = command.contains("Junk");
                let there = self.there();
                let next = there + 1;
                format!("* {there} EXISTS\r\n* OK [UIDVALIDITY 7] ok\r\n* OK [UIDNEXT {next}] ok\r\n")
                    .into_bytes()
            }
            "UID" if self.there() > 0 => about_uids(command),
            _ => Vec::new(),
        }
    }

    /// How many mails are in the open folder.
    fn there(&self) -> u32 {
        let here = match self.place {
            Where::Inbox => !self.first,
            Where::LateJunk => self.junk,
        };
        if here { MAILS } else { 0 }
    }
}

fn about_uids(command: &str) -> Vec<u8> {
    let mut said = Vec::new();
    if command.starts_with("UID SEARCH UID 1:*") || command.starts_with("UID SEARCH UID 1:5") {
        said.extend_from_slice(b"* SEARCH 1 2 3 4 5\r\n");
    } else if let Some(one) = command.strip_prefix("UID SEARCH UID ") {
        let uid = one.split(':').next().unwrap_or_default();
        said.extend_from_slice(format!("* SEARCH {uid}\r\n").as_bytes());
    }
    for uid in 1..=MAILS {
        if command.contains("RFC822.SIZE") {
            said.extend_from_slice(format!("* {uid} FETCH (UID {uid} RFC822.SIZE 300)\r\n").as_bytes());
        } else if command.contains("BODY.PEEK") && uid != 2 && uid != 4 {
            let mail = crlf(&hana(&format!("{uid}@mail.example")).text());
            let day = if uid == MAILS { "01-Jan-2038" } else { "01-Jan-2020" };
            let date = format!("INTERNALDATE \"{day} 10:00:00 +0900\"");
            let head = format!("* {uid} FETCH (UID {uid} {date} BODY[] {{{}}}\r\n", mail.len());
            said.extend_from_slice(head.as_bytes());
            said.extend_from_slice(&mail);
            said.extend_from_slice(b")\r\n");
        }
    }
    said
}

async fn pages(at: &At, mailbox: MailboxId) -> Vec<FolderRow> {
    let mut tx = at.desk.store.read().await.unwrap();
    store::folders::list(&mut tx, mailbox).await.unwrap()
}

/// The desk after its first connection to the mailbox and a restart.
async fn connected_once(at: At, mailbox: MailboxId) -> At {
    let served = at.serve().await;
    until("the inbox is connected", async || pages(&at, mailbox).await.len() == 1).await;
    served.stop().await;
    at.again().await
}

both! {
    async fn a_mail_that_was_not_handed_out_is_not_moved(at: At) {
        let stingy = Stingy::open(Where::Inbox).await;
        let settings = stingy.settings(&at);
        let mailbox = at.mailbox(MailboxSettings { after_fetch: "move:Done".to_owned(), ..settings }).await;
        let at = connected_once(at, mailbox).await;
        let served = at.serve().await;
        until("three mails are there", async || at.all_messages().await.len() == 3).await;
        until("they were moved", async || !stingy.moves().is_empty()).await;
        assert_eq!(stingy.moves(), [r#"UID MOVE 1,3,5 "Done""#]);
        served.stop().await;
    }

    async fn a_junk_folder_that_appears_later_is_read_from_the_connection_on(at: At) {
        let stingy = Stingy::open(Where::LateJunk).await;
        let mailbox = at.mailbox(stingy.settings(&at)).await;
        let at = connected_once(at, mailbox).await;
        let served = at.serve().await;
        until("the late one is read", async || at.all_messages().await.len() == 1).await;
        let junk = pages(&at, mailbox).await.into_iter().find(|row| row.name == "Junk").unwrap();
        assert_eq!((junk.past_total, junk.last_uid), (4, 5), "old mail and what was held back stays past mail");
        served.stop().await;
    }
}
