//! One running process: its doors (HTTP, SMTP), its workers and duties, from start to a clean stop.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use axum::middleware::from_fn;
use axum_server::{Handle, tls_rustls::RustlsConfig};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject};
use store::{Store, StoreError};
use tokio::net::TcpListener;

use crate::{duties, events, headers, jobs, router, state::Desk};

/// How long open requests and a running send may take after SIGTERM.
const PATIENCE: Duration = Duration::from_secs(20);
/// A client that has not sent its request line and headers by then is let go (slowloris).
const HEADERS_WITHIN: Duration = Duration::from_secs(30);
/// The setting that remembers which key this database belongs to.
pub(crate) const KEY_SETTING: &str = "key_fingerprint";

/// A certificate chain and its key, PEM.
pub struct TlsDoor {
    /// The certificates, the desk's own first.
    pub cert: Vec<u8>,
    /// The private key.
    pub key: Vec<u8>,
}

/// Where the process listens.
pub struct Doors {
    /// API and console.
    pub http: TcpListener,
    /// Mail in, if configured.
    pub smtp: Option<TcpListener>,
    /// TLS of `http`.
    pub tls: Option<TlsDoor>,
    /// STARTTLS of `smtp`.
    pub smtp_tls: Option<TlsDoor>,
}

/// Why the process could not run.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// A socket failed.
    #[error("{0}")]
    Io(#[from] std::io::Error),
    /// The certificate or its key cannot be used.
    #[error("the TLS certificate or key cannot be used: {0}")]
    Certificate(String),
    /// The database failed.
    #[error("{0}")]
    Store(#[from] StoreError),
}

/// The database belongs to another key (contract §6.1).
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// PostgreSQL: every node needs the same key.
    #[error("the database belongs to another key")]
    Other,
    /// The database failed.
    #[error("{0}")]
    Store(#[from] StoreError),
}

/// Whether anybody can sign in yet.
pub async fn has_people(store: &Store) -> Result<bool, StoreError> {
    let mut tx = store.read().await?;
    Ok(store::agents::count(&mut tx).await? > 0)
}

/// Compares the key with the one this database knows; true when it met its first key now. A lost key on SQLite is
/// taken over: mails stay readable, only mailbox passwords must be entered again (contract §6.1).
pub async fn check_key(desk: &Desk) -> Result<bool, KeyError> {
    let mut tx = desk.store.begin().await?;
    let known = store::settings::get(&mut tx, KEY_SETTING).await?;
    let own = serde_json::Value::from(desk.keys.fingerprint());
    let version = match known {
        Some(known) if known.value == own => return Ok(false),
        Some(_) if !desk.store.is_sqlite() => return Err(KeyError::Other),
        Some(known) => known.version,
        None => 0,
    };
    let first = version == 0;
    if !first {
        tracing::warn!("the key is another one than before; mailbox passwords must be entered again");
    }
    store::settings::put(&mut tx, KEY_SETTING, &own, version, desk.now()).await?;
    tx.commit().await?;
    Ok(first)
}

/// From here on SIGTERM and SIGINT stop the desk cleanly: call it before anybody is told that the desk is open.
#[cfg(unix)]
pub fn stop_at_signals(desk: &Desk) -> std::io::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let stop = desk.tasks.stop_signal();
    desk.tasks.start(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
            () = stop.cancelled() => {}
        }
        stop.cancel();
    });
    Ok(())
}

/// From here on Ctrl+C stops the desk cleanly.
#[cfg(not(unix))]
pub fn stop_at_signals(desk: &Desk) -> std::io::Result<()> {
    let stop = desk.tasks.stop_signal();
    desk.tasks.start(async move {
        tokio::select! {
            _ = tokio::signal::ctrl_c() => {}
            () = stop.cancelled() => {}
        }
        stop.cancel();
    });
    Ok(())
}

/// Runs until the desk is told to stop ([`stop_at_signals`]), then stops cleanly.
pub async fn run(desk: Desk, doors: Doors) -> Result<(), ServeError> {
    let smtp_tls = doors.smtp_tls.map(|door| smtp_config(&door)).transpose()?;
    if let Err(error) = jobs::take_over(&desk).await {
        tracing::warn!(%error, "jobs that a crash cut off come back when their leases end");
    }
    desk.tasks.start(events::pump(desk.clone()));
    jobs::start(&desk);
    duties::start(&desk);
    if let Some(listener) = doors.smtp {
        desk.tasks.start(duties::take_smtp::listen(desk.clone(), listener, smtp_tls));
    }
    let handle = Handle::new();
    desk.tasks.start(stop_with_desk(desk.clone(), handle.clone()));
    serve_http(&desk, doors.http, doors.tls, handle).await?;
    desk.tasks.stop(PATIENCE).await;
    desk.store.close().await;
    Ok(())
}

async fn serve_http(
    desk: &Desk,
    listener: TcpListener,
    tls: Option<TlsDoor>,
    handle: Handle<SocketAddr>,
) -> Result<(), ServeError> {
    let listener = listener.into_std()?;
    let over_tls = tls.is_some() || desk.settings.public_url.starts_with("https://");
    let mut app = router::router(desk);
    if over_tls {
        app = app.layer(from_fn(headers::strict_transport));
    }
    let service = app.into_make_service_with_connect_info::<SocketAddr>();
    if let Some(door) = tls {
        let config = RustlsConfig::from_pem(door.cert, door.key).await;
        let config = config.map_err(|error| ServeError::Certificate(error.to_string()))?;
        let mut server = axum_server::from_tcp_rustls(listener, config)?.handle(handle);
        patient(server.http_builder());
        server.serve(service).await?;
    } else {
        let mut server = axum_server::from_tcp(listener)?.handle(handle);
        patient(server.http_builder());
        server.serve(service).await?;
    }
    Ok(())
}

fn patient(builder: &mut hyper_util::server::conn::auto::Builder<hyper_util::rt::TokioExecutor>) {
    builder.http1().timer(hyper_util::rt::TokioTimer::new()).header_read_timeout(HEADERS_WITHIN);
}

async fn stop_with_desk(desk: Desk, handle: Handle<SocketAddr>) {
    // The streams of events end with this signal, so that the server does not wait for them.
    desk.tasks.stop_signal().cancelled().await;
    tracing::info!("stopping");
    handle.graceful_shutdown(Some(PATIENCE));
}

fn smtp_config(door: &TlsDoor) -> Result<Arc<rustls::ServerConfig>, ServeError> {
    let wrong = |error: &dyn std::fmt::Display| ServeError::Certificate(error.to_string());
    let chain: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&door.cert).collect();
    let chain = chain.map_err(|error| wrong(&error))?;
    let key = PrivateKeyDer::from_pem_slice(&door.key).map_err(|error| wrong(&error))?;
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| wrong(&error))?
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .map(Arc::new)
        .map_err(|error| wrong(&error))
}
