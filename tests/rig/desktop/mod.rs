//! A private desktop for one story: its own buses, display, speech, notifications, keyring and
//! screen lock, each a real part unless a story asks to be without it. Stories run side by side
//! and never meet.

mod bus;
mod display;
mod keyring;
mod lock;
mod notifications;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

use crate::processes::bare_command;
use crate::speech::Speech;
use crate::transcript::Transcript;

pub use bus::Bus;
pub use display::Display;
pub use keyring::Keyring;
pub use lock::{Lock, Source};
pub use notifications::{Notification, Notifications};

/// How a story's keyring stands when the person logs in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyringAtStart {
    /// Unlocked.
    Open,
    /// There, and locked.
    Locked,
    /// There is none.
    Absent,
}

/// How the speech server stands when the person logs in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SpeechAtStart {
    /// Running.
    Running,
    /// Installed, but dead: its socket is not there until `speech.restart()`.
    Dead,
}

/// Which parts a story wants.
#[derive(Debug, Clone)]
pub struct Builder {
    heading: String,
    locale: String,
    speech: SpeechAtStart,
    notifications: bool,
    keyring: KeyringAtStart,
    lock: bool,
    display: bool,
    buses: bool,
}

impl Builder {
    /// The speech server is dead when the story begins.
    #[must_use]
    pub fn without_speech(mut self) -> Builder {
        self.speech = SpeechAtStart::Dead;
        self
    }

    /// No notification server until `start_notifications`.
    #[must_use]
    pub fn without_notifications(mut self) -> Builder {
        self.notifications = false;
        self
    }

    /// How the keyring stands.
    #[must_use]
    pub fn keyring(mut self, state: KeyringAtStart) -> Builder {
        self.keyring = state;
        self
    }

    /// Nobody tells whether the screen is locked.
    #[must_use]
    pub fn without_lock(mut self) -> Builder {
        self.lock = false;
        self
    }

    /// No X server: a text console.
    #[must_use]
    pub fn without_display(mut self) -> Builder {
        self.display = false;
        self
    }

    /// No buses, hence no notifications, keyring and lock.
    #[must_use]
    pub fn without_buses(mut self) -> Builder {
        self.buses = false;
        self
    }

    /// The person's locale instead of `en_US.UTF-8`.
    #[must_use]
    pub fn locale(mut self, locale: &str) -> Builder {
        locale.clone_into(&mut self.locale);
        self
    }

    /// Starts everything, in parallel where parts do not need each other.
    ///
    /// # Panics
    /// If a part does not start; its log is in the message.
    pub async fn start(self) -> Desktop {
        let dir = tempfile::Builder::new().prefix("sayso-").tempdir_in("/tmp").expect("folder");
        make_folders(dir.path());
        let transcript = Transcript::new(&self.heading);
        let mut desktop = Desktop::empty(dir, &self.locale, transcript);
        let path = desktop.dir.path().to_owned();
        let wants_speech = self.speech == SpeechAtStart::Running;
        let speech = async {
            let mut speech = Speech::prepare(&path.join("speech"));
            if wants_speech {
                speech.restart().await;
            }
            speech
        };
        let display = async { if self.display { Some(Display::start(&path).await) } else { None } };
        let buses = async {
            if !self.buses {
                return None;
            }
            Some(tokio::join!(Bus::start(&path, "bus"), Bus::start(&path, "system")))
        };
        let (speech, display, buses) = tokio::join!(speech, display, buses);
        desktop.add("SPEECHD_ADDRESS", &speech.address());
        desktop.speech = Some(speech);
        if let Some(display) = &display {
            desktop.add("DISPLAY", display.name());
        }
        desktop.display = display;
        // A bus that is not there is an address where nobody listens, never the machine's own.
        let (session, system) = (path.join("bus"), path.join("system"));
        desktop.add("DBUS_SESSION_BUS_ADDRESS", &format!("unix:path={}", session.display()));
        desktop.add("DBUS_SYSTEM_BUS_ADDRESS", &format!("unix:path={}", system.display()));
        if let Some((session, system)) = buses {
            desktop.session = Some(session);
            desktop.system = Some(system);
            desktop.start_bus_parts(&self).await;
        }
        desktop
    }
}

/// A running desktop. Fields end in the order in which they stand here, users before used.
#[derive(Debug)]
pub struct Desktop {
    notifications: Option<Notifications>,
    keyring: Option<Keyring>,
    lock: Option<Lock>,
    speech: Option<Speech>,
    display: Option<Display>,
    system: Option<Bus>,
    session: Option<Bus>,
    env: BTreeMap<String, String>,
    transcript: Transcript,
    dir: TempDir,
}

impl Desktop {
    /// A desktop with every part. The heading says what the story is.
    #[must_use]
    pub fn builder(heading: &str) -> Builder {
        Builder {
            heading: heading.to_owned(),
            locale: "en_US.UTF-8".to_owned(),
            speech: SpeechAtStart::Running,
            notifications: true,
            keyring: KeyringAtStart::Open,
            lock: true,
            display: true,
            buses: true,
        }
    }

    /// The story's folder.
    #[must_use]
    pub fn dir(&self) -> &Path {
        self.dir.path()
    }

