//! The private socket: D-Bus from peer to peer, with no bus between that could read along.

use std::fs::{DirBuilder, Permissions};
use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::fs::{DirBuilderExt, FileTypeExt, PermissionsExt};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use rustix::fs::{FlockOperation, Mode, OFlags};
use rustix::io::Errno;
use rustix::net::{AddressFamily, SocketAddrUnix, SocketFlags, SocketType};
use sayso_protocol::bus;
use sayso_words::{Words, say};
use tokio::net::{UnixListener, UnixStream};
use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;
use zbus::connection::Builder;
use zbus::{Guid, OwnedGuid};

use super::accounts::Accounts;
use super::caller::{Caller, Refusal};
use super::changes::Changes;
use super::desk::{Desk, PrivateDesk, Screen};
use super::guard::Guarded;
use super::handshake::{shake_hands, turn_away};
use super::processes::Processes;
use super::requests::Requests;
use super::voice::Voice;
use super::{Ask, Call, ClientId, DoorError};
use crate::surroundings::lock::Lock;

const MAX_CLIENTS: usize = 64;
const MAX_TURNED_AWAY: usize = 8;
/// How long nobody is let in after the system could not (it is out of descriptors, mostly).
const PAUSE: Duration = Duration::from_millis(100);

/// Opens the socket below `runtime_dir`, in a folder that only this user may enter. Replaces the
/// socket of a daemon that has died, never that of a living one.
///
/// # Errors
/// Without a runtime folder, when folder or socket are not ours, when a daemon is running.
///
/// # Panics
/// Outside a tokio runtime.
pub fn bind(runtime_dir: &Path) -> Result<UnixListener, DoorError> {
    let path = runtime_dir.join(bus::SOCKET);
    let failed = |source: io::Error| DoorError::Socket { path: path.clone(), source };
    let folder_path = path.parent().unwrap_or(runtime_dir);
    match DirBuilder::new().mode(0o700).create(folder_path) {
        Err(source) if source.kind() == io::ErrorKind::NotFound => {
            return Err(DoorError::NoRuntimeFolder { path: runtime_dir.to_owned(), source });
        }
        Err(source) if source.kind() != io::ErrorKind::AlreadyExists => return Err(failed(source)),
        Ok(()) | Err(_) => {}
    }
    let folder = open_own_folder(folder_path).map_err(failed)?;
    // Two daemons that start at the same time come here one after the other.
    match rustix::fs::flock(&folder, FlockOperation::NonBlockingLockExclusive) {
        Err(Errno::WOULDBLOCK) => return Err(DoorError::AlreadyRunning),
        locked => locked.map_err(|error| failed(error.into()))?,
    }
    if somebody_listens(&path).map_err(failed)? {
        return Err(DoorError::AlreadyRunning);
    }
    remove_stale(&path).map_err(failed)?;
    let listener = UnixListener::bind(&path).map_err(failed)?;
    std::fs::set_permissions(&path, Permissions::from_mode(0o600)).map_err(failed)?;
    Ok(listener)
}

/// The folder itself, not what a link points to; ours, and closed to everybody else.
fn open_own_folder(path: &Path) -> io::Result<OwnedFd> {
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    let folder = rustix::fs::open(path, flags, Mode::empty())?;
    let found = rustix::fs::fstat(&folder)?;
    if found.st_uid != own_uid() {
        return Err(io::Error::other("the folder belongs to another user"));
    }
    rustix::fs::fchmod(&folder, Mode::RWXU)?;
    Ok(folder)
}

