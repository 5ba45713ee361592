//! Both doors as they are called from outside: real sockets, a real bus, real processes.

mod bus;
mod door;
mod hostile;
mod introspection;

use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use sayso_protocol::bus::{Error, Preferences, Readout, RequestLine, Stage, Status, Verified};
use sayso_words::{Language, Words};
use tempfile::TempDir;
use tokio::net::{UnixListener, UnixStream};
use tokio::process::Command;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use zbus::connection::Builder;

use super::{AccountAsk, Ask, Call, ChangeAsk, ClientId, Given, QuietAsk, socket};
use crate::surroundings::lock::Lock;

/// Longer than anything here takes, so that a hang is a failure.
pub(super) async fn within<T>(what: impl Future<Output = T>) -> T {
    tokio::time::timeout(Duration::from_secs(20), what).await.expect("in time")
}

/// A private socket that is served, and the pipeline's end of it.
pub(super) struct Served {
    pub(super) folder: TempDir,
    pub(super) path: PathBuf,
    pub(super) calls: mpsc::Receiver<Call>,
    pub(super) lock: watch::Sender<Lock>,
    pub(super) shutdown: CancellationToken,
    pub(super) running: JoinHandle<()>,
    _words: watch::Sender<Words>,
}

pub(super) fn serve() -> Served {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(sayso_protocol::bus::SOCKET);
    let listener = socket::bind(folder.path()).unwrap();
    serve_at(listener, folder, path)
}

/// A socket that everybody on this machine may connect to.
pub(super) fn serve_in_the_open() -> Served {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let open = std::fs::Permissions::from_mode(0o777);
    std::fs::set_permissions(folder.path(), open.clone()).unwrap();
    let path = folder.path().join("socket");
    let listener = UnixListener::bind(&path).unwrap();
    std::fs::set_permissions(&path, open).unwrap();
    serve_at(listener, folder, path)
}

fn serve_at(listener: UnixListener, folder: TempDir, path: PathBuf) -> Served {
    let (sender, calls) = mpsc::channel(256);
    let (lock, locked) = watch::channel(Lock::Unlocked);
    let (words, current) = watch::channel(Words::new(Language::English));
    let shutdown = CancellationToken::new();
    let running =
        tokio::spawn(socket::run(listener, sender, locked, None, current, shutdown.clone()));
    Served { folder, path, calls, lock, shutdown, running, _words: words }
}

impl Served {
    /// The next call that arrives.
    pub(super) async fn heard(&mut self) -> Call {
        within(self.calls.recv()).await.expect("a door that is open")
    }

    /// Whether it is quiet: no call arrives.
    pub(super) async fn is_quiet(&mut self) -> bool {
        tokio::time::timeout(Duration::from_millis(300), self.calls.recv()).await.is_err()
    }
}

pub(super) async fn connect(path: &Path) -> zbus::Result<zbus::Connection> {
    let stream = UnixStream::connect(path).await?;
    within(Builder::unix_stream(stream).p2p().build()).await
}

