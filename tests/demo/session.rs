//! Where `saysod` runs in the demo: in the person's own session if there is one, else in a
//! private one. Its files are always the demo's own.

use std::collections::BTreeMap;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use rig::desktop::Bus;
use rig::processes::{Process, program};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::UnixStream;
use zbus::Connection;

use crate::keyring;

/// How often to ask a starting speech server whether it answers.
const LOOK: Duration = Duration::from_millis(20);

/// A session and the demo's own folder. Fields end in the order in which they stand here.
#[derive(Debug)]
pub(crate) struct Session {
    _speech: Option<Process>,
    _bus: Option<Bus>,
    own: Option<Connection>,
    env: BTreeMap<String, String>,
    /// Whether Sayso can speak here.
    pub(crate) speaks: bool,
    dir: TempDir,
}

impl Session {
    /// Finds the person's session or starts a private one; says on stderr why.
    ///
    /// # Errors
    /// If there is no room for a folder.
    pub(crate) async fn start() -> anyhow::Result<Session> {
        let dir = tempfile::Builder::new().prefix("sayso-demo-").tempdir()?;
        std::fs::create_dir(dir.path().join("log"))?;
        let mut env = own_folders(dir.path())?;
        if let (Some(display), Some(runtime)) = (var("WAYLAND_DISPLAY"), var("XDG_RUNTIME_DIR")) {
            // It is below the person's runtime folder, unless it is a whole path.
            let display = Path::new(&runtime).join(display);
            env.insert("WAYLAND_DISPLAY".to_owned(), display.display().to_string());
        }
        let own = own_session().await;
        let mut bus = None;
        if own.is_none() {
            bus = Some(Bus::start(dir.path(), "bus").await);
            let address = format!("unix:path={}", dir.path().join("bus").display());
            env.insert("DBUS_SESSION_BUS_ADDRESS".to_owned(), address);
        }
        let (socket, speech) = speech(dir.path()).await;
        if let Some(socket) = &socket {
            env.insert("SPEECHD_ADDRESS".to_owned(), format!("unix_socket:{}", socket.display()));
        }
        let speaks = socket.is_some();
        Ok(Session { _speech: speech, _bus: bus, own, env, speaks, dir })
    }

    /// Whether it is the person's own.
    pub(crate) fn is_own(&self) -> bool {
        self.own.is_some()
    }

    /// The demo's own folder.
    pub(crate) fn dir(&self) -> &Path {
        self.dir.path()
    }

    /// Where logs go.
    pub(crate) fn logs(&self) -> PathBuf {
        self.dir.path().join("log")
    }

    /// What a program of this session is told beside the person's environment.
    pub(crate) fn env(&self) -> &BTreeMap<String, String> {
        &self.env
    }

    /// A program of ours in this session.
    pub(crate) fn command(&self, name: &str) -> Command {
        let mut command = Command::new(program(name));
        command.envs(&self.env);
        command
    }

    /// Removes what lies outside the demo's own folder, once `saysod` has ended.
    pub(crate) async fn clear(&self) {
        if let Some(own) = &self.own
            && let Err(error) = keyring::clear(own).await
        {
            eprintln!("The demo's keys stay in your keyring ({error}). Remove those named Sayso.");
        }
    }
}

fn var(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// Runtime, state and configuration are the demo's own, so it meets no Sayso of the person's.
fn own_folders(dir: &Path) -> std::io::Result<BTreeMap<String, String>> {
    let mut env = BTreeMap::new();
    for (name, below) in
        [("XDG_RUNTIME_DIR", "run"), ("XDG_STATE_HOME", "state"), ("XDG_CONFIG_HOME", "config")]
    {
        let path = dir.join(below);
        std::fs::create_dir(&path)?;
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o700))?;
        env.insert(name.to_owned(), path.display().to_string());
    }
    Ok(env)
}

/// The person's session bus, where a demo does no harm: there is a desktop, and no Sayso yet.
async fn own_session() -> Option<Connection> {
    if var("DISPLAY").is_none() && var("WAYLAND_DISPLAY").is_none() {
        eprintln!("There is no desktop here, so Sayso runs in a private session.");
        return None;
    }
    let Ok(session) = Connection::session().await else {
        eprintln!("There is no session bus here, so Sayso runs in a private session.");
        return None;
    };
    let bus = zbus::fdo::DBusProxy::new(&session).await.ok()?;
    let name = zbus::names::BusName::try_from("org.sayso.Approver").ok()?;
    let runs = bus.name_has_owner(name).await.unwrap_or(true);
    let has_keys = keyring::keys(&session).await.map_or(true, |keys| !keys.is_empty());
    if runs || has_keys {
        eprintln!("You have a Sayso of your own. The demo leaves it alone, in a private session.");
        return None;
    }
    Some(session)
}

/// The speech server that the person hears; one of the demo's own where none is running.
async fn speech(dir: &Path) -> (Option<PathBuf>, Option<Process>) {
    let named = var("SPEECHD_ADDRESS")
        .and_then(|address| address.strip_prefix("unix_socket:").map(PathBuf::from));
    let usual = var("XDG_RUNTIME_DIR")
        .map(|runtime| Path::new(&runtime).join("speech-dispatcher/speechd.sock"));
    for socket in [named, usual].into_iter().flatten() {
        if answers(&socket).await {
            return (Some(socket), None);
        }
    }
    let socket = dir.join("speech");
    let mut command = Command::new("speech-dispatcher");
    command.args(["-s", "-t", "0", "-c", "unix_socket", "-S"]).arg(&socket);
    command.arg("-P").arg(dir.join("speech.pid")).arg("-L").arg(dir.join("log"));
    let mut server = Process::start_quiet("speech-dispatcher", &mut command, &dir.join("log"));
    let mut look = tokio::time::interval(LOOK);
    while server.is_running() {
        look.tick().await;
        if answers(&socket).await {
            return (Some(socket), Some(server));
        }
    }
    eprintln!("Speech Dispatcher does not start here (is there sound?), so Sayso does not speak.");
    (None, None)
}

async fn answers(socket: &Path) -> bool {
    let Ok(mut stream) = UnixStream::connect(socket).await else { return false };
    if stream.write_all(b"QUIT\r\n").await.is_err() {
        return false;
    }
    let mut reply = [0; 64];
    let read = tokio::time::timeout(Duration::from_secs(2), stream.read(&mut reply)).await;
    read.is_ok_and(|read| read.is_ok_and(|length| length > 0))
}
