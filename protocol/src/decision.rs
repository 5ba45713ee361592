//! The verdict, and what was heard before it was given.

use serde::{Deserialize, Serialize};
use std::fmt;

use crate::binding::Code;
use crate::life::Standing;
use crate::link::AuditHead;
use crate::request::{RequestId, Verification};
use crate::secret::Receipt;
use crate::signature::{Claims, Digest, Jws};
use crate::time::UnixTime;

/// What the person decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// Let it happen.
    Approve,
    /// Do not.
    Deny,
    /// Do not, and: this was not me.
    Report,
}

/// The very question that was asked, or the notice that was given, in the language it was said in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Heard {
    /// BCP 47.
    pub lang: String,
    /// Word for word.
    pub text: String,
}

/// How the person was known to be the person, and when.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct UserVerification {
    /// By what.
    pub method: Verification,
    /// When.
    pub at: UnixTime,
}

/// `sayso-decision+jwt`. `exp` is the request's. An approval is signed with the approver key, a
/// denial or a report with the link key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct DecisionClaims {
    /// What was decided about.
    pub request: RequestId,
    /// SHA-256 of the request's JWS as received.
    pub request_hash: Digest,
    /// What was decided.
    pub verdict: Verdict,
    /// Proof of the binding; an approval has it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub receipt: Option<Receipt>,
    /// What the person heard or read.
    pub heard: Heard,
    /// How surely it was the person.
    pub verification: UserVerification,
}

impl Claims for DecisionClaims {
    const TYP: &'static str = "sayso-decision+jwt";
}

/// Body of `POST /v1/requests/{id}/decision`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct DecisionCall {
    /// The signed decision.
    pub decision: Jws<DecisionClaims>,
}

/// What must happen in the browser that holds the page before an approval counts. Only the
/// approver that approved gets it, and the same decision again gets the same.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Confirmation {
    /// These digits are read out and typed into the page.
    Readout(Code),
    /// This address is opened; it counts once, in the browser that holds the page.
    Finish(FinishUrl),
}

/// A finish address. Worth nothing without the cookie of the browser that holds the page; still,
/// `Debug` redacts.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(transparent)]
pub struct FinishUrl(pub String);

impl fmt::Debug for FinishUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("FinishUrl(redacted)")
    }
}

/// The broker's answer to a decision: what stands, durably.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct DecisionAnswer {
    /// What stands now.
    pub state: Standing,
    /// What an approval waits for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confirm: Option<Confirmation>,
    /// The running deadline, which an approval that is read out moves.
    pub expires_at: UnixTime,
    /// The signed head of the broker's audit.
    pub audit_head: Jws<AuditHead>,
}
