//! The lock and the screen reader on private buses, with programs that the test plays; and sound,
//! with real servers.
#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]
#![allow(
    clippy::unused_self,
    clippy::used_underscore_binding,
    reason = "what a D-Bus interface takes"
)]

mod audio;
#[path = "../bus/mod.rs"]
mod bus;
mod network;
mod sound_server;

use std::time::Duration;

use bus::Bus;
use saysod::surroundings::lock::{self, Lock};
use saysod::surroundings::reader::{self, ScreenReader};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use zbus::object_server::SignalEmitter;
use zbus::zvariant::{ObjectPath, OwnedObjectPath};
use zbus::{Connection, fdo};

const LOGIND_PATH: &str = "/org/freedesktop/login1";
const SESSION_PATH: &str = "/org/freedesktop/login1/session/c1";
const SAVER: &str = "org.gnome.ScreenSaver";
const OTHER_PATH: &str = "/org/freedesktop/ScreenSaver";
const SAVER_PATH: &str = "/org/gnome/ScreenSaver";

struct Manager;

#[zbus::interface(name = "org.freedesktop.login1.Manager")]
impl Manager {
    fn get_session(&self, _id: &str) -> fdo::Result<OwnedObjectPath> {
        Err(fdo::Error::Failed("no such session".into()))
    }

    #[zbus(name = "GetSessionByPID")]
    fn get_session_by_pid(&self, _pid: u32) -> OwnedObjectPath {
        ObjectPath::from_static_str(SESSION_PATH).unwrap().into()
    }

    #[zbus(signal)]
    async fn session_new(
        to: &SignalEmitter<'_>,
        id: &str,
        path: ObjectPath<'_>,
    ) -> zbus::Result<()>;
}

struct Session {
    locked: bool,
}

#[zbus::interface(name = "org.freedesktop.login1.Session")]
impl Session {
    #[zbus(property)]
    fn locked_hint(&self) -> bool {
        self.locked
    }

    #[zbus(property)]
    fn set_locked_hint(&mut self, locked: bool) {
        self.locked = locked;
    }
}

struct Saver {
    active: bool,
}

#[zbus::interface(name = "org.gnome.ScreenSaver")]
impl Saver {
    fn get_active(&self) -> bool {
        self.active
    }

    #[zbus(signal)]
    async fn active_changed(to: &SignalEmitter<'_>, active: bool) -> zbus::Result<()>;
}

/// The other interface, always locked.
struct OtherSaver;

#[zbus::interface(name = "org.freedesktop.ScreenSaver")]
impl OtherSaver {
    fn get_active(&self) -> bool {
        true
    }
}

struct Accessibility {
    reader: bool,
}

#[zbus::interface(name = "org.a11y.Status")]
impl Accessibility {
    #[zbus(property)]
    fn screen_reader_enabled(&self) -> bool {
        self.reader
    }

