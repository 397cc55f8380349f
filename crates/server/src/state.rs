//! What every action needs: the store, the keys, the clock and the dice. The only file that reads the clock or asks
//! for chance; everything below takes both as arguments.

use std::sync::Arc;

use channels::tls::Roots;
use desk::time::Millis;
use rand::RngCore;
use store::Store;
use tokio::sync::Notify;

use crate::{events::Live, keys::Keys, limit::Limits, rate::Rates, tasks::Tasks};

/// What the configuration says about this process (contract §1); what a supervisor may change is in the database.
#[derive(Debug, Clone)]
pub struct ServeSettings {
    /// Where people reach the desk, such as `https://desk.example.jp`; derived from the listen address if not set.
    pub public_url: String,
    /// The name of this process among the nodes of one desk.
    pub node: String,
    /// The name this host gives itself in SMTP.
    pub hostname: String,
    /// The largest mail or upload that is taken, in bytes.
    pub max_size: u64,
    /// The one-time secret of the setup link, while the desk has no people.
    pub setup_secret: Option<String>,
    /// Addresses of proxies whose forwarding headers are believed.
    pub trusted_proxies: Vec<std::net::IpAddr>,
}

/// The running desk. Cheap to clone.
#[derive(Clone)]
pub struct Desk(Arc<Inner>);

/// The parts of [`Desk`].
pub struct Inner {
    /// Every table.
    pub store: Store,
    /// Every secret.
    pub keys: Keys,
    /// Certificates that mail servers are checked against.
    pub roots: Roots,
    /// The configuration of this process.
    pub settings: ServeSettings,
    /// Events on their way to browsers.
    pub live: Live,
    /// Wakes the workers when something was put into the queue.
    pub work: Notify,
    /// Wakes the mailbox duty when a mailbox was changed.
    pub mailboxes_changed: Notify,
    /// Counters of attempts.
    pub limits: Limits,
    /// Counters of the requests of each token.
    pub rates: Rates,
    /// Everything that runs beside the requests.
    pub tasks: Tasks,
}

impl std::ops::Deref for Desk {
    type Target = Inner;
    fn deref(&self) -> &Inner {
        &self.0
    }
}

impl Desk {
    /// A desk over an opened store.
    pub fn new(store: Store, keys: Keys, roots: Roots, settings: ServeSettings) -> Desk {
        Desk(Arc::new(Inner {
            store,
            keys,
            roots,
            settings,
            live: Live::default(),
            work: Notify::new(),
            mailboxes_changed: Notify::new(),
            limits: Limits::default(),
            rates: Rates::default(),
            tasks: Tasks::default(),
        }))
    }

    /// The time, in Unix milliseconds UTC.
    #[expect(clippy::disallowed_methods, reason = "the one place that reads the clock")]
    pub fn now(&self) -> Millis {
        jiff::Timestamp::now().as_millisecond()
    }

    /// `N` bytes of chance from the operating system's generator.
    pub fn random<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        rand::rng().fill_bytes(&mut bytes);
        bytes
    }

    /// After a commit: wakes whoever waits for new work or new events in this process.
    pub fn committed(&self) {
        self.live.wake();
        self.work.notify_waiters();
    }
}
