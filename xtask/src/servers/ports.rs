//! Free loopback ports.

use std::net::{Ipv4Addr, TcpListener};

use anyhow::Context;

/// `N` different ports that were free a moment ago. Somebody else may take one before the server
/// does: whoever starts a server on them tries again with new ones.
pub fn free<const N: usize>() -> anyhow::Result<[u16; N]> {
    // Held together until all are known, so that no port is given twice.
    let listeners: Vec<TcpListener> = (0..N)
        .map(|_| TcpListener::bind((Ipv4Addr::LOCALHOST, 0)))
        .collect::<Result<_, _>>()
        .context("no free port on 127.0.0.1")?;
    let mut ports = [0; N];
    for (port, listener) in ports.iter_mut().zip(&listeners) {
        *port = listener.local_addr()?.port();
    }
    Ok(ports)
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_ports_differ() {
        let [a, b, c] = super::free::<3>().expect("three ports");
        assert!(a != b && b != c && a != c);
    }
}
