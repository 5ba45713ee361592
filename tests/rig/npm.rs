//! What npm fetches: a folder below `tests` says which packages, in which versions.

use std::fmt;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Why packages cannot be had.
#[derive(Debug)]
pub enum Unfetched {
    /// There is no npm.
    NoNpm,
    /// What npm says.
    Refused(String),
}

impl fmt::Display for Unfetched {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Unfetched::NoNpm => "npm is not there",
            Unfetched::Refused(_) => "npm cannot fetch it",
        })
    }
}

/// What `tests/NAME` names, fetched if it is not there yet: the folder that holds the same files
/// and `node_modules`.
///
/// # Errors
/// If it cannot be fetched.
///
/// # Panics
/// If the folder cannot be written.
pub fn install(name: &str) -> Result<PathBuf, Unfetched> {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join(name);
    let folder = target().join(name);
    // npm writes this last.
    let is_whole = folder.join("node_modules/.package-lock.json").is_file();
    if !is_whole || is_new(&source, &folder) {
        fetch(&source, &folder)?;
    }
    Ok(folder)
}

/// The folder of what is built: what is fetched does not lie among the sources.
fn target() -> PathBuf {
    let program = std::env::current_exe().expect("a program");
    let built = program.parent().expect("its folder");
    // A test lies one folder deeper than a program.
    let profile = if built.ends_with("deps") { built.parent().expect("a profile") } else { built };
    profile.parent().expect("a folder of what is built").to_owned()
}

fn files(source: &Path) -> impl Iterator<Item = PathBuf> {
    let entries = std::fs::read_dir(source).expect("files that name packages");
    entries.map(|entry| entry.expect("a file").path())
}

fn is_new(source: &Path, folder: &Path) -> bool {
    files(source).any(|file| {
        let copy = folder.join(file.file_name().expect("a name"));
        std::fs::read(&file).ok() != std::fs::read(copy).ok()
    })
}

fn fetch(source: &Path, folder: &Path) -> Result<(), Unfetched> {
    std::fs::create_dir_all(folder).expect("a folder for packages");
    for file in files(source) {
        let copy = folder.join(file.file_name().expect("a name"));
        std::fs::copy(file, copy).expect("a copy");
    }
    let mut npm = Command::new("npm");
    npm.args(["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline"]);
    let fetched = npm.current_dir(folder).output().map_err(|_| Unfetched::NoNpm)?;
    if fetched.status.success() {
        return Ok(());
    }
    // The next attempt begins anew.
    std::fs::remove_dir_all(folder).ok();
    Err(Unfetched::Refused(String::from_utf8_lossy(&fetched.stderr).into_owned()))
}
