//! The only place that asks the machine what time it is, and the only one that waits for a moment.

use sayso_protocol::time::UnixTime;
use sayso_protocol::trusted::{Reading, Wall};
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use tokio::sync::watch;

/// No single wait is longer: a machine that slept, or whose clock was set, is noticed by then.
const LONGEST_WAIT: Duration = Duration::from_secs(30);
/// The same for what takes hours: a timer does not count while the machine is suspended.
const LONGEST_REST: Duration = Duration::from_hours(1);
/// What the kernel calls this boot.
const BOOT_ID: &str = "/proc/sys/kernel/random/boot_id";

/// Broker time.
#[derive(Clone, Debug)]
pub struct Clock(Source);

#[derive(Clone, Debug)]
enum Source {
    Machine { boot: Arc<str> },
    Told(watch::Receiver<Reading>),
}

impl Clock {
    /// The machine's clocks.
    #[must_use]
    pub fn machine() -> Self {
        let boot = std::fs::read_to_string(BOOT_ID).map(|id| id.trim().to_owned());
        // A boot that has no name is like no other: then only the time this process runs counts.
        let boot = boot.unwrap_or_else(|_| uuid::Uuid::now_v7().to_string());
        Self(Source::Machine { boot: boot.into() })
    }

    /// Clocks that show what they are told.
    #[must_use]
    pub fn told(reading: watch::Receiver<Reading>) -> Self {
        Self(Source::Told(reading))
    }

    /// What time it is.
    #[must_use]
    pub fn now(&self) -> UnixTime {
        match &self.0 {
            Source::Machine { .. } => UnixTime(machine_seconds()),
            Source::Told(reading) => reading.borrow().time,
        }
    }

    /// What all clocks say.
    #[must_use]
    pub fn reading(&self) -> Reading {
        match &self.0 {
            Source::Machine { boot } => Reading {
                boot: boot.to_string(),
                since_boot: since_boot(),
                time: UnixTime(machine_seconds()),
                wall: wall(),
            },
            Source::Told(reading) => reading.borrow().clone(),
        }
    }

    /// Returns once it is `moment` or later.
    pub async fn reach(&self, moment: UnixTime) {
        match &self.0 {
            Source::Machine { .. } => {
                while self.now() < moment {
                    pause(self.now().until(moment).min(LONGEST_WAIT)).await;
                }
            }
            Source::Told(reading) => wait_for(reading, |now| now.time >= moment).await,
        }
    }

    /// Returns when `span` may have passed since `from`, whatever the time of day: look again.
    pub async fn rest(&self, from: &Reading, span: Duration) {
        match &self.0 {
            Source::Machine { .. } => pause(span.min(LONGEST_REST)).await,
            Source::Told(reading) => {
                let until = from.since_boot.saturating_add(span.as_secs());
                let passed = |now: &Reading| now.boot != from.boot || now.since_boot >= until;
                wait_for(reading, passed).await;
            }
        }
    }
}

async fn wait_for(reading: &watch::Receiver<Reading>, reached: impl FnMut(&Reading) -> bool) {
    let reached = reading.clone().wait_for(reached).await.is_ok();
    if !reached {
        // Nobody can tell the time any more: the moment never comes.
        std::future::pending::<()>().await;
    }
}

/// Returns after `span` of the machine's running time, for what is about this machine and not
/// about the time of day: pings, long polls. It runs from the call on.
#[allow(clippy::disallowed_methods, reason = "this is clock.rs")]
pub fn pause(span: Duration) -> tokio::time::Sleep {
    tokio::time::sleep(span)
}

/// Holds a thread of its own up for `span`.
#[allow(clippy::disallowed_methods, reason = "this is clock.rs")]
pub(crate) fn nap(span: Duration) {
    std::thread::sleep(span);
}

#[allow(clippy::disallowed_methods, reason = "this is clock.rs")]
fn machine_seconds() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
}

/// Whole seconds since the boot, suspend included. Asked of the C library, as everything else
/// that tells the time: rustix would go past it, and see another time than the rest of a process
/// whose time a test moves.
#[expect(unsafe_code, reason = "the C library fills a struct of ours")]
fn since_boot() -> u64 {
    let mut at = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: `at` is a valid timespec for the whole call.
    let asked = unsafe { libc::clock_gettime(libc::CLOCK_BOOTTIME, &raw mut at) };
    if asked == 0 { u64::try_from(at.tv_sec).unwrap_or(0) } else { 0 }
}

/// Whether the kernel calls the wall clock synchronised (`adjtimex(2)`); a kernel that does not
/// say so does not.
#[expect(unsafe_code, reason = "rustix does not have this system call")]
fn wall() -> Wall {
    // SAFETY: a timex of zeros is valid, and asks without setting anything.
    let mut answer: libc::timex = unsafe { std::mem::zeroed() };
    // SAFETY: `answer` is a valid timex for the whole call.
    let state = unsafe { libc::adjtimex(&raw mut answer) };
    let unsure = answer.status & libc::STA_UNSYNC != 0;
    if state < 0 || state == libc::TIME_ERROR || unsure { Wall::Free } else { Wall::Synchronised }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(time: i64, since_boot: u64) -> Reading {
        Reading { boot: "boot".into(), since_boot, time: UnixTime(time), wall: Wall::Free }
    }

    #[tokio::test]
    async fn a_rest_is_over_when_time_has_passed_and_not_when_the_clock_is_set() {
        let (tell, told) = watch::channel(at(10, 5));
        let clock = Clock::told(told);
        let resting = tokio::spawn({
            let clock = clock.clone();
            async move { clock.rest(&at(10, 5), Duration::from_secs(60)).await }
        });
        for early in [at(1_000_000, 64), at(-5, 64)] {
            tell.send(early).unwrap();
            tokio::task::yield_now().await;
            assert!(!resting.is_finished());
        }
        tell.send(at(10, 65)).unwrap();
        resting.await.unwrap();
    }

    #[test]
    fn the_machine_counts_from_its_boot() {
        let reading = Clock::machine().reading();
        let uptime = std::fs::read_to_string("/proc/uptime").unwrap();
        let uptime: u64 = uptime.split('.').next().unwrap().parse().unwrap();
        assert!(reading.since_boot.abs_diff(uptime) < 60, "{reading:?}, {uptime}");
        assert!(!reading.boot.is_empty());
    }

    #[tokio::test]
    async fn a_moment_is_reached_when_the_clock_is_told_so() {
        let (tell, told) = watch::channel(at(10, 0));
        let clock = Clock::told(told);
        let waiting = tokio::spawn({
            let clock = clock.clone();
            async move { clock.reach(UnixTime(20)).await }
        });
        tell.send(at(19, 0)).unwrap();
        tokio::task::yield_now().await;
        assert!(!waiting.is_finished());
        tell.send(at(20, 0)).unwrap();
        waiting.await.unwrap();
        assert_eq!(clock.now(), UnixTime(20));
    }
}
