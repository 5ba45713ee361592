//! The program itself, as a process, and administration beside it.

use sayso_protocol::time::UnixTime;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::SystemTime;

pub(crate) fn program() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_sayso-broker"));
    command.env("LC_ALL", "en_GB.UTF-8").env_remove("LANGUAGE").env_remove("RUST_LOG");
    command
}

pub(crate) fn run(store: &Path, arguments: &[&str]) -> Output {
    program().args(arguments).arg("--store").arg(store).output().unwrap()
}

pub(crate) fn must(store: &Path, arguments: &[&str]) -> String {
    let output = run(store, arguments);
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

pub(crate) fn fails(store: &Path, arguments: &[&str]) -> String {
    let output = run(store, arguments);
    assert_eq!(output.status.code(), Some(1), "{arguments:?}");
    assert!(output.stdout.is_empty());
    String::from_utf8(output.stderr).unwrap()
}

/// The broker as a process.
pub(crate) struct Served {
    child: Child,
    pub(crate) origin: String,
    pub(crate) log: PathBuf,
}

impl Served {
    pub(crate) fn start(store: &Path, listen: &str) -> Served {
        Served::start_in(store, listen, &[], &[])
    }

    /// The same with more flags, and with this in its environment.
    pub(crate) fn start_in(
        store: &Path,
        listen: &str,
        flags: &[&str],
        environment: &[(String, String)],
    ) -> Served {
        let log = store.with_extension("log");
        let to = std::fs::File::options().create(true).append(true).open(&log).unwrap();
        let mut child = program()
            .args(["serve", "--listen", listen, "--store"])
            .arg(store)
            .args(flags)
            .envs(environment.iter().cloned())
            .env("RUST_LOG", "trace")
            .stdout(Stdio::piped())
            .stderr(to)
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let origin = line.trim().strip_prefix("listening on ").expect(&line).to_owned();
        Served { child, origin, log }
    }

    /// SIGTERM, and it ends well.
    pub(crate) fn stop(mut self) {
        let id = self.child.id().to_string();
        Command::new("kill").arg(id).status().unwrap();
        assert!(self.child.wait().unwrap().success());
    }

    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        // It has ended, unless a test failed.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[allow(clippy::disallowed_methods, reason = "the process goes by the machine's clock")]
pub(crate) fn now() -> UnixTime {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap();
    UnixTime(i64::try_from(since.as_secs()).unwrap())
}

pub(crate) fn last_word(text: &str) -> String {
    text.split_whitespace().last().unwrap().to_owned()
}
