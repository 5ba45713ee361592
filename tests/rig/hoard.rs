//! Who opens connections and brings nothing to its end.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::UnixStream;
use tokio::task::JoinSet;

use crate::broker::Broker;
use crate::clock;
use crate::meter;
use crate::processes::wait_until;
use crate::wire::connect_from;

/// What is sent, and never more than that: nothing, half a head, half a body, a WebSocket without a
/// proof of who opens it.
const HTTP: [&[u8]; 4] = [
    b"",
    b"GET /v1/keys HTTP/1.1\r\nhost",
    b"POST /v1/bindings HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\n{\"bin",
    b"GET /v1/approver/link HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: websocket\r\n\
      sec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
      sec-websocket-protocol: sayso.v1\r\n\r\n",
];
/// The same where TLS is spoken: nothing, and half a greeting.
const TLS: [&[u8]; 2] = [b"", b"\x16\x03\x01\x02\x00\x01\x00"];
/// Who is let in is given longer than this.
const TURNED_AWAY_WITHIN: Duration = Duration::from_secs(5);

/// Connections from one network that dawdle. One that is dropped is opened anew; one that was turned
/// away is not.
#[derive(Debug)]
pub struct Hoard {
    count: Arc<Count>,
    _connections: JoinSet<()>,
}

#[derive(Debug, Default)]
struct Count {
    dropped: AtomicUsize,
    turned_away: AtomicUsize,
}

impl Hoard {
    /// Opens so many connections from `source` to where `broker` listens.
    ///
    /// # Panics
    /// If the broker does not run.
    #[must_use]
    pub fn begin(broker: &Broker, source: [u8; 4], connections: usize) -> Hoard {
        meter::open_files();
        let address: SocketAddr = broker.address().parse().expect("an address");
        let secure = broker.origin().starts_with("https:");
        let halves: &[&[u8]] = if secure { &TLS } else { &HTTP };
        let count = Arc::new(Count::default());
        let dawdle = |number: usize| {
            let half = halves[number % halves.len()];
            let count = Arc::clone(&count);
            async move { while dawdle(address, source, half, &count).await {} }
        };
        Hoard { _connections: (0..connections).map(dawdle).collect(), count }
    }

    /// Waits until so many were dropped in their time.
    pub async fn wait_for_dropped(&self, wanted: usize) {
        let dropped = || self.count.dropped.load(Ordering::Relaxed);
        let what = "connections that are dropped";
        wait_until(what, || format!("{self:?}"), || (dropped() >= wanted).then_some(())).await;
    }
}

/// One connection, to its end; whether to open it anew.
async fn dawdle(address: SocketAddr, source: [u8; 4], half: &[u8], count: &Count) -> bool {
    let begun = clock::start();
    let mut answer = Vec::new();
    let dawdling = async {
        let mut stream = connect_from(source.into(), address).await?;
        stream.write_all(half).await?;
        stream.read_to_end(&mut answer).await
    };
    // Who turns it away may be gone before it has written or read.
    dawdling.await.ok();
    let turned_away = answer.is_empty() && begun.elapsed() < TURNED_AWAY_WITHIN;
    let of = if turned_away { &count.turned_away } else { &count.dropped };
    of.fetch_add(1, Ordering::Relaxed);
    !turned_away
}

/// Calls at a daemon's private door by one process that never says what it wants; whoever is let in
/// stays in.
#[derive(Debug)]
pub struct Callers(Vec<UnixStream>);

impl Callers {
    /// Calls so often at `door`.
    ///
    /// # Panics
    /// If there is no door.
    pub async fn begin(door: &Path, calls: usize) -> Callers {
        let uid = rustix::process::geteuid().as_raw().to_string();
        let name: String = uid.chars().flat_map(|digit| ['3', digit]).collect();
        let mut inside = Vec::new();
        for _ in 0..calls {
            let mut stream = UnixStream::connect(door).await.expect("a door");
            let greeting = format!("\0AUTH EXTERNAL {name}\r\nBEGIN\r\n");
            // Who is not let in may be turned away before it has greeted.
            stream.write_all(greeting.as_bytes()).await.ok();
            if stream.read(&mut [0; 37]).await.is_ok_and(|read| read > 0) {
                inside.push(stream);
            }
        }
        Callers(inside)
    }

    /// How many were let in.
    #[must_use]
    pub fn inside(&self) -> usize {
        self.0.len()
    }
}