/// Whether a process holds the socket open, also one that is stopped or has a full queue.
fn somebody_listens(path: &Path) -> io::Result<bool> {
    let flags = SocketFlags::NONBLOCK | SocketFlags::CLOEXEC;
    let socket = rustix::net::socket_with(AddressFamily::UNIX, SocketType::STREAM, flags, None)?;
    match rustix::net::connect(&socket, &SocketAddrUnix::new(path)?) {
        Ok(()) | Err(Errno::AGAIN) => Ok(true),
        Err(Errno::NOENT | Errno::CONNREFUSED) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

fn remove_stale(path: &Path) -> io::Result<()> {
    match std::fs::symlink_metadata(path) {
        Ok(found) if found.file_type().is_socket() => std::fs::remove_file(path),
        Ok(_) => Err(io::Error::other("something that is not a socket is in its place")),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(error),
    }
}

/// Serves the private interfaces to everybody who may come in, until `shutdown`. `lock` says
/// whether the screen is locked, `own_session` is the logind session whose screen that is.
pub async fn run(
    listener: UnixListener,
    calls: mpsc::Sender<Call>,
    lock: watch::Receiver<Lock>,
    own_session: Option<String>,
    words: watch::Receiver<Words>,
    shutdown: CancellationToken,
) {
    let screen = Screen { lock, session: own_session.map(Arc::from) };
    let guid = Guid::generate().into();
    let mut door = Door {
        calls,
        screen,
        words,
        guid,
        shutdown: shutdown.clone(),
        last: 0,
        processes: Processes::default(),
    };
    let mut clients = JoinSet::new();
    let mut turned_away = JoinSet::new();
    loop {
        tokio::select! {
            biased;
            () = shutdown.cancelled() => break,
            Some(_) = clients.join_next(), if !clients.is_empty() => {}
            Some(_) = turned_away.join_next(), if !turned_away.is_empty() => {}
            came = listener.accept() => match came {
                Ok((stream, _)) => door.open(stream, &mut clients, &mut turned_away),
                Err(error) => {
                    tracing::warn!(%error, "the private socket cannot let anybody in");
                    let _ = timeout(PAUSE, shutdown.cancelled()).await;
                }
            }
        }
    }
    // As long as we listen, nobody else has put a socket in this place.
    remove_own(&listener);
    drop(listener);
    while clients.join_next().await.is_some() {}
}

fn remove_own(listener: &UnixListener) {
    let Ok(address) = listener.local_addr() else { return };
    if let Some(Err(error)) = address.as_pathname().map(std::fs::remove_file) {
        tracing::debug!(%error, "the private socket was gone already");
    }
}

struct Door {
    calls: mpsc::Sender<Call>,
    screen: Screen,
    words: watch::Receiver<Words>,
    guid: OwnedGuid,
    shutdown: CancellationToken,
    last: u64,
    processes: Processes,
}

impl Door {
    fn open(
        &mut self,
        stream: UnixStream,
        clients: &mut JoinSet<()>,
        turned_away: &mut JoinSet<()>,
    ) {
        match Caller::at_socket(&stream, own_uid()) {
            Ok(_) if clients.len() >= MAX_CLIENTS => {
                tracing::warn!(MAX_CLIENTS, "too many at the private socket: one was refused");
            }
            Ok(caller) => {
                let pid = caller.pid();
                let Some(place) = self.processes.enter(pid) else {
                    tracing::warn!(pid, "too many of one process: one was refused");
                    return;
                };
                let (guid, shutdown) = (self.guid.clone(), self.shutdown.clone());
                let desk = self.desk(caller);
                clients.spawn(async move {
                    serve(stream, desk, guid, shutdown).await;
                    drop(place);
                });
            }
            Err(refusal) => {
                tracing::warn!(%refusal, "a caller at the private socket was refused");
                if let Some(reason) = refusal.sentences(&self.words.borrow())
                    && turned_away.len() < MAX_TURNED_AWAY
                {
                    turned_away.spawn(explain(stream, reason));
                }
            }
        }
    }

    fn desk(&mut self, caller: Caller) -> PrivateDesk {
        self.last += 1;
        PrivateDesk {
            desk: Desk {
                client: ClientId(self.last),
                calls: self.calls.clone(),
                ended: self.shutdown.child_token(),
            },
            caller: Arc::new(caller),
            screen: self.screen.clone(),
            words: self.words.clone(),
        }
    }
}

impl Refusal {
    /// What a refused caller is told, if there is anybody to tell.
    pub(super) fn sentences(&self, words: &Words) -> Option<String> {
        match self {
            Refusal::OtherUser(_) => Some(say!(words, "error-other-user")),
            Refusal::Sandboxed(_) => Some(say!(words, "error-sandboxed")),
            Refusal::Unknown(_) => None,
        }
    }
}

async fn explain(mut stream: UnixStream, reason: String) {
    if let Err(error) = turn_away(&mut stream, &reason).await {
        tracing::debug!(%error, "a refused caller did not wait for the reason");
    }
}

/// One client, from its handshake to its end.
async fn serve(
    mut stream: UnixStream,
    desk: PrivateDesk,
    guid: OwnedGuid,
    shutdown: CancellationToken,
) {
    let ended = desk.desk.ended.clone();
    let shaken = tokio::select! {
        shaken = shake_hands(&mut stream, guid.as_str(), own_uid()) => shaken,
        () = ended.cancelled() => return,
    };
    if let Err(error) = shaken {
        tracing::debug!(%error, "a caller at the private socket did not greet");
        return;
    }
    let connection = match connect(stream, &desk, guid).await {
        Ok(connection) => connection,
        Err(error) => {
            tracing::warn!(%error, "a caller at the private socket cannot be served");
            return;
        }
    };
    tokio::select! {
        () = ended.cancelled() => {}
        gone = desk.caller.ended() => {
            if let Err(error) = gone {
                tracing::warn!(%error, "a caller's process cannot be watched");
            }
        }
    }
    ended.cancel();
    if let Err(error) = connection.close().await {
        tracing::debug!(%error, "a caller was gone before its connection was closed");
    }
    let gone = Call { client: desk.desk.client, ask: Ask::Gone };
    tokio::select! {
        biased;
        // An error means that the pipeline has stopped: nobody is there to hear it.
        _ = desk.desk.calls.send(gone) => {}
        // A pipeline that is stopping may leave its queue full for ever.
        () = shutdown.cancelled() => {}
    }
}

async fn connect(
    stream: UnixStream,
    desk: &PrivateDesk,
    guid: OwnedGuid,
) -> zbus::Result<zbus::Connection> {
    let socket = Guarded::new(stream, desk.desk.ended.clone());
    Builder::authenticated_socket(socket, guid)?
        .p2p()
        .serve_at(bus::PATH, Requests(desk.clone()))?
        .serve_at(bus::PATH, Voice(desk.clone()))?
        .serve_at(bus::PATH, Accounts(desk.clone()))?
        .serve_at(bus::PATH, Changes(desk.clone()))?
        .build()
        .await
}

/// The user of this daemon.
pub(super) fn own_uid() -> u32 {
    rustix::process::geteuid().as_raw()
}
