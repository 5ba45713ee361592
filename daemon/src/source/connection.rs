//! The connection to one broker as a state machine: no IO, no clock, no chance of its own.
//!
//! `Waiting -> Opening -> Up -> Waiting`: after a failure it waits for a random part of a span
//! that doubles from half a second to a minute (full jitter), and for nothing while it is up.

use std::time::{Duration, Instant};

use sayso_protocol::link::SILENCE;

const FIRST_WAIT: Duration = Duration::from_millis(500);
const LONGEST_WAIT: Duration = Duration::from_secs(60);
/// Opening a link takes no longer than this.
pub const OPENING: Duration = Duration::from_secs(10);

/// Where the connection is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Connection {
    /// Nothing is open; the next try is due at `until`.
    Waiting {
        /// When.
        until: Instant,
        /// How often it has failed in a row.
        failures: u32,
    },
    /// A try is under way.
    Opening {
        /// When it is given up.
        until: Instant,
        /// How often it has failed in a row.
        failures: u32,
    },
    /// The link is up and was last heard at `heard`.
    Up {
        /// When.
        heard: Instant,
    },
}

/// What happens to it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Event {
    /// The deadline of [`Connection::deadline`] came.
    Due,
    /// The snapshot came: the link is up.
    Opened,
    /// Something came: a message or a ping.
    Heard,
    /// The broker answered a call beside the link: it can be reached.
    Reached,
    /// The try or the link failed. The number, from 0 to 1, is chance's.
    Failed(f64),
}

/// What is to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Nothing.
    Nothing,
    /// Open a link.
    Open,
    /// Drop what is open or opening; somebody will be told if it was up.
    Drop {
        /// Whether it was up.
        was_up: bool,
    },
    /// Tell that the link is up.
    TellUp,
}

impl Connection {
    /// Begins at `now`, at once.
    #[must_use]
    pub fn new(now: Instant) -> Self {
        Self::Waiting { until: now, failures: 0 }
    }

    /// When it wants [`Event::Due`].
    #[must_use]
    pub fn deadline(&self) -> Instant {
        match *self {
            Self::Waiting { until, .. } | Self::Opening { until, .. } => until,
            Self::Up { heard } => heard + SILENCE,
        }
    }

    /// What `event` at `now` makes of it. A deadline that came too early changes nothing.
    #[must_use]
    pub fn handle(self, event: Event, now: Instant) -> (Self, Effect) {
        match (self, event) {
            (Self::Waiting { until, failures }, Event::Due) if now >= until => {
                (Self::Opening { until: now + OPENING, failures }, Effect::Open)
            }
            (Self::Waiting { failures, .. }, Event::Reached) => {
                (Self::Opening { until: now + OPENING, failures }, Effect::Open)
            }
            (Self::Opening { until, failures }, Event::Due) if now >= until => {
                (waiting(failures, 1.0, now), Effect::Drop { was_up: false })
            }
            (Self::Up { heard }, Event::Due) if now >= heard + SILENCE => {
                (waiting(0, 0.0, now), Effect::Drop { was_up: true })
            }
            (Self::Opening { .. }, Event::Opened) => (Self::Up { heard: now }, Effect::TellUp),
            (Self::Up { .. }, Event::Opened | Event::Heard) => {
                (Self::Up { heard: now }, Effect::Nothing)
            }
            (Self::Opening { failures, .. }, Event::Failed(chance)) => {
                (waiting(failures, chance, now), Effect::Drop { was_up: false })
            }
            (Self::Up { .. }, Event::Failed(chance)) => {
                (waiting(0, chance, now), Effect::Drop { was_up: true })
            }
            (Self::Waiting { .. }, Event::Opened | Event::Heard | Event::Failed(_))
            | (Self::Opening { .. }, Event::Heard | Event::Reached)
            | (Self::Up { .. }, Event::Reached)
            | (_, Event::Due) => (self, Effect::Nothing),
        }
    }
}

fn waiting(failures: u32, chance: f64, now: Instant) -> Connection {
    let span = FIRST_WAIT.saturating_mul(1 << failures.min(10)).min(LONGEST_WAIT);
    let until = now + span.mul_f64(chance.clamp(0.0, 1.0));
    Connection::Waiting { until, failures: failures.saturating_add(1) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock;
    use proptest::prelude::*;

    #[test]
    fn a_link_that_says_nothing_for_125_seconds_is_dropped_and_tried_again_at_once() {
        let start = clock::now();
        let up = Connection::Up { heard: start };
        let late = start + SILENCE;
        let (after, effect) = up.handle(Event::Due, late);
        assert_eq!(effect, Effect::Drop { was_up: true });
        assert_eq!(after.deadline(), late);
        assert_eq!(up.handle(Event::Due, start).1, Effect::Nothing);
    }

    #[test]
    fn waits_double_and_end_at_a_minute() {
        let now = clock::now();
        let mut connection = Connection::new(now);
        for _ in 0..20 {
            (connection, _) = connection.handle(Event::Due, connection.deadline());
            (connection, _) = connection.handle(Event::Failed(1.0), now);
        }
        assert_eq!(connection.deadline(), now + LONGEST_WAIT);
    }

    #[test]
    fn a_broker_that_answers_beside_the_link_is_not_waited_for() {
        let now = clock::now();
        let (opening, _) = Connection::new(now).handle(Event::Due, now);
        let (waiting, _) = opening.handle(Event::Failed(1.0), now);
        assert_eq!(waiting.handle(Event::Due, now).1, Effect::Nothing);
        assert_eq!(waiting.handle(Event::Reached, now).1, Effect::Open);
        assert_eq!(opening.handle(Event::Reached, now).1, Effect::Nothing);
    }

    proptest! {
        #[test]
        fn it_is_never_told_up_twice_without_a_drop_between(
            events in proptest::collection::vec((0u8..5, 0.0f64..1.0, 0u64..200), 0..60)
        ) {
            let mut now = clock::now();
            let (mut connection, mut up) = (Connection::new(now), false);
            for (kind, chance, passed) in events {
                now += Duration::from_secs(passed);
                let event = match kind {
                    0 => Event::Due,
                    1 => Event::Opened,
                    2 => Event::Heard,
                    3 => Event::Reached,
                    _ => Event::Failed(chance),
                };
                let (next, effect) = connection.handle(event, now);
                match effect {
                    Effect::TellUp => { prop_assert!(!up); up = true; }
                    Effect::Drop { was_up } => { prop_assert_eq!(up, was_up); up = false; }
                    Effect::Open => prop_assert!(!up),
                    Effect::Nothing => {}
                }
                prop_assert!(next.deadline() <= now + SILENCE);
                connection = next;
            }
        }
    }
}
