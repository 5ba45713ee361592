//! Where a request can be.

use serde::{Deserialize, Serialize};

use crate::binding::Method;
use crate::decision::Verdict;
use crate::enrolment::ApproverId;
use crate::signature::Digest;

/// What everybody who may ask is told about a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// Waits for a binding.
    Pending,
    /// Waits for the answer of the approver that bound it.
    Bound,
    /// Approved; the browser that holds the page has not confirmed it yet.
    ApprovedUnconfirmed,
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
            Self::Pending | Self::Bound | Self::ApprovedUnconfirmed => false,
            Self::Approved | Self::Denied | Self::Expired | Self::Cancelled => true,
        }
    }
}

/// Who called a request off.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// The service.
    Service,
    /// The person, on the login page.
    Page,
    /// A newer request took its place.
    Replaced,
    /// Three wrong entries of the digits that were read out.
    ReadoutFailed,
    /// The finish address was brought by a browser that does not hold the page.
    OtherBrowser,
    /// The approver that had bound it was removed, or the account was blocked.
    ApproverRemoved,
}

/// Where a request is in its life.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum State {
    /// Waits for a binding.
    Pending,
    /// This approver has proved that its person sees the page.
    Bound {
        /// Which.
        by: ApproverId,
        /// How.
        method: Method,
    },
    /// This decision approves it, once the browser that holds the page confirms it.
    ApprovedUnconfirmed {
        /// Whose.
        by: ApproverId,
        /// How it was bound.
        method: Method,
        /// SHA-256 of the decision's JWS.
        decision: Digest,
        /// Wrong digits on the page so far.
        wrong: u8,
    },
    /// This decision approved it.
    Approved {
        /// Whose.
        by: ApproverId,
        /// How it was bound.
        method: Method,
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
