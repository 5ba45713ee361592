//! Which parts a story wants, and starting them.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::OnceLock;

use tempfile::TempDir;

use super::Desktop;
use super::bus::Bus;
use super::display::Display;
use super::keyring::Keyring;
use super::lock::Lock;
use super::notifications::Notifications;
use super::screen::Screen;
use super::sound::Sound;
use super::wayland::Wayland;
use crate::speech::Speech;
use crate::transcript::Transcript;

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

/// What draws on the person's screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Draws {
    X,
    Wayland,
    Nothing,
}

/// Which parts a story wants.
#[derive(Debug, Clone)]
pub struct Builder {
    heading: String,
    beside: Option<Transcript>,
    computer: Option<String>,
    locale: String,
    speech: SpeechAtStart,
    notifications: bool,
    keyring: KeyringAtStart,
    lock: bool,
    sound: bool,
    draws: Draws,
    screen: Screen,
    buses: bool,
}

impl Builder {
    /// A desktop with every part but sound.
    pub(super) fn new(heading: &str) -> Builder {
        Builder {
            heading: heading.to_owned(),
            beside: None,
            computer: None,
            locale: "en_US.UTF-8".to_owned(),
            speech: SpeechAtStart::Running,
            notifications: true,
            keyring: KeyringAtStart::Open,
            lock: true,
            sound: false,
            draws: Draws::X,
            screen: Screen { width: 1280, height: 1024 },
            buses: true,
        }
    }

    /// One more computer in the story of this transcript.
    pub(super) fn beside(transcript: &Transcript, computer: &str) -> Builder {
        let beside = Some(transcript.clone());
        Builder { beside, ..Builder::new("").called(computer) }
    }

    /// In a story of several computers: what happens at this one is told with its name.
    #[must_use]
    pub fn called(mut self, computer: &str) -> Builder {
        self.computer = Some(computer.to_owned());
        self
    }

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
        self.draws = Draws::Nothing;
        self
    }

    /// A Wayland compositor (sway) instead of an X server.
    #[must_use]
    pub fn wayland(mut self) -> Builder {
        self.draws = Draws::Wayland;
        self
    }

    /// A sound server too, with loudspeakers and a headset.
    #[must_use]
    pub fn sound(mut self) -> Builder {
        self.sound = true;
        self
    }

    /// A screen of this size instead of 1280x1024.
    #[must_use]
    pub fn screen(mut self, width: u32, height: u32) -> Builder {
        self.screen = Screen { width, height };
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

    /// Nothing that a person hears, sees or unlocks: only the buses, for what is told of the broker.
    #[must_use]
    pub fn bare(self) -> Builder {
        self.without_speech()
            .without_notifications()
            .without_lock()
            .without_display()
            .keyring(KeyringAtStart::Absent)
    }

    /// Starts everything, in parallel where parts do not need each other.
    ///
    /// # Panics
    /// If a part does not start; its log is in the message.
    pub async fn start(self) -> Desktop {
        let dir = tempfile::Builder::new().prefix("sayso-").tempdir_in("/tmp").expect("folder");
        make_folders(dir.path());
        let heading = || Transcript::new(&self.heading);
        let whole = self.beside.clone().unwrap_or_else(heading);
        let mut desktop = Desktop::empty(dir, &self.locale, self.screen, whole);
        if let Some(computer) = &self.computer {
            desktop.transcript = desktop.whole.of(computer);
        }
        let path = desktop.dir.path().to_owned();
        let wants_speech = self.speech == SpeechAtStart::Running;
        let speech = async {
            let mut speech = Speech::prepare(&path.join("speech"));
            if wants_speech {
                speech.restart().await;
            }
            speech
        };
        let display = async {
            match self.draws {
                Draws::X => Some(Display::start(&path, self.screen).await),
                Draws::Wayland | Draws::Nothing => None,
            }
        };
        let wayland = async {
            match self.draws {
                Draws::Wayland => Some(Wayland::start(&path.join("log"), self.screen).await),
                Draws::X | Draws::Nothing => None,
            }
        };
        let buses = async {
            if !self.buses {
                return None;
            }
            Some(tokio::join!(Bus::start(&path, "bus"), Bus::start(&path, "system")))
        };
        let pulseaudio = desktop.command("pulseaudio");
        let sound =
            async { if self.sound { Some(Sound::start(pulseaudio, &path).await) } else { None } };
        let (speech, display, wayland, sound, buses) =
            tokio::join!(speech, display, wayland, sound, buses);
        desktop.add("SPEECHD_ADDRESS", &speech.address());
        desktop.speech = Some(speech);
        if let Some(display) = &display {
            desktop.add("DISPLAY", display.name());
        }
        (desktop.display, desktop.sound) = (display, sound);
        if let Some(wayland) = &wayland {
            desktop.add("WAYLAND_DISPLAY", &wayland.socket().display().to_string());
            desktop.add("XDG_CURRENT_DESKTOP", "sway");
        }
        desktop.wayland = wayland;
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

impl Desktop {
    fn empty(dir: TempDir, locale: &str, screen: Screen, whole: Transcript) -> Desktop {
        let mut desktop = Desktop {
            notifications: None,
            keyring: None,
            lock: None,
            speech: None,
            sound: None,
            display: None,
            wayland: None,
            system: None,
            session: None,
            screen,
            clock: OnceLock::new(),
            trusted: None,
            env: BTreeMap::new(),
            transcript: whole.clone(),
            whole,
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
            // A browser that is killed leaves things there.
            ("TMPDIR", "tmp"),
        ] {
            desktop.add(name, &path.join(below).display().to_string());
        }
        desktop.add("LANG", locale);
        desktop.add("LANGUAGE", locale.split('_').next().unwrap_or(locale));
        desktop.add("GSETTINGS_BACKEND", "memory");
        desktop.add("TZ", "Europe/Copenhagen");
        desktop.install_sayso();
        desktop
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
    for below in ["run", "log", "speech", "tmp"] {
        std::fs::create_dir(dir.join(below)).expect("folder");
        let mode = std::fs::Permissions::from_mode(0o700);
        std::fs::set_permissions(dir.join(below), mode).expect("folder");
    }
}
