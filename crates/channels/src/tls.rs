//! How a connection is protected, and whom we believe. One TLS provider (ring) is named
//! explicitly everywhere, so that no process-wide default is needed.

use std::sync::Arc;

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{CertificateError, ClientConfig, RootCertStore};

/// How the connection to a mail server is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Security {
    /// TLS from the first byte (IMAP 993, SMTP 465).
    Tls,
    /// Plain greeting, then TLS is demanded (IMAP 143, SMTP 587). Never falls back to plain.
    StartTls,
    /// No protection: only for the same machine or a closed network.
    None,
}

/// The certificate authorities that are believed: Mozilla's list and, if given, those of the
/// configuration's `ca_file`. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Roots {
    config: Arc<ClientConfig>,
}

/// The file of further roots can't be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadRoots {
    /// The text is not PEM.
    #[error("the file of certificate authorities is not PEM: {said}")]
    NotPem {
        /// What the PEM reader said.
        said: String,
    },
    /// It is PEM, but holds no certificate.
    #[error("the file of certificate authorities holds no certificate")]
    Empty,
    /// A certificate of the file is not one of an authority, or is broken.
    #[error("a certificate authority in the file can't be used: {said}")]
    NotUsable {
        /// What the certificate reader said.
        said: String,
    },
}

impl Roots {
    /// Mozilla's list, and every certificate of `further_pem` (the content of `ca_file`).
    pub fn new(further_pem: Option<&[u8]>) -> Result<Self, BadRoots> {
        let mut store = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
        if let Some(pem) = further_pem {
            add(&mut store, pem)?;
        }
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|e| BadRoots::NotUsable { said: e.to_string() })?
            .with_root_certificates(store)
            .with_no_client_auth();
        Ok(Self { config: Arc::new(config) })
    }

    /// The TLS settings of a client that believes these roots.
    pub(crate) fn client(&self) -> Arc<ClientConfig> {
        Arc::clone(&self.config)
    }
}

fn add(store: &mut RootCertStore, pem: &[u8]) -> Result<(), BadRoots> {
    let mut found = false;
    for certificate in CertificateDer::pem_slice_iter(pem) {
        let certificate = certificate.map_err(|e| BadRoots::NotPem { said: e.to_string() })?;
        store.add(certificate).map_err(|e| BadRoots::NotUsable { said: e.to_string() })?;
        found = true;
    }
    if found { Ok(()) } else { Err(BadRoots::Empty) }
}

/// Why no protected connection came about. Each case asks for another remedy.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TlsError {
    /// The certificate's time is over.
    #[error("the server's certificate has expired")]
    CertificateExpired,
    /// The certificate is for a later time: most often the clock of this machine is wrong.
    #[error("the server's certificate is not valid yet")]
    CertificateNotYetValid,
    /// The certificate belongs to other names than the host that was asked for.
    #[error("the server's certificate is for another name")]
    CertificateWrongName {
        /// The names that the certificate is for, as far as known.
        names: Vec<String>,
    },
    /// Signed by nobody we believe (or by itself): `ca_file` may name the company's authority.
    #[error("the server's certificate is signed by an unknown authority")]
    CertificateUnknownIssuer,
    /// The server shows the certificate of an authority as its own: what `openssl req -x509`
    /// makes when nothing more is said. Not even `ca_file` helps; it must be made anew.
    #[error("the server's certificate is one of an authority, not of a server")]
    CertificateIsAuthority,
    /// Anything else that is wrong with the certificate.
    #[error("the server's certificate is not valid: {said}")]
    CertificateInvalid {
        /// What the verifier said.
        said: String,
    },
    /// `STARTTLS` was demanded, the server doesn't offer it (or somebody removed the offer).
    #[error("the server does not offer STARTTLS")]
    NotOffered,
    /// The server offered `STARTTLS` and then refused it.
    #[error("the server refused STARTTLS: {answer}")]
    Refused {
        /// The server's answer.
        answer: String,
    },
    /// Plain text came behind the answer to `STARTTLS`: somebody is between us and the server.
    #[error("plain text was put into the start of TLS")]
    Injected,
    /// What answers at this port doesn't speak TLS there.
    #[error("the server does not speak TLS at this port")]
    NotTls,
    /// The host's name can't stand in a certificate.
    #[error("the host name can't be used with TLS")]
    BadHostName,
    /// The two sides found no common ground.
    #[error("no TLS connection came about: {said}")]
    Failed {
        /// What the TLS library said.
        said: String,
    },
}

impl TlsError {
    /// The name of the case for the API and the screens.
    pub fn code(&self) -> &'static str {
        match self {
            Self::CertificateExpired => "certificate_expired",
            Self::CertificateNotYetValid => "certificate_not_yet_valid",
            Self::CertificateWrongName { .. } => "certificate_wrong_name",
            Self::CertificateUnknownIssuer => "certificate_unknown_issuer",
            Self::CertificateIsAuthority => "certificate_is_authority",
            Self::CertificateInvalid { .. } => "certificate_invalid",
            Self::NotOffered => "starttls_not_offered",
            Self::Refused { .. } => "starttls_refused",
            Self::Injected => "starttls_injected",
            Self::NotTls => "not_tls",
            Self::BadHostName => "bad_host_name",
            Self::Failed { .. } => "tls_failed",
        }
    }

    /// What the server said, where it said anything.
    pub fn answer(&self) -> Option<&str> {
        match self {
            Self::Refused { answer } => Some(answer),
            Self::CertificateExpired
            | Self::CertificateNotYetValid
            | Self::CertificateWrongName { .. }
            | Self::CertificateUnknownIssuer
            | Self::CertificateIsAuthority
            | Self::CertificateInvalid { .. }
            | Self::NotOffered
            | Self::Injected
            | Self::NotTls
            | Self::BadHostName
            | Self::Failed { .. } => None,
        }
    }

    /// Reads the reason out of a failed handshake.
    pub(crate) fn from_rustls(error: &rustls::Error) -> Self {
        if let rustls::Error::InvalidCertificate(bad) = error {
            return Self::from_certificate(bad);
        }
        if let rustls::Error::InvalidMessage(_) = error {
            return Self::NotTls;
        }
        Self::Failed { said: error.to_string() }
    }

    fn from_certificate(bad: &CertificateError) -> Self {
        use CertificateError as C;
        if let C::Expired | C::ExpiredContext { .. } = bad {
            return Self::CertificateExpired;
        }
        if let C::NotValidYet | C::NotValidYetContext { .. } = bad {
            return Self::CertificateNotYetValid;
        }
        if let C::NotValidForNameContext { presented, .. } = bad {
            return Self::CertificateWrongName { names: presented.clone() };
        }
        if *bad == C::NotValidForName {
            return Self::CertificateWrongName { names: Vec::new() };
        }
        // A wrong signature comes from an authority of the same name with another key: a company
        // that made its own anew. It is as unknown as any other.
        if [C::UnknownIssuer, C::BadSignature].contains(bad) {
            return Self::CertificateUnknownIssuer;
        }
        let said = bad.to_string();
        // The verifier's own error type is hidden in there; its name is all that can be seen.
        if said.contains("CaUsedAsEndEntity") {
            return Self::CertificateIsAuthority;
        }
        Self::CertificateInvalid { said }
    }
}
