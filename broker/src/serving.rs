//! Serves routes on a listener as if anybody might be at the other end: a head must come in time,
//! connections are counted, and at the end nobody is waited for longer than a while. A TLS handshake
//! has the time of a head, and few may be under way. Bodies have their own time, in
//! [`crate::handlers::Body`].

use axum::Router;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::{Service as _, service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use std::io::Result as IoResult;
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_util::sync::CancellationToken;

use crate::clock::pause;
use crate::forwarding::Proxies;
use crate::guard::pending::Network;
use crate::tls::Greeting;
use crate::vestibule::{self, Handshakes, Place, Vestibule};

/// No head of a request is larger, in bytes; no connection buffers more.
const BUFFER: usize = 32 * 1024;
/// How long to let a listener be that cannot accept: too many files are open.
const AFTER_FAULT: Duration = Duration::from_secs(1);

/// How connections come in.
#[derive(Debug, Clone, Default)]
pub struct Entrance {
    /// What TLS begins with; without it, http is plain.
    pub tls: Option<Greeting>,
    /// The proxies that are believed.
    pub proxies: Proxies,
    /// Whether nobody but the proxies is let in.
    pub proxies_only: ProxiesOnly,
}

/// Whether nobody but the proxies is let in.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum ProxiesOnly {
    /// Whoever reaches the listener may call.
    #[default]
    No,
    /// Others are turned away unheard: what they sent would be readable on its way.
    Yes,
}

/// What a server takes on itself.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// So long may the head of a request take, and a connection wait for its next request; so long
    /// may a TLS handshake.
    pub head: Duration,
    /// So many TLS handshakes at a time, and so many of them from one network; who comes then is
    /// turned away.
    pub handshakes: Handshakes,
    /// So long does whoever is connected have once the server is to stop.
    pub drain: Duration,
    /// So many connections at a time, links among them; more wait at the door.
    pub connections: usize,
}

impl Default for Limits {
    fn default() -> Self {
        let (head, drain) = (Duration::from_secs(10), Duration::from_secs(5));
        Self { head, handshakes: Handshakes::default(), drain, connections: 32 * 1024 }
    }
}

/// Lets this process have as many connections as the machine allows it: each is an open file, and
/// most sessions begin with leave for 1024 (systemd, `LimitNOFILE`).
pub fn allow_connections() {
    let allowed = getrlimit(Resource::Nofile).maximum;
    let limit = Rlimit { current: allowed, maximum: allowed };
    if let Err(error) = setrlimit(Resource::Nofile, limit) {
        tracing::warn!(%error, "no more connections than the session allows");
    }
}

/// Serves `routes` until `stopping`; returns when every connection has ended.
pub async fn serve(
    listener: TcpListener,
    entrance: Entrance,
    routes: Router,
    limits: Limits,
    stopping: CancellationToken,
) {
    let room = Arc::new(Semaphore::new(limits.connections));
    let desk = Arc::new(Desk { head: limits.head, entrance, stopping: stopping.clone() });
    let (mut vestibule, turned_away) = Vestibule::new(limits.handshakes);
    let mut connections = JoinSet::new();
    connections.spawn(vestibule::tell(turned_away, stopping.clone()));
    while let Some((io, peer)) = stopping.run_until_cancelled(accept(&listener, &room)).await {
        while connections.try_join_next().is_some() {}
        if !desk.lets_in(peer.ip()) {
            tracing::debug!(%peer, "who calls is none of the proxies");
            continue;
        }
        let handshake = match &desk.entrance.tls {
            None => None,
            Some(greeting) => match vestibule.enter(Network::of(peer.ip())) {
                Some(place) => Some((greeting.borrow().clone(), place)),
                None => continue,
            },
        };
        let (desk, routes) = (Arc::clone(&desk), routes.clone());
        connections.spawn(async move { desk.receive(io, handshake, peer.ip(), routes).await });
    }
    drop((listener, routes));
    tokio::select! {
        () = async { while connections.join_next().await.is_some() {} } => {}
        () = pause(limits.drain) => {
            tracing::warn!(open = connections.len(), "connections are cut off");
            connections.shutdown().await;
        }
    }
}

/// The next connection, once there is room for it.
async fn accept(listener: &TcpListener, room: &Arc<Semaphore>) -> (Counted, SocketAddr) {
    loop {
        let Ok(permit) = Arc::clone(room).acquire_owned().await else {
            // Nobody closes the semaphore.
            return std::future::pending().await;
        };
        match listener.accept().await {
            Ok((stream, peer)) => return (Counted { stream, _permit: permit }, peer),
            Err(error) => {
                tracing::warn!(%error, "a connection cannot be accepted");
                pause(AFTER_FAULT).await;
            }
        }
    }
}

