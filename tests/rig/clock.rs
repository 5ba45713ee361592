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

/// The machine's time in seconds since 1970.
#[must_use]
pub fn seconds() -> i64 {
    i64::try_from(now_ns() / 1_000_000_000).unwrap_or(i64::MAX)
}

/// What a clock shows that a story may move, in seconds since 1970.
pub(crate) fn seconds_by(clock: Option<&FakeClock>) -> i64 {
    clock.map_or_else(seconds, FakeClock::seconds)
}

/// Starts a measurement.
#[must_use]
pub fn start() -> Instant {
    Instant::now()
}

/// Lets real time pass, for a fault that is to come at any moment.
pub async fn pass(span: Duration) {
    tokio::time::sleep(span).await;
}

/// The same on a thread that blocks.
pub fn pass_blocking(span: Duration) {
    std::thread::sleep(span);
}

/// Lets a moment pass between two looks at a condition.
pub async fn moment() {
    tokio::time::sleep(LOOK).await;
}

/// The same for the few places that cannot wait asynchronously (`Drop`).
pub(crate) fn moment_blocking() {
    std::thread::sleep(LOOK);
}

/// Time as the processes see it that are started with [`FakeClock::env`]. Clones are the same
/// clock; the machine and all other processes keep their own time.
#[derive(Debug, Clone)]
pub struct FakeClock {
    file: PathBuf,
    wall_alone: bool,
}

/// libfaketime as Debian installs it (package `faketime`).
const LIBRARY: &str = "faketime/libfaketimeMT.so.1";

impl FakeClock {
    /// A clock that shows the machine's time until it is moved. It moves wall clock, monotonic
    /// clock and boot time alike: time passes.
    ///
    /// # Panics
    /// If `dir` cannot be written.
    #[must_use]
    pub fn new(dir: &Path, name: &str) -> Self {
        let clock = FakeClock { file: dir.join(format!("{name}.faketime")), wall_alone: false };
        clock.set(0);
        clock
    }

    /// A clock of which only the wall clock moves: somebody sets it, and no time passes.
    ///
    /// # Panics
    /// If `dir` cannot be written.
    #[must_use]
    pub fn wall_alone(dir: &Path, name: &str) -> Self {
        FakeClock { wall_alone: true, ..FakeClock::new(dir, name) }
    }

    /// Sets it to five past two in the afternoon of Wednesday, 14 May 2036, so that days and
    /// dates are told alike whenever the story is.
    pub fn begin(&self) {
        self.set(2_094_379_500 - seconds());
    }

    /// Sets how many seconds this clock is ahead of the machine (behind, if negative). Timers
    /// of a process that is parked in `epoll` are not woken by this: wake it afterwards
    /// (`Broker::wake`, `Daemon::wake`).
    ///
    /// # Panics
    /// If the clock's file cannot be written.
    pub fn set(&self, seconds_ahead: i64) {
        // Replaced as a whole: a reader never sees half a number.
        let next = self.file.with_extension("next");
        std::fs::write(&next, format!("{seconds_ahead:+}\n")).expect("clock file");
        std::fs::rename(&next, &self.file).expect("clock file");
    }

    /// Moves it this much further.
    ///
    /// # Panics
    /// If the clock's file cannot be written.
    pub fn forward(&self, time: Duration) {
        self.set(self.ahead() + i64::try_from(time.as_secs()).expect("a time"));
    }

    /// What it shows, in seconds since 1970.
    #[must_use]
    pub fn seconds(&self) -> i64 {
        seconds() + self.ahead()
    }

    fn ahead(&self) -> i64 {
        let text = std::fs::read_to_string(&self.file).expect("clock file");
        text.trim().parse().expect("a number of seconds")
    }

    /// What makes a process live by it.
    ///
    /// # Panics
    /// If libfaketime is not installed.
    #[must_use]
    pub fn env(&self) -> Vec<(String, String)> {
        let library = ["/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu", "/usr/lib"]
            .iter()
            .map(|dir| Path::new(dir).join(LIBRARY))
            .find(|path| path.exists())
            .expect("libfaketime (Debian package faketime)");
        let mut env = vec![
            ("LD_PRELOAD".into(), library.display().to_string()),
            ("FAKETIME_TIMESTAMP_FILE".into(), self.file.display().to_string()),
            ("FAKETIME_NO_CACHE".into(), "1".into()),
        ];
        if self.wall_alone {
            env.push(("DONT_FAKE_MONOTONIC".into(), "1".into()));
        }
        env
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::process::Command;

    const DAY: Duration = Duration::from_secs(86_400);

    /// Wall clock, monotonic clock and boot time of a process that lives by this clock.
    fn shown(clock: &FakeClock) -> Vec<i64> {
        let all = "import time\nfor clock in 'REALTIME', 'MONOTONIC', 'BOOTTIME':\n \
                   print(int(time.clock_gettime(getattr(time, 'CLOCK_' + clock))))";
        let printed = Command::new("/usr/bin/python3").args(["-c", all]).envs(clock.env()).output();
        let printed = String::from_utf8(printed.unwrap().stdout).unwrap();
        printed.lines().map(|line| line.parse().unwrap()).collect()
    }

    /// How many hours each of the three moves when the clock does.
    fn moved(clock: &FakeClock) -> Vec<i64> {
        let before = shown(clock);
        clock.forward(DAY);
        let hours = |(before, after): (&i64, &i64)| (after - before) / 3600;
        before.iter().zip(&shown(clock)).map(hours).collect()
    }

    #[test]
    fn time_passes_on_all_clocks_of_a_process_or_the_wall_clock_alone_is_set() {
        let dir = tempfile::tempdir().unwrap();
        assert_eq!(moved(&FakeClock::new(dir.path(), "passes")), [24, 24, 24]);
        assert_eq!(moved(&FakeClock::wall_alone(dir.path(), "set")), [24, 0, 0]);
    }

    #[test]
    fn a_clock_shows_what_its_processes_see() {
        let dir = tempfile::tempdir().unwrap();
        let clock = FakeClock::new(dir.path(), "clock");
        clock.set(-60);
        clock.forward(DAY);
        let here = seconds();
        assert!((here + 86_340..here + 86_345).contains(&clock.seconds()));
        assert!((here + 86_340..here + 86_350).contains(&shown(&clock)[0]));
    }
}