    /// Where logs of processes go.
    #[must_use]
    pub fn logs(&self) -> PathBuf {
        self.dir.path().join("log")
    }

    /// The story's transcript.
    #[must_use]
    pub fn transcript(&self) -> &Transcript {
        &self.transcript
    }

    /// The person's environment, for every process of the session.
    #[must_use]
    pub fn env(&self) -> &BTreeMap<String, String> {
        &self.env
    }

    /// A command in the person's session: this environment and no other.
    #[must_use]
    pub fn command(&self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        let mut command = bare_command(program);
        command.envs(&self.env).current_dir(self.dir.path().join("home"));
        command
    }

    /// Speech Dispatcher.
    ///
    /// # Panics
    /// Never: it is there, dead or alive.
    pub fn speech(&mut self) -> &mut Speech {
        self.speech.as_mut().expect("prepared in every story")
    }

    /// The notification server.
    ///
    /// # Panics
    /// If the story has none.
    pub fn notifications(&mut self) -> &mut Notifications {
        self.notifications.as_mut().expect("a story with notifications")
    }

    /// The keyring.
    ///
    /// # Panics
    /// If the story has none.
    pub fn keyring(&mut self) -> &mut Keyring {
        self.keyring.as_mut().expect("a story with a keyring")
    }

    /// The screen lock.
    ///
    /// # Panics
    /// If the story has none.
    #[must_use]
    pub fn lock(&self) -> &Lock {
        self.lock.as_ref().expect("a story with a screen lock")
    }

    /// The session bus.
    ///
    /// # Panics
    /// If the story has none.
    #[must_use]
    pub fn session_bus(&self) -> &Bus {
        self.session.as_ref().expect("a story with a session bus")
    }

    /// A notification server appears now.
    pub async fn start_notifications(&mut self) {
        let session = self.session.as_ref().expect("a story with a session bus");
        let command = self.command("dunst");
        let control = self.command("dunstctl");
        let logs = self.logs();
        let started = Notifications::start(command, control, self.dir(), &logs, session).await;
        self.notifications = Some(started);
    }

    /// Writes what was said and shown into the transcript and compares it with the golden one.
    pub fn compare(&self, name: &str) {
        if let Some(speech) = &self.speech {
            speech.tell(&self.transcript);
        }
        if let Some(session) = &self.session {
            notifications::tell(session, &self.transcript);
        }
        self.transcript.compare(name);
    }

    fn empty(dir: TempDir, locale: &str, transcript: Transcript) -> Desktop {
        let mut desktop = Desktop {
            notifications: None,
            keyring: None,
            lock: None,
            speech: None,
            display: None,
            system: None,
            session: None,
            env: BTreeMap::new(),
            transcript,
            dir,
        };
        let path = desktop.dir.path().to_owned();
        for (name, below) in [
            ("HOME", "home"),
            ("XDG_RUNTIME_DIR", "run"),
            ("XDG_CONFIG_HOME", "home/.config"),
            ("XDG_DATA_HOME", "home/.local/share"),
            ("XDG_STATE_HOME", "home/.local/state"),
            ("XDG_CACHE_HOME", "home/.cache"),
        ] {
            desktop.add(name, &path.join(below).display().to_string());
        }
        desktop.add("LANG", locale);
        desktop.add("LANGUAGE", locale.split('_').next().unwrap_or(locale));
        desktop.add("GSETTINGS_BACKEND", "memory");
        desktop.add("TZ", "Europe/Copenhagen");
        desktop
    }

    fn add(&mut self, name: &str, value: &str) {
        self.env.insert(name.to_owned(), value.to_owned());
    }

    async fn start_bus_parts(&mut self, wanted: &Builder) {
        let session = self.session.as_ref().expect("started before its parts");
        let system = self.system.as_ref().expect("started before its parts");
        let (dunst, control) = (self.command("dunst"), self.command("dunstctl"));
        let (dir, logs) = (self.dir(), self.logs());
        let keyring_command = self.command("gnome-keyring-daemon");
        let notifications = async {
            if !wanted.notifications {
                return None;
            }
            Some(Notifications::start(dunst, control, dir, &logs, session).await)
        };
        let keyring = async {
            if wanted.keyring == KeyringAtStart::Absent {
                return None;
            }
            let keyring = Keyring::start(keyring_command, dir, session).await;
            if wanted.keyring == KeyringAtStart::Locked {
                keyring.lock().await;
            }
            Some(keyring)
        };
        let lock =
            async { if wanted.lock { Some(Lock::start(session, system).await) } else { None } };
        let (notifications, keyring, lock) = tokio::join!(notifications, keyring, lock);
        (self.notifications, self.keyring, self.lock) = (notifications, keyring, lock);
    }
}

fn make_folders(dir: &Path) {
    use std::os::unix::fs::PermissionsExt;
    for below in ["home/.config", "home/.local/share", "home/.local/state", "home/.cache"] {
        std::fs::create_dir_all(dir.join(below)).expect("folder");
    }
    for below in ["run", "log", "speech"] {
        std::fs::create_dir(dir.join(below)).expect("folder");
        let mode = std::fs::Permissions::from_mode(0o700);
        std::fs::set_permissions(dir.join(below), mode).expect("folder");
    }
}

#[cfg(test)]
mod tests;
