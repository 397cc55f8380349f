//! Opening the database, its transactions and its migrations. SQLite gets one writing connection and a few readers;
//! PostgreSQL one pool. What differs inside the statements stands in `dialect.rs`.

use crate::{
    StoreError, dialect,
    error::MayBeBusy,
    tx::{Connection, Tx},
};
use sqlx::{
    PgPool, SqlitePool,
    migrate::Migrator,
    pool::PoolOptions,
    postgres::{PgConnectOptions, PgListener},
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous},
};
use std::{path::PathBuf, str::FromStr, time::Duration};

static SQLITE: Migrator = sqlx::migrate!("migrations/sqlite");
static POSTGRES: Migrator = sqlx::migrate!("migrations/postgres");

/// How long a statement waits for somebody else's lock before it is [`StoreError::Busy`].
const LOCK_WAIT: Duration = Duration::from_secs(10);
/// How long a caller waits for a free connection: longer than one waits for a lock.
const CONNECTION_WAIT: Duration = Duration::from_secs(20);
/// Every statement of this crate stays prepared.
const STATEMENTS: usize = 400;
const SQLITE_READERS: u32 = 4;
const POSTGRES_CONNECTIONS: u32 = 16;

/// Where the database is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Url {
    /// A file, made if it is missing.
    Sqlite(PathBuf),
    /// `postgres://user:password@host:port/database`.
    Postgres(String),
}

/// The open database. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Store {
    pools: Pools,
}

#[derive(Debug, Clone)]
enum Pools {
    Sqlite { writer: SqlitePool, readers: SqlitePool },
    Postgres(PgPool),
}

impl Store {
    /// Opens the database, makes it if it is missing (SQLite), and brings its tables up to date under a lock.
    pub async fn open(url: &Url) -> Result<Self, StoreError> {
        let store = Self::connect(url).await?;
        store.migrate().await?;
        Ok(store)
    }

    /// Opens the database as it stands, without migrating.
    pub async fn connect(url: &Url) -> Result<Self, StoreError> {
        let pools = match url {
            Url::Sqlite(path) => {
                let options = sqlite_options(path);
                // The first connection makes the file and switches it to WAL; readers come after it.
                let writer = pool(1).connect_with(options.clone()).await?;
                let readers = pool(SQLITE_READERS)
                    .connect_lazy_with(options.pragma("query_only", "on").pragma("cache_size", "-8000"));
                Pools::Sqlite { writer, readers }
            }
            Url::Postgres(url) => {
                Pools::Postgres(pool(POSTGRES_CONNECTIONS).connect_with(postgres_options(url)?).await?)
            }
        };
        Ok(Self { pools })
    }

    /// Begins a transaction that may write. On SQLite there is one at a time: it waits for the one before.
    pub async fn begin(&self) -> Result<Tx, StoreError> {
        Ok(Tx::new(match &self.pools {
            Pools::Sqlite { writer, .. } => Connection::Sqlite(writer.begin_with("BEGIN IMMEDIATE").await?),
            Pools::Postgres(pool) => Connection::Postgres(pool.begin().await?),
        }))
    }

    /// Begins a transaction that only reads, beside the writer.
    pub async fn read(&self) -> Result<Tx, StoreError> {
        Ok(Tx::new(match &self.pools {
            Pools::Sqlite { readers, .. } => Connection::Sqlite(readers.begin().await?),
            Pools::Postgres(pool) => Connection::Postgres(pool.begin_with("BEGIN READ ONLY").await?),
        }))
    }

    /// Whether the database answers.
    pub async fn ping(&self) -> Result<(), StoreError> {
        match &self.pools {
            Pools::Sqlite { readers, .. } => sqlx::query("select 1").execute(readers).await.map(drop)?,
            Pools::Postgres(pool) => sqlx::query("select 1").execute(pool).await.map(drop)?,
        }
        Ok(())
    }

    /// The database program and its version, such as `SQLite 3.50.2`.
    pub async fn version(&self) -> Result<String, StoreError> {
        dialect::version(&mut self.read().await?).await
    }

    /// What is wrong inside the file, a few lines; none if it is sound. `None` on PostgreSQL, which looks after itself.
    pub async fn integrity(&self) -> Result<Option<Vec<String>>, StoreError> {
        dialect::integrity(&mut self.read().await?).await
    }

