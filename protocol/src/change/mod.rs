//! Security settings, and the changes of them that wait: `waiting -> ready -> applied`, with
//! `cancelled`, `lapsed` and `replaced`. A further approver is such a change too; it applies
//! unasked when its waiting time is over, and at once when an approver confirms it.
//!
//! Time is [`Trusted`]: setting a clock neither shortens nor loses anything.

mod messages;
mod settings;

use serde::{Deserialize, Serialize};
use std::fmt;
use std::time::Duration;
use uuid::Uuid;

use crate::trusted::Trusted;

pub use messages::{
    ApproverTold, Approvers, ChangeAct, ChangeAnswer, ChangeCall, ChangeTold, Changes,
};
pub use settings::{AccountSettings, ApproveWith, Computer, Proposal, SameDevice, Wait};

/// How long a change waits unless the broker's policy says otherwise.
pub const WAITING_TIME: Duration = Duration::from_hours(24);
/// No policy is shorter.
pub const SHORTEST_WAIT: Duration = Duration::from_hours(1);
/// A ready change that nobody confirms lapses after this long.
pub const TO_CONFIRM: Duration = Duration::from_hours(7 * 24);
/// So many approvers an account may have, those that wait included.
pub const MOST_APPROVERS: usize = 3;

/// A change's id, time-ordered (RFC 9562, version 7).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(transparent)]
pub struct ChangeId(pub Uuid);

impl fmt::Display for ChangeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl std::str::FromStr for ChangeId {
    type Err = uuid::Error;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse().map(Self)
    }
}

/// Who asked for a change, or ended it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Author {
    /// The person, at this computer.
    Approver(Computer),
    /// The broker's administrator.
    Administrator,
    /// Nobody: a hundred wrong codes in a row at the computer that was removed.
    WrongCodes,
}

/// How far a change is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename = "ChangeStanding"))]
#[cfg_attr(feature = "bus", derive(zbus::zvariant::Type), zvariant(signature = "s"))]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// Its waiting time runs.
    Waiting,
    /// It can be confirmed.
    Ready,
    /// It holds.
    Applied,
    /// Somebody called it off.
    Cancelled,
    /// Nobody confirmed it in time.
    Lapsed,
    /// A newer one took its place.
    Replaced,
}

/// Where a change is in its life.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum State {
    /// Its waiting time runs.
    Waiting,
    /// It can be confirmed.
    Ready {
        /// Since when, by whoever keeps it: its waiting time may have been over before.
        since: Trusted,
    },
    /// It holds. Without a name nobody was asked.
    Applied {
        /// Who confirmed it.
        by: Option<Author>,
    },
    /// Called off.
    Cancelled {
        /// By whom.
        by: Author,
    },
    /// Nobody confirmed it in time.
    Lapsed,
    /// This newer one took its place.
    Replaced {
        /// Which.
        by: ChangeId,
    },
}

/// A change and its waiting time, fixed when it was queued.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// What it sets.
    pub proposal: Proposal,
    /// Who asked for it.
    pub by: Author,
    /// When it was queued.
    pub queued: Trusted,
    /// How long it waits.
    pub wait: Duration,
    /// Where it is.
    pub state: State,
}

/// What can happen to a change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// Somebody who may confirms it.
    Confirm {
        /// Who.
        by: Author,
    },
    /// Somebody who may calls it off.
    Cancel {
        /// Who.
        by: Author,
    },
    /// A newer one takes its place.
    Replace {
        /// Which.
        by: ChangeId,
    },
    /// Time went by.
    Tick,
}

/// What an event did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Nothing changed.
    Same,
    /// It is ready, or has ended without being applied: stored and told.
    Changed,
    /// It holds from now on: stored with the setting, and told.
    Applied,
}

/// Why an event does nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Its waiting time is not over.
    #[error("not ready")]
    NotReady,
    /// It has ended; this is what stands.
    #[error("the change has ended")]
    Ended(Standing),
}

impl Change {
    /// A change that is queued `now`; one that does not wait is applied at once.
    #[must_use]
    pub fn queue(proposal: Proposal, by: Author, now: Trusted, wait: Duration) -> Self {
        match proposal.wait() {
            Wait::None => Self::at_once(proposal, by, now),
            Wait::Unasked | Wait::Confirmed => {
                Self { proposal, by, queued: now, wait, state: State::Waiting }
            }
        }
    }

    /// A change that `by` makes without any waiting.
    #[must_use]
    pub fn at_once(proposal: Proposal, by: Author, now: Trusted) -> Self {
        let state = State::Applied { by: Some(by.clone()) };
        Self { proposal, by, queued: now, wait: Duration::ZERO, state }
    }

