//! The states of a request at the broker: `pending -> bound -> approved | denied`, `pending ->
//! denied`, and from every state that is not final to `expired` or `cancelled`. An approval that
//! was bound by `readout` or `link` is `approved_unconfirmed` first: nobody outside is told
//! before the browser that holds the page has confirmed it, and a denial in between wins.
//!
//! The first valid decision wins; the same bytes again change nothing; another one is refused
//! with what stands. A report after an approval is kept.

mod event;
mod state;

use serde::{Deserialize, Serialize};
use std::time::Duration;

use crate::binding::Method;
use crate::decision::Verdict;
use crate::enrolment::ApproverId;
use crate::signature::Digest;
use crate::time::UnixTime;

pub use event::{Effect, Event, Refusal};
pub use state::{Reason, Standing, State};

/// After an approval by `readout` the person has at least this long to type the digits.
pub const READOUT_TIME: Duration = Duration::from_secs(90);
/// With less than this left to its `exp`, a request cannot be approved by `readout` any more.
pub const READOUT_LEAST: Duration = Duration::from_secs(60);
/// Who needs longer gets this much, never past the request's `exp` (WCAG 2.2, 2.2.1).
pub const MORE_TIME: Duration = Duration::from_secs(300);
/// So many wrong digits on the page end a request that was read out.
pub const READOUT_TRIES: u8 = 3;

