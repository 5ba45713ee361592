//! Connections to webhooks: plain http on this computer, TLS beyond it. Whom to trust is what the
//! system says, read when a webhook is first called by https.

use rustls::crypto::ring;
use rustls::pki_types::ServerName;
use rustls::{ClientConfig, RootCertStore};
use std::net::IpAddr;
use std::sync::Arc;
use tokio::net::TcpStream;
use tokio::sync::OnceCell;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_util::either::Either;
use url::{Host, Url};

use crate::store::outbox::Failure;

/// A connection to a webhook.
pub(super) type Wire = Either<TcpStream, Box<TlsStream<TcpStream>>>;

/// Dials webhooks. Cheap to clone; the clones share the roots.
#[derive(Clone, Default)]
pub(super) struct Dialer(Arc<OnceCell<Arc<ClientConfig>>>);

impl Dialer {
    /// A connection to where `url` leads. It takes its time: who dials sets the limit.
    pub(super) async fn dial(&self, url: &Url) -> Result<Wire, Failure> {
        let unreachable = || Failure::Unreachable;
        let host = url.host().ok_or_else(unreachable)?;
        let port = url.port_or_known_default().ok_or_else(unreachable)?;
        let stream = match host {
            Host::Domain(name) => TcpStream::connect((name, port)).await,
            Host::Ipv4(ip) => TcpStream::connect((ip, port)).await,
            Host::Ipv6(ip) => TcpStream::connect((ip, port)).await,
        };
        let stream = stream.map_err(|error| {
            tracing::debug!(%error, "a webhook cannot be reached");
            Failure::Unreachable
        })?;
        if url.scheme() != "https" {
            return Ok(Either::Left(stream));
        }
        let name = match host {
            Host::Domain(name) => {
                ServerName::try_from(name.to_owned()).map_err(|_| Failure::Certificate)?
            }
            Host::Ipv4(ip) => ServerName::from(IpAddr::from(ip)),
            Host::Ipv6(ip) => ServerName::from(IpAddr::from(ip)),
        };
        let connector = TlsConnector::from(self.config().await?);
        let stream = connector.connect(name, stream).await.map_err(|error| refused(&error))?;
        Ok(Either::Right(Box::new(stream)))
    }

    async fn config(&self) -> Result<Arc<ClientConfig>, Failure> {
        let read = || async {
            let read = tokio::task::spawn_blocking(config).await;
            read.ok().flatten().map(Arc::new).ok_or(Failure::Certificate)
        };
        self.0.get_or_try_init(read).await.cloned()
    }
}

/// The system's roots, or those of `SSL_CERT_FILE` and `SSL_CERT_DIR`.
fn config() -> Option<ClientConfig> {
    let read = rustls_native_certs::load_native_certs();
    for error in read.errors {
        tracing::warn!(%error, "some of the system's roots cannot be read");
    }
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(read.certs);
    let mut config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .ok()?
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Some(config)
}

/// Why a handshake failed: the certificate, or the network.
fn refused(error: &std::io::Error) -> Failure {
    tracing::debug!(%error, "no TLS with a webhook");
    let inner = error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>());
    match inner {
        Some(rustls::Error::InvalidCertificate(_)) => Failure::Certificate,
        Some(_) | None => Failure::Unreachable,
    }
}
