//! Stands between Sayso's processes and the broker: everything they say to each other passes
//! here, and a story can hold, cut or act at a named message.
//!
//! Names: `POST /v1/bindings` (a call on its way to the broker; `*` stands for one part of the
//! path), `answer to POST /v1/bindings` (on its way back), `link request` (a message on the
//! WebSocket, by its type).

mod held;
pub(crate) mod wire;

use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::{oneshot, watch};
use tokio::task::JoinHandle;
use tokio_rustls::TlsConnector;

use crate::authority::Authority;
use crate::clock;
use crate::processes::wait_until;

pub use held::Held;

/// A message that was let through.
#[derive(Debug, Clone)]
pub struct Passed {
    /// When, in nanoseconds since 1970.
    pub at: u128,
    /// Its name.
    pub name: String,
    /// Its body; answers are named before their body comes, and have none here.
    pub body: Vec<u8>,
    /// An answer's status.
    pub status: Option<u16>,
}

enum Act {
    Hold { arrived: oneshot::Sender<()>, go_on: oneshot::Receiver<()> },
    Cut,
    CutAfter,
    Call(Box<dyn FnOnce() + Send>),
}

struct Rule {
    name: String,
    act: Act,
}

#[derive(Default)]
struct State {
    rules: Vec<Rule>,
    passed: Vec<Passed>,
    broker: Option<SocketAddr>,
    /// How the broker is dialled, if it speaks TLS.
    tls: Option<TlsConnector>,
    manner: Manner,
}

/// What all connections share.
struct Gate {
    state: Mutex<State>,
    /// Counts up when everything is to be cut; odd means that nothing gets through.
    network: watch::Sender<u64>,
}

/// What such a proxy does to WebSockets, as proxies out there do. What is open already goes on.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Manner {
    /// Nothing.
    #[default]
    Open,
    /// It forwards the call without what asks for a WebSocket (RFC 9110, section 7.8).
    StripsUpgrade,
    /// It holds back what is not an answer with an end.
    Buffers,
    /// It cuts them once the first message has passed.
    Cuts,
}

/// Whether a message goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Pass {
    Forward,
    /// It goes on, and is the last of its connection.
    Last,
    Cut,
}

/// A running proxy.
pub struct Proxy {
    gate: Arc<Gate>,
    address: SocketAddr,
    task: JoinHandle<()>,
}

impl std::fmt::Debug for Proxy {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Proxy").field("address", &self.address).finish_non_exhaustive()
    }
}

impl Proxy {
    /// Listens on a port of its own; nobody is behind it yet.
    ///
    /// # Panics
    /// If no port is free.
    pub async fn start() -> Proxy {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("a bound socket");
        let gate = Arc::new(Gate { state: Mutex::default(), network: watch::Sender::new(0) });
        let shared = Arc::clone(&gate);
        let task = tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                tokio::spawn(serve(client, Arc::clone(&shared)));
            }
        });
        Proxy { gate, address, task }
    }

    /// The address that everybody takes for the broker's.
    #[must_use]
    pub fn origin(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Where the broker really listens.
    pub fn forward_to(&self, broker: SocketAddr) {
        self.gate.state().broker = Some(broker);
    }

    /// The broker speaks TLS, and this authority vouches for it. Whoever comes here speaks plain
    /// http still: it is the way of those who do not matter to a story about TLS.
    pub fn forward_by_tls(&self, authority: &Authority) {
        self.gate.state().tls = Some(authority.believe());
    }

    /// From now on it does this to WebSockets.
    pub fn behave(&self, manner: Manner) {
        self.gate.state().manner = manner;
    }

    /// Holds the next message of this name until the story lets it go on or loses it.
    #[must_use]
    pub fn hold(&self, name: &str) -> Held {
        let (arrived, at_the_story) = oneshot::channel();
        let (go_on, at_the_gate) = oneshot::channel();
        self.add(name, Act::Hold { arrived, go_on: at_the_gate });
        Held::new(name, at_the_story, go_on)
    }

    /// Loses the next message of this name, with its connection.
    pub fn cut(&self, name: &str) {
        self.add(name, Act::Cut);
    }

    /// Lets the next message of this name pass, and cuts its connection right after it.
    pub fn cut_after(&self, name: &str) {
        self.add(name, Act::CutAfter);
    }

    /// Whether all that was to be done has been done.
    #[must_use]
    pub fn is_done(&self) -> bool {
        self.gate.state().rules.is_empty()
    }

    /// Does something the moment the next message of this name is here, before it goes on.
    pub fn call(&self, name: &str, act: impl FnOnce() + Send + 'static) {
        self.add(name, Act::Call(Box::new(act)));
    }

    /// The network fails: every connection is cut, and no new one gets through.
    pub fn network_down(&self) {
        self.gate.network.send_modify(|count| *count |= 1);
    }

    /// The network is back.
    pub fn network_up(&self) {
        self.gate.network.send_modify(|count| *count += *count & 1);
    }

    /// Everything that passed so far.
    #[must_use]
    pub fn passed(&self) -> Vec<Passed> {
        self.gate.state().passed.clone()
    }

    /// Those of them with this name.
    #[must_use]
    pub fn passed_named(&self, name: &str) -> Vec<Passed> {
        self.passed().into_iter().filter(|one| is_called(&one.name, name)).collect()
    }

    /// Waits until `count` messages of this name have passed, and returns the last of them.
    pub async fn wait_for(&self, name: &str, count: usize) -> Passed {
        let explain = || {
            let names: Vec<_> = self.passed().into_iter().map(|one| one.name).collect();
            format!("passed so far: {names:#?}")
        };
        let what = format!("{name:?} (time {count})");
        wait_until(&what, explain, || self.passed_named(name).into_iter().nth(count - 1)).await
    }

    fn add(&self, name: &str, act: Act) {
        self.gate.state().rules.push(Rule { name: name.to_owned(), act });
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.task.abort();
        self.network_down();
    }
}

