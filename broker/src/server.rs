//! Opens a broker, serves it on a listener, and stops it: what was answered is on the disk.

use std::net::SocketAddr;
use std::ops::Deref;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpListener, UnixDatagram};
use tokio::sync::{Notify, Semaphore};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::clock::{Clock, pause};
use crate::course;
use crate::metrics::{self, Metrics};
use crate::relay::Relay;
use crate::router;
use crate::serving::{self, Entrance, Limits, ProxiesOnly};
use crate::settings::{Settings, SettingsError};
use crate::settling::{self, Moment};
use crate::store::audit::Entry;
use crate::store::{Closed, OpenError, Opening, Store, StoreError};
use crate::tls::{self, Renewal, TlsError};
use crate::turns::Turns;
use crate::webhook::courier;

/// So many activation codes are hashed at a time: each takes 19 MiB.
const HASHING: usize = 2;
/// How long to let a store be that refuses to end what is due.
const AFTER_FAULT: Duration = Duration::from_secs(5);
/// The socket in the store's folder by which administration says that it changed something.
pub const WAKE: &str = "wake";

/// What every handler has. Cheap to clone, and small: each link keeps one.
#[derive(Clone, Debug)]
pub struct Broker(Arc<Parts>);

/// The parts of a broker.
#[derive(Debug)]
pub struct Parts {
    /// What is on the disk.
    pub store: Store,
    /// Who is connected.
    pub relay: Relay,
    /// The time.
    pub clock: Clock,
    /// What the broker calls itself.
    pub name: Arc<str>,
    /// Done when the broker is to stop: whoever waits, returns.
    pub stopping: CancellationToken,
    /// Leave to hash an activation code.
    pub hashing: Semaphore,
    /// Leave to ask.
    pub turns: Turns,
    /// Told when a deadline was set.
    pub deadlines: Notify,
    /// How long a change waits that is queued now.
    pub change_wait: Duration,
    /// What can be watched.
    pub metrics: Metrics,
}

impl Deref for Broker {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}

/// A broker that listens and does not answer yet.
#[derive(Debug)]
pub struct Server {
    broker: Broker,
    closed: Closed,
    listener: TcpListener,
    watched: Option<TcpListener>,
    entrance: Entrance,
    renewal: Option<Renewal>,
    folder: PathBuf,
    tasks: JoinSet<()>,
}