/// Answers a call as a pipeline would, and names it.
pub(super) fn answer(call: Call) -> &'static str {
    fn give<T>(reply: super::Reply<T>, value: Result<T, Error>) {
        let _ = reply.send(value);
    }
    match call.ask {
        Ask::List { reply, .. } => (give(reply, Ok(vec![line()])), "List").1,
        Ask::Next { reply, .. } => (give(reply, Err(Error::NoRequest("N.".into()))), "Next").1,
        Ask::Bind { given, reply, .. } => {
            let (error, name) = match given {
                Given::Code { code, account } => {
                    (Error::WrongCode(format!("{code} {account}")), "Enter")
                }
                Given::Button { address } => (Error::NotAnAddress(address), "Open"),
                Given::Picture { address } => (Error::NotAnAddress(address), "Scanned"),
                Given::Taken { id } => (Error::NoRequest(id), "Take"),
            };
            (give(reply, Err(error)), name).1
        }
        Ask::Look { reply, .. } => (give(reply, Err(Error::Unseen("U.".into()))), "Look").1,
        Ask::Sort { reply, .. } => (give(reply, Ok(vec![])), "Sort").1,
        Ask::Readout { id, reply, .. } => (give(reply, Ok(readout(id))), "Readout").1,
        Ask::SayReadout { aloud, reply, .. } => {
            (give(reply, Err(Error::Loud(format!("{aloud:?}")))), "SayReadout").1
        }
        Ask::HowItEnded { id, reply } => (give(reply, Err(Error::NoRequest(id))), "HowItEnded").1,
        Ask::Practise { reply, .. } => {
            (give(reply, Err(Error::Ambiguous("P.".into()))), "Practise").1
        }
        Ask::Question { id, reply, .. } => (give(reply, Err(Error::NoQuestion(id))), "Question").1,
        Ask::Approve { id, token, reply, .. } => {
            (give(reply, Err(Error::NotAnnounced(format!("{id} {token}")))), "Approve").1
        }
        Ask::Deny { id, reply, .. } => (give(reply, Err(Error::Ended(id))), "Deny").1,
        Ask::Report { id, reply, .. } => (give(reply, Err(Error::Expired(id))), "Report").1,
        Ask::Time { id, reply, .. } => (give(reply, Ok(id)), "Time").1,
        Ask::MoreTime { id, reply, .. } => (give(reply, Ok(id)), "MoreTime").1,
        Ask::Quiet(ask) => answer_quiet(ask),
        Ask::Attend { after, reply } => (give(reply, Ok((after + 1, vec![]))), "Attend").1,
        Ask::Attended { reply, .. } => (give(reply, Ok(())), "Attended").1,
        Ask::Repeat { place, reply } => (give(reply, Ok(format!("{place:?}"))), "Repeat").1,
        Ask::Hush { reply } => (give(reply, Ok(())), "Hush").1,
        Ask::TryChannel { reply, .. } => (give(reply, Ok(true)), "TryChannel").1,
        Ask::Voices { reply } => (give(reply, Ok(vec!["anna".into()])), "Voices").1,
        Ask::Preferences { reply } => (give(reply, Ok(Preferences::default())), "Preferences").1,
        Ask::Prefer { reply, .. } => (give(reply, Ok(())), "Prefer").1,
        Ask::Account(ask) => answer_account(ask),
        Ask::CodeAccounts { reply, .. } => (give(reply, Ok(vec![])), "CodeAccounts").1,
        Ask::Change(ask) => answer_change(ask),
        Ask::Status { reply } => (give(reply, Ok(status())), "Status").1,
        Ask::History { reply, .. } => (give(reply, Ok(vec![])), "History").1,
        Ask::VerifyHistory { reply } => {
            (give(reply, Ok(Verified { whole: true, sentence: String::new() })), "VerifyHistory").1
        }
        Ask::Gone => "Gone",
    }
}

fn answer_account(ask: AccountAsk) -> &'static str {
    match ask {
        AccountAsk::Register { registration, reply } => {
            drop(reply.send(Ok(registration.computer)));
            "Register"
        }
        AccountAsk::NameBroker { broker, name, reply } => {
            drop(reply.send(Ok(format!("{broker} {name}"))));
            "NameBroker"
        }
        AccountAsk::Forget { account, reply } => {
            drop(reply.send(Ok(account)));
            "Forget"
        }
        AccountAsk::List { reply, .. } => {
            drop(reply.send(Ok(vec![])));
            "Accounts"
        }
    }
}

fn answer_quiet(ask: QuietAsk) -> &'static str {
    match ask {
        QuietAsk::Away { time, reply, .. } => {
            drop(reply.send(Ok(format!("{time:?}"))));
            "Away"
        }
        QuietAsk::Back { place, reply } => {
            drop(reply.send(Ok(format!("{place:?}"))));
            "Back"
        }
        QuietAsk::Why { reply } => {
            drop(reply.send(Ok(vec!["Q.".into()])));
            "Quiet"
        }
    }
}