impl Gate {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A message is here: does what the story wants of it.
    async fn pass(&self, name: String, body: Vec<u8>, status: Option<u16>) -> Pass {
        let rule = {
            let mut state = self.state();
            let at = state.rules.iter().position(|rule| is_called(&name, &rule.name));
            at.map(|at| state.rules.remove(at))
        };
        let mut pass = Pass::Forward;
        match rule.map(|rule| rule.act) {
            None => {}
            Some(Act::Cut) => return Pass::Cut,
            Some(Act::CutAfter) => pass = Pass::Last,
            Some(Act::Call(act)) => {
                // It may wait for a process to end; other connections go on meanwhile.
                tokio::task::spawn_blocking(act).await.ok();
            }
            Some(Act::Hold { arrived, go_on }) => {
                arrived.send(()).ok();
                if go_on.await.is_err() {
                    return Pass::Cut;
                }
            }
        }
        self.state().passed.push(Passed { at: clock::now_ns(), name, body, status });
        pass
    }
}

/// One connection, until either side or the story ends it.
async fn serve(client: TcpStream, gate: Arc<Gate>) {
    let mut network = gate.network.subscribe();
    if *network.borrow_and_update() & 1 == 1 {
        return;
    }
    let Some(broker) = gate.state().broker else { return };
    let Ok(server) = dial(&client, broker).await else { return };
    client.set_nodelay(true).ok();
    server.set_nodelay(true).ok();
    let tls = gate.state().tls.clone();
    let carried = async {
        match tls {
            None => wire::carry(client, server, &gate).await,
            Some(tls) => {
                let server = tls.connect(broker.ip().into(), server).await?;
                wire::carry(client, server, &gate).await
            }
        }
    };
    tokio::select! {
        _ = carried => {}
        _ = network.changed() => {}
    }
}

/// Connects to the broker from where the client came, so that the broker sees who calls.
async fn dial(client: &TcpStream, broker: SocketAddr) -> io::Result<TcpStream> {
    let socket = TcpSocket::new_v4()?;
    socket.bind((client.peer_addr()?.ip(), 0).into())?;
    socket.connect(broker).await
}

/// `*` in a pattern stands for one part of a path.
fn is_called(name: &str, pattern: &str) -> bool {
    let (mut name, mut pattern) = (name.split('/'), pattern.split('/'));
    loop {
        match (name.next(), pattern.next()) {
            (None, None) => return true,
            (Some(part), Some(wanted)) if wanted == "*" || part == wanted => {}
            _ => return false,
        }
    }
}

#[cfg(test)]
mod tests;
