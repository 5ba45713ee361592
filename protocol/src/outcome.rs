//! What the service gets: a verified outcome, and nothing of the approver, the language or the
//! words heard.

use serde::{Deserialize, Serialize};

use crate::binding::Method;
use crate::decision::UserVerification;
use crate::enrolment::AccountName;
use crate::life::Reason;
use crate::request::RequestId;
use crate::signature::{Claims, Digest};
use crate::time::UnixTime;

/// How a request ended, for the service.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename = "OutcomeVerdict"))]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// The person approved.
    Approve,
    /// The person denied.
    Deny,
    /// The person denied and said: this was not me.
    Report,
    /// Nobody answered.
    Expired,
    /// It was called off.
    Cancelled,
}

/// `sayso-outcome+jwt`: `iss` is the broker's origin, `aud` the service's id.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Outcome {
    /// Of which request.
    pub request: RequestId,
    /// The account as the service named it.
    pub account: AccountName,
    /// How it ended.
    pub verdict: Verdict,
    /// How the approval was bound.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub binding: Option<Method>,
    /// How surely it was the person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verification: Option<UserVerification>,
    /// When it ended.
    pub time: UnixTime,
    /// SHA-256 of the decision's JWS.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decision: Option<Digest>,
    /// Who called it off.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Reason>,
}

impl Claims for Outcome {
    const TYP: &'static str = "sayso-outcome+jwt";
}