fn answer_change(ask: ChangeAsk) -> &'static str {
    fn refuse<T>(reply: super::Reply<T>, text: String) {
        let _ = reply.send(Err(Error::Invalid(text)));
    }
    match ask {
        ChangeAsk::Settings { account, reply } => (refuse(reply, account), "Settings").1,
        ChangeAsk::Pending { reply, .. } => (drop(reply.send(Ok(vec![]))), "Pending").1,
        ChangeAsk::Unregister { account, reply, .. } => (refuse(reply, account), "Unregister").1,
        ChangeAsk::Approvers { account, reply } => (refuse(reply, account), "Approvers").1,
        ChangeAsk::Set { account, setting, value, reply, .. } => {
            (refuse(reply, format!("{account} {setting} {value}")), "Set").1
        }
        ChangeAsk::Confirm { id, reply, .. } => (refuse(reply, id), "Confirm").1,
        ChangeAsk::Remove { account, name, reply, .. } => {
            (refuse(reply, format!("{account} {name}")), "Remove").1
        }
        ChangeAsk::Agree { token, reply, .. } => (refuse(reply, token), "Agree").1,
        ChangeAsk::Cancel { id, reply, .. } => (refuse(reply, id), "Cancel").1,
    }
}

/// Answers everything from now on; hands back what it heard, in order, when the door is closed.
pub(super) fn answer_all(
    mut calls: mpsc::Receiver<Call>,
) -> mpsc::UnboundedReceiver<(ClientId, &'static str)> {
    let (sender, heard) = mpsc::unbounded_channel();
    tokio::spawn(async move {
        while let Some(call) = calls.recv().await {
            let client = call.client;
            let _ = sender.send((client, answer(call)));
        }
    });
    heard
}

fn readout(id: String) -> Readout {
    Readout { id, code: "482913".into(), sentence: String::new(), expires_at: 0 }
}

fn line() -> RequestLine {
    RequestLine {
        id: "r1".into(),
        account: "anna".into(),
        broker: "broker.example".into(),
        service: "Brugseni".into(),
        stage: Stage::Notice,
        text: "x".repeat(4096),
        short: "Brugseni".into(),
        expires_at: 1_800_000_000,
    }
}

fn status() -> Status {
    Status {
        waiting: 1,
        accounts: 1,
        connected: 1,
        locked: false,
        speech: true,
        notifications: true,
        speak_codes: "private".into(),
        language: "en".into(),
        version: "1".into(),
        sentences: vec![],
    }
}

/// Runs a program to its end and hands back what it printed.
pub(super) async fn output(command: &mut Command) -> (ExitStatus, String, String) {
    let command = command.stdin(Stdio::null()).kill_on_drop(true);
    let output = within(command.output()).await.unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (output.status, text(&output.stdout), text(&output.stderr))
}

/// A sandbox like flatpak's: its own root with `/usr`, the folder, and the file that tells.
pub(super) fn sandbox(folder: &Path, flatpak_info: Told) -> Command {
    let mut command = Command::new("bwrap");
    command.args(["--ro-bind", "/usr", "/usr", "--symlink", "usr/lib", "/lib"]);
    command.args(["--symlink", "usr/lib64", "/lib64", "--symlink", "usr/bin", "/bin"]);
    command.args(["--proc", "/proc", "--dev", "/dev", "--bind"]).arg(folder).arg(folder);
    match flatpak_info {
        Told::Flatpak => command.args(["--dir", "/.flatpak-info"]),
        Told::Nothing => &mut command,
    };
    command
}

#[derive(Clone, Copy, Debug)]
pub(super) enum Told {
    Flatpak,
    Nothing,
}
