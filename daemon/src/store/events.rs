//! What the history tells of.

use sayso_protocol::change::{Author, ChangeId, Proposal, Standing as ChangeStanding};
use sayso_protocol::decision::{Heard, Verdict};
use sayso_protocol::enrolment::{AccountName, ApproverId, ApproverName};
use sayso_protocol::life::Standing;
use sayso_protocol::request::{Action, RequestId, ServiceName};
use sayso_protocol::signature::Digest;
use sayso_protocol::time::UnixTime;
use serde::{Deserialize, Serialize};

use super::decisions::Ending;

/// One entry of the history.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct HistoryEntry {
    /// Its number, from 1.
    pub number: u64,
    /// When.
    pub at: UnixTime,
    /// What happened.
    #[serde(flatten)]
    pub event: HistoryEvent,
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum HistoryEvent {
    /// This computer became an approver.
    Registered {
        /// Of which account.
        account: AccountName,
        /// At which broker: its origin.
        broker: String,
        /// As whom.
        approver: ApproverId,
        /// Under which name.
        computer: ApproverName,
    },
    /// The person decided.
    Decided {
        /// About what.
        #[serde(flatten)]
        about: About,
        /// What the person heard or read before.
        heard: Heard,
        /// What the person said.
        verdict: Verdict,
        /// SHA-256 of the signed decision.
        decision: Digest,
        /// The signed decision.
        jws: String,
    },
    /// A request is over.
    Ended {
        /// Which.
        #[serde(flatten)]
        about: About,
        /// What became of it.
        #[serde(flatten)]
        end: End,
    },
    /// The person said yes to a question about settings.
    Agreed {
        /// Of which account.
        account: AccountName,
        /// At which broker: its origin.
        broker: String,
        /// The question.
        heard: Heard,
        /// What was signed.
        jws: String,
    },
    /// The person was told how far a change is.
    Changed {
        /// Of which account.
        account: AccountName,
        /// At which broker: its origin.
        broker: String,
        /// Which.
        change: ChangeId,
        /// What it sets.
        proposal: Proposal,
        /// Who asked for it.
        by: Author,
        /// How far it is.
        standing: ChangeStanding,
    },
    /// Another key signs from here on: the one before is lost, and nobody can prove any more that
    /// the lines before this one are whole.
    Renewed,
    /// A broker's audit is shorter than it was, or another one: what came after that is lost there.
    SetBack {
        /// The broker's origin.
        broker: String,
        /// How many entries it had.
        kept: u64,
        /// How many it says that it has.
        told: u64,
    },
    /// The broker of an account has a new key, which the old one signed.
    BrokerKey {
        /// Of which account.
        account: AccountName,
        /// At which broker: its origin.
        broker: String,
        /// The new key's thumbprint.
        key: String,
    },
    /// This computer is an approver no longer.
    Removed {
        /// Of which account.
        account: AccountName,
        /// At which broker: its origin.
        broker: String,
        /// As whom.
        approver: ApproverId,
    },
}

impl HistoryEvent {
    /// `registered`, `decided`, `ended`, `agreed`, `changed`, `renewed`, `broker-key`,
    /// `set-back` or `removed`.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Registered { .. } => "registered",
            Self::Decided { .. } => "decided",
            Self::Ended { .. } => "ended",
            Self::Agreed { .. } => "agreed",
            Self::Changed { .. } => "changed",
            Self::Renewed => "renewed",
            Self::BrokerKey { .. } => "broker-key",
            Self::SetBack { .. } => "set-back",
            Self::Removed { .. } => "removed",
        }
    }
}

/// Which request an entry is about.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct About {
    /// Its id.
    pub request: RequestId,
    /// Of whom it was asked.
    pub account: AccountName,
    /// The broker's origin.
    pub broker: String,
    /// Who asked.
    pub service: ServiceName,
    /// For what.
    pub action: Action,
}

/// How a request ended.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "by", rename_all = "kebab-case")]
pub enum End {
    /// A decision made here was settled.
    Decision {
        /// What was decided.
        verdict: Verdict,
        /// SHA-256 of the signed decision.
        decision: Digest,
        /// What became of it.
        ending: Ending,
    },
    /// Nothing was decided here.
    Without {
        /// What stands at the broker.
        standing: Standing,
    },
}
