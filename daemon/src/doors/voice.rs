//! `org.sayso.Approver1.Voice`, behind the private socket.

use sayso_protocol::bus::{Channel, Error, Place, Preferences};

use super::Ask;
use super::desk::PrivateDesk;

/// The interface's one object.
pub(super) struct Voice(pub(super) PrivateDesk);

#[zbus::interface(name = "org.sayso.Approver1.Voice")]
impl Voice {
    /// Says the last thing again, and returns it.
    async fn repeat(&self, place: Place) -> Result<String, Error> {
        let place = self.0.place(place);
        self.0.desk.ask(|reply| Ask::Repeat { place, reply }).await
    }

    /// Stops speaking.
    async fn hush(&self) -> Result<(), Error> {
        self.0.desk.ask(|reply| Ask::Hush { reply }).await
    }

    /// Says or shows one line on a channel, and answers whether the channel took it whole.
    async fn try_channel(&self, channel: Channel) -> Result<bool, Error> {
        self.0.ask(|reply| Ask::TryChannel { channel, reply }).await
    }

    /// The voices that the speech service has for the language.
    async fn voices(&self) -> Result<Vec<String>, Error> {
        self.0.ask(|reply| Ask::Voices { reply }).await
    }

    /// The preferences.
    async fn preferences(&self) -> Result<Preferences, Error> {
        self.0.ask(|reply| Ask::Preferences { reply }).await
    }

    /// Sets the preferences.
    async fn prefer(&self, preferences: Preferences) -> Result<(), Error> {
        self.0.ask(|reply| Ask::Prefer { preferences, reply }).await
    }
}
