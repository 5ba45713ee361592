//! Stories that have a part of the kernel for themselves (namespaces(7)).

use std::process::Command;

use crate::processes::bare_command;

/// What a story, or a program, has for itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Own {
    /// What is mounted where.
    Mounts,
    /// Interfaces and addresses: at first there is the loopback interface alone.
    Network,
}

impl Own {
    fn flag(self) -> &'static str {
        match self {
            Own::Mounts => "--mount",
            Own::Network => "--net",
        }
    }

    /// What is to be done there first.
    fn beginning(self) -> &'static str {
        match self {
            Own::Mounts => ":",
            Own::Network => "ip link set lo up",
        }
    }
}

/// A command that has this for itself, after `script` has been run there.
#[must_use]
pub fn with(own: Own, script: &str, command: &Command) -> Command {
    let mut outer = bare_command("unshare");
    if !rustix::process::geteuid().is_root() {
        outer.args(["--user", "--map-root-user"]);
    }
    let script = format!("{}; {script}; exec \"$@\"", own.beginning());
    outer.args([own.flag(), "sh", "-ec", &script, "sh"]);
    outer.arg(command.get_program()).args(command.get_args());
    for (name, value) in command.get_envs() {
        if let Some(value) = value {
            outer.env(name, value);
        }
    }
    if let Some(dir) = command.get_current_dir() {
        outer.current_dir(dir);
    }
    outer
}

/// Runs this story again where it has this for itself; true there.
///
/// # Panics
/// If it fails there.
#[must_use]
pub fn inside(own: Own, name: &str) -> bool {
    const INSIDE: &str = "SAYSO_STORY_INSIDE";
    if std::env::var_os(INSIDE).is_some() {
        return true;
    }
    let mut again = Command::new(std::env::current_exe().expect("this test"));
    again.args(["--exact", name, "--nocapture"]);
    for (name, value) in std::env::vars() {
        again.env(name, value);
    }
    let mut again = with(own, ":", again.env(INSIDE, "1"));
    let done = again.output().expect("unshare");
    let text = String::from_utf8_lossy(&done.stdout);
    let errors = String::from_utf8_lossy(&done.stderr);
    assert!(done.status.success() && text.contains("1 passed"), "{text}{errors}");
    false
}
