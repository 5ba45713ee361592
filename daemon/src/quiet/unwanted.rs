//! Requests that nobody wants. Three of them that were denied, reported or left unanswered within
//! ten minutes, and new ones are not told for 20 minutes: somebody else may be signing in, and
//! must not be able to talk over the person. If they go on, each silence is twice as long as the
//! one before, up to eight hours, until a login succeeds or the person asks (OWASP ASVS 6.6.4).
//! What the person brings themselves, a code, a scan or a link, is never touched by it.

use std::time::Duration;

use sayso_protocol::time::UnixTime;
use serde::{Deserialize, Serialize};

/// So many are too many ...
const MANY: usize = 3;
/// ... within this time.
const WITHIN: Duration = Duration::from_mins(10);
/// The first silence.
const SHORTEST: Duration = Duration::from_mins(20);
/// No silence is longer.
const LONGEST: Duration = Duration::from_hours(8);

/// What was unwanted lately, and the silence that follows from it. Times are of the wall clock: it
/// outlives the daemon.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Unwanted {
    /// When the last ones ended, oldest first; [`MANY`] at most.
    ended: Vec<UnixTime>,
    /// Until when nothing is said of new ones.
    until: Option<UnixTime>,
    /// How long the last silence was, in seconds; zero for none.
    length: u64,
}

/// What happens to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Happened {
    /// A request ended that nobody wanted.
    Unwanted,
    /// A login succeeded, or the person wants to be told again.
    Wanted,
    /// Time has passed.
    Nothing,
}

impl Unwanted {
    /// What follows.
    #[must_use]
    pub(super) fn handle(mut self, happened: Happened, now: UnixTime) -> Self {
        if happened == Happened::Wanted {
            return Self::default();
        }
        // A clock that was set back makes nothing longer.
        let longest = now.plus(Duration::from_secs(self.length));
        self.until = self.until.map(|until| until.min(longest));
        self.ended.retain(|ended| *ended <= now && ended.until(now) < WITHIN);
        if happened == Happened::Unwanted {
            self.ended.push(now);
            let more = self.ended.len().saturating_sub(MANY);
            self.ended.drain(..more);
        }
        let over = self.until.is_none_or(|until| until <= now);
        if over && self.ended.len() >= MANY {
            let length = Duration::from_secs(self.length * 2).clamp(SHORTEST, LONGEST);
            self.length = length.as_secs();
            self.until = Some(now.plus(length));
        } else if over {
            self.until = None;
        }
        self
    }

    /// Until when nothing is said of new requests, if that is so.
    #[must_use]
    pub(super) fn until(&self) -> Option<UnixTime> {
        self.until
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const START: i64 = 1_000_000;

    fn at(minutes: i64) -> UnixTime {
        UnixTime(START + minutes * 60)
    }

    /// How long the silence is from now, in minutes.
    fn silent(unwanted: &Unwanted, minutes: i64) -> Option<u64> {
        unwanted.until().map(|until| at(minutes).until(until).as_secs() / 60)
    }

    fn three(unwanted: Unwanted, minutes: i64) -> Unwanted {
        (0..3).fold(unwanted, |unwanted, _| unwanted.handle(Happened::Unwanted, at(minutes)))
    }

    #[test]
    fn the_third_within_ten_minutes_is_one_too_many() {
        let two =
            Unwanted::default().handle(Happened::Unwanted, at(0)).handle(Happened::Unwanted, at(5));
        assert_eq!(silent(&two.clone().handle(Happened::Unwanted, at(9)), 9), Some(20));
        assert_eq!(two.handle(Happened::Unwanted, at(10)).until(), None, "the first is too old");
    }

    #[test]
    fn each_silence_is_twice_as_long_up_to_eight_hours_while_they_go_on() {
        let mut unwanted = three(Unwanted::default(), 0);
        let mut now = 0;
        for length in [20, 40, 80, 160, 320, 480, 480] {
            assert_eq!(silent(&unwanted, now), Some(length));
            now += i64::try_from(length).unwrap() - 1;
            unwanted = three(unwanted, now);
            assert_eq!(silent(&unwanted, now), Some(1), "more of them make no silence longer");
            now += 1;
            unwanted = unwanted.handle(Happened::Nothing, at(now));
        }
    }

    #[test]
    fn it_ends_by_itself_and_remembers_how_long_it_was() {
        let over = three(Unwanted::default(), 0).handle(Happened::Nothing, at(20));
        assert_eq!(over.until(), None);
        assert_eq!(silent(&three(over, 300), 300), Some(40));
    }

    #[test]
    fn a_login_that_succeeds_begins_anew() {
        let anew = three(Unwanted::default(), 0).handle(Happened::Wanted, at(1));
        assert_eq!(anew, Unwanted::default());
        assert_eq!(silent(&three(anew, 2), 2), Some(20));
    }

    #[test]
    fn it_outlives_the_daemon() {
        let silent = three(Unwanted::default(), 0);
        let kept = serde_json::to_string(&silent).unwrap();
        assert_eq!(serde_json::from_str::<Unwanted>(&kept).unwrap(), silent);
    }

    proptest! {
        #[test]
        fn no_clock_makes_a_silence_longer_than_eight_hours(
            steps in prop::collection::vec((0_i64..2_000_000, 0_u8..3), 0..40),
        ) {
            let mut unwanted = Unwanted::default();
            for (seconds, what) in steps {
                let happened = match what {
                    0 => Happened::Unwanted,
                    1 => Happened::Wanted,
                    _ => Happened::Nothing,
                };
                let now = UnixTime(seconds);
                unwanted = unwanted.handle(happened, now);
                if let Some(until) = unwanted.until() {
                    prop_assert!(until > now && now.until(until) <= LONGEST);
                }
                prop_assert!(unwanted.ended.len() <= MANY);
            }
        }
    }
}
