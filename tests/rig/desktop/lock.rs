//! Whether the screen is locked, as the desktop tells it: logind's `LockedHint` on the system
//! bus, and the two screensaver interfaces on the session bus. These three are played by the
//! rig, since no session of a real logind runs under a test.

use zbus::object_server::SignalEmitter;
use zbus::zvariant::{ObjectPath, OwnedObjectPath};
use zbus::{Connection, interface};

use super::bus::Bus;

const SESSION: &str = "/org/freedesktop/login1/session/c1";
/// logind's own name for the caller's session.
const AUTO: &str = "/org/freedesktop/login1/session/auto";

/// Who tells that the screen is locked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// logind.
    Logind,
    /// GNOME and its kin.
    GnomeScreenSaver,
    /// KDE, Xfce and others.
    FreedesktopScreenSaver,
}

struct Manager;

#[interface(name = "org.freedesktop.login1.Manager")]
impl Manager {
    #[zbus(name = "GetSessionByPID")]
    fn session_of_process(&self, _id: u32) -> OwnedObjectPath {
        ObjectPath::from_static_str_unchecked(SESSION).into()
    }

    fn get_session(&self, _id: &str) -> OwnedObjectPath {
        ObjectPath::from_static_str_unchecked(SESSION).into()
    }

    fn list_sessions(&self) -> Vec<(String, u32, String, String, OwnedObjectPath)> {
        let id = rustix::process::getuid().as_raw();
        let path = ObjectPath::from_static_str_unchecked(SESSION).into();
        vec![("c1".into(), id, "anna".into(), "seat0".into(), path)]
    }

    #[zbus(signal)]
    async fn prepare_for_sleep(emitter: &SignalEmitter<'_>, start: bool) -> zbus::Result<()>;
}

struct Session {
    locked: bool,
}

#[interface(name = "org.freedesktop.login1.Session")]
impl Session {
    #[zbus(property)]
    fn locked_hint(&self) -> bool {
        self.locked
    }

    #[zbus(property)]
    fn id(&self) -> &'static str {
        "c1"
    }

    #[zbus(property)]
    fn active(&self) -> bool {
        true
    }

    #[zbus(property, name = "Type")]
    fn kind(&self) -> &'static str {
        "x11"
    }

    #[zbus(property)]
    fn class(&self) -> &'static str {
        "user"
    }

    #[zbus(property)]
    fn remote(&self) -> bool {
        false
    }
}

struct GnomeScreenSaver {
    active: bool,
}

#[interface(name = "org.gnome.ScreenSaver")]
impl GnomeScreenSaver {
    fn get_active(&self) -> bool {
        self.active
    }

    #[zbus(signal)]
    async fn active_changed(emitter: &SignalEmitter<'_>, active: bool) -> zbus::Result<()>;
}

struct FreedesktopScreenSaver {
    active: bool,
}

#[interface(name = "org.freedesktop.ScreenSaver")]
impl FreedesktopScreenSaver {
    fn get_active(&self) -> bool {
        self.active
    }

    #[zbus(signal)]
    async fn active_changed(emitter: &SignalEmitter<'_>, active: bool) -> zbus::Result<()>;
}

/// The three of them.
#[derive(Debug)]
pub struct Lock {
    system: Connection,
    gnome: Connection,
    freedesktop: Connection,
}

impl Lock {
    /// Puts them on their buses; the screen is unlocked.
    ///
    /// # Panics
    /// If a name is taken.
    pub async fn start(session: &Bus, system: &Bus) -> Lock {
        let lock = Lock {
            system: system.connect().await,
            gnome: session.connect().await,
            freedesktop: session.connect().await,
        };
        let logind = lock.system.object_server();
        logind.at("/org/freedesktop/login1", Manager).await.expect("logind");
        logind.at(SESSION, Session { locked: false }).await.expect("logind's session");
        logind.at(AUTO, Session { locked: false }).await.expect("logind's session");
        lock.system.request_name("org.freedesktop.login1").await.expect("logind's name");
        let gnome = GnomeScreenSaver { active: false };
        lock.gnome.object_server().at("/org/gnome/ScreenSaver", gnome).await.expect("screensaver");
        lock.gnome.request_name("org.gnome.ScreenSaver").await.expect("screensaver's name");
        for path in ["/org/freedesktop/ScreenSaver", "/ScreenSaver"] {
            let saver = FreedesktopScreenSaver { active: false };
            lock.freedesktop.object_server().at(path, saver).await.expect("screensaver");
        }
        let name = "org.freedesktop.ScreenSaver";
        lock.freedesktop.request_name(name).await.expect("screensaver's name");
        lock
    }

    /// The person locks the screen; all three tell it, as most desktops do.
    pub async fn lock(&self) {
        for source in [Source::Logind, Source::GnomeScreenSaver, Source::FreedesktopScreenSaver] {
            self.set(source, true).await;
        }
    }

    /// The person unlocks the screen.
    pub async fn unlock(&self) {
        for source in [Source::Logind, Source::GnomeScreenSaver, Source::FreedesktopScreenSaver] {
            self.set(source, false).await;
        }
    }

    /// One of them alone tells that the screen is locked or not.
    ///
    /// # Panics
    /// If its bus is gone.
    pub async fn set(&self, source: Source, locked: bool) {
        let done = match source {
            Source::Logind => self.set_logind(locked).await,
            Source::GnomeScreenSaver => self.set_gnome(locked).await,
            Source::FreedesktopScreenSaver => self.set_freedesktop(locked).await,
        };
        done.expect("the rig's own object");
    }

    /// The machine goes to sleep, or has woken.
    ///
    /// # Panics
    /// If the system bus is gone.
    pub async fn sleep(&self, start: bool) {
        let path = "/org/freedesktop/login1";
        let manager = self.system.object_server().interface::<_, Manager>(path).await;
        let manager = manager.expect("the rig's own object");
        Manager::prepare_for_sleep(manager.signal_emitter(), start).await.expect("the system bus");
    }

    async fn set_logind(&self, locked: bool) -> zbus::Result<()> {
        for path in [SESSION, AUTO] {
            let session = self.system.object_server().interface::<_, Session>(path).await?;
            session.get_mut().await.locked = locked;
            session.get().await.locked_hint_changed(session.signal_emitter()).await?;
        }
        Ok(())
    }

    async fn set_gnome(&self, active: bool) -> zbus::Result<()> {
        let path = "/org/gnome/ScreenSaver";
        let saver = self.gnome.object_server().interface::<_, GnomeScreenSaver>(path).await?;
        saver.get_mut().await.active = active;
        GnomeScreenSaver::active_changed(saver.signal_emitter(), active).await
    }

    async fn set_freedesktop(&self, active: bool) -> zbus::Result<()> {
        for path in ["/org/freedesktop/ScreenSaver", "/ScreenSaver"] {
            let server = self.freedesktop.object_server();
            let saver = server.interface::<_, FreedesktopScreenSaver>(path).await?;
            saver.get_mut().await.active = active;
            FreedesktopScreenSaver::active_changed(saver.signal_emitter(), active).await?;
        }
        Ok(())
    }
}
