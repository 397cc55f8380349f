//! A desk for one story, on either database.

use std::time::Duration;

use channels::tls::Roots;
use desk::{
    ids::{DeliveryId, MailboxId, TicketId},
    mailbox::{IncomingKind, Switch, Tls},
    message::{ArrivedBy, Channel},
    ticket::Ticket,
};
use server::{
    actions::{
        keep_mail::{Arrived, keep_mails},
        receive_mail::{Received, receive_mail},
        save_mailbox::new_settings,
    },
    keys::Keys,
    serve::{Doors, ServeError, run},
    state::{Desk, ServeSettings},
};
use store::{
    Store, Url,
    events::EventRow,
    mailboxes::{self, MailboxSettings},
    messages::MessageRow,
    originals::{Mode, NewDelivery},
};
use tokio::{net::TcpListener, task::JoinHandle};

/// The mailbox of most stories.
pub const SUPPORT: &str = "support@shop.example";
/// How long a story waits for what happens beside it.
const PATIENCE: Duration = Duration::from_mins(1);

/// A desk with one mailbox.
pub struct At {
    /// The desk.
    pub desk: Desk,
    /// The mailbox `support@shop.example`.
    pub support: MailboxId,
    /// A folder of the story's own.
    pub folder: tempfile::TempDir,
    url: Url,
}

/// A desk that is served.
pub struct Served {
    /// Where it takes mail.
    pub smtp: std::net::SocketAddr,
    desk: Desk,
    running: JoinHandle<Result<(), ServeError>>,
}

impl At {
    /// A fresh desk on an SQLite file.
    pub async fn sqlite() -> At {
        let folder = tempfile::tempdir().unwrap();
        let url = Url::Sqlite(folder.path().join("henji.db"));
        At::over(url, folder).await
    }

    /// A fresh desk on a PostgreSQL database of its own.
    pub async fn postgres() -> At {
        let server = variable("HENJI_TEST_POSTGRES");
        let name = format!("henji_intake_{}", data_encoding::HEXLOWER.encode(&rand::random::<[u8; 8]>()));
        let admin = sqlx::PgPool::connect(&server).await.unwrap();
        sqlx::query(sqlx::AssertSqlSafe(format!("create database {name}"))).execute(&admin).await.unwrap();
        admin.close().await;
        let (base, _) = server.rsplit_once('/').unwrap();
        At::over(Url::Postgres(format!("{base}/{name}")), tempfile::tempdir().unwrap()).await
    }

    /// Another desk over the same database, as after a restart.
    pub async fn again(self) -> At {
        At::over(self.url, self.folder).await
    }

    async fn over(url: Url, folder: tempfile::TempDir) -> At {
        let store = Store::open(&url).await.unwrap();
        let settings = ServeSettings {
            public_url: "http://desk.test".to_owned(),
            node: "test".to_owned(),
            hostname: "desk.test".to_owned(),
            max_size: 10 << 20,
            setup_secret: None,
            trusted_proxies: Vec::new(),
        };
        let roots = Roots::new(None).unwrap();
        let desk = Desk::new(store, Keys::derive(&[7; 32]), roots, settings);
        let known = mailboxes::by_address(&mut desk.store.read().await.unwrap(), SUPPORT).await.unwrap();
        let support = match known {
            Some(row) => row.id,
            None => {
                add_mailbox(&desk, MailboxSettings { incoming_kind: IncomingKind::Smtp, ..of(SUPPORT) }).await
            }
        };
        At { desk, support, folder, url }
    }

    /// Adds a mailbox.
    pub async fn mailbox(&self, settings: MailboxSettings) -> MailboxId {
        add_mailbox(&self.desk, settings).await
    }

    /// Changes the mailbox of most stories.
    pub async fn change_support(&self, change: impl FnOnce(&mut MailboxSettings)) {
        let mut tx = self.desk.store.begin().await.unwrap();
        let mut row = mailboxes::get(&mut tx, self.support).await.unwrap().unwrap();
        change(&mut row.settings);
        mailboxes::update(&mut tx, self.support, row.version, &row.settings).await.unwrap();
        tx.commit().await.unwrap();
    }

    /// A live mail to the mailbox of most stories.
    pub fn live(&self) -> NewDelivery {
        NewDelivery {
            channel: Channel::Mail,
            mailbox: Some(self.support),
            arrived_by: ArrivedBy::Smtp,
            folder: None,
            uidvalidity: None,
            uid: None,
            uidl: None,
            envelope_from: None,
            envelope_to: Vec::new(),
            trace: None,
            mode: Mode::Live,
            open_since: None,
            junk: false,
            received_at: self.desk.now(),
        }
    }

    /// Keeps a mail that came in this way; its delivery.
    pub async fn keep(&self, mail: &str, delivery: NewDelivery) -> DeliveryId {
        let arrived = Arrived { bytes: crlf(mail).into(), delivery };
        keep_mails(&self.desk, vec![arrived]).await.unwrap()[0].delivery
    }

