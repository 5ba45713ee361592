//! The signer signs what was decided, and keeps it before anybody sends it. It owns the store and
//! the keys, so it also keeps what became of a decision, and reads the history.
//!
//! - `orders`: what it is told to do, and what it tells
//! - `changing`: what is signed and kept of changes

mod changing;
mod orders;

use std::collections::HashMap;
use std::path::PathBuf;

use sayso_protocol::bus::{Error, HistoryLine, Preferences, Verified};
use sayso_protocol::enrolment::ApproverId;
use sayso_protocol::relay::{Decision, Signer as ApproverKeys};
use sayso_protocol::rotation::BrokerKeys;
use sayso_protocol::secret::nonce;
use sayso_protocol::signature::{Jws, SecretKey};
use sayso_protocol::time::UnixTime;
use sayso_words::{Words, say};
use tokio::sync::{mpsc, watch};

use crate::doors::Reply;
use crate::history;
use crate::preferences::PreferencesFile;
use crate::store::{Account, BrokerHead, HeadCheck, Store, StoreError, Wholeness};

pub use orders::{Event, Order};

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
    approvers: HashMap<ApproverId, Enlisted>,
}

/// An account whose keys sign.
struct Enlisted {
    keys: Box<ApproverKeys>,
    account: Box<Account>,
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
            Order::AuditHead { approver, head, at } => self.audit_head(&approver, &head, at).await,
            Order::BrokerKeys { approver, keys, at } => self.broker_keys(approver, *keys, at).await,
            Order::Prefer { preferences, reply } => {
                self.prefer(preferences, reply).await;
                Ok(())
            }
            Order::Quiet(kept) => self.store.keep_quiet(kept).await,
            Order::History { count, reply } => {
                drop(reply.send(self.history(count).await));
                Ok(())
            }
            Order::Verify { reply } => {
                drop(reply.send(self.verify().await));
                Ok(())
            }
            Order::SignChange { call, approver, act, at } => {
                self.sign_change(call, &approver, *act, at).await;
                Ok(())
            }
            Order::ChangeTold { approver, change, at } => {
                self.change_told(&approver, *change, at).await
            }
            Order::Enlist { account, keys } => {
                self.approvers.insert(account.approver.clone(), Enlisted { keys, account });
                Ok(())
            }
            Order::Delist { approver, done } => {
                self.approvers.remove(&approver);
                // Whoever ended meanwhile waits no longer.
                let _ = done.send(());
                Ok(())
            }
        };
        if let Err(error) = result {
            tracing::error!(%error, "the store could not keep something");
        }
    }

    async fn sign(&mut self, approver: ApproverId, decision: Decision, at: UnixTime) {
        let request = decision.received().id();
        let Some(Enlisted { keys, .. }) = self.approvers.get(&approver) else {
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
    async fn audit_head(
        &self,
        approver: &ApproverId,
        head: &str,
        at: UnixTime,
    ) -> Result<(), StoreError> {
        let Some(Enlisted { account, .. }) = self.approvers.get(approver) else { return Ok(()) };
        let Account { broker, broker_keys, .. } = &**account;
        let head = Jws::received(head.to_owned())
            .and_then(|head| BrokerHead::verify(broker, broker_keys, head, at));
        let head = match head {
            Ok(head) => head,
            Err(error) => {
                tracing::warn!(%error, "an audit head does not count");
                return Ok(());
            }
        };
        match self.store.keep_audit_head(head, at, &self.history_key).await? {
            HeadCheck::Kept | HeadCheck::Older => {}
            HeadCheck::RolledBack { kept, told } => {
                tracing::warn!(kept, told, "the broker's audit was rolled back");
                self.tell(Event::SetBack(approver.clone())).await;
            }
        }
        Ok(())
    }

    /// Keeps the keys of an account's broker.
    async fn broker_keys(
        &mut self,
        approver: ApproverId,
        keys: BrokerKeys,
        at: UnixTime,
    ) -> Result<(), StoreError> {
        if let Some(Enlisted { account, .. }) = self.approvers.get_mut(&approver) {
            account.broker_keys = keys.clone();
        }
        self.store.keep_broker_keys(&approver, keys, at, &self.history_key).await
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
            Wholeness::WholeSince { line } => {
                Verified { whole: true, sentence: say!(words, "history-whole-since", line = line) }
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
