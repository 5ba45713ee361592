//! `sayso-broker dev`: a broker with a throw-away store, an account and a demo service.

use std::path::Path;
use std::process::Command;

use rig::processes::Process;

/// What the demo service is called aloud.
pub(crate) const SERVICE: &str = "Sayso Demo";

/// A running one, and what it printed for the person.
#[derive(Debug)]
pub(crate) struct Dev {
    /// The broker.
    pub(crate) process: Process,
    /// The broker's address.
    pub(crate) origin: String,
    /// Where the demo service begins a login.
    pub(crate) login: String,
    /// Whose login.
    pub(crate) account: String,
    /// Makes a computer the account's approver, once.
    pub(crate) activation: String,
}

/// Starts it with its store in `dir`.
pub(crate) async fn start(mut command: Command, dir: &Path, logs: &Path) -> Dev {
    command.args(["dev", "--listen", "127.0.0.1:0", "--store"]).arg(dir);
    let mut process = Process::start_quiet("sayso-broker", &mut command, logs);
    let log = process.log_file().to_owned();
    let mut told = Vec::new();
    for mark in ["listening on ", "login page: ", "account: ", "activation code: "] {
        let what = format!("the line {mark:?}");
        let mut found = None;
        process
            .wait_until(&what, async || {
                let text = std::fs::read_to_string(&log).unwrap_or_default();
                found = after(&text, mark);
                found.is_some()
            })
            .await;
        told.extend(found);
    }
    let [origin, login, account, activation] =
        <[String; 4]>::try_from(told).expect("each was waited for");
    Dev { process, origin, login, account, activation }
}

/// The rest of the whole line that begins with `mark`.
fn after(text: &str, mark: &str) -> Option<String> {
    let line = text
        .split_inclusive('\n')
        .filter(|line| line.ends_with('\n'))
        .find_map(|line| line.strip_prefix(mark))?;
    Some(line.trim().to_owned())
}
