//! A command at work: the way to the daemon, the output, and the language the person hears Sayso
//! in.

use std::time::Duration;

use sayso_protocol::bus;
use sayso_words::{Language, Words};
use tokio::sync::OnceCell;
use tokio::time::timeout;

use crate::door::Door;
use crate::exit::Failure;
use crate::output::Output;

/// The longest that a call may take: ten seconds for the broker, five for the service to fetch
/// an approval, and room for both.
const CALL: Duration = Duration::from_secs(30);
/// The longest that trying a channel may take: the daemon's own limit on one sentence, and room.
pub const TRIAL: Duration = Duration::from_secs(60);

/// A command at work.
pub struct Session {
    /// The way to the daemon.
    pub door: Door,
    /// Where words go.
    pub output: Output,
    words: OnceCell<Words>,
}

impl Session {
    /// A command that has found the daemon.
    #[must_use]
    pub fn new(door: Door, output: Output) -> Session {
        Session { door, output, words: OnceCell::new() }
    }

    /// The sentences, in the language that the daemon talks in; asked once, and only by commands
    /// that say something of their own.
    pub async fn words(&self) -> &Words {
        self.words.get_or_init(|| async { Words::new(self.language().await) }).await
    }

    async fn language(&self) -> Language {
        let asked = async { self.door.accounts().await?.status().await };
        match self.call(asked).await {
            Ok(status) => Language::of_tag(&status.language).unwrap_or_else(Language::of_person),
            Err(_) => Language::of_person(),
        }
    }

    /// Waits for the daemon's answer, but not for ever.
    ///
    /// # Errors
    /// What the daemon refused, or its silence.
    pub async fn call<T>(
        &self,
        answer: impl Future<Output = Result<T, bus::Error>>,
    ) -> Result<T, Failure> {
        within(CALL, answer).await
    }
}

/// Waits for the daemon's answer for so long.
///
/// # Errors
/// What the daemon refused, or its silence.
pub async fn within<T>(
    limit: Duration,
    answer: impl Future<Output = Result<T, bus::Error>>,
) -> Result<T, Failure> {
    match timeout(limit, answer).await {
        Ok(answer) => answer.map_err(Failure::from),
        Err(_late) => Err(Failure::silent()),
    }
}
