//! Processes of a story: each is a child of the test, writes to a log of its own, and is ended
//! by its process id when its value goes out of scope, whatever happened before.

use std::fs::{File, OpenOptions};
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

use crate::clock;

/// How long a part may take to get ready, or an event to come, before the story fails. Long,
/// because a machine that builds beside the tests is slow; nothing waits this long when it works.
pub const PATIENCE: Duration = Duration::from_secs(40);

/// The first port that a part may be given; those below belong to services.
const FIRST_PORT: u16 = 10_000;

/// How many ports are tried before one is free.
const TRIES: usize = 100;

/// Where programs are looked for.
pub(crate) const SEARCH_PATH: &str = "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin:/usr/games";

/// A running part.
#[derive(Debug)]
pub struct Process {
    name: String,
    child: Child,
    log: PathBuf,
    ended: Option<ExitStatus>,
}

impl Process {
    /// Starts `command`; both its outputs are appended to `NAME.log` in `dir`.
    ///
    /// # Panics
    /// If the program is not there.
    pub fn start(name: &str, command: &mut Command, dir: &Path) -> Process {
        let log = dir.join(format!("{name}.log"));
        let file = append_to(&log);
        let child = command
            .stdout(file.try_clone().expect("second handle of a log"))
            .stderr(file)
            .spawn()
            .unwrap_or_else(|error| panic!("{name} cannot be started ({command:?}): {error}"));
        Process { name: name.to_owned(), child, log, ended: None }
    }

    /// As [`Process::start`] with nothing on standard input.
    pub fn start_quiet(name: &str, command: &mut Command, dir: &Path) -> Process {
        Process::start(name, command.stdin(Stdio::null()), dir)
    }

    /// Starts a command whose outputs its caller has directed elsewhere.
    ///
    /// # Panics
    /// If the program is not there.
    pub fn start_as_is(name: &str, command: &mut Command, dir: &Path) -> Process {
        let child = command
            .spawn()
            .unwrap_or_else(|error| panic!("{name} cannot be started ({command:?}): {error}"));
        let log = dir.join(format!("{name}.log"));
        Process { name: name.to_owned(), child, log, ended: None }
    }

    /// The process id.
    #[must_use]
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// The child, for those who gave it pipes.
    pub fn child(&mut self) -> &mut Child {
        &mut self.child
    }

    /// All that it has written so far, over all its starts in this story.
    #[must_use]
    pub fn log(&self) -> String {
        read_log(&self.log)
    }

    /// The file that it writes to.
    #[must_use]
    pub fn log_file(&self) -> &Path {
        &self.log
    }

    /// Is it still running?
    pub fn is_running(&mut self) -> bool {
        self.status().is_none()
    }

    /// How it ended, if it has.
    pub fn status(&mut self) -> Option<ExitStatus> {
        if self.ended.is_none() {
            self.ended = self.child.try_wait().ok().flatten();
        }
        self.ended
    }

    /// Sends a signal, unless it has ended.
    pub fn signal(&mut self, signal: Signal) {
        if self.is_running() {
            let id = i32::try_from(self.child.id()).ok().and_then(Pid::from_raw);
            if let Some(id) = id {
                kill_process(id, signal).ok();
            }
        }
    }

    /// Hangs it (`SIGSTOP`).
    pub fn hang(&mut self) {
        self.signal(Signal::STOP);
    }

    /// Lets it go on after [`Process::hang`].
    pub fn go_on(&mut self) {
        self.signal(Signal::CONT);
    }

    /// Kills it (`SIGKILL`) and waits until it is gone.
    pub fn kill(&mut self) {
        self.signal(Signal::KILL);
        self.ended = self.child.wait().ok();
    }

    /// Asks it to end (`SIGTERM`) and waits until it has.
    ///
    /// # Panics
    /// If it does not end.
    pub async fn stop(&mut self) -> ExitStatus {
        self.signal(Signal::TERM);
        self.wait_for_end().await
    }

    /// Waits until it ends by itself.
    ///
    /// # Panics
    /// If it does not end in time.
    pub async fn wait_for_end(&mut self) -> ExitStatus {
        let wait = Wait::begin();
        loop {
            if let Some(status) = self.status() {
                return status;
            }
            wait.moment(|| format!("{} does not end; its log:\n{}", self.name, self.log())).await;
        }
    }

    /// Waits until `condition` holds.
    ///
    /// # Panics
    /// With the part's whole log, if the part ends or the condition does not come true in time.
    pub async fn wait_until(&mut self, what: &str, mut condition: impl AsyncFnMut() -> bool) {
        let wait = Wait::begin();
        while !condition().await {
            if let Some(status) = self.status() {
                panic!("{} ended ({status}) before {what}; its log:\n{}", self.name, self.log());
            }
            wait.moment(|| format!("{}: {what}; its log:\n{}", self.name, self.log())).await;
        }
    }

    /// Waits until the log holds `text`.
    ///
    /// # Panics
    /// As [`Process::wait_until`].
    pub async fn wait_for_line(&mut self, text: &str) {
        let log = self.log.clone();
        let what = format!("the line {text:?}");
        self.wait_until(&what, async || read_log(&log).contains(text)).await;
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.signal(Signal::CONT);
        self.signal(Signal::TERM);
        for _ in 0..50 {
            if !self.is_running() {
                return;
            }
            clock::moment_blocking();
        }
        self.kill();
    }
}

