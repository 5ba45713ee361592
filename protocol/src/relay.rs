//! The one-way life of a request inside the daemon. Each value is made by one stage and consumed
//! by the next: `Turn -> Announced -> Decision -> SignedDecision`.
//!
//! What was not announced cannot be decided:
//! ```compile_fail
//! # use sayso_protocol::relay::*; use sayso_protocol::decision::*;
//! fn skip_the_announcement(turn: Turn<Question>, by: UserVerification) -> Decision {
//!     turn.approve(by)
//! }
//! ```
//! A notice cannot be approved, only denied or reported:
//! ```compile_fail
//! # use sayso_protocol::relay::*; use sayso_protocol::decision::*;
//! fn approve_a_notice(notice: Announced<Notice>, by: UserVerification) -> Decision {
//!     notice.approve(by)
//! }
//! ```
//! ```
//! # use sayso_protocol::relay::*; use sayso_protocol::decision::*;
//! fn deny_a_notice(notice: Announced<Notice>, by: UserVerification) -> Decision {
//!     notice.deny(by)
//! }
//! ```
//! Nothing is signed twice:
//! ```compile_fail
//! # use sayso_protocol::relay::*; use sayso_protocol::signature::SecretKey;
//! fn sign_twice(decision: Decision, keys: &Signer) {
//!     let first = decision.sign(keys, "jti".into());
//!     let second = decision.sign(keys, "jti".into());
//! }
//! ```
//! Nothing makes a question but a receipt, and nothing makes an announcement but a channel:
//! ```compile_fail
//! # use sayso_protocol::relay::*;
//! fn pretend(received: Received) -> Turn<Question> {
//!     Turn { received, stage: Question { receipt: None } }
//! }
//! ```

use std::sync::Arc;

use crate::decision::{DecisionClaims, Heard, UserVerification, Verdict};
use crate::enrolment::ApproverId;
use crate::request::{Request, RequestId};
use crate::secret::Receipt;
use crate::signature::{Envelope, Jws, SecretKey};
use crate::time::UnixTime;

/// A request as it was received: verified, and with the bytes that were verified.
#[derive(Clone, Debug)]
pub struct Received(Arc<(Jws<Request>, Envelope<Request>)>);

impl Received {
    /// Puts a verified envelope beside its bytes. Only a source calls it.
    #[must_use]
    pub fn new(jws: Jws<Request>, envelope: Envelope<Request>) -> Self {
        Self(Arc::new((jws, envelope)))
    }

    /// The bytes that were verified.
    #[must_use]
    pub fn jws(&self) -> &Jws<Request> {
        &self.0.0
    }

    /// The broker that signed it.
    #[must_use]
    pub fn broker(&self) -> &str {
        &self.0.1.iss
    }

    /// When it is over, whatever happens.
    #[must_use]
    pub fn exp(&self) -> UnixTime {
        self.0.1.exp
    }

    /// What is asked.
    #[must_use]
    pub fn request(&self) -> &Request {
        &self.0.1.claims
    }

    /// The request's id.
    #[must_use]
    pub fn id(&self) -> RequestId {
        self.request().request
    }
}

/// Stage: the person is told that somebody asks.
#[derive(Debug)]
pub struct Notice(());

/// Stage: the person is asked, after the binding.
#[derive(Debug)]
pub struct Question {
    receipt: Receipt,
}

/// A request whose notice or question is due, with the words that are due.
#[derive(Debug)]
pub struct Turn<Stage> {
    received: Received,
    heard: Heard,
    stage: Stage,
}

impl Turn<Notice> {
    /// A notice of `received` in the words `heard` is due.
    #[must_use]
    pub fn notice(received: Received, heard: Heard) -> Self {
        Self { received, heard, stage: Notice(()) }
    }
}

impl Turn<Question> {
    /// The question of a request that this approver bound, as its receipt proves.
    #[must_use]
    pub fn question(received: Received, heard: Heard, receipt: Receipt) -> Self {
        Self { received, heard, stage: Question { receipt } }
    }
}

/// How the person perceived it. Made where a channel reports that it took the words whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Perceived {
    /// Speech reported its end, or was hushed after it had begun.
    Speech,
    /// The notification server took it.
    Notification,
    /// It was printed in the person's terminal, or shown in the answer dialog.
    Shown,
}

