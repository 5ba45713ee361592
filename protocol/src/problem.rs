//! Refusals over HTTP: `application/problem+json` (RFC 9457) with a stable `type`.

use serde::{Deserialize, Serialize};

use crate::change;
use crate::life::Standing;
use crate::time::UnixTime;

/// The media type of [`Problem`].
pub const MEDIA_TYPE: &str = "application/problem+json";

/// The stable `type` of a problem, a relative reference to its description.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum ProblemType {
    /// The body or an argument is not what the call takes.
    #[serde(rename = "/problems/malformed")]
    Malformed,
    /// The body is larger than the call takes.
    #[serde(rename = "/problems/too-large")]
    TooLarge,
    /// No proof, or one that does not count.
    #[serde(rename = "/problems/unauthorized")]
    Unauthorized,
    /// There is no such thing, or not for this caller.
    #[serde(rename = "/problems/not-found")]
    NotFound,
    /// The address is not registered for the service.
    #[serde(rename = "/problems/return-url")]
    ReturnUrl,
    /// The signed message does not count: signature, issuer, audience or form.
    #[serde(rename = "/problems/signature")]
    Signature,
    /// The signed message is expired or from the future: compare `/v1/time`.
    #[serde(rename = "/problems/clock")]
    Clock,
    /// No waiting request has this code. `tries_left` says how many tries are left.
    #[serde(rename = "/problems/wrong-code")]
    WrongCode,
    /// Entry is blocked until `retry_at`.
    #[serde(rename = "/problems/code-blocked")]
    CodeBlocked,
    /// The approver has been removed.
    #[serde(rename = "/problems/approver-removed")]
    ApproverRemoved,
    /// The activation code is wrong, used, expired, or the account has none: alike.
    #[serde(rename = "/problems/activation")]
    Activation,
    /// The account has as many approvers as it may have, those that wait included.
    #[serde(rename = "/problems/too-many-approvers")]
    TooManyApprovers,
    /// This computer is not an approver yet: the change that makes it one waits.
    #[serde(rename = "/problems/approver-waits")]
    ApproverWaits,
    /// A newer link of the same approver has taken this one's place.
    #[serde(rename = "/problems/replaced")]
    Replaced,
    /// The administrator has blocked the account.
    #[serde(rename = "/problems/account-blocked")]
    AccountBlocked,
    /// The broker knows this key already.
    #[serde(rename = "/problems/known-key")]
    KnownKey,
    /// The secret is wrong, or of another method, or there is no such request: alike. Costs no
    /// try.
    #[serde(rename = "/problems/wrong-secret")]
    WrongSecret,
    /// The request cannot be bound in this way.
    #[serde(rename = "/problems/method")]
    Method,
    /// The change is not ready to be confirmed; `retry_at` says when it is.
    #[serde(rename = "/problems/not-ready")]
    NotReady,
    /// The change has ended: applied, cancelled, lapsed or replaced, as `change` says.
    #[serde(rename = "/problems/change-ended")]
    ChangeEnded,
    /// The setting has this value already, or a change to it waits.
    #[serde(rename = "/problems/no-change")]
    NoChange,
    /// The request is not bound, or by another approver.
    #[serde(rename = "/problems/not-bound")]
    NotBound,
    /// The account does not approve by a code: this takes the broker's page.
    #[serde(rename = "/problems/page-needed")]
    PageNeeded,
    /// The administrator has not allowed the service to show the digits on a page of its own.
    #[serde(rename = "/problems/own-page")]
    OwnPage,
    /// The request has ended; `state` says how.
    #[serde(rename = "/problems/ended")]
    Ended,
    /// The ticket is wrong, used by another service, or too old.
    #[serde(rename = "/problems/ticket")]
    Ticket,
    /// The request came from a network that the account reported; nobody is asked until
    /// `retry_at`. Costs no try.
    #[serde(rename = "/problems/network-reported")]
    NetworkReported,
    /// Too many requests wait for this account.
    #[serde(rename = "/problems/too-many")]
    TooMany,
    /// The `Idempotency-Key` came with another body before.
    #[serde(rename = "/problems/idempotency-key")]
    IdempotencyKey,
    /// The broker cannot write to its store. Nothing was changed.
    #[serde(rename = "/problems/unavailable")]
    Unavailable,
}

/// A refusal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Problem {
    /// Which rule refused.
    #[serde(rename = "type")]
    pub kind: ProblemType,
    /// The HTTP status.
    pub status: u16,
    /// What happened, in a few words of English.
    pub title: String,
    /// What to do.
    pub detail: String,
    /// After a wrong code: tries left before entry is blocked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tries_left: Option<u32>,
    /// When to try again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_at: Option<UnixTime>,
    /// From the warning on: wrong codes that are left before the approver is removed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before_removal: Option<u32>,
    /// What stands of the request.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<Standing>,
    /// What stands of the change.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub change: Option<change::Standing>,
    /// The `jti` of the proof of the link or call that has taken the place of this one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
}

impl Problem {
    /// A refusal by this rule alone.
    #[must_use]
    pub fn new(kind: ProblemType, status: u16, title: String, detail: String) -> Self {
        Self {
            kind,
            status,
            title,
            detail,
            tries_left: None,
            retry_at: None,
            before_removal: None,
            state: None,
            change: None,
            by: None,
        }
    }
}
