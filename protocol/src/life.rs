//! The states of a request at the broker: `pending -> bound -> approved | denied`, `pending ->
//! denied`, and from every state that is not final to `expired` or `cancelled`.
//!
//! The first valid decision wins; the same bytes again change nothing; another one is refused
//! with what stands. A report after an approval is kept.

use serde::{Deserialize, Serialize};

use crate::decision::Verdict;
use crate::enrolment::ApproverId;
use crate::signature::Digest;
use crate::time::UnixTime;

/// What everybody who may ask is told about a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Standing {
    /// Waits for a binding.
    Pending,
    /// Waits for the answer of the approver that bound it.
    Bound,
    /// Approved.
    Approved,
    /// Denied, or denied and reported.
    Denied,
    /// Nobody answered in time.
    Expired,
    /// Somebody called it off.
    Cancelled,
}

impl Standing {
    /// Whether nothing can change it any more.
    #[must_use]
    pub fn is_final(self) -> bool {
        match self {
            Self::Pending | Self::Bound => false,
            Self::Approved | Self::Denied | Self::Expired | Self::Cancelled => true,
        }
    }
}

/// Who called a request off.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reason {
    /// The service.
    Service,
    /// The person, on the login page.
    Page,
    /// The approver that had bound it was removed.
    ApproverRemoved,
}

/// Where a request is in its life.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "kebab-case")]
pub enum State {
    /// Waits for a binding.
    Pending,
    /// This approver has proved that its person sees the page.
    Bound {
        /// Which.
        by: ApproverId,
    },
    /// This decision approved it.
    Approved {
        /// Whose.
        by: ApproverId,
        /// SHA-256 of the decision's JWS.
        decision: Digest,
        /// A report that came after the approval.
        reported_later: Option<Digest>,
    },
    /// This decision denied it.
    Denied {
        /// Whose.
        by: ApproverId,
        /// SHA-256 of the decision's JWS.
        decision: Digest,
        /// `Deny` or `Report`.
        verdict: Verdict,
    },
    /// Nobody answered in time.
    Expired,
    /// Called off.
    Cancelled {
        /// By whom.
        reason: Reason,
    },
}

/// A request's state and its running deadline.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Life {
    /// Where it is.
    pub state: State,
    /// From when on it is expired, if nothing ended it before.
    pub expires_at: UnixTime,
}

/// What can happen to a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// An approver brought the proof.
    Bind {
        /// Which approver.
        by: ApproverId,
    },
    /// An approver brought a valid signed decision.
    Decide {
        /// Which approver.
        by: ApproverId,
        /// What it says.
        verdict: Verdict,
        /// SHA-256 of its JWS.
        decision: Digest,
    },
    /// Somebody calls it off.
    Cancel {
        /// Who.
        reason: Reason,
    },
    /// Time went by.
    Tick,
}

/// Why an event changes nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The request has ended; this is what stands.
    #[error("the request has ended")]
    Ended(Standing),
    /// Nobody has bound it: it can be denied, not approved.
    #[error("not bound")]
    NotBound,
    /// Another approver has bound it.
    #[error("bound by another approver")]
    BoundByAnother,
}

/// What an event did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// The state changed; it must be stored and told.
    Changed,
    /// The same again: answer as before, nothing to store.
    Same,
    /// A report came after the approval; it must be stored, and the service hears of it.
    ReportedLater,
}

impl Life {
    /// A new request that lives until `expires_at`.
    #[must_use]
    pub fn new(expires_at: UnixTime) -> Self {
        Self { state: State::Pending, expires_at }
    }

    /// What everybody who may ask is told.
    #[must_use]
    pub fn standing(&self) -> Standing {
        match self.state {
            State::Pending => Standing::Pending,
            State::Bound { .. } => Standing::Bound,
            State::Approved { .. } => Standing::Approved,
            State::Denied { .. } => Standing::Denied,
            State::Expired => Standing::Expired,
            State::Cancelled { .. } => Standing::Cancelled,
        }
    }

    /// What `event` at `now` makes of this life. A deadline that has passed comes first.
    ///
    /// # Errors
    /// [`Refusal`]; the life is then as it was, or expired.
    pub fn handle(self, event: Event, now: UnixTime) -> (Self, Result<Effect, Refusal>) {
        let late = !self.standing().is_final() && now >= self.expires_at;
        if late {
            let life = Self { state: State::Expired, ..self };
            return match event {
                Event::Tick => (life, Ok(Effect::Changed)),
                Event::Bind { .. } | Event::Decide { .. } | Event::Cancel { .. } => {
                    (life, Err(Refusal::Ended(Standing::Expired)))
                }
            };
        }
        match event {
            Event::Tick => (self, Ok(Effect::Same)),
            Event::Bind { by } => self.bind(by),
            Event::Decide { by, verdict, decision } => self.decide(by, verdict, decision),
            Event::Cancel { reason } => self.cancel(reason),
        }
    }

    fn to(self, state: State) -> (Self, Result<Effect, Refusal>) {
        (Self { state, ..self }, Ok(Effect::Changed))
    }

    fn ended(self) -> (Self, Result<Effect, Refusal>) {
        let standing = self.standing();
        (self, Err(Refusal::Ended(standing)))
    }

