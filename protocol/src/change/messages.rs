//! What approvers sign about changes, and what they are told.

use serde::{Deserialize, Serialize};

use super::{AccountSettings, Author, ChangeId, Computer, Proposal, Standing};
use crate::decision::{Heard, UserVerification};
use crate::enrolment::ApproverId;
use crate::link::AuditHead;
use crate::signature::{Claims, Digest, Jws};
use crate::time::UnixTime;

/// `sayso-change+jwt`: an act on the account's security settings. Lives 60 s. Signed with the
/// approver key; a cancellation with the link key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "act", rename_all = "snake_case", deny_unknown_fields)]
pub enum ChangeAct {
    /// Queues a change.
    Queue {
        /// Of what, to what: `approve_with` or `same_device`.
        proposal: Proposal,
        /// What the person was asked.
        heard: Heard,
        /// How surely it was the person.
        verification: UserVerification,
    },
    /// Confirms a ready change, or lets a computer in that waits.
    Confirm {
        /// Which.
        change: ChangeId,
        /// Its hash, as it was told.
        hash: Digest,
        /// What the person was asked.
        heard: Heard,
        /// How surely it was the person.
        verification: UserVerification,
    },
    /// Calls a change off.
    Cancel {
        /// Which.
        change: ChangeId,
        /// Its hash, as it was told.
        hash: Digest,
    },
    /// Removes an approver.
    RemoveApprover {
        /// Which.
        approver: ApproverId,
        /// What the person was asked.
        heard: Heard,
        /// How surely it was the person.
        verification: UserVerification,
    },
}

impl Claims for ChangeAct {
    const TYP: &'static str = "sayso-change+jwt";
}

/// Body of `POST /v1/changes`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ChangeCall {
    /// The signed act.
    pub change: Jws<ChangeAct>,
}

/// A change, as the account's approvers are told of it. Times are the broker's clock and move
/// when it is set; what counts is [`Trusted`](crate::trusted::Trusted) time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ChangeTold {
    /// Which.
    pub id: ChangeId,
    /// SHA-256 of the message that asked for it, or of its id where no message did; a confirmation
    /// names it.
    pub hash: Digest,
    /// What it sets.
    pub proposal: Proposal,
    /// What the same setting is now, so that a person can be told what stays without it; none for
    /// an approver.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub now: Option<Proposal>,
    /// Who asked for it.
    pub by: Author,
    /// How far it is.
    pub standing: Standing,
    /// When it was queued.
    pub queued_at: UnixTime,
    /// When its waiting time is over; for one that is ready, since when it is.
    pub ready_at: UnixTime,
    /// Who confirmed or cancelled it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended_by: Option<Author>,
}

/// Answer of `POST /v1/changes`: what stands, durably.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ChangeAnswer {
    /// The change that the act made or was about.
    pub change: ChangeTold,
    /// The signed head of the broker's audit.
    pub audit_head: Jws<AuditHead>,
}

/// Answer of `GET /v1/changes`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Changes {
    /// What holds; not for a computer that is not an approver yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub settings: Option<AccountSettings>,
    /// How many seconds a change waits that is queued now.
    pub wait: u64,
    /// What waits or is ready, and what ended since yesterday, oldest first; for a computer that is
    /// not an approver yet the change that makes it one, alone.
    pub changes: Vec<ChangeTold>,
}

/// An approver of the account, as its approvers may see it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ApproverTold {
    /// Which computer.
    pub computer: Computer,
    /// Since when.
    pub since: UnixTime,
}

/// Answer of `GET /v1/approvers`: the active ones, oldest first.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Approvers {
    /// The computers.
    pub approvers: Vec<ApproverTold>,
}
