//! Whether new requests are told: not while they are unwanted, not in quiet hours, not while the
//! person is away. They stand on the list all the same, and what the person brings themselves
//! works and is asked whole. No IO and no clock; what is said of it is the pipeline's.
//!
//! - `unwanted`: requests that nobody wants
//! - `hours`: quiet hours

mod hours;
mod unwanted;

use jiff::Zoned;
use sayso_protocol::time::UnixTime;
use serde::{Deserialize, Serialize};

pub use hours::QuietHours;
use unwanted::{Happened, Unwanted};

/// Why new requests are not told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// The person is away.
    Away,
    /// It is a quiet time of the day.
    Hours,
    /// Too many came that nobody wanted.
    Unwanted,
}

/// That new requests are not told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Silence {
    /// Why.
    pub why: Why,
    /// Until when.
    pub until: UnixTime,
}

/// What happens to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// A new request is not told.
    LeftOut,
    /// The person knows of one that was not told.
    Found,
    /// The person denied or reported one.
    Denied,
    /// One ended that nobody here had begun to answer.
    Unanswered,
    /// A login succeeded.
    Succeeded,
    /// The person goes away until then.
    Away(UnixTime),
    /// The person wants to be told of requests again.
    Back,
    /// The person knows how many came.
    Counted,
    /// Time has passed.
    Nothing,
}

/// What the person is told of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Too many came that nobody wanted: from now on they are not told.
    Unwanted,
    /// They are told again: quiet hours are over, or the time away.
    Over(Why),
}

/// What outlives the daemon: nobody ends a silence by ending it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Kept {
    unwanted: Unwanted,
    away: Option<UnixTime>,
}

/// The state of it.
#[derive(Clone, Debug, Default)]
pub struct Quiet {
    hours: Option<QuietHours>,
    kept: Kept,
    /// Whether quiet hours held when it was looked at last.
    held: bool,
    /// How many requests were not told since the person heard of it. It is not kept: those that
    /// still wait come again, and would count twice.
    came: u32,
}

impl Quiet {
    /// With other quiet hours, from now on.
    #[must_use]
    pub fn with_hours(self, hours: Option<QuietHours>) -> Self {
        Self { hours, ..self }
    }

    /// With what an earlier run kept.
    #[must_use]
    pub fn resumed(self, kept: Kept) -> Self {
        Self { kept, ..self }
    }

    /// What is to be kept.
    #[must_use]
    pub fn kept(&self) -> &Kept {
        &self.kept
    }

    /// Until when requests are unwanted, if they are.
    #[must_use]
    pub fn unwanted(&self) -> Option<UnixTime> {
        self.kept.unwanted.until()
    }

    /// How many requests were not told since the person heard of it.
    #[must_use]
    pub fn came(&self) -> u32 {
        self.came
    }

    /// What follows.
    #[must_use]
    pub fn handle(mut self, event: Event, here: &Zoned) -> (Self, Option<Effect>) {
        let now = moment(here);
        let away = self.kept.away.is_some_and(|until| until > now);
        let hours = self.hours_until(here).is_some();
        // Nobody is there who could answer: what ends then was not unwanted.
        let nobody = away || hours;
        let happened = match event {
            Event::Denied => Happened::Unwanted,
            Event::Unanswered if !nobody => Happened::Unwanted,
            Event::Succeeded | Event::Back => Happened::Wanted,
            Event::Unanswered
            | Event::LeftOut
            | Event::Found
            | Event::Away(_)
            | Event::Counted
            | Event::Nothing => Happened::Nothing,
        };
        let before = self.kept.unwanted.until();
        self.kept.unwanted = self.kept.unwanted.handle(happened, now);
        // One that follows on another is told as well: its end was said.
        let before = before.filter(|until| *until > now);
        let mut effect = match (before, self.kept.unwanted.until()) {
            (None, Some(_)) => Some(Effect::Unwanted),
            (None | Some(_), _) => None,
        };
        match event {
            Event::LeftOut => self.came = self.came.saturating_add(1),
            Event::Found => self.came = self.came.saturating_sub(1),
            Event::Counted => self.came = 0,
            Event::Away(until) => self.kept.away = Some(until),
            Event::Back => self.kept.away = None,
            Event::Denied | Event::Unanswered | Event::Succeeded | Event::Nothing => {}
        }
        let ended = std::mem::replace(&mut self.held, hours) && !hours;
        if self.kept.away.is_some_and(|until| until <= now) {
            self.kept.away = None;
            effect = effect.or(Some(Effect::Over(Why::Away)));
        } else if ended && !away {
            effect = effect.or(Some(Effect::Over(Why::Hours)));
        }
        (self, effect)
    }

    /// Why new requests are not told at `here`, if they are not: what the person chose comes first.
    #[must_use]
    pub fn silence(&self, here: &Zoned) -> Option<Silence> {
        self.silences(here).into_iter().next()
    }

    /// All reasons for which they are not.
    #[must_use]
    pub fn silences(&self, here: &Zoned) -> Vec<Silence> {
        let reasons = [
            (Why::Away, self.kept.away),
            (Why::Hours, self.hours_until(here)),
            (Why::Unwanted, self.kept.unwanted.until()),
        ];
        let now = moment(here);
        let holds = |(why, until): (Why, Option<UnixTime>)| {
            until.filter(|until| *until > now).map(|until| Silence { why, until })
        };
        reasons.into_iter().filter_map(holds).collect()
    }

    fn hours_until(&self, here: &Zoned) -> Option<UnixTime> {
        self.hours?.end_at(here).map(|end| moment(&end))
    }
}

/// The moment of a time of day.
fn moment(here: &Zoned) -> UnixTime {
    UnixTime(here.timestamp().as_second())
}

#[cfg(test)]
mod tests;