    fn bind(self, by: ApproverId) -> (Self, Result<Effect, Refusal>) {
        match &self.state {
            State::Pending => self.to(State::Bound { by }),
            State::Bound { by: first } if *first == by => (self, Ok(Effect::Same)),
            State::Bound { .. } => (self, Err(Refusal::BoundByAnother)),
            State::Approved { .. }
            | State::Denied { .. }
            | State::Expired
            | State::Cancelled { .. } => self.ended(),
        }
    }

    fn decide(
        self,
        by: ApproverId,
        verdict: Verdict,
        decision: Digest,
    ) -> (Self, Result<Effect, Refusal>) {
        let refuses = matches!(verdict, Verdict::Deny | Verdict::Report);
        match &self.state {
            State::Pending | State::Bound { .. } if refuses => {
                self.to(State::Denied { by, decision, verdict })
            }
            State::Pending => (self, Err(Refusal::NotBound)),
            State::Bound { by: first } if *first == by => {
                self.to(State::Approved { by, decision, reported_later: None })
            }
            State::Bound { .. } => (self, Err(Refusal::BoundByAnother)),
            State::Approved { decision: stands, .. } if *stands == decision => {
                (self, Ok(Effect::Same))
            }
            State::Approved { reported_later: Some(report), .. } if *report == decision => {
                (self, Ok(Effect::Same))
            }
            State::Approved { by: approver, decision: stands, reported_later: None }
                if verdict == Verdict::Report =>
            {
                let state = State::Approved {
                    by: approver.clone(),
                    decision: *stands,
                    reported_later: Some(decision),
                };
                (Self { state, ..self }, Ok(Effect::ReportedLater))
            }
            State::Denied { decision: stands, .. } if *stands == decision => {
                (self, Ok(Effect::Same))
            }
            State::Approved { .. }
            | State::Denied { .. }
            | State::Expired
            | State::Cancelled { .. } => self.ended(),
        }
    }

    fn cancel(self, reason: Reason) -> (Self, Result<Effect, Refusal>) {
        match &self.state {
            State::Pending | State::Bound { .. } => self.to(State::Cancelled { reason }),
            State::Cancelled { reason: first } if *first == reason => (self, Ok(Effect::Same)),
            State::Approved { .. }
            | State::Denied { .. }
            | State::Expired
            | State::Cancelled { .. } => self.ended(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn approver(n: u8) -> ApproverId {
        ApproverId(format!("approver-{n}"))
    }

    fn decide(by: u8, verdict: Verdict, n: u8) -> Event {
        Event::Decide { by: approver(by), verdict, decision: Digest::of(&[n]) }
    }

    #[test]
    fn a_late_yes_signs_nothing_in() {
        let (life, _) =
            Life::new(UnixTime(100)).handle(Event::Bind { by: approver(1) }, UnixTime(1));
        let (life, result) = life.handle(decide(1, Verdict::Approve, 1), UnixTime(100));
        assert_eq!(result, Err(Refusal::Ended(Standing::Expired)));
        assert_eq!(life.standing(), Standing::Expired);
    }

    #[test]
    fn a_request_that_nobody_bound_can_be_denied_but_not_approved() {
        let life = Life::new(UnixTime(100));
        let (life, result) = life.handle(decide(1, Verdict::Approve, 1), UnixTime(1));
        assert_eq!(result, Err(Refusal::NotBound));
        let (life, result) = life.handle(decide(2, Verdict::Report, 2), UnixTime(1));
        assert_eq!((life.standing(), result), (Standing::Denied, Ok(Effect::Changed)));
    }

    #[test]
    fn a_report_after_the_approval_is_kept_once() {
        let (life, _) =
            Life::new(UnixTime(100)).handle(Event::Bind { by: approver(1) }, UnixTime(1));
        let (life, _) = life.handle(decide(1, Verdict::Approve, 1), UnixTime(2));
        let (life, result) = life.handle(decide(2, Verdict::Report, 2), UnixTime(3));
        assert_eq!(result, Ok(Effect::ReportedLater));
        let (life, result) = life.handle(decide(2, Verdict::Report, 2), UnixTime(4));
        assert_eq!((life.standing(), result), (Standing::Approved, Ok(Effect::Same)));
    }

    fn events() -> impl Strategy<Value = Event> {
        let verdict =
            prop_oneof![Just(Verdict::Approve), Just(Verdict::Deny), Just(Verdict::Report)];
        prop_oneof![
            (0u8..3).prop_map(|n| Event::Bind { by: approver(n) }),
            (0u8..3, verdict, 0u8..4).prop_map(|(by, verdict, n)| decide(by, verdict, n)),
            prop_oneof![Just(Reason::Service), Just(Reason::Page)]
                .prop_map(|reason| Event::Cancel { reason }),
            Just(Event::Tick),
        ]
    }

    proptest! {
        #[test]
        fn what_is_final_stays_and_only_the_binder_approves(
            steps in proptest::collection::vec((events(), 0i64..20), 0..40)
        ) {
            let mut life = Life::new(UnixTime(200));
            let mut now = UnixTime(0);
            for (event, passed) in steps {
                now.0 += passed;
                let before = life.clone();
                let (after, result) = life.handle(event, now);
                if before.standing().is_final() {
                    prop_assert_eq!(before.standing(), after.standing());
                }
                if result == Ok(Effect::Same) {
                    prop_assert_eq!(&before, &after);
                }
                if let (State::Approved { by, .. }, false) = (&after.state, before.standing().is_final()) {
                    prop_assert_eq!(&before.state, &State::Bound { by: by.clone() });
                    prop_assert!(now < after.expires_at);
                }
                life = after;
            }
        }
    }
}
