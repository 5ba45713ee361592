//! What can be known of this computer and its desktop.

use sayso_protocol::bus::{AccountLine, Preferences, Status};

/// All of it.
#[derive(Clone, Debug)]
pub struct Facts {
    /// The daemon, or why it cannot be asked: two sentences, and a name.
    pub daemon: Result<Running, (&'static str, String)>,
    /// Each account's broker that is not connected.
    pub brokers: Vec<Broker>,
    /// Whether the system says that its clock is right; `None` where nobody says.
    pub clock: Option<bool>,
    /// Speech Dispatcher.
    pub speech: Speech,
    /// Whether `espeak-ng` is there, by which Sayso speaks without it.
    pub spare_voice: bool,
    /// Where sound goes; `None` where nobody can be asked.
    pub sound: Option<Sound>,
    /// The desktop around the session bus; `None` where there is no bus.
    pub desktop: Option<Desktop>,
    /// Whether something draws: X or Wayland.
    pub display: Option<Display>,
    /// Whether zenity or kdialog is there.
    pub dialog: bool,
    /// Whether the clipboard can be read: by wl-paste or xclip.
    pub clipboard: bool,
    /// The keyboard shortcuts.
    pub shortcuts: Shortcuts,
    /// Whether some program opens `sayso:` addresses; `None` where nobody can be asked.
    pub opens_addresses: Option<bool>,
    /// The folder of the store.
    pub store: Store,
}

/// A daemon that answers.
#[derive(Clone, Debug)]
pub struct Running {
    /// How it is.
    pub status: Status,
    /// How it talks.
    pub preferences: Preferences,
    /// Whose logins it answers.
    pub accounts: Vec<AccountLine>,
    /// Why the keys are not open yet, and what to do.
    pub keys_wait: Option<String>,
}

/// A broker that is not connected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Broker {
    /// Its host.
    pub host: String,
    /// Whether anything answers there.
    pub reachable: bool,
}

/// Speech Dispatcher, from worst to best.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Speech {
    /// It is not installed, and nobody listens.
    NotInstalled,
    /// Nobody listens.
    NotRunning,
    /// Somebody listens and does not answer.
    Silent,
    /// It has no output module that lives.
    NoModule,
    /// It has one that is no voice.
    Dummy,
    /// It has voices: the languages that they speak, and their names.
    Voices {
        /// Language tags.
        languages: Vec<String>,
        /// Names.
        names: Vec<String>,
    },
}

/// Where sound goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sound {
    /// No sound server answers.
    NoServer,
    /// It has nothing to play on.
    NoDevice,
    /// What it plays on is muted, or at volume 0.
    Muted,
    /// It can be heard.
    Audible,
}

/// What draws.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Display {
    /// An X server.
    X11,
    /// A Wayland compositor.
    Wayland,
}

/// The desktop around the session bus.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Desktop {
    /// The notification server.
    pub notifications: Notifications,
    /// The keyring.
    pub keyring: Keyring,
    /// Whether programs may ask for a picture of the screen.
    pub screenshots: bool,
}

/// The notification server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Notifications {
    /// There is none.
    Absent,
    /// It does not answer.
    Silent,
    /// It answers.
    There {
        /// Whether it shows buttons.
        buttons: bool,
        /// Whether it keeps what it has shown.
        keeps: bool,
        /// Whether the person told it to be quiet.
        quiet: bool,
    },
}

/// The keyring.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keyring {
    /// There is none.
    Absent,
    /// It is locked.
    Locked,
    /// It is open.
    Open,
}

/// The keyboard shortcuts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Shortcuts {
    /// A desktop whose shortcuts Sayso does not know.
    Unknown,
    /// There are none of Sayso.
    None,
    /// There are, and these keys do something else as well: keys, and what else.
    There(Vec<(String, String)>),
}

/// The folder of the store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Store {
    /// It can be written, or is not there yet.
    Good,
    /// It cannot be written.
    ReadOnly(String),
    /// Its disk is full.
    Full,
}