    /// How far it is.
    #[must_use]
    pub fn standing(&self) -> Standing {
        match self.state {
            State::Waiting => Standing::Waiting,
            State::Ready { .. } => Standing::Ready,
            State::Applied { .. } => Standing::Applied,
            State::Cancelled { .. } => Standing::Cancelled,
            State::Lapsed => Standing::Lapsed,
            State::Replaced { .. } => Standing::Replaced,
        }
    }

    /// When time alone changes it next; never for one that has ended.
    #[must_use]
    pub fn due(&self) -> Option<Trusted> {
        match self.state {
            State::Waiting => Some(self.ready()),
            State::Ready { since } => Some(since.plus(TO_CONFIRM)),
            State::Applied { .. }
            | State::Cancelled { .. }
            | State::Lapsed
            | State::Replaced { .. } => None,
        }
    }

    /// When its waiting time is over; for one that is ready, since when it is.
    #[must_use]
    pub fn ready(&self) -> Trusted {
        match self.state {
            State::Ready { since } => since,
            State::Waiting
            | State::Applied { .. }
            | State::Cancelled { .. }
            | State::Lapsed
            | State::Replaced { .. } => self.queued.plus(self.wait),
        }
    }

    /// What `event` at `now` makes of it. Time that has passed comes first.
    ///
    /// # Errors
    /// [`Refusal`]; what time alone did to it is done all the same.
    pub fn handle(self, event: Event, now: Trusted) -> (Self, Result<Effect, Refusal>) {
        let (change, passed) = self.pass(now);
        let (change, result) = match event {
            Event::Tick => return (change, Ok(passed)),
            Event::Confirm { by } => change.confirm(by),
            Event::Cancel { by } => change.end(State::Cancelled { by }),
            Event::Replace { by } => change.end(State::Replaced { by }),
        };
        (change, result)
    }

    /// The days to confirm begin when it becomes ready, which may be late: nobody was asked while
    /// the one that keeps it was off.
    fn pass(mut self, now: Trusted) -> (Self, Effect) {
        if self.due().is_none_or(|due| now < due) {
            return (self, Effect::Same);
        }
        let (state, effect) = match (&self.state, self.proposal.wait()) {
            (State::Waiting, Wait::Confirmed) => (State::Ready { since: now }, Effect::Changed),
            (State::Waiting, Wait::Unasked | Wait::None) => {
                (State::Applied { by: None }, Effect::Applied)
            }
            // Only a ready one is due besides.
            (_, _) => (State::Lapsed, Effect::Changed),
        };
        self.state = state;
        (self, effect)
    }

    fn confirm(mut self, by: Author) -> (Self, Result<Effect, Refusal>) {
        match (&self.state, self.proposal.wait()) {
            (State::Waiting, Wait::Confirmed | Wait::None) => (self, Err(Refusal::NotReady)),
            (State::Waiting, Wait::Unasked) | (State::Ready { .. }, _) => {
                self.state = State::Applied { by: Some(by) };
                (self, Ok(Effect::Applied))
            }
            (
                State::Applied { .. }
                | State::Cancelled { .. }
                | State::Lapsed
                | State::Replaced { .. },
                _,
            ) => self.ended(),
        }
    }

    fn end(mut self, state: State) -> (Self, Result<Effect, Refusal>) {
        match self.state {
            State::Waiting | State::Ready { .. } => {
                self.state = state;
                (self, Ok(Effect::Changed))
            }
            State::Applied { .. }
            | State::Cancelled { .. }
            | State::Lapsed
            | State::Replaced { .. } => self.ended(),
        }
    }

