//! A computer of the person's beside the story's first: a desktop and a daemon of its own.

use crate::broker::Broker;
use crate::cli::{self, Terminal};
use crate::clock::FakeClock;
use crate::daemon::Daemon;
use crate::desktop::{Builder, Desktop};

use super::ACCOUNT;

/// A further computer. Fields end in the order in which they stand here.
#[derive(Debug)]
pub struct Computer {
    /// Sayso on it.
    pub daemon: Daemon,
    /// What is around the person there.
    pub desktop: Desktop,
}

impl Computer {
    /// Switches it on: `Computer::start(story.desktop.beside("second computer"))`.
    pub async fn start(desktop: Builder) -> Computer {
        let desktop = desktop.start().await;
        Computer { daemon: Daemon::start(&desktop).await, desktop }
    }

    /// The same with a clock that the story moves.
    pub async fn start_with_clock(desktop: Builder, clock: FakeClock) -> Computer {
        let desktop = desktop.start().await;
        Computer { daemon: Daemon::start_with_clock(&desktop, clock).await, desktop }
    }

    /// Registers it for Anna with an activation code, without a word, under a name of its own.
    pub async fn register(&self, broker: &Broker, code: &str, name: &str, channels: &[&str]) {
        register(&self.desktop, &broker.origin(), code, name, channels).await;
    }
}

/// Registers a computer for Anna at any broker, without a word.
///
/// # Panics
/// If it is refused.
pub(super) async fn register(
    desktop: &Desktop,
    origin: &str,
    code: &str,
    name: &str,
    channels: &[&str],
) {
    let mut arguments = vec!["register", origin, ACCOUNT, "--yes"];
    arguments.extend(["--computer", name, "--voice", "", "--rate", "0"]);
    for usual in [
        ["--language", "en"],
        ["--approve-with", "code"],
        ["--same-device", "on"],
        ["--speak-codes", "private"],
    ] {
        if !channels.contains(&usual[0]) {
            arguments.extend(usual);
        }
    }
    arguments.extend(channels);
    let command = cli::sayso(desktop, &arguments);
    let mut terminal = Terminal::open_silently(desktop, &command);
    terminal.read_until("14").await;
    terminal.type_line(code);
    let (status, _) = terminal.wait_for_end().await;
    let log = || Daemon::log(desktop);
    assert_eq!(status, 0, "sayso register: {}\n{}", terminal.screen(), log());
}
