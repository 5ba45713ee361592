//! How Sayso talks.

use serde::{Deserialize, Serialize};
use zbus::zvariant::Type;

use super::{Error, Place};

/// How Sayso talks. Takes effect at once.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct Preferences {
    /// Whether the person perceives speech.
    pub speech: bool,
    /// Whether the person perceives desktop notifications.
    pub notification: bool,
    /// Whether the person stays at `sayso attend`.
    pub attend: bool,
    /// A voice of the speech service, or empty for its own choice.
    pub voice: String,
    /// The speed, -100 to 100; 0 is the speech service's own.
    pub rate: i32,
    /// The language, `en` or `da`, or empty for the session's.
    pub language: String,
    /// When requests are on the list alone, like `22:00-07:00`, or empty for never.
    pub quiet_hours: String,
    /// Who asks for more time.
    pub more_time: MoreTime,
}

/// Who asks for more time for a request.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[zvariant(signature = "s")]
#[serde(rename_all = "kebab-case")]
pub enum MoreTime {
    /// The person.
    #[default]
    Asked,
    /// Sayso by itself, once the person has begun and time gets short.
    Auto,
}

/// One channel that can be tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[zvariant(signature = "s")]
#[serde(rename_all = "kebab-case")]
pub enum Channel {
    /// The voice.
    Speech,
    /// The desktop notification.
    Notification,
}

/// How Sayso talks. Private socket only.
#[zbus::proxy(
    interface = "org.sayso.Approver1.Voice",
    default_path = "/org/sayso/Approver",
    gen_blocking = false
)]
pub trait Voice {
    /// Says the last thing again, and returns it.
    fn repeat(&self, place: Place) -> std::result::Result<String, Error>;
    /// Stops speaking.
    fn hush(&self) -> std::result::Result<(), Error>;
    /// Says or shows one line on a channel, and answers whether the channel took it whole.
    fn try_channel(&self, channel: Channel) -> std::result::Result<bool, Error>;
    /// The voices that the speech service has for the language.
    fn voices(&self) -> std::result::Result<Vec<String>, Error>;
    /// The preferences.
    fn preferences(&self) -> std::result::Result<Preferences, Error>;
    /// Sets the preferences.
    fn prefer(&self, preferences: &Preferences) -> std::result::Result<(), Error>;
}
