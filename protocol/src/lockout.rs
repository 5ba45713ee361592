//! What wrong codes cost an approver (PSD2 RTS article 4, NIST SP 800-63B-4 3.2.2).
//!
//! Five wrong codes in a row block entry for 30 s; each further one blocks again, twice as long,
//! up to an hour; the hundredth removes the approver, after a warning at ninety. A new code on a
//! page changes nothing; a right code clears the count.

use serde::{Deserialize, Serialize};
use std::time::Duration;

use crate::time::UnixTime;

/// Wrong codes in a row before entry is blocked.
pub const FREE_TRIES: u32 = 5;
/// Wrong codes in a row at which the approver's person is warned.
pub const WARNED_AT: u32 = 90;
/// Wrong codes in a row that remove the approver.
pub const REMOVED_AT: u32 = 100;
const FIRST_BLOCK: Duration = Duration::from_secs(30);
const LONGEST_BLOCK: Duration = Duration::from_secs(3600);

/// One approver's wrong codes in a row.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lockout {
    wrong: u32,
    blocked_until: Option<UnixTime>,
}

/// A code came in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// It found a request.
    Right,
    /// It found none.
    Wrong,
}

/// What the code cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Nothing: the count is clear.
    Cleared,
    /// A try; so many are left before entry is blocked.
    TriesLeft(u32),
    /// Entry is blocked until then.
    Blocked {
        /// Until when.
        until: UnixTime,
        /// How many wrong codes more remove the approver, from the warning on.
        warning: Option<u32>,
    },
    /// The approver is removed.
    Removed,
}

/// Entry is blocked: the code is not even looked at, and costs nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("entry is blocked")]
pub struct Blocked {
    /// Until when.
    pub until: UnixTime,
}

impl Lockout {
    /// Whether a code may be tried at `now`.
    ///
    /// # Errors
    /// [`Blocked`].
    pub fn open(&self, now: UnixTime) -> Result<(), Blocked> {
        match self.blocked_until {
            Some(until) if now < until => Err(Blocked { until }),
            Some(_) | None => Ok(()),
        }
    }

    /// Counts a code that was tried at `now`, while [`Lockout::open`].
    #[must_use]
    pub fn handle(self, event: Event, now: UnixTime) -> (Self, Effect) {
        let wrong = match event {
            Event::Right => return (Self::default(), Effect::Cleared),
            Event::Wrong => self.wrong.saturating_add(1),
        };
        if wrong >= REMOVED_AT {
            return (Self { wrong, blocked_until: None }, Effect::Removed);
        }
        let Some(beyond) = wrong.checked_sub(FREE_TRIES) else {
            return (Self { wrong, blocked_until: None }, Effect::TriesLeft(FREE_TRIES - wrong));
        };
        let block = FIRST_BLOCK.saturating_mul(1 << beyond.min(16)).min(LONGEST_BLOCK);
        let until = now.plus(block);
        let warning = (wrong >= WARNED_AT).then(|| REMOVED_AT - wrong);
        (Self { wrong, blocked_until: Some(until) }, Effect::Blocked { until, warning })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn wrong_times(n: u32) -> (Lockout, Effect, UnixTime) {
        let (mut lockout, mut effect, mut now) = (Lockout::default(), Effect::Cleared, UnixTime(0));
        for _ in 0..n {
            if let Err(Blocked { until }) = lockout.open(now) {
                now = until;
            }
            (lockout, effect) = lockout.handle(Event::Wrong, now);
        }
        (lockout, effect, now)
    }

    #[test]
    fn the_fourth_wrong_code_leaves_one_try_and_the_fifth_half_a_minute() {
        assert_eq!(wrong_times(4).1, Effect::TriesLeft(1));
        let (_, effect, now) = wrong_times(5);
        let until = now.plus(Duration::from_secs(30));
        assert_eq!(effect, Effect::Blocked { until, warning: None });
    }

    #[test]
    fn blocks_double_to_an_hour_and_no_further() {
        for (n, seconds) in [(6, 60), (7, 120), (11, 1920), (12, 3600), (60, 3600)] {
            let (_, effect, now) = wrong_times(n);
            let until = now.plus(Duration::from_secs(seconds));
            assert_eq!(effect, Effect::Blocked { until, warning: None }, "{n}");
        }
    }

    #[test]
    fn the_person_is_warned_at_ninety_and_the_hundredth_removes() {
        let (_, effect, now) = wrong_times(90);
        let until = now.plus(LONGEST_BLOCK);
        assert_eq!(effect, Effect::Blocked { until, warning: Some(10) });
        assert_eq!(wrong_times(100).1, Effect::Removed);
    }

    #[test]
    fn a_right_code_clears_the_count() {
        let (lockout, _, now) = wrong_times(7);
        assert_eq!(lockout.handle(Event::Right, now), (Lockout::default(), Effect::Cleared));
    }

    proptest! {
        #[test]
        fn no_order_of_codes_gives_more_than_five_tries_without_a_wait(
            codes in proptest::collection::vec(any::<bool>(), 0..200)
        ) {
            let (mut lockout, mut in_a_row) = (Lockout::default(), 0);
            for right in codes {
                if lockout.open(UnixTime(0)).is_err() { break; }
                let event = if right { Event::Right } else { Event::Wrong };
                in_a_row = if right { 0 } else { in_a_row + 1 };
                (lockout, _) = lockout.handle(event, UnixTime(0));
            }
            prop_assert!(in_a_row <= FREE_TRIES);
        }
    }
}
