//! The connection to one broker as a state machine: no IO, no clock, no chance of its own.
//!
//! `Waiting -> Opening -> Up -> Waiting`: after a failure it waits for a random part of a span
//! that doubles from half a second to a minute (full jitter), and for nothing while it is up.
//!
//! It goes by a WebSocket. Where that cannot be had, or is cut again and again, it goes by calls
//! that wait instead, and tries a WebSocket beside them from time to time. A WebSocket is also
//! tried beside what is up when the computer's network has changed: what was up may be dead, and
//! says nothing.

use std::time::{Duration, Instant};

use sayso_protocol::link::SILENCE;

const FIRST_WAIT: Duration = Duration::from_millis(500);
const LONGEST_WAIT: Duration = Duration::from_secs(60);
/// Opening a link takes no longer than this.
pub const OPENING: Duration = Duration::from_secs(10);
/// A WebSocket that lasts so long is not cut by what stands between.
const SETTLED: Duration = Duration::from_secs(90);
/// So many in a row that do not last are enough.
const CUTS: u32 = 3;
/// After so long a WebSocket is tried beside calls that wait; twice as long each time.
const FIRST_TRIAL: Duration = Duration::from_mins(5);
const LONGEST_TRIAL: Duration = Duration::from_hours(1);
/// Where another computer took the link, it is not taken back for so long, and up to twice that.
const REPLACED_WAIT: Duration = Duration::from_mins(1);
/// Changes of the network that come closer together count as one.
const NUDGES: Duration = Duration::from_secs(5);

/// What the connection goes by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// A WebSocket.
    Socket,
    /// Calls that wait.
    Calls,
}

/// Where the connection is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    /// Nothing is open; the next try is due at `until`.
    Waiting { until: Instant },
    /// A try is under way, and is given up at `until`.
    Opening { until: Instant },
    /// The link is up since `since`, and was last heard at `heard`.
    Up { since: Instant, heard: Instant, trial: Trial },
}

/// A WebSocket beside what is up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Trial {
    /// None is wanted.
    Never,
    /// It is due then.
    At(Instant),
    /// It is under way, and is given up then.
    Until(Instant),
}

/// The connection to one broker.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Connection {
    stage: Stage,
    way: Way,
    /// How often it has failed in a row.
    failures: u32,
    /// How many in a row did not last that went by a `WebSocket`.
    cuts: u32,
    /// How many trials in a row have failed.
    trials: u32,
    /// When the network changed last.
    nudged: Option<Instant>,
}

/// What happens to it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Event {
    /// The deadline of [`Connection::deadline`] came.
    Due,
    /// What was being opened, or tried, is open: its snapshot came.
    Opened,
    /// Something came: a message, a ping, or the end of a call that waited.
    Heard,
    /// The broker answered a call beside the link: it can be reached.
    Reached,
    /// The computer's network changed, or the computer has slept.
    Nudged,
    /// The broker can be reached, but not by a WebSocket. The number, from 0 to 1, is chance's.
    NoSocket(f64),
    /// The broker can be reached, and the connection ended while a WebSocket was being opened: by
    /// accident, or because something between wants none.
    CutOff(f64),
    /// The try or the link failed.
    Failed(f64),
    /// Another computer with the same key has taken the link.
    Replaced(f64),
}

/// What is to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Nothing.
    Nothing,
    /// Open a link by this way; drop what was opening.
    Open(Way),
    /// Drop what is open or opening; somebody will be told if it was up.
    Drop {
        /// Whether it was up.
        was_up: bool,
    },
    /// Tell that the link is up.
    TellUp,
    /// Try a WebSocket, and leave what is up alone.
    Try,
    /// What was tried takes the place of what was up.
    Switch,
    /// Let go what was tried, and go on by calls.
    GoOn,
}

impl Connection {
    /// Begins at `now`, at once.
    #[must_use]
    pub fn new(now: Instant) -> Self {
        Self {
            stage: Stage::Waiting { until: now },
            way: Way::Socket,
            failures: 0,
            cuts: 0,
            trials: 0,
            nudged: None,
        }
    }

