//! A certificate authority that nobody knows until a story makes somebody trust it.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rcgen::{
    BasicConstraints, Certificate, CertificateParams, DnType, IsCa, Issuer, KeyPair,
    PublicKeyData as _, date_time_ymd,
};
use rustls::crypto::ring;
use rustls::{ClientConfig, RootCertStore};
use sha2::{Digest as _, Sha256};
use tokio_rustls::TlsConnector;

/// Until when a certificate counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Validity {
    /// For many years.
    Now,
    /// It did, long ago.
    Past,
}

/// A running authority.
pub struct Authority {
    root: Certificate,
    issuer: Issuer<'static, KeyPair>,
    pin: String,
    file: PathBuf,
}

impl std::fmt::Debug for Authority {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Authority").field("file", &self.file).finish_non_exhaustive()
    }
}

impl Authority {
    /// Founds one; its root lies in `dir`.
    ///
    /// # Panics
    /// If it cannot be written.
    #[must_use]
    pub fn found(dir: &Path, name: &str) -> Authority {
        let key = KeyPair::generate().expect("a key");
        let pin = STANDARD.encode(Sha256::digest(key.subject_public_key_info()));
        let mut params = CertificateParams::new(Vec::new()).expect("no names");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.distinguished_name.push(DnType::CommonName, name);
        let root = params.self_signed(&key).expect("a root");
        let file = dir.join(format!("{name}.pem"));
        std::fs::write(&file, root.pem()).expect("the root's file");
        Authority { root, issuer: Issuer::new(params, key), pin, file }
    }

    /// The file with its root.
    #[must_use]
    pub fn file(&self) -> &Path {
        &self.file
    }

    /// By what Chromium is told to take it: the hash of its public key.
    #[must_use]
    pub fn pin(&self) -> &str {
        &self.pin
    }

    /// How those connect who trust it and nobody else.
    ///
    /// # Panics
    /// Never: ring knows TLS, and its root is one.
    #[must_use]
    pub fn believe(&self) -> TlsConnector {
        let mut roots = RootCertStore::empty();
        roots.add(self.root.der().clone()).expect("a root");
        let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .expect("versions of TLS")
            .with_root_certificates(roots)
            .with_no_client_auth();
        Arc::new(config).into()
    }

    /// Vouches for `host`: the chain and the key, as PEM.
    ///
    /// # Panics
    /// If `host` is no name.
    #[must_use]
    pub fn vouch(&self, host: &str, validity: Validity) -> (String, String) {
        let key = KeyPair::generate().expect("a key");
        let mut params = CertificateParams::new([host.to_owned()]).expect("a name");
        if validity == Validity::Past {
            params.not_before = date_time_ymd(2020, 1, 1);
            params.not_after = date_time_ymd(2021, 1, 1);
        }
        let own = params.signed_by(&key, &self.issuer).expect("a certificate");
        (format!("{}{}", own.pem(), self.root.pem()), key.serialize_pem())
    }
}
