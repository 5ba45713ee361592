//! The signer signs what was decided, and keeps it before anybody sends it. It owns the store and
//! the keys, so it also keeps what became of a decision, and reads the history.

use std::collections::HashMap;
use std::path::PathBuf;

use sayso_protocol::bus::{Error, HistoryLine, Preferences, SpeakCodes, Verified};
use sayso_protocol::enrolment::ApproverId;
use sayso_protocol::life::Standing;
use sayso_protocol::relay::{Decision, Received, SignedDecision, Signer as ApproverKeys};
use sayso_protocol::request::RequestId;
use sayso_protocol::secret::nonce;
use sayso_protocol::signature::{Digest, Jws, PublicKey, SecretKey};
use sayso_protocol::time::UnixTime;
use sayso_words::{Language, Words, say};
use tokio::sync::{mpsc, oneshot, watch};

use crate::doors::Reply;
use crate::history;
use crate::preferences::PreferencesFile;
use crate::source::Source;
use crate::store::{
    Account, BrokerHead, Ending, HeadCheck, KeptDecision, Store, StoreError, Told, Wholeness,
};

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
    },
    /// Keep the preferences.
    Prefer {
        /// Which.
        preferences: Preferences,
        /// Who waits.
        reply: Reply<()>,
    },
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
    /// A registered account: its keys sign from now on.
    Enlist {
        /// The account.
        account: Box<Account>,
        /// Its keys.
        keys: Box<ApproverKeys>,
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
    /// Decisions of an earlier run that are not sent, or whose end was not told.
    Earlier(Vec<KeptDecision>),
    /// A new account's link.
    Source(Box<(ApproverId, Source)>),
    /// Preferences that hold from now on.
    Preferred(Preferences),
    /// Where codes may be said aloud, from now on.
    SpeakCodes(SpeakCodes),
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
            Self::Earlier(_) => "Earlier",
            Self::Source(_) => "Source",
            Self::Preferred(_) => "Preferred",
            Self::SpeakCodes(_) => "SpeakCodes",
            Self::Remark(_) => "Remark",
            Self::LanguageMissing { .. } => "LanguageMissing",
        })
    }
}

/// The signer's possessions.
pub struct Signer {
    /// The store.
    pub store: Store,
    /// Where it lies, for sentences.
    pub folder: PathBuf,
    /// The preferences' file.
    pub preferences: PreferencesFile,
    /// Signs the history.
    pub history_key: SecretKey,
    /// The language.
    pub words: watch::Receiver<Words>,
    /// Who is told.
    pub events: mpsc::Sender<Event>,
    approvers: HashMap<ApproverId, (Box<ApproverKeys>, String, Vec<PublicKey>)>,
}

impl Signer {
    /// A signer without accounts.
    #[must_use]
    pub fn new(
        store: Store,
        folder: PathBuf,
        preferences: PreferencesFile,
        history_key: SecretKey,
        words: watch::Receiver<Words>,
        events: mpsc::Sender<Event>,
    ) -> Self {
        let approvers = HashMap::new();
        Self { store, folder, preferences, history_key, words, events, approvers }
    }

    /// Does what it is told, one order after the other, until nobody orders any more.
    pub async fn run(mut self, mut orders: mpsc::Receiver<Order>) {
        while let Some(order) = orders.recv().await {
            self.obey(order).await;
        }
        self.store.close().await;
    }

    async fn obey(&mut self, order: Order) {
        let result = match order {
            Order::Sign { approver, decision, at } => {
                self.sign(approver, decision, at).await;
                Ok(())
            }
            Order::Settled { digest, ending, at } => {
                self.store.settled(digest, ending, at, None, &self.history_key).await.map(|_| ())
            }
            Order::Collected { approver, request, at } => {
                self.store.collected(&approver, request, at).await
            }
            Order::Told { digest, told } => self.store.told(digest, told).await,
            Order::Ended { received, approver, standing, at } => {
                self.store.ended(received, &approver, standing, at, &self.history_key).await
            }
            Order::AuditHead { approver, head } => self.audit_head(&approver, &head).await,
            Order::Prefer { preferences, reply } => {
                self.prefer(preferences, reply).await;
                Ok(())
            }
            Order::History { count, reply } => {
                drop(reply.send(self.history(count).await));
                Ok(())
            }
            Order::Verify { reply } => {
                drop(reply.send(self.verify().await));
                Ok(())
            }
            Order::Enlist { account, keys } => {
                let Account { approver, broker, broker_keys, .. } = *account;
                self.approvers.insert(approver, (keys, broker, broker_keys));
                Ok(())
            }
        };
        if let Err(error) = result {
            tracing::error!(%error, "the store could not keep something");
        }
    }