    /// What it goes by.
    #[must_use]
    pub fn way(&self) -> Way {
        self.way
    }

    /// Whether it is up.
    #[must_use]
    pub fn is_up(&self) -> bool {
        matches!(self.stage, Stage::Up { .. })
    }

    /// Whether a WebSocket is being tried beside what is up.
    #[must_use]
    pub fn is_trying(&self) -> bool {
        matches!(self.stage, Stage::Up { trial: Trial::Until(_), .. })
    }

    /// When it wants [`Event::Due`].
    #[must_use]
    pub fn deadline(&self) -> Instant {
        match self.stage {
            Stage::Waiting { until } | Stage::Opening { until } => until,
            Stage::Up { heard, trial, .. } => match trial {
                Trial::Never => heard + SILENCE,
                Trial::At(at) | Trial::Until(at) => at.min(heard + SILENCE),
            },
        }
    }

    /// What `event` at `now` makes of it. A deadline that came too early changes nothing.
    #[must_use]
    pub fn handle(self, event: Event, now: Instant) -> (Self, Effect) {
        match self.stage {
            Stage::Waiting { until } => self.waiting(until, event, now),
            Stage::Opening { until } => self.opening(until, event, now),
            Stage::Up { since, heard, trial } => match (event, trial) {
                (Event::Due, Trial::Until(until)) if now >= until => self.not_tried(1.0, now),
                (
                    Event::NoSocket(chance) | Event::CutOff(chance) | Event::Failed(chance),
                    Trial::Until(_),
                ) => self.not_tried(chance, now),
                (Event::Opened, Trial::Until(_)) => (self.switched(now), Effect::Switch),
                // By the one that is being tried.
                (Event::Replaced(_), Trial::Until(_)) => (self, Effect::Nothing),
                (Event::Due, Trial::At(at)) if now >= at => {
                    (self.tried(since, heard, now), Effect::Try)
                }
                (Event::Due, _) if now >= heard + SILENCE => self.lost(since, 0.0, now),
                (Event::NoSocket(chance) | Event::CutOff(chance) | Event::Failed(chance), _) => {
                    self.lost(since, chance, now)
                }
                (Event::Opened | Event::Heard, _) => {
                    (self.at(Stage::Up { since, heard: now, trial }), Effect::Nothing)
                }
                (Event::Replaced(chance), _) => {
                    let until = now + REPLACED_WAIT.mul_f64(1.0 + share(chance));
                    (self.at(Stage::Waiting { until }), Effect::Drop { was_up: true })
                }
                (Event::Nudged, Trial::Never | Trial::At(_)) if self.counts(now) => {
                    let nudged = Self { nudged: Some(now), ..self };
                    (nudged.tried(since, heard, now), Effect::Try)
                }
                (Event::Due | Event::Reached | Event::Nudged, _) => (self, Effect::Nothing),
            },
        }
    }

    fn waiting(self, until: Instant, event: Event, now: Instant) -> (Self, Effect) {
        let open = match event {
            Event::Due => now >= until,
            Event::Reached => true,
            Event::Nudged => self.counts(now),
            Event::Opened
            | Event::Heard
            | Event::NoSocket(_)
            | Event::CutOff(_)
            | Event::Failed(_)
            | Event::Replaced(_) => false,
        };
        if !open {
            return (self, Effect::Nothing);
        }
        let nudged = if event == Event::Nudged { Some(now) } else { self.nudged };
        (
            Self { nudged, ..self }.at(Stage::Opening { until: now + OPENING }),
            Effect::Open(self.way),
        )
    }

