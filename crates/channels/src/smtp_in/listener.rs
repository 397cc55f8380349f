//! The door: takes connections, as many as there is room for, and lets the running ones finish
//! when the desk closes.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::task::{JoinError, JoinSet};
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;
use tokio_util::sync::CancellationToken;

use super::data::Room;
use super::session::talk;
use super::{BadTls, Keeper, Settings, reply};

/// How long a closing desk waits for mails that are being kept.
const FINISH: Duration = Duration::from_secs(30);
/// Mails under way may fill this many times `max_size`, all connections together.
const ROOM: u64 = 4;

/// What all connections share.
pub(crate) struct Door<K> {
    pub settings: Settings,
    pub keeper: Arc<K>,
    pub room: Arc<Room>,
    pub stop: CancellationToken,
}

/// TLS settings of a server out of PEM texts (`tls_cert` with its chain, `tls_key`).
pub fn server_tls(certificates_pem: &[u8], key_pem: &[u8]) -> Result<Arc<ServerConfig>, BadTls> {
    let chain: Vec<_> = CertificateDer::pem_slice_iter(certificates_pem)
        .collect::<Result<_, _>>()
        .map_err(|e| BadTls::NoCertificate { said: e.to_string() })?;
    if chain.is_empty() {
        return Err(BadTls::NoCertificate { said: "the file holds none".to_owned() });
    }
    let key = PrivateKeyDer::from_pem_slice(key_pem).map_err(|e| BadTls::NoKey { said: e.to_string() })?;
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let unusable = |e: rustls::Error| BadTls::NotUsable { said: e.to_string() };
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(unusable)?
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .map_err(unusable)?;
    Ok(Arc::new(config))
}

/// Serves until `stop`, then lets the mails that are being kept finish and returns.
pub async fn serve<K: Keeper>(
    listener: TcpListener,
    settings: Settings,
    keeper: Arc<K>,
    stop: CancellationToken,
) {
    let seats = Arc::new(Semaphore::new(settings.max_sessions));
    let most = settings.max_sessions.saturating_mul(2);
    let room = Room::new(settings.max_size.saturating_mul(ROOM));
    let door = Arc::new(Door { settings, keeper, room, stop: stop.clone() });
    let mut sessions = JoinSet::new();
    loop {
        tokio::select! {
            () = stop.cancelled() => break,
            Some(ended) = sessions.join_next() => note(&ended),
            accepted = listener.accept() => match accepted {
                Ok((stream, peer)) => match Arc::clone(&seats).try_acquire_owned() {
                    Ok(seat) => {
                        let door = Arc::clone(&door);
                        sessions.spawn(async move {
                            converse(stream, &door, peer).await;
                            drop(seat);
                        });
                    }
                    // Turning away takes a moment, too; beyond that nobody is even answered.
                    Err(_full) if sessions.len() < most => { sessions.spawn(turn_away(stream)); }
                    Err(_full) => drop(stream),
                },
                Err(error) => {
                    tracing::warn!(%error, "the mail listener could not take a connection");
                    tokio::time::sleep(Duration::from_millis(100)).await;
                }
            },
        }
    }
    drop(listener);
    let all = async {
        while let Some(ended) = sessions.join_next().await {
            note(&ended);
        }
    };
    if timeout(FINISH, all).await.is_err() {
        tracing::warn!("mail connections were cut off at the stop; their mails were not acknowledged");
    }
}

fn note(ended: &Result<(), JoinError>) {
    if let Err(error) = ended {
        tracing::error!(%error, "a mail connection ended by a fault of ours; the sender will try again");
    }
}

async fn converse<K: Keeper>(stream: TcpStream, door: &Door<K>, peer: SocketAddr) {
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "TCP_NODELAY was refused");
    }
    let Some(stream) = talk(stream, door, peer, false).await else { return };
    let Some(config) = &door.settings.tls else { return };
    let acceptor = TlsAcceptor::from(Arc::clone(config));
    match timeout(door.settings.idle, acceptor.accept(stream)).await {
        Ok(Ok(stream)) => {
            talk(stream, door, peer, true).await;
        }
        Ok(Err(error)) => tracing::debug!(%error, "no TLS came about with a mail client"),
        Err(_) => tracing::debug!("a mail client asked for TLS and said nothing more"),
    }
}

async fn turn_away(mut stream: TcpStream) {
    let goodbye = async {
        stream.write_all(reply::TOO_MANY_SESSIONS.as_bytes()).await?;
        stream.write_all(b"\r\n").await?;
        stream.shutdown().await
    };
    // Whether the client heard it changes nothing.
    drop(timeout(Duration::from_secs(2), goodbye).await);
}