    /// Keeps a mail that came in this way and reads it into its ticket.
    pub async fn arrives_by(&self, mail: &str, delivery: NewDelivery) -> Received {
        let delivery = self.keep(mail, delivery).await;
        receive_mail(&self.desk, delivery).await.unwrap()
    }

    /// A live mail comes in and is read.
    pub async fn arrives(&self, mail: &str) -> Received {
        self.arrives_by(mail, self.live()).await
    }

    /// An old mail is taken in and read.
    pub async fn was_there(&self, mail: &str) -> Received {
        let delivery = NewDelivery { mode: Mode::Import, arrived_by: ArrivedBy::Import, ..self.live() };
        self.arrives_by(mail, delivery).await
    }

    /// A ticket as it is now.
    pub async fn ticket(&self, id: TicketId) -> Ticket {
        let mut tx = self.desk.store.read().await.unwrap();
        store::tickets::get(&mut tx, id).await.unwrap().unwrap()
    }

    /// Writes a ticket as a story needs it.
    pub async fn set(&self, id: TicketId, change: impl FnOnce(&mut Ticket)) {
        let mut tx = self.desk.store.begin().await.unwrap();
        let mut ticket = store::tickets::get(&mut tx, id).await.unwrap().unwrap();
        change(&mut ticket);
        store::tickets::save(&mut tx, &mut ticket).await.unwrap();
        tx.commit().await.unwrap();
    }

    /// The messages of a ticket, the oldest first.
    pub async fn messages(&self, ticket: TicketId) -> Vec<MessageRow> {
        let mut tx = self.desk.store.read().await.unwrap();
        let mut rows = store::messages::page(&mut tx, ticket, None, 100).await.unwrap();
        rows.reverse();
        rows
    }

    /// Every message of the desk.
    pub async fn all_messages(&self) -> Vec<MessageRow> {
        let mut tx = self.desk.store.read().await.unwrap();
        store::messages::list(&mut tx, 0.into(), 10_000).await.unwrap()
    }

    /// What happened so far, as words.
    pub async fn history(&self, ticket: TicketId) -> Vec<String> {
        self.events(ticket).await.into_iter().map(|event| event.kind.to_string()).collect()
    }

    /// What happened so far.
    pub async fn events(&self, ticket: TicketId) -> Vec<EventRow> {
        let mut tx = self.desk.store.read().await.unwrap();
        store::events::of_ticket(&mut tx, ticket, 0.into(), 1_000).await.unwrap()
    }

    /// Starts everything: doors, workers, duties.
    pub async fn serve(&self) -> Served {
        let http = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let smtp = listener.local_addr().unwrap();
        let doors = Doors { http, smtp: Some(listener), tls: None, smtp_tls: None };
        let desk = self.desk.clone();
        #[expect(clippy::disallowed_methods, reason = "the process itself, beside the story")]
        let running = tokio::spawn(run(desk.clone(), doors));
        Served { smtp, desk, running }
    }
}

impl Served {
    /// Stops as SIGTERM does.
    pub async fn stop(self) {
        self.desk.tasks.stop_signal().cancel();
        self.running.await.unwrap().unwrap();
    }
}

/// A mailbox that sends nothing.
pub fn of(address: &str) -> MailboxSettings {
    MailboxSettings { address: address.to_owned(), name: address.to_owned(), ..new_settings() }
}

/// The way out of a mailbox that may send; nobody listens there.
pub fn may_send(settings: &mut MailboxSettings) {
    settings.sending = Switch::On;
    settings.outgoing_host = Some("127.0.0.1".to_owned());
    settings.outgoing_port = Some(9);
    settings.outgoing_tls = Tls::None;
}

async fn add_mailbox(desk: &Desk, settings: MailboxSettings) -> MailboxId {
    let mut tx = desk.store.begin().await.unwrap();
    let id = mailboxes::add(&mut tx, &settings, desk.now()).await.unwrap();
    tx.commit().await.unwrap();
    desk.mailboxes_changed.notify_one();
    id
}

/// A mail with the line ends that mail has.
pub fn crlf(mail: &str) -> Vec<u8> {
    mail.replace('\n', "\r\n").into_bytes()
}

/// Waits until something is so.
pub async fn until(what: &str, mut so: impl AsyncFnMut() -> bool) {
    let wait = async {
        while !so().await {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    assert!(tokio::time::timeout(PATIENCE, wait).await.is_ok(), "waited in vain until {what}");
}

/// What `make test` says about its servers.
#[expect(clippy::disallowed_methods, reason = "tests are told by the program that started the servers")]
pub fn variable(name: &str) -> String {
    std::env::var(name)
        .unwrap_or_else(|_| panic!("{name} is not set: run `make test`, which starts the servers"))
}

/// Runs each story on both databases.
macro_rules! both {
    ($($(#[doc = $doc:literal])* async fn $name:ident($at:ident: At) $body:block)*) => {$(
        mod $name {
            use super::*;

            async fn story($at: At) $body

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn on_sqlite() {
                story(At::sqlite().await).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn on_postgresql() {
                story(At::postgres().await).await;
            }
        }
    )*};
}
pub(crate) use both;
