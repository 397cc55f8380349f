//! Where the desk would listen, whether it does so now, and what that means.

use server::actions::examine::Examined;
use tokio::net::TcpListener;

use super::super::{Opened, serve};

/// Whether a `serve` works here, and each door.
pub(super) async fn doors(opened: &Opened) -> Vec<Examined> {
    let config = &opened.config;
    let served = opened.folder.is_served();
    let listen = config.listen.as_deref().unwrap_or(serve::LISTEN);
    let mut findings = vec![if served { Examined::good("served") } else { Examined::note("not_served") }];
    findings.push(door("door_http", listen, served).await);
    let reached = tokio::net::lookup_host(listen).await.ok().and_then(|mut found| found.next());
    if reached.is_some_and(|at| serve::is_open_to_listeners(config, at.ip())) {
        findings.push(Examined::bad("no_tls").with("address", listen));
    }
    if let Some(address) = &config.smtp_in.listen {
        findings.push(door("door_smtp", address, served).await);
    }
    findings
}

/// A door that nobody holds open yet is tried, and closed again at once.
async fn door(named: &'static str, address: &str, served: bool) -> Examined {
    let tried = if served { Ok(()) } else { TcpListener::bind(address).await.map(drop) };
    match tried {
        Ok(()) => Examined::good(named).with("address", address),
        Err(error) => Examined::bad("door_taken").with("address", address).with("why", error),
    }
}