/// What every connection of one listener shares.
struct Desk {
    entrance: Entrance,
    head: Duration,
    stopping: CancellationToken,
}

impl Desk {
    fn lets_in(&self, peer: IpAddr) -> bool {
        self.entrance.proxies_only == ProxiesOnly::No || self.entrance.proxies.are(peer)
    }

    async fn receive(
        self: Arc<Self>,
        io: Counted,
        handshake: Option<(Arc<ServerConfig>, Place)>,
        peer: IpAddr,
        routes: Router,
    ) {
        let Some((config, place)) = handshake else {
            return self.answer(io, peer, routes).await;
        };
        let greeted = tokio::select! {
            greeted = TlsAcceptor::from(config).accept(io) => greeted,
            () = pause(self.head) => return,
            () = self.stopping.cancelled() => return,
        };
        drop(place);
        match greeted {
            Ok(io) => self.answer(io, peer, routes).await,
            Err(error) => tracing::debug!(%error, "a TLS handshake failed"),
        }
    }

    async fn answer<Io>(self: Arc<Self>, io: Io, peer: IpAddr, routes: Router)
    where
        Io: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let (head, stopping) = (self.head, self.stopping.clone());
        let routes = TowerToHyperService::new(routes);
        let service = service_fn(move |mut request: hyper::Request<Incoming>| {
            let caller = self.entrance.proxies.caller(peer, request.headers());
            request.extensions_mut().insert(caller);
            routes.call(request)
        });
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(head)
            .max_buf_size(BUFFER)
            .serve_connection(TokioIo::new(io), service)
            .with_upgrades();
        tokio::pin!(connection);
        let ended = tokio::select! {
            ended = connection.as_mut() => ended,
            () = stopping.cancelled() => {
                connection.as_mut().graceful_shutdown();
                connection.await
            }
        };
        if let Err(error) = ended {
            tracing::debug!(%error, "a connection ended before its time");
        }
    }
}

/// A connection that counts until it is closed, also when it has become a link.
struct Counted {
    stream: TcpStream,
    _permit: OwnedSemaphorePermit,
}

