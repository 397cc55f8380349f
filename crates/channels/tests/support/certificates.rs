//! A certificate authority of our own, and certificates of every bad kind.

use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair, date_time_ymd};

pub struct Authority {
    issuer: CertifiedIssuer<'static, KeyPair>,
}

/// Certificate chain and key, both PEM.
pub struct Identity {
    pub certificate: String,
    pub key: String,
}

impl Authority {
    pub fn new() -> Self {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let issuer = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
        Self { issuer }
    }

    /// What stands in `ca_file`.
    pub fn pem(&self) -> String {
        self.issuer.pem()
    }

    /// A good certificate for this name.
    pub fn sign(&self, name: &str) -> Identity {
        self.sign_for(name, (2020, 2090))
    }

    /// A certificate that holds from the first day of one year to that of another.
    pub fn sign_for(&self, name: &str, (from, to): (i32, i32)) -> Identity {
        let mut params = CertificateParams::new(vec![name.to_owned()]).unwrap();
        params.not_before = date_time_ymd(from, 1, 1);
        params.not_after = date_time_ymd(to, 1, 1);
        let key = KeyPair::generate().unwrap();
        let certificate = params.signed_by(&key, &self.issuer).unwrap();
        Identity { certificate: certificate.pem(), key: key.serialize_pem() }
    }
}

/// A certificate that nobody but itself has signed, with or without the mark of an authority.
pub fn self_signed(name: &str, marked: bool) -> Identity {
    let mut params = CertificateParams::new(vec![name.to_owned()]).unwrap();
    if marked {
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    }
    let key = KeyPair::generate().unwrap();
    let certificate = params.self_signed(&key).unwrap();
    Identity { certificate: certificate.pem(), key: key.serialize_pem() }
}

impl Identity {
    pub fn server(&self) -> Arc<rustls::ServerConfig> {
        channels::smtp_in::server_tls(self.certificate.as_bytes(), self.key.as_bytes()).unwrap()
    }
}
