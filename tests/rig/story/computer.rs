//! A computer of the person's beside the story's first: a desktop and a daemon of its own.

use serde_json::Value;

use crate::broker::Broker;
use crate::cli::{self, Terminal};
use crate::clock::FakeClock;
use crate::daemon::Daemon;
use crate::desktop::{Builder, Desktop};
use crate::processes::Wait;
use crate::transcript::Channel;

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

    /// The person at it does something that is not typed.
    pub fn act(&self, text: &str) {
        self.desktop.transcript().note(Channel::Act, text);
    }

    /// Switches it on again, and waits until it has reached its broker.
    ///
    /// # Panics
    /// If it does not.
    pub async fn start_again(&mut self) {
        self.daemon.start_again(&self.desktop).await;
        wait_for_link(&self.desktop).await;
    }

    /// Waits until Sayso on it has no account any more.
    pub async fn forgotten(&self) {
        forgotten(&self.desktop).await;
    }

    /// Anna registers it, with speech and notifications, as she would in a terminal.
    ///
    /// # Panics
    /// If it is refused.
    pub async fn register_by_hand(&self, broker: &Broker, code: &str, name: &str) {
        let links = broker.proxy().passed_named(LINK).len();
        let mut terminal = self.begin_to_register(broker, code, name).await;
        let (status, _) = terminal.wait_for_end().await;
        assert_eq!(status, 0, "{}", terminal.screen());
        self.linked(broker, links).await;
    }

    /// Waits until it has reached its broker, which has had `links` before.
    async fn linked(&self, broker: &Broker, links: usize) {
        broker.proxy().wait_for(LINK, links + 1).await;
        wait_for_link(&self.desktop).await;
    }

    /// The same up to the activation code, whatever comes of it.
    pub async fn begin_to_register(&self, broker: &Broker, code: &str, name: &str) -> Terminal {
        let origin = broker.origin();
        let mut arguments = vec!["register", &*origin, ACCOUNT, "--computer", name];
        arguments.extend(["--approve-with", "code", "--same-device", "on"]);
        arguments.extend(["--speak-codes", "private", "--speech", "on", "--notification", "on"]);
        arguments.extend(["--attend", "off", "--voice", "", "--rate", "0", "--language", "en"]);
        let mut terminal = Terminal::sayso(&self.desktop, &arguments);
        terminal.read_until("Yes or no:").await;
        terminal.type_line("yes");
        terminal.read_until("14 digits:").await;
        terminal.type_line(code);
        terminal
    }

    /// Registers it for Anna with an activation code, without a word, under a name of its own.
    pub async fn register(&self, broker: &Broker, code: &str, name: &str, channels: &[&str]) {
        let links = broker.proxy().passed_named(LINK).len();
        register(&self.desktop, (&broker.origin(), ACCOUNT), code, name, channels).await;
        self.linked(broker, links).await;
    }
}

/// Before its link is open, the broker cannot tell whether a login is near.
const LINK: &str = "link snapshot";

/// Registers a computer for an account at any broker, without a word.
///
/// # Panics
/// If it is refused.
pub(super) async fn register(
    desktop: &Desktop,
    (origin, account): (&str, &str),
    code: &str,
    name: &str,
    channels: &[&str],
) {
    let (status, screen) = try_to_register(desktop, (origin, account), code, name, channels).await;
    assert_eq!(status, 0, "sayso register: {screen}\n{}", Daemon::log(desktop));
}

/// The same, whether it is refused or not: the exit status, and what stands on the screen then.
pub(super) async fn try_to_register(
    desktop: &Desktop,
    (origin, account): (&str, &str),
    code: &str,
    name: &str,
    channels: &[&str],
) -> (i32, String) {
    let mut arguments = vec!["register", origin, account, "--yes"];
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
    (status, terminal.screen())
}

/// Waits until Sayso has no account any more.
pub(super) async fn forgotten(desktop: &Desktop) {
    let none = |accounts: &Value| accounts.as_array().is_some_and(Vec::is_empty);
    wait_for_accounts(desktop, "the account to be forgotten", none).await;
}

/// Waits until Sayso is connected for this account.
pub(super) async fn connected(desktop: &Desktop, account: &str) {
    let up = |accounts: &Value| {
        let mut accounts = accounts.as_array().into_iter().flatten();
        accounts.any(|one| one["account"] == account && one["state"] == "connected")
    };
    wait_for_accounts(desktop, "its link", up).await;
}

/// Waits until Sayso knows that the broker of this name cannot be reached.
pub(super) async fn lost(desktop: &Desktop, broker: &str) {
    let lost = |accounts: &Value| {
        let mut accounts = accounts.as_array().into_iter().flatten();
        accounts.any(|one| one["broker_name"] == broker && one["state"] == "offline")
    };
    wait_for_accounts(desktop, "a lost broker", lost).await;
}

/// Waits until its one account has a link, be it let in yet or not.
async fn wait_for_link(desktop: &Desktop) {
    wait_for(desktop, &["status"], "its link", |status| status["connected"] == 1).await;
}

async fn wait_for_accounts(desktop: &Desktop, what: &str, are: impl Fn(&Value) -> bool) {
    wait_for(desktop, &["accounts"], what, are).await;
}

/// Waits until the lines of the history, oldest first, are as they should be. What is seen and
/// heard comes from another task than the history, so it may be there a moment earlier.
pub(super) async fn wait_for_history(
    desktop: &Desktop,
    what: &str,
    are: impl Fn(&[Value]) -> bool,
) {
    let are = |lines: &Value| lines.as_array().is_some_and(|lines| are(lines));
    wait_for(desktop, &["history", "--count", "1000"], what, are).await;
}

async fn wait_for(desktop: &Desktop, words: &[&str], what: &str, is: impl Fn(&Value) -> bool) {
    let wait = Wait::begin();
    loop {
        let asked = cli::sayso(desktop, &[words, &["--json"]].concat());
        let printed = cli::run_silently(asked, "").await.out;
        if serde_json::from_str(&printed).is_ok_and(|told| is(&told)) {
            return;
        }
        let log = || Daemon::log(desktop);
        wait.moment(|| format!("{what}: {printed}\n{}", log())).await;
    }
}
