//! Connections to brokers: plain http on this computer, TLS beyond it. Whom to trust is what the
//! system says, read when a broker is first dialled by https.

use std::sync::Arc;

use rustls::client::Resumption;
use rustls::crypto::ring;
use rustls::pki_types::ServerName;
use rustls::{CertificateError, ClientConfig, RootCertStore};
use tokio::net::TcpStream;
use tokio::sync::OnceCell;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_util::either::Either;
use url::{Host, Url};

use super::super::{NotGenuine, Refusal};

/// So many TLS sessions can be taken up again, over all brokers.
const SESSIONS: usize = 8;

/// A connection to a broker.
pub(super) type Wire = Either<TcpStream, Box<TlsStream<TcpStream>>>;

/// Dials brokers. Cheap to clone; the clones share the roots.
#[derive(Clone, Default)]
pub struct Dialer(Arc<OnceCell<Arc<ClientConfig>>>);

impl Dialer {
    /// A connection to where `address` leads. It takes its time: who dials sets the limit.
    pub(super) async fn dial(&self, address: &Url) -> Result<Wire, Refusal> {
        let host = address.host().ok_or(Refusal::Strange)?;
        let port = address.port_or_known_default().ok_or(Refusal::Strange)?;
        let stream = match host {
            Host::Domain(name) => TcpStream::connect((name, port)).await,
            Host::Ipv4(ip) => TcpStream::connect((ip, port)).await,
            Host::Ipv6(ip) => TcpStream::connect((ip, port)).await,
        };
        let stream = stream.map_err(|error| {
            tracing::debug!(%error, "a broker cannot be reached");
            Refusal::Offline
        })?;
        // Small messages that wait for each other.
        drop(stream.set_nodelay(true));
        if address.scheme() != "https" {
            return Ok(Either::Left(stream));
        }
        let name = match host {
            Host::Domain(name) => {
                ServerName::try_from(name.to_owned()).map_err(|_| Refusal::Strange)?
            }
            Host::Ipv4(ip) => ServerName::from(std::net::IpAddr::from(ip)),
            Host::Ipv6(ip) => ServerName::from(std::net::IpAddr::from(ip)),
        };
        let connector = TlsConnector::from(self.config().await?);
        let stream = connector.connect(name, stream).await.map_err(|error| refused(&error))?;
        Ok(Either::Right(Box::new(stream)))
    }

    async fn config(&self) -> Result<Arc<ClientConfig>, Refusal> {
        let read = || async {
            let read = tokio::task::spawn_blocking(config).await;
            read.ok().flatten().map(Arc::new).ok_or(Refusal::Strange)
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
    let (known, unknown) = roots.add_parsable_certificates(read.certs);
    tracing::debug!(known, unknown, "the system's roots are read");
    trusting(roots)
}

fn trusting(roots: RootCertStore) -> Option<ClientConfig> {
    let mut config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .ok()?
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    config.resumption = Resumption::in_memory_sessions(SESSIONS);
    Some(config)
}

/// Why a handshake failed: the certificate, or the network.
fn refused(error: &std::io::Error) -> Refusal {
    tracing::info!(%error, "no TLS with the broker");
    let inner = error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>());
    match inner {
        Some(rustls::Error::InvalidCertificate(error)) => Refusal::NotGenuine(fault(error)),
        Some(_) | None => Refusal::Offline,
    }
}

#[allow(clippy::wildcard_enum_match_arm, reason = "rustls names more ways, and may add some")]
fn fault(error: &CertificateError) -> NotGenuine {
    match error {
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => NotGenuine::Expired,
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
            NotGenuine::NotYet
        }
        // The latter where somebody has the name of an authority and not its key.
        CertificateError::UnknownIssuer | CertificateError::BadSignature => NotGenuine::Issuer,
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            NotGenuine::Name
        }
        _ => NotGenuine::Other,
    }
}

#[cfg(test)]
mod tests {
    use rcgen::{
        BasicConstraints, Certificate, CertificateParams, IsCa, Issuer, KeyPair, date_time_ymd,
    };
    use rustls::ServerConfig;
    use rustls::pki_types::PrivateKeyDer;
    use tokio::net::TcpListener;
    use tokio_rustls::TlsAcceptor;

    use super::*;

    const HERE: &str = "127.0.0.1";

    fn root() -> (Certificate, Issuer<'static, KeyPair>) {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        (params.self_signed(&key).unwrap(), Issuer::new(params, key))
    }

    /// Dials somebody with a certificate for `host` from `from` to `until`, trusting another root
    /// or that one.
    async fn dialled(host: &str, from: i32, until: i32, trusted: Option<Certificate>) -> Refusal {
        let (root, issuer) = root();
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new([host.to_owned()]).unwrap();
        params.not_before = date_time_ymd(from, 1, 1);
        params.not_after = date_time_ymd(until, 1, 1);
        let own = params.signed_by(&key, &issuer).unwrap();
        let key = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
        let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![own.der().clone()], key)
            .unwrap();
        let listener = TcpListener::bind((HERE, 0)).await.unwrap();
        let address = format!("https://{}", listener.local_addr().unwrap());
        let mut roots = RootCertStore::empty();
        roots.add(trusted.unwrap_or(root).der().clone()).unwrap();
        let dialer = Dialer(Arc::new(OnceCell::from(Arc::new(trusting(roots).unwrap()))));
        let greeting = async {
            let (stream, _) = listener.accept().await.unwrap();
            TlsAcceptor::from(Arc::new(config)).accept(stream).await.ok()
        };
        let address = Url::parse(&address).unwrap();
        match tokio::join!(greeting, dialer.dial(&address)).1 {
            Ok(_) => Refusal::Offline,
            Err(refusal) => refusal,
        }
    }

    #[tokio::test]
    async fn a_certificate_that_does_not_count_is_told_by_its_fault() {
        assert!(matches!(dialled(HERE, 2020, 2120, None).await, Refusal::Offline), "it counts");
        let is = |refusal, wanted| {
            let told = matches!(refusal, Refusal::NotGenuine(fault) if fault == wanted);
            assert!(told, "{refusal:?} is not {wanted:?}");
        };
        is(dialled(HERE, 2020, 2021, None).await, NotGenuine::Expired);
        is(dialled(HERE, 2120, 2121, None).await, NotGenuine::NotYet);
        is(dialled("login.example", 2020, 2120, None).await, NotGenuine::Name);
        is(dialled(HERE, 2020, 2120, Some(root().0)).await, NotGenuine::Issuer);
    }

    #[tokio::test]
    async fn nothing_that_answers_there_is_no_fault_of_a_certificate() {
        let listener = TcpListener::bind((HERE, 0)).await.unwrap();
        let address = format!("https://{}", listener.local_addr().unwrap());
        let dialer =
            Dialer(Arc::new(OnceCell::from(Arc::new(trusting(RootCertStore::empty()).unwrap()))));
        let closing = async { drop(listener.accept().await) };
        let address = Url::parse(&address).unwrap();
        let told = tokio::join!(closing, dialer.dial(&address)).1;
        assert!(matches!(told, Err(Refusal::Offline)));
    }
}