/// A wait for what has no event of its own.
#[derive(Debug)]
pub(crate) struct Wait(Instant);

impl Wait {
    /// It begins now.
    pub(crate) fn begin() -> Self {
        Self(clock::start())
    }

    /// Lets a moment pass between two looks.
    ///
    /// # Panics
    /// With "waited in vain" and what `explain` says, when it does not come in time.
    pub(crate) async fn moment(&self, explain: impl FnOnce() -> String) {
        assert!(self.0.elapsed() < PATIENCE, "waited in vain: {}", explain());
        clock::moment().await;
    }
}

/// Waits until `look` returns something, and returns it.
///
/// # Panics
/// With what `explain` says (the logs of the parts concerned), when it does not come in time.
pub async fn wait_until<T>(
    what: &str,
    explain: impl Fn() -> String,
    mut look: impl FnMut() -> Option<T>,
) -> T {
    let wait = Wait::begin();
    loop {
        if let Some(found) = look() {
            return found;
        }
        wait.moment(|| format!("{what}\n{}", explain())).await;
    }
}

/// Waits for what comes, but not for ever.
///
/// # Panics
/// If it does not come in time.
pub async fn in_time<T>(what: &str, coming: impl Future<Output = T>) -> T {
    let came = tokio::time::timeout(PATIENCE, coming).await;
    came.unwrap_or_else(|_| panic!("waited in vain: {what}"))
}

/// An address of this computer on which nobody listens, for a part that must know it beforehand, or
/// comes back to it. Its port is none of those that the system itself gives to connections, so
/// nothing that runs beside takes it in the meantime.
///
/// # Panics
/// If no port is free.
#[must_use]
pub fn free_address() -> SocketAddr {
    let given = std::fs::read_to_string("/proc/sys/net/ipv4/ip_local_port_range");
    let given = given.expect("the ports that the system gives");
    let first = given.split_whitespace().next().and_then(|port| port.parse().ok());
    let ours = FIRST_PORT..first.expect("a port");
    (0..TRIES)
        .map(|_| SocketAddr::from((Ipv4Addr::LOCALHOST, rand::random_range(ours.clone()))))
        .find(|address| TcpListener::bind(address).is_ok())
        .expect("a free port")
}

/// A program of this workspace, as built beside the test that runs.
///
/// # Panics
/// If it was not built.
#[must_use]
pub fn program(name: &str) -> PathBuf {
    built(name).unwrap_or_else(|| panic!("{name} is not built (cargo build --workspace)"))
}

/// The same, where a test can do without it.
pub(crate) fn built(name: &str) -> Option<PathBuf> {
    let test = std::env::current_exe().ok()?;
    test.ancestors().skip(1).take(2).map(|dir| dir.join(name)).find(|path| path.is_file())
}

/// Copies a folder and what is in it, as it is, over what is there.
///
/// # Panics
/// If it cannot be copied.
pub fn copy_folder(from: &Path, to: &Path) {
    if let Err(error) = std::fs::remove_dir_all(to) {
        assert_eq!(error.kind(), std::io::ErrorKind::NotFound, "{}", to.display());
    }
    let copied = Command::new("cp").arg("-a").args([from, to]).status();
    assert!(copied.is_ok_and(|status| status.success()), "{} cannot be copied", from.display());
}

/// A command with nothing of the caller's environment but the search path.
#[must_use]
pub fn bare_command(program: impl AsRef<std::ffi::OsStr>) -> Command {
    let mut command = Command::new(program);
    command.env_clear().env("PATH", SEARCH_PATH);
    command
}

fn append_to(path: &Path) -> File {
    OpenOptions::new().create(true).append(true).open(path).expect("log of a part")
}

fn read_log(path: &Path) -> String {
    std::fs::read(path).map_or_else(
        |error| format!("(no log: {error})"),
        |bytes| String::from_utf8_lossy(&bytes).into_owned(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gone(id: u32) -> bool {
        !Path::new(&format!("/proc/{id}")).exists()
    }

    #[tokio::test]
    async fn a_part_that_panics_the_test_is_gone_afterwards() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().to_owned();
        let id = tokio::spawn(async move {
            let mut sleeper =
                Process::start_quiet("sleeper", bare_command("sleep").arg("1000"), &path);
            sleeper.hang();
            std::panic::resume_unwind(Box::new(sleeper.id()));
        })
        .await
        .unwrap_err()
        .into_panic();
        assert!(gone(*id.downcast::<u32>().unwrap()));
    }

    #[tokio::test]
    async fn a_line_is_waited_for() {
        let dir = tempfile::tempdir().unwrap();
        let mut shell = bare_command("sh");
        shell.args(["-c", "echo first; sleep 0.1; echo ready >&2; sleep 1000"]);
        let mut part = Process::start_quiet("part", &mut shell, dir.path());
        part.wait_for_line("ready").await;
        assert_eq!(part.log(), "first\nready\n");
    }
}