/// A broker cannot be opened or served.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The settings do not count.
    #[error(transparent)]
    Settings(#[from] SettingsError),
    /// The store cannot be opened.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The store cannot be written.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The certificate cannot be used.
    #[error(transparent)]
    Tls(#[from] TlsError),
    /// The address cannot be listened on.
    #[error("listen: {0}")]
    Listen(std::io::Error),
    /// The address where it can be watched cannot be listened on.
    #[error("listen for metrics: {0}")]
    Metrics(std::io::Error, SocketAddr),
}

impl Server {
    /// Opens the store and gets ready on `listener`.
    ///
    /// # Errors
    /// [`ServeError`].
    pub async fn open(
        listener: TcpListener,
        settings: &Settings,
        clock: Clock,
        stopping: CancellationToken,
    ) -> Result<Self, ServeError> {
        let bound = listener.local_addr().map_err(ServeError::Listen)?;
        let origin = settings.origin(bound)?;
        let (entrance, renewal) = entrance(settings, bound, &origin)?;
        let watched = watched(settings).await?;
        let name = settings.name(&origin).into();
        let (relay, news, relay_task) = Relay::new();
        let folder = settings.store();
        let (store, closed) = Store::open(Opening {
            folder: folder.clone(),
            origin: Some(origin),
            news: Some(news),
            clock: clock.clone(),
        })?;
        let mut tasks = JoinSet::new();
        tasks.spawn(relay_task);
        let started = store.write(|tx| {
            tx.audit(&Entry::Started)?;
            course::expire(tx)?;
            settling::pass(tx)
        });
        started.await?;
        let hashing = Semaphore::new(HASHING);
        let turns = Turns::default();
        let deadlines = Notify::new();
        let change_wait = settings.change_wait();
        let metrics = Metrics::default();
        let broker = Broker(Arc::new(Parts {
            store,
            relay,
            clock,
            name,
            stopping,
            hashing,
            turns,
            deadlines,
            change_wait,
            metrics,
        }));
        Ok(Self { broker, closed, listener, watched, entrance, renewal, folder, tasks })
    }

    /// The broker's address.
    #[must_use]
    pub fn origin(&self) -> &str {
        self.broker.store.origin()
    }

    /// Where it can be watched, if it can.
    #[must_use]
    pub fn metrics(&self) -> Option<SocketAddr> {
        self.watched.as_ref()?.local_addr().ok()
    }

    /// What the handlers have, for who serves them otherwise.
    #[must_use]
    pub fn broker(&self) -> &Broker {
        &self.broker
    }

    /// Serves until the broker is to stop, and returns when all that was taken on is done, or has
    /// had its time: what was not answered by then was promised to nobody.
    ///
    /// # Errors
    /// [`ServeError::Store`] when the last write fails.
    pub async fn run(self) -> Result<(), ServeError> {
        let Self { broker, closed, listener, watched, entrance, renewal, folder, mut tasks } = self;
        tasks.spawn(end_what_is_due(broker.clone()));
        tasks.spawn(courier::run(broker.clone()));
        if let Some(watched) = watched {
            tasks.spawn(metrics::serve(watched, broker.clone()));
        }
        tasks.spawn(hear_administration(broker.clone(), folder.join(WAKE)));
        if let Some(renewal) = renewal {
            tasks.spawn(renewal.run(broker.stopping.clone()));
        }
        let (stopping, store) = (broker.stopping.clone(), broker.store.clone());
        let limits = Limits::of_machine();
        serving::serve(listener, entrance, router::of(broker), limits, stopping).await;
        while tasks.join_next().await.is_some() {}
        store.write(settling::keep_time).await?;
        drop(store);
        closed.wait().await;
        Ok(())
    }
}

/// The listener for who watches.
async fn watched(settings: &Settings) -> Result<Option<TcpListener>, ServeError> {
    let Some(address) = settings.metrics else { return Ok(None) };
    let bound = TcpListener::bind(address).await;
    bound.map(Some).map_err(|error| ServeError::Metrics(error, address))
}

/// How connections come in on `bound`, and what renews the certificate.
fn entrance(
    settings: &Settings,
    bound: SocketAddr,
    origin: &str,
) -> Result<(Entrance, Option<Renewal>), TlsError> {
    let opened = settings.tls.as_ref().map(|files| tls::open(files, origin)).transpose()?;
    let (tls, renewal) = opened.unzip();
    let open = tls.is_some() || bound.ip().is_loopback();
    let proxies_only = if open { ProxiesOnly::No } else { ProxiesOnly::Yes };
    let proxies = settings.proxy.clone().unwrap_or_default();
    Ok((Entrance { tls, proxies, proxies_only }, renewal))
}

/// Ends requests when their time is over, and moves changes when theirs has come.
async fn end_what_is_due(broker: Broker) {
    let stopping = broker.stopping.clone();
    let rounds = async {
        loop {
            if let Err(error) = end_once(&broker).await {
                tracing::error!(%error, "what is due cannot be done");
                pause(AFTER_FAULT).await;
            }
        }
    };
    stopping.run_until_cancelled(rounds).await;
}

async fn end_once(broker: &Broker) -> Result<(), StoreError> {
    let set = broker.deadlines.notified();
    let (reading, from) = (broker.clock.reading(), broker.clock.reading());
    let next = broker.store.read(move |db| {
        let moment = Moment::of(db, reading)?;
        Ok((db.next_deadline()?, db.next_due()?.map(|due| moment.until(due))))
    });
    let (deadline, left) = next.await?;
    let ended = async {
        match deadline {
            Some(deadline) => broker.clock.reach(deadline).await,
            None => std::future::pending().await,
        }
    };
    let moved = async {
        match left {
            Some(left) => broker.clock.rest(&from, left).await,
            None => std::future::pending().await,
        }
    };
    tokio::select! {
        () = set => {}
        () = ended => {
            broker.store.write(course::expire).await?;
        }
        () = moved => {
            broker.store.write(settling::pass).await?;
        }
    }
    Ok(())
}

/// Administration runs in a process of its own and leaves word here.
async fn hear_administration(broker: Broker, path: PathBuf) {
    // One left behind by a broker that was killed.
    let _ = std::fs::remove_file(&path);
    let socket = match UnixDatagram::bind(&path) {
        Ok(socket) => socket,
        Err(error) => {
            tracing::warn!(%error, "administration cannot reach this broker while it runs");
            return;
        }
    };
    let stopping = broker.stopping.clone();
    let hearing = async {
        let mut word = [0; 8];
        while socket.recv(&mut word).await.is_ok() {
            // A write, since who writes takes the key that the store names now.
            if let Err(error) = broker.store.write(|_| Ok(())).await {
                tracing::error!(%error, "what administration did cannot be followed");
            }
            broker.relay.read_again().await;
            broker.deadlines.notify_one();
            broker.store.posted().notify_one();
        }
    };
    stopping.run_until_cancelled(hearing).await;
    let _ = std::fs::remove_file(&path);
}
