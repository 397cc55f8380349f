//! A listener on a free port, with a keeper that remembers.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use channels::smtp_in::{Accepts, Incoming, KeepError, Keeper, Settings, Unavailable, serve};
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

/// Keeps every mail in memory and answers as it was told.
pub struct Ledger {
    /// The mails kept, in their order.
    pub kept: Mutex<Vec<Incoming>>,
    /// The answer for each recipient, by position; beyond its end `Ok`.
    pub answers: Mutex<Vec<Result<(), KeepError>>>,
    /// A mail is kept only when a permit is there.
    pub gate: Semaphore,
    /// Mails that wait at the gate or went through it.
    pub at_gate: Semaphore,
}

impl Keeper for Ledger {
    async fn accepts(&self, address: &str) -> Result<Accepts, Unavailable> {
        if address.starts_with("busy@") {
            return Err(Unavailable);
        }
        let ours = address.ends_with("@example.com") && !address.starts_with("nobody")
            || address == "a..b@docomo.ne.jp";
        Ok(if ours { Accepts::Yes } else { Accepts::NoSuchAddress })
    }

    async fn keep(&self, mail: Incoming) -> Vec<Result<(), KeepError>> {
        self.at_gate.add_permits(1);
        self.gate.acquire().await.unwrap().forget();
        let mut answers = self.answers.lock().unwrap().clone();
        let count = mail.envelope_to.len();
        answers.resize(count, Ok(()));
        self.kept.lock().unwrap().push(mail);
        answers
    }
}

/// A running listener; it ends with the value.
pub struct Desk {
    pub address: SocketAddr,
    pub ledger: Arc<Ledger>,
    pub stop: CancellationToken,
    pub running: JoinSet<()>,
}

impl Desk {
    pub async fn open(settings: Settings) -> Self {
        Self::open_with(settings, Semaphore::MAX_PERMITS / 2).await
    }

    /// Lets only so many mails be kept before `ledger.gate` gets more permits.
    pub async fn open_with(settings: Settings, permits: usize) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let ledger = Arc::new(Ledger {
            kept: Mutex::default(),
            answers: Mutex::default(),
            gate: Semaphore::new(permits),
            at_gate: Semaphore::new(0),
        });
        let stop = CancellationToken::new();
        let mut running = JoinSet::new();
        running.spawn(serve(listener, settings, Arc::clone(&ledger), stop.clone()));
        Self { address, ledger, stop, running }
    }

    pub fn kept(&self) -> Vec<Incoming> {
        self.ledger.kept.lock().unwrap().clone()
    }

    pub fn answer_with(&self, answers: &[Result<(), KeepError>]) {
        *self.ledger.answers.lock().unwrap() = answers.to_vec();
    }
}

/// The usual settings.
pub fn settings() -> Settings {
    Settings::new("desk.example.com")
}
