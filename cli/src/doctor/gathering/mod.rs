//! Asks every part for itself, side by side, and none for longer than a few seconds.

mod desktop;
mod speech;
mod system;

use std::path::{Path, PathBuf};
use std::process::Stdio;

use sayso_protocol::bus;
use sayso_words::{Language, Words};
use tokio::process::Command;
use tokio::time::timeout;

use super::LIMIT;
use super::facts::{Broker, Display, Facts, Running};
use crate::exit::Failure;
use crate::session::Session;

/// All facts; `session` is the way to the daemon, or why there is none.
pub async fn facts(session: &Result<Session, Failure>) -> Facts {
    let daemon = daemon(session).await;
    let away: Vec<String> = match &daemon {
        Ok(running) => not_connected(running),
        Err(_) => Vec::new(),
    };
    let display = display();
    let (brokers, speech, sound, desktop, clock, shortcuts, opens_addresses) = tokio::join!(
        brokers(away),
        speech::speech(),
        system::sound(),
        desktop::desktop(),
        system::clock(),
        desktop::shortcuts(),
        system::opens_addresses(),
    );
    Facts {
        daemon,
        brokers,
        clock,
        speech,
        spare_voice: installed("espeak-ng").is_some(),
        sound,
        desktop,
        display,
        dialog: installed("zenity").or_else(|| installed("kdialog")).is_some(),
        clipboard: match display {
            Some(Display::Wayland) => installed("wl-paste").is_some(),
            Some(Display::X11) | None => installed("xclip").is_some(),
        },
        shortcuts,
        opens_addresses,
        store: system::store(),
    }
}

/// The daemon's own words about itself; where there are none, why.
async fn daemon(session: &Result<Session, Failure>) -> Result<Running, (&'static str, String)> {
    let told =
        |failure: &Failure| (failure.name, failure.sentences(&Words::new(Language::of_person())));
    let session = session.as_ref().map_err(told)?;
    let asked = async {
        let (accounts, voice) = (session.door.accounts().await?, session.door.voice().await?);
        let status = accounts.status().await?;
        // Behind a locked screen it says no more.
        let (accounts, keys_wait) = match accounts.list(bus::Place::Terminal).await {
            Ok(accounts) => (accounts, None),
            Err(bus::Error::Locked(_)) if status.locked => (Vec::new(), None),
            Err(bus::Error::TooSoon(why)) => (Vec::new(), Some(why)),
            Err(error) => return Err(error),
        };
        let preferences = match voice.preferences().await {
            Ok(preferences) => preferences,
            Err(bus::Error::Locked(_)) => {
                bus::Preferences { speech: true, notification: true, ..bus::Preferences::default() }
            }
            Err(error) => return Err(error),
        };
        Ok(Running { status, preferences, accounts, keys_wait })
    };
    session.call(asked).await.map_err(|failure| told(&failure))
}

/// The hosts of those brokers that are not connected and let this computer in.
fn not_connected(running: &Running) -> Vec<String> {
    let away =
        running.accounts.iter().filter(|account| account.state == bus::AccountState::Offline);
    let mut brokers: Vec<String> = away.map(|account| account.broker.clone()).collect();
    brokers.sort();
    brokers.dedup();
    brokers
}

async fn brokers(away: Vec<String>) -> Vec<Broker> {
    let each = away.into_iter().filter_map(|origin| {
        let url = url::Url::parse(&origin).ok()?;
        let (host, port) = (url.host_str()?.to_owned(), url.port_or_known_default()?);
        Some(async move {
            let connecting = tokio::net::TcpStream::connect((host.as_str(), port));
            let reachable = timeout(LIMIT, connecting).await.is_ok_and(|done| done.is_ok());
            Broker { host, reachable }
        })
    });
    futures_util::future::join_all(each).await
}

fn display() -> Option<Display> {
    let set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    if set("WAYLAND_DISPLAY") {
        Some(Display::Wayland)
    } else {
        set("DISPLAY").then_some(Display::X11)
    }
}

/// The program of this name on the search path.
fn installed(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|folder| folder.join(name)).find(|path| runs(path))
}

fn runs(path: &Path) -> bool {
    path.is_file() && rustix::fs::access(path, rustix::fs::Access::EXEC_OK).is_ok()
}

/// What a program prints; nothing where it is not there, fails, or takes too long.
async fn printed(program: &str, arguments: &[&str]) -> Option<String> {
    let mut command = Command::new(program);
    command.args(arguments).stdin(Stdio::null()).stderr(Stdio::null()).kill_on_drop(true);
    let done = timeout(LIMIT, command.output()).await.ok()?.ok()?;
    done.status.success().then(|| String::from_utf8_lossy(&done.stdout).trim().to_owned())
}
