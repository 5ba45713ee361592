//! What it takes to speak https: a certificate and its key, from files that are read at the start
//! and again at SIGHUP. The connections are left to [`crate::serving`].

use rustls::ServerConfig;
use rustls::client::verify_server_name;
use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::server::ParsedCertificate;
use sayso_words::{Language, Words, say};
use serde::Deserialize;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use url::Url;

/// Where certificate and key lie.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Files {
    /// The certificate and those that lead to its root, in PEM (RFC 7468), its own first.
    pub certificate: PathBuf,
    /// Its private key, in PEM.
    pub key: PathBuf,
}

/// Why these files cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// One of them cannot be read.
    #[error("{0}: {1}")]
    Unreadable(PathBuf, std::io::Error),
    /// The first has no certificate in it, or one that is none.
    #[error("no certificate in {0}")]
    Certificate(PathBuf),
    /// The second has no key in it, or one that this broker cannot use.
    #[error("no key in {0}")]
    Key(PathBuf),
    /// The key is another certificate's.
    #[error("the key in {0} is not the certificate's")]
    Pair(PathBuf),
    /// The certificate is for another host than the broker's.
    #[error("the certificate in {0} is not for {1}")]
    Host(PathBuf, String),
}

/// What every new connection is greeted with.
pub type Greeting = watch::Receiver<Arc<ServerConfig>>;

/// Reads the files anew whenever it is asked to.
#[derive(Debug)]
pub struct Renewal {
    files: Files,
    origin: String,
    greeting: watch::Sender<Arc<ServerConfig>>,
    asked: Signal,
}

/// Reads the files for the broker at `origin`.
///
/// # Errors
/// [`TlsError`]; an unreadable one also where no signal can be heard.
pub fn open(files: &Files, origin: &str) -> Result<(Greeting, Renewal), TlsError> {
    let (greeting, greeted) = watch::channel(read(files, origin)?);
    let asked = signal(SignalKind::hangup())
        .map_err(|error| TlsError::Unreadable(files.certificate.clone(), error))?;
    let renewal = Renewal { files: files.clone(), origin: origin.to_owned(), greeting, asked };
    Ok((greeted, renewal))
}

impl Renewal {
    /// Until `stopping`. Files that cannot be used leave the certificate as it was. Connections
    /// that are open stay open.
    pub async fn run(mut self, stopping: CancellationToken) {
        let words = Words::new(Language::English);
        while let Some(Some(())) = stopping.run_until_cancelled(self.asked.recv()).await {
            match read(&self.files, &self.origin) {
                Ok(config) => {
                    self.greeting.send_replace(config);
                    tracing::info!("the certificate was read anew");
                }
                Err(error) => {
                    let why = sentences(&words, &error);
                    tracing::error!("{why} {}", say!(words, "admin-tls-kept"));
                }
            }
        }
    }
}

/// What happened, and what to do.
#[must_use]
pub fn sentences(words: &Words, error: &TlsError) -> String {
    fn shown(path: &Path) -> String {
        path.to_string_lossy().into_owned()
    }
    match error {
        TlsError::Unreadable(path, cause) => {
            tracing::debug!(%cause, "a file of the certificate");
            say!(words, "admin-error-tls-unreadable", path = &*shown(path))
        }
        TlsError::Certificate(path) => {
            say!(words, "admin-error-tls-certificate", path = &*shown(path))
        }
        TlsError::Key(path) => say!(words, "admin-error-tls-key", path = &*shown(path)),
        TlsError::Pair(path) => say!(words, "admin-error-tls-pair", path = &*shown(path)),
        TlsError::Host(path, host) => {
            say!(words, "admin-error-tls-host", path = &*shown(path), host = &**host)
        }
    }
}

