//! A private desktop for one story: its own buses, display, speech, notifications, keyring and
//! screen lock, each a real part unless a story asks to be without it. Stories run side by side
//! and never meet.

mod builder;
mod bus;
mod clipboard;
mod display;
mod keyring;
mod lock;
mod notifications;
mod portal;
mod programs;
mod screen;
mod sound;
mod wayland;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use tempfile::TempDir;

use crate::authority::Authority;
use crate::clock::FakeClock;
use crate::processes::bare_command;
use crate::speech::{Recording, Speech, spare};
use crate::transcript::Transcript;

pub use builder::{Builder, KeyringAtStart};
pub use bus::Bus;
pub use display::Display;
pub use keyring::Keyring;
pub use lock::{Lock, Source};
pub use notifications::{Notification, Notifications, shown};
pub use portal::{Answer, PlayedPortal, Portal};
pub use screen::{Picture, Screen, write_black_png};
pub use sound::{Output, Sound};
pub use wayland::Wayland;

/// A running desktop. Fields end in the order in which they stand here, users before used.
#[derive(Debug)]
pub struct Desktop {
    notifications: Option<Notifications>,
    keyring: Option<Keyring>,
    lock: Option<Lock>,
    speech: Option<Speech>,
    sound: Option<Sound>,
    display: Option<Display>,
    wayland: Option<Wayland>,
    system: Option<Bus>,
    session: Option<Bus>,
    screen: Screen,
    clock: OnceLock<FakeClock>,
    trusted: Option<String>,
    env: BTreeMap<String, String>,
    transcript: Transcript,
    whole: Transcript,
    dir: TempDir,
}

impl Desktop {
    /// A desktop with every part. The heading says what the story is.
    #[must_use]
    pub fn builder(heading: &str) -> Builder {
        Builder::new(heading)
    }

    /// One more computer in the same story, with every part of its own. What happens there stands
    /// in the same transcript, with its name.
    #[must_use]
    pub fn beside(&self, computer: &str) -> Builder {
        Builder::beside(&self.whole, computer)
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

    /// The story's transcript, for what happens at this computer.
    #[must_use]
    pub fn transcript(&self) -> &Transcript {
        &self.transcript
    }

    /// The story's transcript, for what happens elsewhere.
    #[must_use]
    pub fn whole_transcript(&self) -> &Transcript {
        &self.whole
    }

    /// The person's environment, for every process of the session.
    #[must_use]
    pub fn env(&self) -> &BTreeMap<String, String> {
        &self.env
    }

    /// The person reads these languages from now on (as in `LANGUAGE`: `kl:de:da`).
    pub fn set_languages(&mut self, list: &str) {
        self.add("LANGUAGE", list);
    }

    /// From now on this computer trusts this authority and no other.
    pub fn trust(&mut self, authority: &Authority) {
        self.trusted = Some(authority.pin().to_owned());
        self.add("SSL_CERT_FILE", &authority.file().to_string_lossy());
    }

    /// The authority that it trusts, as Chromium is told.
    #[must_use]
    pub(crate) fn trusted(&self) -> Option<&str> {
        self.trusted.as_deref()
    }

    /// How large its screen is.
    #[must_use]
    pub fn screen(&self) -> Screen {
        self.screen
    }

    /// The clock by which Sayso lives on this computer, if the story moves it.
    #[must_use]
    pub fn clock(&self) -> Option<&FakeClock> {
        self.clock.get()
    }

    /// From now on it lives by this one.
    ///
    /// # Panics
    /// If it lives by another one already.
    pub(crate) fn live_by(&self, clock: FakeClock) {
        self.clock.set(clock).expect("one clock for one computer");
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

    /// From now on programs find the speech server at this socket.
    pub fn move_speech(&mut self, socket: &Path) {
        self.add("SPEECHD_ADDRESS", &format!("unix_socket:{}", socket.display()));
    }

    /// The notification server.
    ///
    /// # Panics
    /// If the story has none.
    pub fn notifications(&mut self) -> &mut Notifications {
        self.notifications.as_mut().expect("a story with notifications")
    }

    /// How many notifications that can be answered have been shown so far.
    #[must_use]
    pub fn questions_shown(&self) -> usize {
        self.session.as_ref().map_or(0, notifications::questions)
    }

    /// Waits until `count` notifications that can be answered have been shown, if anything shows them.
    pub async fn wait_for_questions(&self, count: usize) {
        if let (Some(session), Some(_)) = (&self.session, &self.notifications) {
            session.wait_for_questions(count).await;
        }
    }

    /// The keyring.
    ///
    /// # Panics
    /// If the story has none.
    pub fn keyring(&mut self) -> &mut Keyring {
        self.keyring.as_mut().expect("a story with a keyring")
    }

    /// The person unlocks the keyring (here: it is started anew, with their password).
    pub async fn unlock_keyring(&mut self) {
        self.keyring = None;
        let session = self.session.as_ref().expect("a story with a session bus");
        let command = self.command("gnome-keyring-daemon");
        self.keyring = Some(Keyring::start(command, self.dir.path(), session).await);
    }

    /// The screen lock.
    ///
    /// # Panics
    /// If the story has none.
    #[must_use]
    pub fn lock(&self) -> &Lock {
        self.lock.as_ref().expect("a story with a screen lock")
    }

    /// The sound server.
    ///
    /// # Panics
    /// If the story has none.
    pub fn sound(&mut self) -> &mut Sound {
        self.sound.as_mut().expect("a story with sound")
    }

    /// Writes down what is played on the loudspeakers from now on.
    #[must_use]
    pub fn record_sound(&self) -> Recording {
        Recording::begin(self.command("parec"), self.dir())
    }

    /// The Wayland compositor.
    ///
    /// # Panics
    /// If the story has none.
    #[must_use]
    pub fn wayland(&self) -> &Wayland {
        self.wayland.as_ref().expect("a story on Wayland")
    }

    /// The session bus.
    ///
    /// # Panics
    /// If the story has none.
    #[must_use]
    pub fn session_bus(&self) -> &Bus {
        self.session.as_ref().expect("a story with a session bus")
    }

    /// Kills the session bus, and with it the notification server and the keyring.
    pub fn kill_session_bus(&mut self) {
        (self.notifications, self.keyring, self.lock) = (None, None, None);
        if let Some(session) = &mut self.session {
            session.kill();
        }
    }

    /// The system bus.
    ///
    /// # Panics
    /// If the story has none.
    #[must_use]
    pub fn system_bus(&self) -> &Bus {
        self.system.as_ref().expect("a story with a system bus")
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

    /// Writes what was said and shown into the transcript. Called once, at the end of the story.
    pub fn tell(&self) {
        if let Some(speech) = &self.speech {
            speech.tell(&self.transcript);
        }
        spare::tell(&self.dir().join("bin"), &self.transcript);
        if let Some(session) = &self.session {
            notifications::tell(session, &self.transcript);
        }
    }

    /// Tells what was said and shown, and compares the transcript with the golden one.
    pub fn compare(&self, name: &str) {
        self.tell();
        self.transcript.compare(name);
    }

    fn add(&mut self, name: &str, value: &str) {
        self.env.insert(name.to_owned(), value.to_owned());
    }
}

#[cfg(test)]
mod tests;