    fn ended(self) -> (Self, Result<Effect, Refusal>) {
        let standing = self.standing();
        (self, Err(Refusal::Ended(standing)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::enrolment::{ApproverId, ApproverName};
    use proptest::prelude::*;

    const HOUR: u64 = 3600;

    fn computer(n: u8) -> Computer {
        Computer { id: ApproverId(format!("computer-{n}")), name: ApproverName::new("desk") }
    }

    fn author(n: u8) -> Author {
        Author::Approver(computer(n))
    }

    fn queued(proposal: Proposal) -> Change {
        Change::queue(proposal, author(1), Trusted(0), WAITING_TIME)
    }

    fn to_qr() -> Change {
        queued(Proposal::ApproveWith(ApproveWith::Qr))
    }

    #[test]
    fn a_change_waits_is_asked_and_then_holds() {
        let confirm = || Event::Confirm { by: author(2) };
        let (change, result) = to_qr().handle(confirm(), Trusted(24 * HOUR - 1));
        assert_eq!(result, Err(Refusal::NotReady));
        let (change, result) = change.handle(Event::Tick, Trusted(24 * HOUR));
        assert_eq!((change.standing(), result), (Standing::Ready, Ok(Effect::Changed)));
        let (change, result) = change.handle(confirm(), Trusted(25 * HOUR));
        assert_eq!((change.standing(), result), (Standing::Applied, Ok(Effect::Applied)));
        let (_, result) = change.handle(Event::Cancel { by: author(1) }, Trusted(25 * HOUR));
        assert_eq!(result, Err(Refusal::Ended(Standing::Applied)));
    }

    #[test]
    fn a_ready_change_that_nobody_confirms_lapses_after_seven_days() {
        let (change, _) = to_qr().handle(Event::Tick, Trusted(24 * HOUR));
        let (change, result) = change.handle(Event::Tick, Trusted(8 * 24 * HOUR - 1));
        assert_eq!((change.standing(), result), (Standing::Ready, Ok(Effect::Same)));
        let (change, result) = change.handle(Event::Tick, Trusted(8 * 24 * HOUR));
        assert_eq!((change.standing(), result), (Standing::Lapsed, Ok(Effect::Changed)));
    }

    #[test]
    fn a_change_of_which_nobody_could_be_asked_has_its_seven_days_all_the_same() {
        let back = Trusted(30 * 24 * HOUR);
        let (change, result) = to_qr().handle(Event::Tick, back);
        assert_eq!((change.standing(), result), (Standing::Ready, Ok(Effect::Changed)));
        assert_eq!(change.due(), Some(back.plus(TO_CONFIRM)));
        let (change, _) = change.handle(Event::Confirm { by: author(1) }, back);
        assert_eq!(change.standing(), Standing::Applied);
    }

    #[test]
    fn a_further_computer_applies_unasked_or_when_it_is_let_in() {
        let further = || queued(Proposal::Approver(computer(2)));
        let (change, _) = further().handle(Event::Tick, Trusted(24 * HOUR));
        assert_eq!(change.state, State::Applied { by: None });
        let (change, _) = further().handle(Event::Confirm { by: author(1) }, Trusted(1));
        assert_eq!(change.state, State::Applied { by: Some(author(1)) });
        let (change, _) = further().handle(Event::Cancel { by: author(1) }, Trusted(1));
        assert_eq!(change.standing(), Standing::Cancelled);
    }

    #[test]
    fn what_protects_does_not_wait() {
        assert_eq!(queued(Proposal::SameDevice(SameDevice::Off)).standing(), Standing::Applied);
        assert_eq!(queued(Proposal::SameDevice(SameDevice::On)).standing(), Standing::Waiting);
        assert_eq!(queued(Proposal::RemoveApprover(computer(1))).standing(), Standing::Applied);
    }

    fn events() -> impl Strategy<Value = Event> {
        prop_oneof![
            (0u8..3).prop_map(|n| Event::Confirm { by: author(n) }),
            (0u8..3).prop_map(|n| Event::Cancel { by: author(n) }),
            Just(Event::Replace { by: ChangeId(Uuid::nil()) }),
            Just(Event::Tick),
        ]
    }

    fn proposals() -> impl Strategy<Value = Proposal> {
        prop_oneof![
            Just(Proposal::ApproveWith(ApproveWith::Readout)),
            Just(Proposal::SameDevice(SameDevice::On)),
            Just(Proposal::Approver(computer(9))),
        ]
    }

    proptest! {
        #[test]
        fn nothing_holds_before_its_time_unless_a_person_lets_a_computer_in(
            proposal in proposals(),
            steps in proptest::collection::vec(
                (events(), prop_oneof![4 => 0u64..12 * HOUR, 1 => 0u64..20 * 24 * HOUR]),
                0..40,
            ),
        ) {
            let mut change = queued(proposal);
            let mut now = Trusted(0);
            let mut applied = 0;
            for (event, passed) in steps {
                now.0 += passed;
                let ended = change.due().is_none();
                let before = change.standing();
                let (after, result) = change.handle(event, now);
                if ended {
                    prop_assert_eq!(before, after.standing());
                }
                if after.standing() == Standing::Lapsed {
                    prop_assert!(before == Standing::Ready || ended, "nobody was asked");
                }
                if result == Ok(Effect::Applied) {
                    applied += 1;
                    let asked = matches!(after.state, State::Applied { by: Some(_) });
                    let let_in = asked && after.proposal.wait() == Wait::Unasked;
                    prop_assert!(let_in || now >= Trusted(24 * HOUR));
                    prop_assert!(asked || after.proposal.wait() == Wait::Unasked);
                }
                prop_assert!(after.due().is_none_or(|due| due > now));
                change = after;
            }
            prop_assert!(applied <= 1);
        }
    }
}