    async fn sign(&mut self, approver: ApproverId, decision: Decision, at: UnixTime) {
        let request = decision.received().id();
        let Some((keys, _, _)) = self.approvers.get(&approver) else {
            let why = say!(self.words.borrow(), "error-keys-unreadable");
            self.tell(Event::NotSigned { request, why }).await;
            return;
        };
        let signed = decision.sign(keys, nonce(&mut rand::rng()));
        let kept = self.store.keep_decision(signed.clone(), &approver, at, &self.history_key).await;
        let event = match kept {
            Ok(()) => {
                let digest = signed.jws().digest();
                Event::Signed { approver, digest, signed: Box::new(signed) }
            }
            Err(error) => {
                tracing::error!(%error, "a decision could not be kept");
                Event::NotSigned { request, why: self.sentence(&error) }
            }
        };
        self.tell(event).await;
    }

    /// Keeps the head if it is one of this broker's, and tells when an older one comes back.
    async fn audit_head(&self, approver: &ApproverId, head: &str) -> Result<(), StoreError> {
        let Some((_, broker, keys)) = self.approvers.get(approver) else { return Ok(()) };
        let head =
            Jws::received(head.to_owned()).and_then(|head| BrokerHead::verify(broker, keys, head));
        let head = match head {
            Ok(head) => head,
            Err(error) => {
                tracing::warn!(%error, "an audit head does not count");
                return Ok(());
            }
        };
        match self.store.keep_audit_head(head).await? {
            HeadCheck::Kept | HeadCheck::Older => {}
            HeadCheck::RolledBack { kept, told } => {
                tracing::warn!(kept, told, "the broker's audit was rolled back");
            }
        }
        Ok(())
    }

    /// Keeps the preferences, and then lets them hold.
    async fn prefer(&mut self, preferences: Preferences, reply: Reply<()>) {
        let words = self.words.borrow().clone();
        let kept = self.preferences.set(&preferences, &words).map_err(|error| {
            tracing::error!(%error, "the preferences could not be kept");
            Error::Invalid(self.preferences.sentence(&error, &words))
        });
        if kept.is_ok() {
            self.tell(Event::Preferred(preferences)).await;
        }
        drop(reply.send(kept));
    }

    async fn history(&self, count: u32) -> Result<Vec<HistoryLine>, Error> {
        let entries = self.store.history(count).await.map_err(|error| self.error(&error))?;
        let words = self.words.borrow().clone();
        Ok(entries.iter().map(|entry| history::line(&words, entry)).collect())
    }

    async fn verify(&self) -> Result<Verified, Error> {
        let whole = self
            .store
            .verify_history(&self.history_key.public())
            .await
            .map_err(|error| self.error(&error))?;
        let words = self.words.borrow().clone();
        Ok(match whole {
            Wholeness::Whole { entries } => {
                Verified { whole: true, sentence: say!(words, "history-whole", count = entries) }
            }
            Wholeness::Broken { line } => Verified {
                whole: false,
                sentence: say!(words, "error-history-broken", line = line),
            },
            Wholeness::Cut => Verified { whole: false, sentence: say!(words, "error-history-cut") },
        })
    }

    fn sentence(&self, error: &StoreError) -> String {
        error.sentence(&self.words.borrow(), &self.folder)
    }

    fn error(&self, error: &StoreError) -> Error {
        Error::Store(self.sentence(error))
    }

    async fn tell(&self, event: Event) {
        // When the pipeline is gone, nobody is left to tell.
        drop(self.events.send(event).await);
    }
}