    /// Hears the ids of new events from every node. `None` on SQLite: there the newest id is looked at once a second.
    pub async fn listen(&self) -> Result<Option<Listener>, StoreError> {
        let Pools::Postgres(pool) = &self.pools else { return Ok(None) };
        let mut listener = PgListener::connect_with(pool).await?;
        listener.listen(dialect::CHANNEL).await?;
        Ok(Some(Listener { listener }))
    }

    /// Whether this is SQLite: one process writes, and there is no [`Store::listen`].
    pub const fn is_sqlite(&self) -> bool {
        matches!(self.pools, Pools::Sqlite { .. })
    }

    /// Numbers and headings of the migrations that this program knows and the database has not seen.
    pub async fn pending_migrations(&self) -> Result<Vec<String>, StoreError> {
        let mut tx = self.read().await?;
        let done = applied(&mut tx).await;
        let all = if tx.is_sqlite() { &SQLITE } else { &POSTGRES };
        Ok(all
            .iter()
            .filter(|migration| !done.contains(&migration.version))
            .map(|migration| format!("{:04} {}", migration.version, migration.description))
            .collect())
    }

    /// Waits until nobody uses the database, then closes it (SQLite: the WAL goes into the file).
    pub async fn close(&self) {
        match &self.pools {
            Pools::Sqlite { writer, readers } => {
                readers.close().await;
                writer.close().await;
            }
            Pools::Postgres(pool) => pool.close().await,
        }
    }

    /// All pending migrations in one transaction, so that a failed start leaves the tables as they were.
    async fn migrate(&self) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        dialect::migration_lock(&mut tx).await?;
        match &mut tx.connection {
            Connection::Sqlite(c) => SQLITE.run_direct(None, &mut **c, false).await?,
            Connection::Postgres(c) => {
                let mut migrator = Migrator::with_migrations(POSTGRES.iter().cloned().collect());
                migrator.set_locking(false);
                migrator.run_direct(None, &mut **c, false).await?;
            }
        }
        tx.commit().await
    }
}

/// Numbers of the migrations in the database; none if it has no such table yet.
async fn applied(tx: &mut Tx) -> Vec<i64> {
    let found: Result<Vec<i64>, sqlx::Error> = crate::tx::values!(tx, "select version from _sqlx_migrations");
    found.unwrap_or_default()
}

fn pool<DB: sqlx::Database>(connections: u32) -> PoolOptions<DB> {
    PoolOptions::new()
        .max_connections(connections)
        .acquire_timeout(CONNECTION_WAIT)
        .test_before_acquire(false)
}

fn sqlite_options(path: &PathBuf) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(true)
        .page_size(8192)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(LOCK_WAIT)
        .statement_cache_capacity(STATEMENTS)
        .pragma("cache_size", "-32000")
        .pragma("temp_store", "memory")
        .pragma("journal_size_limit", "67108864")
}

fn postgres_options(url: &str) -> Result<PgConnectOptions, StoreError> {
    let wait = LOCK_WAIT.as_millis().to_string();
    Ok(PgConnectOptions::from_str(url)?
        .application_name("henji")
        .statement_cache_capacity(STATEMENTS)
        .options([("lock_timeout", wait.as_str()), ("idle_in_transaction_session_timeout", "300000")]))
}

/// Hears `NOTIFY`. It connects again by itself; what was said in between is lost, so the newest id is the truth.
pub struct Listener {
    listener: PgListener,
}

impl Listener {
    /// The next id another transaction announced, our own among them.
    pub async fn next(&mut self) -> Result<i64, StoreError> {
        loop {
            let notification = self.listener.recv().await?;
            if let Ok(id) = notification.payload().parse() {
                return Ok(id);
            }
        }
    }
}

/// Runs an action up to three times while the database says that it is busy (SQLite's writer, a deadlock, a failed
/// serialization). The action must begin its own transaction, so that nothing of the failed run remains.
pub async fn retry<T, E, F, Fut>(mut action: F) -> Result<T, E>
where
    E: MayBeBusy,
    F: FnMut() -> Fut,
    Fut: Future<Output = Result<T, E>>,
{
    for pause_ms in [20, 100] {
        match action().await {
            Err(error) if error.is_busy() => tokio::time::sleep(Duration::from_millis(pause_ms)).await,
            other => return other,
        }
    }
    action().await
}
