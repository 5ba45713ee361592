//! Time that setting a clock does not move. Within one boot only the kernel's count since the
//! boot counts (`CLOCK_BOOTTIME`, suspend included); across boots or machines the wall clock
//! counts where the kernel calls it synchronised, else nothing but the time spent running.

use serde::{Deserialize, Serialize};
use std::time::Duration;

use crate::time::UnixTime;

/// Seconds that have surely passed since a store was made. Never goes back.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Trusted(pub u64);

impl Trusted {
    /// This moment, `span` later.
    #[must_use]
    pub fn plus(self, span: Duration) -> Self {
        Self(self.0.saturating_add(span.as_secs()))
    }

    /// How long it is from this moment until `later`; zero when `later` is not later.
    #[must_use]
    pub fn until(self, later: Self) -> Duration {
        Duration::from_secs(later.0.saturating_sub(self.0))
    }
}

/// Whether the kernel calls the wall clock synchronised (`adjtimex(2)`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Wall {
    /// It does.
    Synchronised,
    /// It does not: it may say anything.
    Free,
}

/// What the machine's clocks say at one moment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reading {
    /// Which boot of which machine.
    pub boot: String,
    /// Seconds since it.
    pub since_boot: u64,
    /// The wall clock.
    pub time: UnixTime,
    /// Whether it counts.
    pub wall: Wall,
}

/// Trusted time and what the next reading is held against. It is stored with what rests on it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrustedClock {
    now: Trusted,
    last: Option<Reading>,
    /// The last reading with a synchronised wall clock, and the trusted time then.
    anchor: Option<(Reading, Trusted)>,
}

impl TrustedClock {
    /// Trusted time at the last reading.
    #[must_use]
    pub fn now(&self) -> Trusted {
        self.now
    }

    /// Whether a reading should be kept: this much of the time since the last one would be lost if
    /// the machine went down now, or the reading begins something new to count by.
    #[must_use]
    pub fn lags(&self, reading: &Reading, most: Duration) -> bool {
        self.last.as_ref().is_none_or(|last| {
            last.boot != reading.boot
                || last.wall != reading.wall
                || reading.since_boot.saturating_sub(last.since_boot) >= most.as_secs()
        })
    }

    /// Something begins to wait by this clock now. What a wall clock that is not synchronised yet
    /// will tell of the time since the last boot lies before this, and is given up: to this it
    /// must not count, and what waits already waits longer for it.
    #[must_use]
    pub fn begin(self) -> Self {
        let Self { now, last, anchor } = self;
        let boot = last.as_ref().map(|last| &last.boot);
        let anchor = anchor.filter(|(anchor, _)| Some(&anchor.boot) == boot);
        Self { now, last, anchor }
    }

    /// Takes a reading.
    #[must_use]
    pub fn read(self, mut reading: Reading) -> Self {
        let Self { now, last, anchor } = self;
        let ran = match &last {
            Some(last) if last.boot == reading.boot => {
                // A process that counts from elsewhere in this boot gains nothing by taking turns.
                reading.since_boot = reading.since_boot.max(last.since_boot);
                now.plus(Duration::from_secs(reading.since_boot - last.since_boot))
            }
            Some(_) | None => now,
        };
        if reading.wall == Wall::Free {
            return Self { now: ran, last: Some(reading), anchor };
        }
        let by_wall = match &anchor {
            Some((anchor, then)) if anchor.boot != reading.boot => {
                then.plus(anchor.time.until(reading.time))
            }
            Some(_) | None => ran,
        };
        let now = ran.max(by_wall);
        Self { now, anchor: Some((reading.clone(), now)), last: Some(reading) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn reading(boot: u8, since_boot: u64, time: i64, wall: Wall) -> Reading {
        Reading { boot: format!("boot-{boot}"), since_boot, time: UnixTime(time), wall }
    }

    fn after(readings: &[Reading]) -> u64 {
        let clock = TrustedClock::default();
        readings.iter().cloned().fold(clock, TrustedClock::read).now().0
    }

    #[test]
    fn setting_the_clock_within_a_boot_moves_nothing() {
        for wall in [Wall::Free, Wall::Synchronised] {
            for set in [-1_000_000, 0, 1_000_000] {
                let last = reading(1, 160, 1_000 + set, wall);
                assert_eq!(after(&[reading(1, 100, 1_000, wall), last]), 60, "{set}");
            }
        }
    }

    #[test]
    fn two_processes_that_count_differently_gain_nothing_by_taking_turns() {
        let at = |since_boot| reading(1, since_boot, 0, Wall::Free);
        assert_eq!(after(&[at(1_000), at(10), at(1_000), at(20), at(1_005)]), 5);
    }

    #[test]
    fn the_time_a_machine_was_off_counts_once_its_clock_is_synchronised() {
        let before = reading(1, 100, 1_000, Wall::Synchronised);
        let early = reading(2, 5, 0, Wall::Free);
        let synced = reading(2, 25, 5_000, Wall::Synchronised);
        assert_eq!(after(&[before.clone(), early.clone()]), 0);
        assert_eq!(after(&[before.clone(), early, synced.clone()]), 4_000);
        assert_eq!(after(&[before, synced]), 4_000);
    }

    #[test]
    fn without_a_synchronised_clock_only_the_time_spent_running_counts() {
        let readings = [
            reading(1, 100, 1_000, Wall::Free),
            reading(1, 400, 1_300, Wall::Free),
            reading(2, 50, 9_000_000, Wall::Free),
            reading(2, 80, 9_000_030, Wall::Synchronised),
        ];
        assert_eq!(after(&readings), 330);
    }

    #[test]
    fn what_begins_before_the_clock_is_synchronised_gains_nothing_by_it() {
        let clock = TrustedClock::default().read(reading(1, 100, 1_000, Wall::Synchronised));
        let clock = clock.read(reading(2, 5, 0, Wall::Free)).begin();
        let begun = clock.now();
        let clock = clock.read(reading(2, 25, 900_000, Wall::Synchronised));
        assert_eq!(begun.until(clock.now()), Duration::from_secs(20));
    }

    proptest! {
        #[test]
        fn it_never_goes_back_and_what_begins_waits_no_shorter_than_in_truth(
            steps in proptest::collection::vec(
                (0u64..10_000, any::<bool>(), any::<bool>(), -100_000i64..100_000, any::<bool>()),
                1..40
            )
        ) {
            let (mut clock, mut real, mut boot, mut since) = (TrustedClock::default(), 0, 0u8, 0);
            let mut before = Trusted(0);
            let mut waiting = Vec::new();
            for (passed, reboot, synchronised, off, begins) in steps {
                real += passed;
                if reboot { (boot, since) = (boot + 1, 0) } else { since += passed }
                let (time, wall) = if synchronised {
                    (i64::try_from(real).unwrap(), Wall::Synchronised)
                } else {
                    (off, Wall::Free)
                };
                clock = clock.read(reading(boot, since, time, wall));
                prop_assert!(clock.now() >= before && clock.now().0 <= real);
                before = clock.now();
                for (begun, then) in &waiting {
                    let waited = before.0 - begun;
                    prop_assert!(waited <= real - then, "{waited} of {}", real - then);
                }
                if begins {
                    clock = clock.begin();
                    waiting.push((before.0, real));
                }
            }
        }
    }
}