fn read(files: &Files, origin: &str) -> Result<Arc<ServerConfig>, TlsError> {
    let bytes = |path: &Path| {
        std::fs::read(path).map_err(|error| TlsError::Unreadable(path.to_owned(), error))
    };
    let (certificate, key) =
        (bytes(&files.certificate)?, zeroize::Zeroizing::new(bytes(&files.key)?));
    let no_certificate = || TlsError::Certificate(files.certificate.clone());
    let chain: Vec<_> = CertificateDer::pem_slice_iter(&certificate)
        .collect::<Result<_, _>>()
        .map_err(|_| no_certificate())?;
    let own = chain.first().ok_or_else(no_certificate)?;
    let parsed = ParsedCertificate::try_from(own).map_err(|_| no_certificate())?;
    let host = host(origin);
    let name = ServerName::try_from(host.clone());
    if !name.is_ok_and(|name| verify_server_name(&parsed, &name).is_ok()) {
        return Err(TlsError::Host(files.certificate.clone(), host));
    }
    let no_key = || TlsError::Key(files.key.clone());
    let key = PrivateKeyDer::from_pem_slice(&key).map_err(|_| no_key())?;
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|_| no_key())?
        .with_no_client_auth()
        .with_single_cert(chain, key);
    let mut config = config.map_err(|error| {
        let foreign = matches!(error, rustls::Error::InconsistentKeys(_));
        if foreign { TlsError::Pair(files.key.clone()) } else { no_key() }
    })?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(Arc::new(config))
}

/// The host of an origin, without the brackets of an IPv6 address.
fn host(origin: &str) -> String {
    let url = Url::parse(origin).ok();
    let host = url.as_ref().and_then(Url::host_str).unwrap_or_default();
    host.trim_start_matches('[').trim_end_matches(']').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use rcgen::{CertifiedKey, generate_simple_self_signed};

    const ORIGIN: &str = "https://broker.example";

    fn files(folder: &Path, certificate: &str, key: &str) -> Files {
        let files = Files { certificate: folder.join("cert.pem"), key: folder.join("key.pem") };
        std::fs::write(&files.certificate, certificate).unwrap();
        std::fs::write(&files.key, key).unwrap();
        files
    }

    fn pair(host: &str) -> (String, String) {
        let CertifiedKey { cert, signing_key } =
            generate_simple_self_signed([host.to_owned()]).unwrap();
        (cert.pem(), signing_key.serialize_pem())
    }

    #[test]
    fn a_certificate_counts_with_its_own_key_and_for_the_brokers_host_only() {
        let folder = tempfile::tempdir().unwrap();
        let read = |certificate: &str, key: &str, origin: &str| {
            super::read(&files(folder.path(), certificate, key), origin)
        };
        let (certificate, key) = pair("broker.example");
        assert!(read(&certificate, &key, ORIGIN).is_ok());
        assert!(read(&certificate, &key, "https://broker.example:8443").is_ok());
        let other = pair("other.example");
        let refused = |result| matches!(result, Err(TlsError::Host(..)));
        assert!(refused(read(&other.0, &other.1, ORIGIN)));
        assert!(matches!(read(&certificate, &other.1, ORIGIN), Err(TlsError::Pair(_))));
        assert!(matches!(read("", &key, ORIGIN), Err(TlsError::Certificate(_))));
        assert!(matches!(read(&key, &key, ORIGIN), Err(TlsError::Certificate(_))));
        assert!(matches!(read(&certificate, "", ORIGIN), Err(TlsError::Key(_))));
        let (certificate, key) = pair("127.0.0.1");
        assert!(read(&certificate, &key, "https://127.0.0.1:1").is_ok());
        let (certificate, key) = pair("::1");
        assert!(read(&certificate, &key, "https://[::1]:1").is_ok());
    }

    #[test]
    fn a_file_that_is_not_there_is_named() {
        let gone = PathBuf::from("/nowhere/cert.pem");
        let files = Files { certificate: gone.clone(), key: gone.clone() };
        let words = Words::new(Language::English);
        let error = read(&files, ORIGIN).unwrap_err();
        assert!(sentences(&words, &error).contains("/nowhere/cert.pem"), "{error}");
    }
}
