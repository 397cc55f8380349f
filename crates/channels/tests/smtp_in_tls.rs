//! STARTTLS at the listener: what was said in plain text counts for nothing afterwards.

#[cfg(test)]
mod support;

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use rustls::pki_types::pem::PemObject;
    use rustls::pki_types::{CertificateDer, ServerName};
    use tokio::net::TcpStream;
    use tokio_rustls::TlsConnector;
    use tokio_rustls::client::TlsStream;

    use crate::support::certificates::Authority;
    use crate::support::client::Client;
    use crate::support::desk::{Desk, settings};

    async fn open() -> (Desk, TlsConnector) {
        let authority = Authority::new();
        let mut settings = settings();
        settings.tls = Some(authority.sign("localhost").server());
        let desk = Desk::open(settings).await;
        let mut roots = rustls::RootCertStore::empty();
        roots.add(CertificateDer::from_pem_slice(authority.pem().as_bytes()).unwrap()).unwrap();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = rustls::ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth();
        (desk, TlsConnector::from(Arc::new(config)))
    }

    async fn protect(client: Client<TcpStream>, connector: &TlsConnector) -> Client<TlsStream<TcpStream>> {
        let name = ServerName::try_from("localhost").unwrap();
        Client::over(connector.connect(name, client.into_inner()).await.unwrap())
    }

    #[tokio::test]
    async fn a_mail_comes_in_over_tls() {
        let (desk, connector) = open().await;
        let mut client = Client::greeted(desk.address).await;
        assert!(client.say("EHLO c").await.contains("250-STARTTLS"));
        client.expect("STARTTLS", "220 ").await;
        let mut client = protect(client, &connector).await;
        // The greeting and EHLO before TLS are forgotten (RFC 3207 §4.2).
        client.expect("MAIL FROM:<a@example.net>", "503 5.5.1").await;
        assert!(!client.say("EHLO c").await.contains("STARTTLS"));
        client.expect("STARTTLS", "503 ").await;
        client.envelope(&["support@example.com"]).await;
        client.send(b"x\r\n.\r\n").await;
        assert!(client.reply().await.starts_with("250 2.6.0"));
        assert!(desk.kept()[0].tls);
    }

    #[tokio::test]
    async fn commands_put_behind_starttls_in_plain_text_are_dropped() {
        let (desk, connector) = open().await;
        let mut client = Client::greeted(desk.address).await;
        client.expect("EHLO c", "250-").await;
        client.send(b"STARTTLS\r\nEHLO evil\r\nMAIL FROM:<evil@example.net>\r\n").await;
        assert!(client.reply().await.starts_with("220 "));
        let mut client = protect(client, &connector).await;
        client.expect("RCPT TO:<support@example.com>", "503 5.5.1").await;
        client.expect("MAIL FROM:<a@example.net>", "503 5.5.1 say EHLO first").await;
    }
}
