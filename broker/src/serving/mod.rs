//! Serves routes on a listener as if anybody might be at the other end: a head must come in time, an
//! answer must be taken in time, connections are counted, and at the end nobody is waited for longer
//! than a while. A TLS handshake has the time of a head, and few may be under way. From one network,
//! few connections may be open on which nobody has proved who they are. Bodies have their own time,
//! in [`crate::handlers::Body`].

mod connection;
mod limits;

pub use limits::{Limits, allow_connections};

use axum::Router;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::{Service as _, service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_util::sync::CancellationToken;

use crate::clock::pause;
use crate::forwarding::Proxies;
use crate::guard::pending::Network;
use crate::tls::Greeting;
use crate::vestibule::{self, Place, Vestibule};
use connection::Connection;

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

/// Somebody on a connection. Kept among what a request brings.
#[derive(Debug, Clone)]
pub(crate) struct Stranger(CancellationToken);

impl Stranger {
    /// Who it is has been proved: from now on this connection counts for no network.
    pub(crate) fn is_known(&self) {
        self.0.cancel();
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
    let (mut strangers, too_many) = Vestibule::new(limits.strangers);
    let (mut handshakes, too_many_handshakes) = Vestibule::new(limits.handshakes);
    let mut connections = JoinSet::new();
    connections.spawn(vestibule::tell("unknown connections", too_many, stopping.clone()));
    connections.spawn(vestibule::tell("TLS handshakes", too_many_handshakes, stopping.clone()));
    let accepting = async || accept(&listener, &room, limits.unread).await;
    while let Some((io, peer)) = stopping.run_until_cancelled(accepting()).await {
        while connections.try_join_next().is_some() {}
        let peer = peer.ip();
        if !desk.lets_in(peer) {
            tracing::debug!(%peer, "who calls is none of the proxies");
            continue;
        }
        let Some(standing) = desk.place(peer, &mut strangers, &mut handshakes) else { continue };
        let (desk, routes) = (Arc::clone(&desk), routes.clone());
        connections.spawn(async move { desk.receive(io, standing, peer, routes).await });
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
async fn accept(
    listener: &TcpListener,
    room: &Arc<Semaphore>,
    unread: Duration,
) -> (Connection, SocketAddr) {
    loop {
        let Ok(permit) = Arc::clone(room).acquire_owned().await else {
            // Nobody closes the semaphore.
            return std::future::pending().await;
        };
        match listener.accept().await {
            Ok((stream, peer)) => return (Connection::new(stream, permit, unread), peer),
            Err(error) => {
                tracing::warn!(%error, "a connection cannot be accepted");
                pause(AFTER_FAULT).await;
            }
        }
    }
}

/// Where a connection stands: among strangers, unless it is a proxy's, and first in a handshake,
/// if there is to be one.
struct Standing {
    stranger: Option<Place>,
    handshake: Option<(Arc<ServerConfig>, Place)>,
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

    /// Where somebody stands who comes from `peer`, if there is room.
    fn place(
        &self,
        peer: IpAddr,
        strangers: &mut Vestibule,
        handshakes: &mut Vestibule,
    ) -> Option<Standing> {
        let network = Network::of(peer);
        let of_proxy = self.entrance.proxies.are(peer);
        let stranger = if of_proxy { None } else { Some(strangers.enter(network)?) };
        let handshake = match &self.entrance.tls {
            None => None,
            Some(greeting) => Some((greeting.borrow().clone(), handshakes.enter(network)?)),
        };
        Some(Standing { stranger, handshake })
    }

    async fn receive(
        self: Arc<Self>,
        io: Connection,
        Standing { stranger, handshake }: Standing,
        peer: IpAddr,
        routes: Router,
    ) {
        let known = CancellationToken::new();
        let stranger = async {
            known.cancelled().await;
            drop(stranger);
            std::future::pending::<()>().await;
        };
        let received = async {
            let Some((config, place)) = handshake else {
                return self.answer(io, peer, &known, routes).await;
            };
            let greeted = tokio::select! {
                greeted = TlsAcceptor::from(config).accept(io) => greeted,
                () = pause(self.head) => return,
                () = self.stopping.cancelled() => return,
            };
            drop(place);
            match greeted {
                Ok(io) => self.answer(io, peer, &known, routes).await,
                Err(error) => tracing::debug!(%error, "a TLS handshake failed"),
            }
        };
        tokio::select! {
            () = received => {}
            () = stranger => {}
        }
    }

    async fn answer<Io>(&self, io: Io, peer: IpAddr, known: &CancellationToken, routes: Router)
    where
        Io: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let routes = TowerToHyperService::new(routes);
        let service = service_fn(move |mut request: hyper::Request<Incoming>| {
            let caller = self.entrance.proxies.caller(peer, request.headers());
            request.extensions_mut().insert(caller);
            request.extensions_mut().insert(Stranger(known.clone()));
            routes.call(request)
        });
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(self.head)
            .max_buf_size(BUFFER)
            .serve_connection(TokioIo::new(io), service)
            .with_upgrades();
        tokio::pin!(connection);
        let ended = tokio::select! {
            ended = connection.as_mut() => ended,
            () = self.stopping.cancelled() => {
                connection.as_mut().graceful_shutdown();
                connection.await
            }
        };
        if let Err(error) = ended {
            tracing::debug!(%error, "a connection ended before its time");
        }
    }
}

#[cfg(test)]
mod tests;
