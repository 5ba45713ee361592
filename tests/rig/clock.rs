//! The machine's clock, and libfaketime for a process that must believe that time has passed.
//! Everything else in the rig takes time from here.
#![allow(
    clippy::disallowed_methods,
    reason = "this is the rig's clock: bounded polling and time stamps come from here alone"
)]

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// How often a condition is looked at that has no event of its own.
const LOOK: Duration = Duration::from_millis(10);

/// Nanoseconds since 1970: the time line on which all events of a story are laid.
#[must_use]
pub fn now_ns() -> u128 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_nanos())
}

/// Starts a measurement.
#[must_use]
pub fn start() -> Instant {
    Instant::now()
}

/// Lets a moment pass between two looks at a condition.
pub(crate) async fn moment() {
    tokio::time::sleep(LOOK).await;
}

/// The same for the few places that cannot wait asynchronously (`Drop`).
pub(crate) fn moment_blocking() {
    std::thread::sleep(LOOK);
}

/// Time as one process sees it. The process is started with [`FakeClock::env`]; the machine and
/// all other processes keep their own time.
#[derive(Debug, Clone)]
pub struct FakeClock {
    file: PathBuf,
}

/// libfaketime as Debian installs it (package `faketime`).
const LIBRARY: &str = "faketime/libfaketimeMT.so.1";

impl FakeClock {
    /// A clock that shows the machine's time until it is moved.
    ///
    /// # Panics
    /// If `dir` cannot be written.
    #[must_use]
    pub fn new(dir: &Path, name: &str) -> Self {
        let clock = FakeClock { file: dir.join(format!("{name}.faketime")) };
        clock.set(0);
        clock
    }

    /// Sets how many seconds this clock is ahead of the machine (behind, if negative). Timers
    /// of a process that is parked in `epoll` are not woken by this: poke it afterwards with
    /// something it listens to.
    ///
    /// # Panics
    /// If the clock's file cannot be written.
    pub fn set(&self, seconds_ahead: i64) {
        // Replaced as a whole: a reader never sees half a number.
        let next = self.file.with_extension("next");
        std::fs::write(&next, format!("{seconds_ahead:+}\n")).expect("clock file");
        std::fs::rename(&next, &self.file).expect("clock file");
    }

    /// Moves wall clock, monotonic clock and boot time alike: time has passed.
    #[must_use]
    pub fn env(&self) -> Vec<(String, String)> {
        let library = ["/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu", "/usr/lib"]
            .iter()
            .map(|dir| Path::new(dir).join(LIBRARY))
            .find(|path| path.exists())
            .expect("libfaketime (Debian package faketime)");
        vec![
            ("LD_PRELOAD".into(), library.display().to_string()),
            ("FAKETIME_TIMESTAMP_FILE".into(), self.file.display().to_string()),
            ("FAKETIME_NO_CACHE".into(), "1".into()),
        ]
    }

    /// Moves the wall clock alone: somebody has set the clock.
    #[must_use]
    pub fn env_wall_clock_only(&self) -> Vec<(String, String)> {
        let mut env = self.env();
        env.push(("DONT_FAKE_MONOTONIC".into(), "1".into()));
        env
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::process::Command;

    #[test]
    fn a_process_with_a_moved_clock_sees_the_later_time() {
        let dir = tempfile::tempdir().unwrap();
        let clock = FakeClock::new(dir.path(), "date");
        clock.set(86_400);
        let printed = Command::new("date").arg("+%s").envs(clock.env()).output().unwrap().stdout;
        let seen: u128 = String::from_utf8(printed).unwrap().trim().parse().unwrap();
        let here = now_ns() / 1_000_000_000;
        assert!((86_390..86_410).contains(&(seen - here)), "{seen} is not a day after {here}");
    }
}
