//! A server that webhooks are sent to. It verifies by itself what it is told, and the test says what
//! it answers.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::{Signature, VerifyingKey};
use rcgen::{CertifiedKey, generate_simple_self_signed};
use rustls::ServerConfig;
use rustls::pki_types::PrivateKeyDer;
use serde_json::Value;
use std::sync::Arc;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufStream};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;
use tokio_util::either::Either;

type Stream = BufStream<Either<TcpStream, TlsStream<TcpStream>>>;

pub(crate) struct Receiver {
    pub(crate) url: String,
    calls: mpsc::UnboundedReceiver<Option<Call>>,
    task: JoinHandle<()>,
}

/// A call that waits for its answer.
pub(crate) struct Call {
    head: String,
    pub(crate) body: String,
    stream: Stream,
}

impl Receiver {
    pub(crate) async fn start() -> Receiver {
        Receiver::start_by("http", None).await
    }

    /// One that speaks TLS, and its own root in PEM.
    pub(crate) async fn start_secure() -> (Receiver, String) {
        let CertifiedKey { cert, signing_key } =
            generate_simple_self_signed(["127.0.0.1".to_owned()]).unwrap();
        let key = PrivateKeyDer::try_from(signing_key.serialize_der()).unwrap();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![cert.der().clone()], key)
            .unwrap();
        let acceptor = TlsAcceptor::from(Arc::new(config));
        (Receiver::start_by("https", Some(acceptor)).await, cert.pem())
    }

    async fn start_by(scheme: &str, acceptor: Option<TlsAcceptor>) -> Receiver {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("{scheme}://{}/hook?of=bank", listener.local_addr().unwrap());
        let (sender, calls) = mpsc::unbounded_channel();
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (acceptor, sender) = (acceptor.clone(), sender.clone());
                tokio::spawn(async move {
                    let call = match acceptor {
                        None => read(Either::Left(stream)).await,
                        Some(acceptor) => match acceptor.accept(stream).await {
                            Ok(stream) => read(Either::Right(stream)).await,
                            Err(_) => None,
                        },
                    };
                    sender.send(call).ok();
                });
            }
        });
        Receiver { url, calls, task }
    }

    /// The next call.
    pub(crate) async fn next(&mut self) -> Call {
        self.calls.recv().await.unwrap().expect("a whole call")
    }

    /// Somebody connects, and goes without a call.
    pub(crate) async fn next_refuses(&mut self) {
        assert!(self.calls.recv().await.unwrap().is_none());
    }

    /// Whether nobody has connected.
    pub(crate) fn is_untouched(&mut self) -> bool {
        self.calls.try_recv().is_err()
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn read(stream: Either<TcpStream, TlsStream<TcpStream>>) -> Option<Call> {
    let mut stream = BufStream::new(stream);
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        if stream.read_line(&mut head).await.ok()? == 0 {
            return None;
        }
    }
    let length = field(&head, "content-length")?.parse().ok()?;
    let mut body = vec![0; length];
    stream.read_exact(&mut body).await.ok()?;
    Some(Call { head, body: String::from_utf8(body).ok()?, stream })
}

fn field<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    head.lines().find_map(|line| {
        let (field, value) = line.split_once(':')?;
        field.eq_ignore_ascii_case(name).then_some(value.trim())
    })
}

impl Call {
    pub(crate) fn id(&self) -> &str {
        field(&self.head, "webhook-id").unwrap()
    }

    /// When it was sent, in seconds.
    pub(crate) fn at(&self) -> i64 {
        field(&self.head, "webhook-timestamp").unwrap().parse().unwrap()
    }

    /// What it says, once the signature is found to be that of this key (`whpk_...`).
    pub(crate) fn verified(&self, key: &str) -> Value {
        assert!(self.head.starts_with("POST /hook?of=bank HTTP/1.1\r\n"), "{}", self.head);
        assert_eq!(field(&self.head, "content-type"), Some("application/json"));
        let key = STANDARD.decode(key.strip_prefix("whpk_").unwrap()).unwrap();
        let key = VerifyingKey::from_bytes(&key.try_into().unwrap()).unwrap();
        let signature = field(&self.head, "webhook-signature").unwrap();
        let signature = STANDARD.decode(signature.strip_prefix("v1a,").unwrap()).unwrap();
        let signed = format!("{}.{}.{}", self.id(), self.at(), self.body);
        let signature = Signature::from_slice(&signature).unwrap();
        key.verify_strict(signed.as_bytes(), &signature).unwrap();
        serde_json::from_str(&self.body).unwrap()
    }

    /// Answers with this status, and these fields if there are any.
    pub(crate) async fn answer(mut self, status: &str) {
        let answer = format!("HTTP/1.1 {status}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
        // Who called may have been stopped meanwhile.
        self.stream.write_all(answer.as_bytes()).await.ok();
        self.stream.flush().await.ok();
        self.stream.shutdown().await.ok();
    }

    pub(crate) async fn take(self) {
        self.answer("204 No Content").await;
    }
}