/// A request's state and its running deadline.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Life {
    /// Where it is.
    pub state: State,
    /// From when on it is expired, if nothing ended it before.
    pub expires_at: UnixTime,
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
            State::ApprovedUnconfirmed { .. } => Standing::ApprovedUnconfirmed,
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
                Event::Bind { .. }
                | Event::Decide { .. }
                | Event::Confirm
                | Event::WrongReadout
                | Event::Cancel { .. }
                | Event::MoreTime { .. } => (life, Err(Refusal::Ended(Standing::Expired))),
            };
        }
        match event {
            Event::Tick => (self, Ok(Effect::Same)),
            Event::Bind { by, method } => self.bind(by, method),
            Event::Decide { by, verdict, decision, exp } => match verdict {
                Verdict::Approve => self.approve(&by, decision, now, exp),
                Verdict::Deny | Verdict::Report => self.deny(by, verdict, decision),
            },
            Event::Confirm => self.confirm(),
            Event::WrongReadout => self.wrong_readout(),
            Event::Cancel { reason } => self.cancel(reason),
            Event::MoreTime { exp } => self.more_time(exp),
        }
    }

    /// Whether this approver has bound it, in whatever state it is since.
    #[must_use]
    pub fn is_bound_by(&self, approver: &ApproverId) -> bool {
        match &self.state {
            State::Bound { by, .. } | State::ApprovedUnconfirmed { by, .. } => by == approver,
            State::Pending
            | State::Approved { .. }
            | State::Denied { .. }
            | State::Expired
            | State::Cancelled { .. } => false,
        }
    }

    fn to(self, state: State) -> (Self, Result<Effect, Refusal>) {
        (Self { state, ..self }, Ok(Effect::Changed))
    }

    fn ended(self) -> (Self, Result<Effect, Refusal>) {
        let standing = self.standing();
        (self, Err(Refusal::Ended(standing)))
    }

    fn bind(self, by: ApproverId, method: Method) -> (Self, Result<Effect, Refusal>) {
        match &self.state {
            State::Pending => self.to(State::Bound { by, method }),
            State::Bound { by: first, .. } if *first == by => (self, Ok(Effect::Same)),
            State::Bound { .. } | State::ApprovedUnconfirmed { .. } => {
                (self, Err(Refusal::BoundByAnother))
            }
            State::Approved { .. }
            | State::Denied { .. }
            | State::Expired
            | State::Cancelled { .. } => self.ended(),
        }
    }

    fn approve(
        mut self,
        by: &ApproverId,
        decision: Digest,
        now: UnixTime,
        exp: UnixTime,
    ) -> (Self, Result<Effect, Refusal>) {
        match &self.state {
            State::Pending => (self, Err(Refusal::NotBound)),
            State::Bound { by: first, .. } if first != by => (self, Err(Refusal::BoundByAnother)),
            State::Bound { method: Method::Readout, .. } if now.until(exp) < READOUT_LEAST => {
                let (life, _) = self.to(State::Expired);
                (life, Err(Refusal::Ended(Standing::Expired)))
            }
            State::Bound { method, .. } => {
                let (by, method) = (by.clone(), *method);
                match method {
                    Method::Code | Method::Qr => {
                        self.to(State::Approved { by, method, decision, reported_later: None })
                    }
                    Method::Readout | Method::Link => {
                        if method == Method::Readout {
                            let least = now.plus(READOUT_TIME).min(exp);
                            self.expires_at = self.expires_at.max(least);
                        }
                        self.to(State::ApprovedUnconfirmed { by, method, decision, wrong: 0 })
                    }
                }
            }
            State::ApprovedUnconfirmed { decision: stands, .. }
            | State::Approved { decision: stands, .. }
                if *stands == decision =>
            {
                (self, Ok(Effect::Same))
            }
            State::ApprovedUnconfirmed { .. }
            | State::Approved { .. }
            | State::Denied { .. }
            | State::Expired
            | State::Cancelled { .. } => self.ended(),
        }
    }

    /// A denial or a report.
    fn deny(
        self,
        by: ApproverId,
        verdict: Verdict,
        decision: Digest,
    ) -> (Self, Result<Effect, Refusal>) {
        match &self.state {
            State::Pending | State::Bound { .. } | State::ApprovedUnconfirmed { .. } => {
                self.to(State::Denied { by, decision, verdict })
            }
            State::Approved { reported_later: Some(stands), .. }
            | State::Denied { decision: stands, .. }
                if *stands == decision =>
            {
                (self, Ok(Effect::Same))
            }
            State::Approved { by: approver, method, decision: stands, reported_later: None }
                if verdict == Verdict::Report =>
            {
                let state = State::Approved {
                    by: approver.clone(),
                    method: *method,
                    decision: *stands,
                    reported_later: Some(decision),
                };
                (Self { state, ..self }, Ok(Effect::ReportedLater))
            }
            State::Approved { .. }
            | State::Denied { .. }
            | State::Expired
            | State::Cancelled { .. } => self.ended(),
        }
    }

    fn confirm(self) -> (Self, Result<Effect, Refusal>) {
        match &self.state {
            State::ApprovedUnconfirmed { by, method, decision, .. } => {
                let state = State::Approved {
                    by: by.clone(),
                    method: *method,
                    decision: *decision,
                    reported_later: None,
                };
                self.to(state)
            }
            State::Approved { .. } => (self, Ok(Effect::Same)),
            State::Pending | State::Bound { .. } => (self, Err(Refusal::NotApproved)),
            State::Denied { .. } | State::Expired | State::Cancelled { .. } => self.ended(),
        }
    }

    fn wrong_readout(mut self) -> (Self, Result<Effect, Refusal>) {
        match &mut self.state {
            State::ApprovedUnconfirmed { method: Method::Readout, wrong, .. } => {
                *wrong += 1;
                if *wrong < READOUT_TRIES {
                    (self, Ok(Effect::Changed))
                } else {
                    self.to(State::Cancelled { reason: Reason::ReadoutFailed })
                }
            }
            State::Pending | State::Bound { .. } | State::ApprovedUnconfirmed { .. } => {
                (self, Err(Refusal::NotApproved))
            }
            State::Approved { .. }
            | State::Denied { .. }
            | State::Expired
            | State::Cancelled { .. } => self.ended(),
        }
    }

    fn more_time(self, exp: UnixTime) -> (Self, Result<Effect, Refusal>) {
        if self.standing().is_final() {
            return self.ended();
        }
        let expires_at = self.expires_at.plus(MORE_TIME).min(exp).max(self.expires_at);
        let effect = if expires_at > self.expires_at { Effect::Changed } else { Effect::Same };
        (Self { expires_at, ..self }, Ok(effect))
    }

    fn cancel(self, reason: Reason) -> (Self, Result<Effect, Refusal>) {
        match &self.state {
            State::Pending | State::Bound { .. } | State::ApprovedUnconfirmed { .. } => {
                self.to(State::Cancelled { reason })
            }
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

    const EXP: UnixTime = UnixTime(600);

    fn approver(n: u8) -> ApproverId {
        ApproverId(format!("approver-{n}"))
    }

    fn decide(by: u8, verdict: Verdict, n: u8) -> Event {
        Event::Decide { by: approver(by), verdict, decision: Digest::of(&[n]), exp: EXP }
    }

    #[test]
    fn a_late_yes_signs_nothing_in() {
        let (life, _) = Life::new(UnixTime(100))
            .handle(Event::Bind { by: approver(1), method: Method::Code }, UnixTime(1));
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
        let (life, _) = Life::new(UnixTime(100))
            .handle(Event::Bind { by: approver(1), method: Method::Code }, UnixTime(1));
        let (life, _) = life.handle(decide(1, Verdict::Approve, 1), UnixTime(2));
        let (life, result) = life.handle(decide(2, Verdict::Report, 2), UnixTime(3));
        assert_eq!(result, Ok(Effect::ReportedLater));
        let (life, result) = life.handle(decide(2, Verdict::Report, 2), UnixTime(4));
        assert_eq!((life.standing(), result), (Standing::Approved, Ok(Effect::Same)));
    }

    fn bound(method: Method) -> Life {
        let life = Life::new(UnixTime(300));
        life.handle(Event::Bind { by: approver(1), method }, UnixTime(1)).0
    }

    #[test]
    fn an_approval_by_link_counts_once_it_is_confirmed_and_a_denial_before_that_wins() {
        let (waits, _) = bound(Method::Link).handle(decide(1, Verdict::Approve, 1), UnixTime(2));
        assert_eq!(waits.standing(), Standing::ApprovedUnconfirmed);
        let (denied, _) = waits.clone().handle(decide(2, Verdict::Deny, 2), UnixTime(3));
        let (denied, result) = denied.handle(Event::Confirm, UnixTime(4));
        assert_eq!(result, Err(Refusal::Ended(Standing::Denied)));
        assert_eq!(denied.standing(), Standing::Denied);
        let (approved, _) = waits.handle(Event::Confirm, UnixTime(4));
        assert_eq!(approved.standing(), Standing::Approved);
        assert_eq!(approved.handle(Event::Confirm, UnixTime(5)).1, Ok(Effect::Same));
    }

    #[test]
    fn an_approval_that_is_read_out_leaves_time_to_type_and_none_where_there_is_none() {
        let (life, _) =
            bound(Method::Readout).handle(decide(1, Verdict::Approve, 1), UnixTime(280));
        assert_eq!(life.expires_at, UnixTime(370));
        let late = Life { expires_at: EXP, ..bound(Method::Readout) };
        let (life, _) = late.clone().handle(decide(1, Verdict::Approve, 1), UnixTime(530));
        assert_eq!(life.expires_at, EXP);
        let (life, result) = late.handle(decide(1, Verdict::Approve, 1), UnixTime(541));
        assert_eq!(result, Err(Refusal::Ended(Standing::Expired)));
        assert_eq!(life.standing(), Standing::Expired);
    }

    #[test]
    fn the_third_wrong_entry_of_what_was_read_out_ends_the_request() {
        let (mut life, _) =
            bound(Method::Readout).handle(decide(1, Verdict::Approve, 1), UnixTime(2));
        for _ in 0..3 {
            assert_eq!(life.standing(), Standing::ApprovedUnconfirmed);
            life = life.handle(Event::WrongReadout, UnixTime(3)).0;
        }
        assert_eq!(life.state, State::Cancelled { reason: Reason::ReadoutFailed });
    }

    #[test]
    fn more_time_is_three_hundred_seconds_until_the_signed_end_and_none_after_it() {
        let (life, result) =
            Life::new(UnixTime(60)).handle(Event::MoreTime { exp: EXP }, UnixTime(50));
        assert_eq!((life.expires_at, result), (UnixTime(360), Ok(Effect::Changed)));
        let (life, _) = life.handle(Event::MoreTime { exp: EXP }, UnixTime(51));
        assert_eq!(life.expires_at, EXP);
        let (life, result) = life.handle(Event::MoreTime { exp: EXP }, UnixTime(52));
        assert_eq!((life.expires_at, result), (EXP, Ok(Effect::Same)));
        let (life, result) = life.handle(Event::MoreTime { exp: EXP }, EXP);
        assert_eq!(result, Err(Refusal::Ended(Standing::Expired)));
        assert_eq!(life.expires_at, EXP);
    }

    fn events() -> impl Strategy<Value = Event> {
        let method = prop_oneof![
            Just(Method::Code),
            Just(Method::Qr),
            Just(Method::Link),
            Just(Method::Readout)
        ];
        let verdict =
            prop_oneof![Just(Verdict::Approve), Just(Verdict::Deny), Just(Verdict::Report)];
        prop_oneof![
            (0u8..3, method).prop_map(|(n, method)| Event::Bind { by: approver(n), method }),
            (0u8..3, verdict, 0u8..4).prop_map(|(by, verdict, n)| decide(by, verdict, n)),
            prop_oneof![Just(Reason::Service), Just(Reason::Page)]
                .prop_map(|reason| Event::Cancel { reason }),
            Just(Event::Confirm),
            Just(Event::WrongReadout),
            Just(Event::MoreTime { exp: EXP }),
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
                if let (State::Approved { by, method, .. }, false) =
                    (&after.state, before.standing().is_final())
                {
                    prop_assert!(before.is_bound_by(by));
                    let confirmed = before.standing() == Standing::ApprovedUnconfirmed;
                    prop_assert_eq!(confirmed, matches!(method, Method::Link | Method::Readout));
                    prop_assert!(now < after.expires_at);
                }
                prop_assert!(after.expires_at <= EXP);
                life = after;
            }
        }
    }
}
