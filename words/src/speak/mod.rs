//! Codes, digits, amounts and times, written so that a voice says them as a person hears them
//! best, and eyes and fingers read them as written.

use std::fmt::Write as _;
use std::time::Duration;

use jiff::civil::Time;

use crate::say;
use crate::sentences::Words;

mod days;
mod money;
pub(crate) mod numbers;

/// How much more than the time left may be said. Time passes between counting and hearing, and
/// "Five minutes" said at 4:55 is truer than "Four minutes".
const SLACK_OF_MINUTES: Duration = Duration::from_secs(10);
const SLACK_OF_SECONDS: Duration = Duration::from_secs(2);
const MINUTE: u64 = 60;
const HOUR: u64 = 3600;
const DAY: u64 = 24 * HOUR;
const TWO_HOURS: u64 = 2 * HOUR;
const TWO_DAYS: u64 = 2 * DAY;

impl Words {
    /// A code for eyes: `482 913`.
    #[must_use]
    pub fn code_shown(&self, code: &str) -> String {
        in_threes(code, "", " ")
    }

    /// A code for voices and screen readers, digit by digit: `4 8 2, 9 1 3`.
    #[must_use]
    pub fn code_spoken(&self, code: &str) -> String {
        in_threes(code, " ", ", ")
    }

    /// Each character by itself, so that no voice makes a number of it: `1 5 0 0`.
    #[must_use]
    pub fn digits_spoken(&self, digits: &str) -> String {
        let mut spoken = String::with_capacity(digits.len() * 2);
        for character in digits.chars().filter(|character| !character.is_whitespace()) {
            if !spoken.is_empty() {
                spoken.push(' ');
            }
            spoken.push(character);
        }
        spoken
    }

    /// The time left, at the beginning of a sentence: whole minutes from 60 s up ("Five
    /// minutes"), tens of seconds below ("Twenty seconds").
    #[must_use]
    pub fn time_left(&self, left: Duration) -> String {
        match Left::of(left) {
            Left::Minutes(minutes) => say!(self, "time-left-minutes", minutes = minutes),
            Left::Seconds(seconds) => say!(self, "time-left-seconds", seconds = seconds),
            Left::Almost => say!(self, "time-left-almost"),
        }
    }

    /// The time left by the same rule, for a line of 40 cells: "5 min", "20 s".
    #[must_use]
    pub fn time_left_short(&self, left: Duration) -> String {
        match Left::of(left) {
            Left::Minutes(minutes) => say!(self, "time-left-minutes-short", minutes = minutes),
            Left::Seconds(seconds) => say!(self, "time-left-seconds-short", seconds = seconds),
            Left::Almost => say!(self, "time-left-seconds-short", seconds = 10),
        }
    }

    /// How long to wait, inside a sentence and never less than it is: "half a minute", "two
    /// minutes", "one hour".
    #[must_use]
    pub fn wait(&self, wait: Duration) -> String {
        let seconds = wait.as_secs().saturating_add(u64::from(wait.subsec_nanos() > 0));
        match seconds {
            0..=20 => say!(self, "wait-seconds", seconds = seconds.div_ceil(10).max(1) * 10),
            21..=30 => say!(self, "wait-half-minute"),
            31..=50 => say!(self, "wait-seconds", seconds = seconds.div_ceil(10) * 10),
            51..HOUR => say!(self, "wait-minutes", minutes = seconds.div_ceil(MINUTE)),
            _ => say!(self, "wait-hours", hours = seconds.div_ceil(HOUR)),
        }
    }

    /// About how long, inside a sentence: to the nearest minute, from two hours up to the nearest
    /// hour, from two days up to the nearest day. At least "one minute".
    #[must_use]
    pub fn about(&self, span: Duration) -> String {
        let nearest = |unit: u64| (span.as_secs() + unit / 2) / unit;
        match span.as_secs() {
            0..TWO_HOURS => say!(self, "wait-minutes", minutes = nearest(MINUTE).max(1)),
            TWO_HOURS..TWO_DAYS => say!(self, "wait-hours", hours = nearest(HOUR)),
            _ => say!(self, "wait-days", days = nearest(DAY)),
        }
    }

    /// A time of day, as people write it: `14:05`, in Danish `14.05`.
    #[must_use]
    pub fn clock(&self, time: Time) -> String {
        let minute = format!("{:02}", time.minute());
        say!(self, "clock", hour = time.hour().to_string(), minute = minute)
    }
}

/// What is said of the time left.
enum Left {
    Minutes(u64),
    Seconds(u64),
    Almost,
}

impl Left {
    fn of(left: Duration) -> Left {
        if left.saturating_add(SLACK_OF_SECONDS) >= Duration::from_secs(MINUTE) {
            let minutes = left.saturating_add(SLACK_OF_MINUTES).as_secs() / MINUTE;
            return Left::Minutes(minutes.max(1));
        }
        match left.saturating_add(SLACK_OF_SECONDS).as_secs() / 10 * 10 {
            0 => Left::Almost,
            tens => Left::Seconds(tens),
        }
    }
}

/// Groups of three characters: `within` stands inside a group, `between` between groups.
fn in_threes(code: &str, within: &str, between: &str) -> String {
    let mut written = String::with_capacity(code.len() * 3);
    for (place, character) in code.chars().filter(|one| !one.is_whitespace()).enumerate() {
        let before = match place {
            0 => "",
            place if place % 3 == 0 => between,
            _ => within,
        };
        // Writing to a string cannot fail.
        let _ = write!(written, "{before}{character}");
    }
    written
}

#[cfg(test)]
mod tests;