    #[zbus(property)]
    fn set_screen_reader_enabled(&mut self, reader: bool) {
        self.reader = reader;
    }
}

async fn logind(bus: &Bus, locked: bool) -> Connection {
    let connection = bus.connect().await;
    connection.object_server().at(LOGIND_PATH, Manager).await.unwrap();
    connection.object_server().at(SESSION_PATH, Session { locked }).await.unwrap();
    connection.request_name("org.freedesktop.login1").await.unwrap();
    connection
}

async fn saver(bus: &Bus, active: bool) -> Connection {
    let connection = bus.connect().await;
    connection.object_server().at(SAVER_PATH, Saver { active }).await.unwrap();
    connection.request_name(SAVER).await.unwrap();
    connection
}

async fn active_changed(by: &Connection, active: bool) {
    let emitter = SignalEmitter::new(by, SAVER_PATH).unwrap();
    Saver::active_changed(&emitter, active).await.unwrap();
}

async fn set_locked(logind: &Connection, locked: bool) {
    let session = logind.object_server().interface::<_, Session>(SESSION_PATH).await.unwrap();
    session.get_mut().await.locked = locked;
    session.get().await.locked_hint_changed(session.signal_emitter()).await.unwrap();
}

async fn becomes<T: PartialEq + Copy + std::fmt::Debug>(seen: &mut watch::Receiver<T>, want: T) {
    let change = seen.wait_for(|now| *now == want);
    assert_eq!(
        *tokio::time::timeout(Duration::from_secs(10), change).await.unwrap().unwrap(),
        want
    );
}

async fn watch_lock(system: &Bus, session: &Bus) -> watch::Receiver<Lock> {
    let (out, seen) = watch::channel(Lock::Unknown);
    let (system, session) = (Some(system.connect().await), Some(session.connect().await));
    tokio::spawn(lock::watch(system, session, out, CancellationToken::new()));
    seen
}

#[tokio::test]
async fn any_of_them_locks_and_all_must_unlock() {
    let (system, session) = (Bus::start(), Bus::start());
    let logind = logind(&system, false).await;
    let saver = saver(&session, false).await;
    let mut seen = watch_lock(&system, &session).await;
    becomes(&mut seen, Lock::Unlocked).await;
    set_locked(&logind, true).await;
    becomes(&mut seen, Lock::Locked).await;
    active_changed(&saver, true).await;
    set_locked(&logind, false).await;
    saver.close().await.unwrap();
    becomes(&mut seen, Lock::Unlocked).await;
}

#[tokio::test]
async fn programs_that_come_and_go_are_heard() {
    let (system, session) = (Bus::start(), Bus::start());
    let mut seen = watch_lock(&system, &session).await;
    let saver_one = saver(&session, true).await;
    becomes(&mut seen, Lock::Locked).await;
    saver_one.close().await.unwrap();
    becomes(&mut seen, Lock::Unknown).await;
    let logind_one = logind(&system, true).await;
    becomes(&mut seen, Lock::Locked).await;
    logind_one.close().await.unwrap();
    becomes(&mut seen, Lock::Unknown).await;
    let _logind = logind(&system, false).await;
    becomes(&mut seen, Lock::Unlocked).await;
}

#[tokio::test]
async fn a_stranger_is_not_believed() {
    let (system, session) = (Bus::start(), Bus::start());
    let _saver = saver(&session, false).await;
    let mut seen = watch_lock(&system, &session).await;
    becomes(&mut seen, Lock::Unlocked).await;
    active_changed(&session.connect().await, true).await;
    // What comes later on the same bus shows that the stranger was heard and left aside.
    let other = session.connect().await;
    other.object_server().at(OTHER_PATH, OtherSaver).await.unwrap();
    other.request_name("org.freedesktop.ScreenSaver").await.unwrap();
    becomes(&mut seen, Lock::Locked).await;
    other.close().await.unwrap();
    becomes(&mut seen, Lock::Unlocked).await;
}

#[tokio::test]
async fn a_session_that_begins_later_is_found() {
    let (system, session) = (Bus::start(), Bus::start());
    let logind = logind(&system, false).await;
    logind.object_server().remove::<Session, _>(SESSION_PATH).await.unwrap();
    let mut seen = watch_lock(&system, &session).await;
    logind.object_server().at(SESSION_PATH, Session { locked: true }).await.unwrap();
    // logind may not have been asked yet; either way the answer is there in the end.
    let emitter = SignalEmitter::new(&logind, LOGIND_PATH).unwrap();
    let path = ObjectPath::from_static_str(SESSION_PATH).unwrap();
    Manager::session_new(&emitter, "c1", path).await.unwrap();
    becomes(&mut seen, Lock::Locked).await;
}

#[tokio::test]
async fn a_screen_reader_is_noticed_when_it_starts_and_when_it_ends() {
    let bus = Bus::start();
    let (out, mut seen) = watch::channel(ScreenReader::Absent);
    tokio::spawn(reader::watch(Some(bus.connect().await), out, CancellationToken::new()));
    let at = "/org/a11y/bus";
    let desktop = bus.connect().await;
    desktop.object_server().at(at, Accessibility { reader: false }).await.unwrap();
    desktop.request_name("org.a11y.Bus").await.unwrap();
    let status = desktop.object_server().interface::<_, Accessibility>(at).await.unwrap();
    status.get_mut().await.reader = true;
    status.get().await.screen_reader_enabled_changed(status.signal_emitter()).await.unwrap();
    becomes(&mut seen, ScreenReader::Running).await;
    desktop.close().await.unwrap();
    becomes(&mut seen, ScreenReader::Absent).await;
}
