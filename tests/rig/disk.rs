//! Disks of a story's own: see `namespace`.

use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};

use rustix::fs::statvfs;

use crate::cli;
use crate::processes::bare_command;

/// What a disk in memory gives away at a time, in bytes.
const PAGE: u64 = 4096;

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