impl<Stage> Turn<Stage> {
    /// Whose turn it is.
    #[must_use]
    pub fn received(&self) -> &Received {
        &self.received
    }

    /// The words that are due.
    #[must_use]
    pub fn words(&self) -> &Heard {
        &self.heard
    }

    /// A channel that the person perceives took the words whole.
    pub fn perceived(self, by: Perceived) -> Announced<Stage> {
        Announced { turn: self, by }
    }
}

/// What the person has been told whole.
#[derive(Debug)]
#[must_use]
pub struct Announced<Stage> {
    turn: Turn<Stage>,
    by: Perceived,
}

impl<Stage> Announced<Stage> {
    /// What it is about.
    #[must_use]
    pub fn received(&self) -> &Received {
        &self.turn.received
    }

    /// The words that were perceived.
    #[must_use]
    pub fn words(&self) -> &Heard {
        &self.turn.heard
    }

    /// The person says no.
    pub fn deny(self, verification: UserVerification) -> Decision {
        Decision::of(self, Verdict::Deny, None, verification)
    }

    /// The person says no, and: this was not me.
    pub fn report(self, verification: UserVerification) -> Decision {
        Decision::of(self, Verdict::Report, None, verification)
    }
}

impl Announced<Question> {
    /// The person says yes.
    pub fn approve(self, verification: UserVerification) -> Decision {
        let receipt = Some(self.turn.stage.receipt.clone());
        Decision::of(self, Verdict::Approve, receipt, verification)
    }
}

/// What the person decided; not signed yet.
#[derive(Debug)]
#[must_use]
pub struct Decision {
    received: Received,
    by: Perceived,
    claims: DecisionClaims,
}

/// The two keys of an approver that sign decisions, and its id.
#[derive(Debug)]
pub struct Signer {
    /// Who signs.
    pub approver: ApproverId,
    /// Signs what lets something happen.
    pub approver_key: SecretKey,
    /// Signs what protects.
    pub link_key: SecretKey,
}

impl Decision {
    fn of<Stage>(
        announced: Announced<Stage>,
        verdict: Verdict,
        receipt: Option<Receipt>,
        verification: UserVerification,
    ) -> Self {
        let Announced { turn: Turn { received, heard, .. }, by } = announced;
        let claims = DecisionClaims {
            request: received.id(),
            request_hash: received.jws().digest(),
            verdict,
            receipt,
            heard,
            verification,
        };
        Self { received, by, claims }
    }

    /// What it is about.
    #[must_use]
    pub fn received(&self) -> &Received {
        &self.received
    }

    /// Signs the decision, once, at the time of its user verification.
    pub fn sign(self, keys: &Signer, jti: String) -> SignedDecision {
        let Self { received, by, claims } = self;
        let (verdict, heard) = (claims.verdict, claims.heard.clone());
        let key = match verdict {
            Verdict::Approve => &keys.approver_key,
            Verdict::Deny | Verdict::Report => &keys.link_key,
        };
        let jws = key.sign(&Envelope {
            iss: keys.approver.0.clone(),
            aud: received.broker().to_owned(),
            iat: claims.verification.at,
            exp: received.exp(),
            jti,
            claims,
        });
        SignedDecision { received, by, verdict, heard, jws }
    }
}

/// What the person decided, signed: the bytes that are stored and then sent until answered.
#[derive(Clone, Debug)]
#[must_use]
pub struct SignedDecision {
    received: Received,
    by: Perceived,
    verdict: Verdict,
    heard: Heard,
    jws: Jws<DecisionClaims>,
}

impl SignedDecision {
    /// What it is about.
    #[must_use]
    pub fn received(&self) -> &Received {
        &self.received
    }

    /// What was decided.
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        self.verdict
    }

    /// What was perceived before.
    #[must_use]
    pub fn heard(&self) -> &Heard {
        &self.heard
    }

    /// The person was told whole what this is about, and may say no to it while it can still be
    /// undone.
    pub fn announced(&self) -> Announced<Notice> {
        Turn::notice(self.received.clone(), self.heard.clone()).perceived(self.by)
    }

    /// The bytes.
    #[must_use]
    pub fn jws(&self) -> &Jws<DecisionClaims> {
        &self.jws
    }
}