impl AsyncRead for Counted {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<IoResult<()>> {
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl AsyncWrite for Counted {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<IoResult<usize>> {
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<IoResult<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<IoResult<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffers: &[std::io::IoSlice<'_>],
    ) -> Poll<IoResult<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(context, buffers)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::forwarding::Caller;
    use axum::Extension;
    use axum::body::Bytes;
    use axum::routing::{get, post};
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::task::JoinHandle;

    const LONG: Duration = Duration::from_secs(3600);
    const SHORT: Duration = Duration::from_millis(50);
    const MANY: Handshakes = Handshakes { all: 9, each: 9 };

    async fn start(limits: Limits) -> (SocketAddr, CancellationToken, JoinHandle<()>) {
        start_behind(Entrance::default(), limits).await
    }

    async fn start_behind(
        entrance: Entrance,
        limits: Limits,
    ) -> (SocketAddr, CancellationToken, JoinHandle<()>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let routes = Router::new()
            .route(
                "/",
                get(|Extension(Caller(caller)): Extension<Caller>| async move {
                    caller.map(|caller| caller.to_string()).unwrap_or_default()
                }),
            )
            .route("/body", post(|body: Bytes| async move { body.len().to_string() }));
        let stopping = CancellationToken::new();
        let serving = tokio::spawn(serve(listener, entrance, routes, limits, stopping.clone()));
        (address, stopping, serving)
    }

    async fn send(address: SocketAddr, text: &str) -> TcpStream {
        let mut client = TcpStream::connect(address).await.unwrap();
        client.write_all(text.as_bytes()).await.unwrap();
        client
    }

    async fn to_its_end(mut client: TcpStream) -> String {
        let mut text = String::new();
        client.read_to_string(&mut text).await.unwrap();
        text
    }

    const WHOLE: &str = "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";

    #[tokio::test]
    async fn half_a_head_is_not_waited_for() {
        let (address, stopping, serving) =
            start(Limits { head: SHORT, handshakes: MANY, drain: LONG, connections: 9 }).await;
        for half in ["", "GET / HTTP/1.1\r\nHos", "GET / HTTP/1.1\r\nHost: x\r\n\r\n"] {
            let text = to_its_end(send(address, half).await).await;
            assert_eq!(text.contains(" 200 OK"), half.ends_with("\r\n\r\n"), "{text}");
        }
        stopping.cancel();
        serving.await.unwrap();
    }

    #[tokio::test]
    async fn half_a_request_does_not_keep_the_server_from_stopping() {
        let (address, stopping, serving) =
            start(Limits { head: LONG, handshakes: MANY, drain: SHORT, connections: 9 }).await;
        let half_a_head = send(address, "GET / HTTP/1.1\r\nHos").await;
        let body = "POST /body HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nhalf";
        let half_a_body = send(address, body).await;
        let answered = to_its_end(send(address, WHOLE).await).await;
        assert!(answered.ends_with("127.0.0.1"), "{answered}");
        stopping.cancel();
        serving.await.unwrap();
        drop((half_a_head, half_a_body));
    }

    #[tokio::test]
    async fn more_connections_than_there_is_room_for_wait_at_the_door() {
        let (address, stopping, serving) =
            start(Limits { head: LONG, handshakes: MANY, drain: SHORT, connections: 1 }).await;
        let first = send(address, "GET / HTTP/1.1\r\nHost: x\r\n\r\n").await;
        first.readable().await.unwrap();
        let second = tokio::spawn(to_its_end(send(address, WHOLE).await));
        let waiting = tokio::time::timeout(SHORT, async {
            while !second.is_finished() {
                tokio::task::yield_now().await;
            }
        });
        assert!(waiting.await.is_err(), "there is room for one");
        drop(first);
        assert!(second.await.unwrap().contains(" 200 OK"));
        stopping.cancel();
        serving.await.unwrap();
    }

    /// A TLS listener that nobody talks to rightly: what it greets with does not matter.
    fn tls() -> Entrance {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = rustls::ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_cert_resolver(Arc::new(rustls::server::ResolvesServerCertUsingSni::new()));
        let (_, greeting) = tokio::sync::watch::channel(Arc::new(config));
        Entrance { tls: Some(greeting), ..Entrance::default() }
    }

    #[tokio::test]
    async fn half_a_handshake_is_not_waited_for() {
        let limits = Limits { head: SHORT, handshakes: MANY, drain: LONG, connections: 9 };
        let (address, stopping, serving) = start_behind(tls(), limits).await;
        for half in ["", "\u{16}\u{3}\u{1}"] {
            assert_eq!(to_its_end(send(address, half).await).await, "");
        }
        stopping.cancel();
        serving.await.unwrap();
    }

    #[tokio::test]
    async fn handshakes_beyond_their_number_are_turned_away_and_none_delays_the_end() {
        let limits = Limits {
            head: LONG,
            handshakes: Handshakes { all: 1, each: 1 },
            drain: LONG,
            connections: 9,
        };
        let (address, stopping, serving) = start_behind(tls(), limits).await;
        let half_open = send(address, "").await;
        // Accepted in the order in which they came.
        assert_eq!(to_its_end(send(address, "").await).await, "");
        stopping.cancel();
        serving.await.unwrap();
        drop(half_open);
    }

    #[tokio::test]
    async fn behind_a_proxy_the_caller_is_whom_the_proxy_names_and_nobody_else_is_let_in() {
        let limits = Limits { head: LONG, handshakes: MANY, drain: SHORT, connections: 9 };
        let proxies = |address: &str| Proxies {
            addresses: vec![address.parse().unwrap()],
            ..Proxies::default()
        };
        let call =
            "GET / HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: 192.0.2.9\r\nConnection: close\r\n\r\n";
        for (proxies, proxies_only, wanted) in [
            (proxies("127.0.0.1"), ProxiesOnly::Yes, "192.0.2.9"),
            (proxies("192.0.2.1"), ProxiesOnly::No, "127.0.0.1"),
            (proxies("192.0.2.1"), ProxiesOnly::Yes, ""),
        ] {
            let entrance = Entrance { tls: None, proxies, proxies_only };
            let (address, stopping, serving) = start_behind(entrance, limits).await;
            let mut client = TcpStream::connect(address).await.unwrap();
            // Who is turned away may be gone before it has written.
            client.write_all(call.as_bytes()).await.ok();
            let mut text = String::new();
            client.read_to_string(&mut text).await.ok();
            assert!(text.ends_with(wanted) && text.is_empty() == wanted.is_empty(), "{text}");
            stopping.cancel();
            serving.await.unwrap();
        }
    }
}