    fn opening(self, until: Instant, event: Event, now: Instant) -> (Self, Effect) {
        match event {
            Event::Due if now >= until => self.failed(1.0, now, Effect::Drop { was_up: false }),
            Event::Opened => {
                let trial = match self.way {
                    Way::Socket => Trial::Never,
                    Way::Calls => self.next_trial(now),
                };
                let up = Self { failures: 0, ..self };
                (up.at(Stage::Up { since: now, heard: now, trial }), Effect::TellUp)
            }
            Event::CutOff(chance) if self.way == Way::Socket && self.cuts + 1 < CUTS => {
                let cut = Self { cuts: self.cuts + 1, ..self };
                cut.failed(chance, now, Effect::Drop { was_up: false })
            }
            Event::NoSocket(_) | Event::CutOff(_) if self.way == Way::Socket => {
                let calls = Self { way: Way::Calls, cuts: 0, ..self };
                (calls.at(Stage::Opening { until: now + OPENING }), Effect::Open(Way::Calls))
            }
            Event::Nudged if self.counts(now) => {
                let nudged = Self { nudged: Some(now), ..self };
                (nudged.at(Stage::Opening { until: now + OPENING }), Effect::Open(self.way))
            }
            Event::NoSocket(chance)
            | Event::CutOff(chance)
            | Event::Failed(chance)
            | Event::Replaced(chance) => self.failed(chance, now, Effect::Drop { was_up: false }),
            Event::Due | Event::Heard | Event::Reached | Event::Nudged => (self, Effect::Nothing),
        }
    }

    /// A try failed. Where calls fail too, it is not the WebSocket's fault: it is tried first again.
    fn failed(self, chance: f64, now: Instant, effect: Effect) -> (Self, Effect) {
        let span = FIRST_WAIT.saturating_mul(1 << self.failures.min(10)).min(LONGEST_WAIT);
        let until = now + span.mul_f64(share(chance));
        let failures = self.failures.saturating_add(1);
        (Self { failures, way: Way::Socket, ..self }.at(Stage::Waiting { until }), effect)
    }

    /// What was up is not.
    fn lost(self, since: Instant, chance: f64, now: Instant) -> (Self, Effect) {
        let short = self.way == Way::Socket && now < since + SETTLED;
        let cuts = if short { self.cuts + 1 } else { 0 };
        let effect = Effect::Drop { was_up: true };
        let (lost, effect) = Self { cuts, failures: 0, ..self }.failed(chance, now, effect);
        let cut = cuts >= CUTS;
        let way = if cut { Way::Calls } else { Way::Socket };
        (Self { way, cuts: if cut { 0 } else { cuts }, ..lost }, effect)
    }

    fn tried(self, since: Instant, heard: Instant, now: Instant) -> Self {
        self.at(Stage::Up { since, heard, trial: Trial::Until(now + OPENING) })
    }

    /// A trial failed. Calls go on; a WebSocket beside which another cannot be opened is dead.
    fn not_tried(self, chance: f64, now: Instant) -> (Self, Effect) {
        match self.way {
            Way::Socket => {
                let effect = Effect::Drop { was_up: true };
                Self { failures: 0, ..self }.failed(chance, now, effect)
            }
            Way::Calls => {
                let more = Self { trials: self.trials.saturating_add(1), ..self };
                let trial = more.next_trial(now);
                (more.at(Stage::Up { since: now, heard: now, trial }), Effect::GoOn)
            }
        }
    }

    fn switched(self, now: Instant) -> Self {
        let trials =
            if self.way == Way::Calls { self.trials.saturating_add(1) } else { self.trials };
        Self { way: Way::Socket, trials, ..self }.at(Stage::Up {
            since: now,
            heard: now,
            trial: Trial::Never,
        })
    }

    fn next_trial(&self, now: Instant) -> Trial {
        let span = FIRST_TRIAL.saturating_mul(1 << self.trials.min(10)).min(LONGEST_TRIAL);
        Trial::At(now + span)
    }

    /// Whether a change of the network at `now` is one of its own.
    fn counts(&self, now: Instant) -> bool {
        self.nudged.is_none_or(|nudged| now >= nudged + NUDGES)
    }

    fn at(self, stage: Stage) -> Self {
        Self { stage, ..self }
    }
}

fn share(chance: f64) -> f64 {
    chance.clamp(0.0, 1.0)
}

#[cfg(test)]
mod tests;
