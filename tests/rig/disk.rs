//! Disks of a story's own, in a mount namespace of its own.

use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

use rustix::fs::statvfs;

use crate::cli;
use crate::processes::bare_command;

/// What a disk in memory gives away at a time, in bytes.
const PAGE: u64 = 4096;

/// A command, in a mount namespace where `script` has been run.
#[must_use]
pub fn in_namespace(script: &str, command: &Command) -> Command {
    let mut outer = bare_command("unshare");
    if !rustix::process::geteuid().is_root() {
        outer.args(["--user", "--map-root-user"]);
    }
    outer.args(["--mount", "sh", "-ec", &format!("{script}; exec \"$@\""), "sh"]);
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

/// Runs this story again in a namespace where it may mount; true inside.
///
/// # Panics
/// If it fails there.
#[must_use]
pub fn inside(name: &str) -> bool {
    const INSIDE: &str = "SAYSO_STORY_INSIDE";
    if std::env::var_os(INSIDE).is_some() {
        return true;
    }
    let mut again = Command::new(std::env::current_exe().expect("this test"));
    again.args(["--exact", name, "--nocapture"]);
    for (name, value) in std::env::vars() {
        again.env(name, value);
    }
    let mut again = in_namespace(":", again.env(INSIDE, "1"));
    let done = again.output().expect("unshare");
    let text = String::from_utf8_lossy(&done.stdout);
    let errors = String::from_utf8_lossy(&done.stderr);
    assert!(done.status.success() && text.contains("1 passed"), "{text}{errors}");
    false
}

/// A small disk.
#[derive(Debug)]
pub struct Disk(PathBuf);

/// What fills a disk, until it is dropped.
#[derive(Debug)]
pub struct Ballast(PathBuf);

impl Disk {
    /// Mounts an empty one of so many megabytes on a folder.
    ///
    /// # Panics
    /// Beyond a namespace where that is allowed.
    pub async fn mount(folder: &Path, megabytes: u32) -> Disk {
        let mut mount = bare_command("mount");
        let options = format!("size={megabytes}m,mode=700");
        mount.args(["-t", "tmpfs", "-o", &options, "tmpfs"]).arg(folder);
        assert_eq!(cli::run_silently(mount, "").await.status, 0, "a disk of its own");
        Disk(folder.to_owned())
    }

    /// How many pages are free.
    ///
    /// # Panics
    /// If it cannot tell.
    #[must_use]
    pub fn room(&self) -> u64 {
        statvfs(&self.0).expect("a disk").f_bfree
    }

    /// Fills it but for so many pages.
    ///
    /// # Panics
    /// If there is not that much room.
    #[must_use]
    pub fn fill(&self, free: u64) -> Ballast {
        let path = self.0.join("ballast");
        let mut ballast = File::create(&path).expect("ballast");
        while ballast.write_all(&[0; PAGE as usize]).is_ok() {}
        let length = ballast.metadata().expect("ballast").len();
        let length = (length - length % PAGE).checked_sub(free * PAGE).expect("that much room");
        ballast.set_len(length).expect("ballast");
        Ballast(path)
    }
}

impl Drop for Ballast {
    fn drop(&mut self) {
        std::fs::remove_file(&self.0).ok();
    }
}
