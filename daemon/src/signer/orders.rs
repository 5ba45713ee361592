//! What the signer is told to do, and what it tells.

use sayso_protocol::bus::{HistoryLine, Preferences, SpeakCodes, Verified};
use sayso_protocol::change::{ChangeAct, ChangeTold};
use sayso_protocol::enrolment::ApproverId;
use sayso_protocol::life::Standing;
use sayso_protocol::relay::{Decision, Received, SignedDecision, Signer as ApproverKeys};
use sayso_protocol::request::RequestId;
use sayso_protocol::rotation::BrokerKeys;
use sayso_protocol::signature::{Digest, Jws};
use sayso_protocol::time::UnixTime;
use sayso_words::Language;
use tokio::sync::oneshot;

use crate::doors::Reply;
use crate::quiet::Kept;
use crate::source::{Keyless, Source};
use crate::store::{Account, Ending, KeptDecision, Told, ToldChange};
use crate::wording::BrokerNames;

/// What the signer is told to do.
pub enum Order {
    /// Sign a decision and keep it.
    Sign {
        /// Whose keys sign.
        approver: ApproverId,
        /// What was decided.
        decision: Decision,
        /// When, in broker time.
        at: UnixTime,
    },
    /// Keep what became of a decision.
    Settled {
        /// Which.
        digest: Digest,
        /// What became of it.
        ending: Ending,
        /// When, in broker time.
        at: UnixTime,
    },
    /// Keep that the service has fetched an approval.
    Collected {
        /// Whose.
        approver: ApproverId,
        /// Of which request.
        request: RequestId,
        /// When, in broker time.
        at: UnixTime,
    },
    /// Keep how much the person has been told of a decision's end.
    Told {
        /// Which decision.
        digest: Digest,
        /// How much.
        told: Told,
    },
    /// Keep how a request ended that was not decided here.
    Ended {
        /// Which.
        received: Received,
        /// For which approver.
        approver: ApproverId,
        /// How.
        standing: Standing,
        /// When, in broker time.
        at: UnixTime,
    },
    /// Keep a broker's audit head.
    AuditHead {
        /// From whose broker.
        approver: ApproverId,
        /// As it was sent.
        head: String,
        /// When, in broker time.
        at: UnixTime,
    },
    /// Keep a broker's keys.
    BrokerKeys {
        /// Whose broker's.
        approver: ApproverId,
        /// Which.
        keys: Box<BrokerKeys>,
        /// When, in broker time.
        at: UnixTime,
    },
    /// Keep the preferences.
    Prefer {
        /// Which.
        preferences: Preferences,
        /// Who waits.
        reply: Reply<()>,
    },
    /// Keep why and until when requests are not told.
    Quiet(Kept),
    /// Read the history.
    History {
        /// How many entries.
        count: u32,
        /// Who waits.
        reply: Reply<Vec<HistoryLine>>,
    },
    /// Verify the history.
    Verify {
        /// Who waits.
        reply: Reply<Verified>,
    },
    /// Sign an act on settings; what the person agreed to is kept before.
    SignChange {
        /// Comes back with the answer.
        call: u64,
        /// Whose keys sign.
        approver: ApproverId,
        /// The act.
        act: Box<ChangeAct>,
        /// When, in broker time.
        at: UnixTime,
    },
    /// Keep that the person has been told how far a change is.
    ChangeTold {
        /// Of whose account.
        approver: ApproverId,
        /// The change.
        change: Box<ChangeTold>,
        /// When, in broker time.
        at: UnixTime,
    },
    /// A registered account: its keys sign from now on.
    Enlist {
        /// The account.
        account: Box<Account>,
        /// Its keys.
        keys: Box<ApproverKeys>,
    },
    /// An account that is no longer registered: its keys sign nothing more.
    Delist {
        /// Whose keys.
        approver: ApproverId,
        /// Told when all that was ordered before is kept.
        done: oneshot::Sender<()>,
    },
}

/// What the signer tells.
pub enum Event {
    /// A decision is signed and kept: it may be sent.
    Signed {
        /// By whom.
        approver: ApproverId,
        /// Names it.
        digest: Digest,
        /// The decision.
        signed: Box<SignedDecision>,
    },
    /// Nothing was signed, or it could not be kept and must not be sent.
    NotSigned {
        /// About which request.
        request: RequestId,
        /// Two sentences for the person.
        why: String,
    },
    /// An act on settings is signed: it may be sent.
    ChangeSigned {
        /// The order's.
        call: u64,
        /// The act.
        signed: Jws<ChangeAct>,
    },
    /// Nothing was signed, or it could not be kept and must not be sent.
    ChangeNotSigned {
        /// The order's.
        call: u64,
        /// Two sentences for the person.
        why: String,
    },
    /// What the person has been told of changes in earlier runs.
    ChangesTold(Vec<ToldChange>),
    /// Decisions of an earlier run that are not sent, or whose end was not told.
    Earlier(Vec<KeptDecision>),
    /// A new account's link.
    Source(Box<(ApproverId, Source)>),
    /// Preferences that hold from now on.
    Preferred(Preferences),
    /// Where codes may be said aloud from now on, if that was chosen.
    SpeakCodes(Option<SpeakCodes>),
    /// Why and until when requests are not told, as an earlier run kept it.
    Quiet(Kept),
    /// An account was forgotten here, as the person wished.
    Forgotten(ApproverId),
    /// The keys cannot be opened yet: what is wrong, and what to do.
    KeysWait(String),
    /// An account's keys are not at hand.
    Keyless(Box<(ApproverId, Keyless)>),
    /// The accounts that are registered are all there, with keys or without.
    BroughtBack,
    /// What the brokers are called, from now on.
    Brokers(BrokerNames),
    /// The broker of this account was set back to an earlier state.
    SetBack(ApproverId),
    /// Something the person must hear.
    Remark(String),
    /// The person's language is not here; they must hear it in each that is.
    LanguageMissing {
        /// What is spoken instead, and first.
        instead: Language,
        /// Who waits until they were told.
        told: oneshot::Sender<()>,
    },
}

impl std::fmt::Debug for Event {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Signed { .. } => "Signed",
            Self::NotSigned { .. } => "NotSigned",
            Self::ChangeSigned { .. } => "ChangeSigned",
            Self::ChangeNotSigned { .. } => "ChangeNotSigned",
            Self::ChangesTold(_) => "ChangesTold",
            Self::Earlier(_) => "Earlier",
            Self::Source(_) => "Source",
            Self::Preferred(_) => "Preferred",
            Self::SpeakCodes(_) => "SpeakCodes",
            Self::Quiet(_) => "Quiet",
            Self::Forgotten(_) => "Forgotten",
            Self::KeysWait(_) => "KeysWait",
            Self::Keyless(_) => "Keyless",
            Self::BroughtBack => "BroughtBack",
            Self::Brokers(_) => "Brokers",
            Self::SetBack(_) => "SetBack",
            Self::Remark(_) => "Remark",
            Self::LanguageMissing { .. } => "LanguageMissing",
        })
    }
}
