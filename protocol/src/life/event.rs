//! What can happen to a request, and what that does.

use crate::binding::Method;
use crate::decision::Verdict;
use crate::enrolment::ApproverId;
use crate::signature::Digest;
use crate::time::UnixTime;

use super::{Reason, Standing};

/// What can happen to a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// An approver brought the proof.
    Bind {
        /// Which approver.
        by: ApproverId,
        /// By what.
        method: Method,
    },
    /// An approver brought a valid signed decision.
    Decide {
        /// Which approver.
        by: ApproverId,
        /// What it says.
        verdict: Verdict,
        /// SHA-256 of its JWS.
        decision: Digest,
        /// The request's `exp`, which is the decision's.
        exp: UnixTime,
    },
    /// The browser that holds the page brought what confirms an approval.
    Confirm,
    /// That browser brought other digits than those that were read out.
    WrongReadout,
    /// Somebody calls it off.
    Cancel {
        /// Who.
        reason: Reason,
    },
    /// The person needs longer.
    MoreTime {
        /// The request's `exp`, which no deadline passes.
        exp: UnixTime,
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
    /// It is not an approval that waits to be confirmed.
    #[error("not approved")]
    NotApproved,
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
