//! The registrar makes this computer an approver, and at each start brings the accounts back:
//! their keys to the signer, their links up, and what an earlier run left to the pipeline. It
//! forgets an account whose broker no longer knows this computer.
//!
//! - `registering`: from what was typed to an account
//! - `naming`: what the person calls the brokers
//! - `finding`: enrolments whose answer was lost
//! - `typed`: what a registration is given

mod finding;
mod naming;
mod registering;
mod typed;

use std::time::Duration;

use sayso_protocol::bus::{Registration, SpeakCodes};
use sayso_protocol::enrolment::ApproverId;
use sayso_protocol::relay::Signer as ApproverKeys;
use sayso_protocol::signature::SecretKey;
use sayso_protocol::time::UnixTime;
use sayso_words::{Words, say};
use tokio::sync::{mpsc, oneshot, watch};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::clock;
use crate::doors::Reply;
use crate::keys::{KeyError, Keys};
use crate::signer;
use crate::source::broker::{Broker, Calls, Dialer};
use crate::source::{FromSource, Source};
use crate::store::{Account, AccountState, Store};
use finding::{Found, Search, Sought, find};

/// A link takes so many orders that it has not done yet.
const ORDERS: usize = 64;
/// A locked keyring is asked again after this long.
pub const ASK_AGAIN: Duration = Duration::from_secs(15);

/// What registering needs.
pub struct Registrar {
    /// Where accounts are kept.
    pub store: Store,
    /// Where keys are kept.
    pub keys: Keys,
    /// Reaches brokers.
    pub dialer: Dialer,
    /// Signs the history.
    pub history_key: SecretKey,
    /// The language.
    pub words: watch::Receiver<Words>,
    /// Gets the keys that sign decisions.
    pub signer: mpsc::Sender<signer::Order>,
    /// Tells the pipeline.
    pub events: mpsc::Sender<signer::Event>,
    /// Where links tell.
    pub sources: mpsc::Sender<FromSource>,
    /// Changes when the computer's network does.
    pub network: watch::Receiver<u64>,
    /// Ends the links.
    pub shutdown: CancellationToken,
}

/// What the registrar is told to do.
pub enum Call {
    /// Make this computer an approver, and say so in a sentence.
    Register(Registration, Reply<String>),
    /// The broker no longer knows this approver.
    Forget(ApproverId),
    /// Call a broker so from now on, and say so in a sentence.
    NameBroker {
        /// As the person knows it.
        broker: String,
        /// Its new name.
        name: String,
        /// Who waits.
        reply: Reply<String>,
    },
}

/// A task of the registrar's that has ended.
enum Ended {
    /// A link.
    Link,
    /// The search for an enrolment whose answer was lost.
    Found(Box<Sought>, Found),
}

impl Registrar {
    /// Brings the accounts back, then does what it is told, until nobody can call any more.
    pub async fn run(self, mut calls: mpsc::Receiver<Call>) {
        let mut links = JoinSet::new();
        self.bring_back(&mut links).await;
        loop {
            tokio::select! {
                call = calls.recv() => match call {
                    Some(Call::Register(registration, reply)) => {
                        let result = self.register(&registration, &mut links).await;
                        drop(reply.send(result));
                    }
                    Some(Call::Forget(approver)) => self.forget(&approver).await,
                    Some(Call::NameBroker { broker, name, reply }) => {
                        drop(reply.send(self.name_broker(&broker, &name).await));
                    }
                    None => break,
                },
                Some(ended) = links.join_next() => {
                    if let Ok(Ended::Found(sought, found)) = ended {
                        self.found(*sought, found, &mut links).await;
                    }
                }
            }
        }
        while links.join_next().await.is_some() {}
    }

    /// An enrolment whose answer was lost: taken, it is an account like any other.
    async fn found(&self, sought: Sought, found: Found, links: &mut JoinSet<Ended>) {
        let Sought { account, keys } = sought;
        let accounts = self.store.accounts().await.unwrap_or_default();
        let waits = |known: &Account| {
            known.approver == account.approver && known.state == AccountState::Sent
        };
        if !accounts.iter().any(waits) {
            return;
        }
        let Found::Taken { waits, .. } = found else {
            return self.forget(&account.approver).await;
        };
        let account = Account { state: AccountState::Registered, ..account };
        let name = account.account.clone();
        if self.keep(&account).await.is_err() {
            return;
        }
        self.link(account, keys, links).await;
        // One that waits is told so when its link is up, as of any change.
        if waits.is_none() {
            let sentence = say!(self.words.borrow(), "registered", account = name.as_str());
            self.tell(signer::Event::Remark(sentence)).await;
        }
    }

    /// Lets an account and its keys go: it can be registered anew.
    async fn forget(&self, approver: &ApproverId) {
        let (done, delisted) = oneshot::channel();
        let delist = signer::Order::Delist { approver: approver.clone(), done };
        // What was told of the account comes before its end in the history. The signer ends after
        // the registrar.
        drop(self.signer.send(delist).await);
        drop(delisted.await);
        let at = UnixTime(clock::wall());
        let removed = self.store.remove_account(approver.clone(), at, &self.history_key).await;
        if let Err(error) = removed {
            tracing::error!(%error, "an account cannot be removed");
            return;
        }
        self.tell_brokers().await;
        if let Err(error) = self.keys.forget_approver(approver).await {
            tracing::warn!(%error, "unused keys are left");
        }
    }

    async fn bring_back(&self, links: &mut JoinSet<Ended>) {
        let accounts = match self.store.accounts().await {
            Ok(accounts) => accounts,
            Err(error) => {
                tracing::error!(%error, "the accounts cannot be read");
                return;
            }
        };
        self.tell_settings().await;
        self.tell_quiet().await;
        self.tell_brokers().await;
        let mut untold = self.store.untold().await.unwrap_or_default();
        let changes = self.store.changes_told().await.unwrap_or_default();
        self.tell(signer::Event::ChangesTold(changes)).await;
        for account in accounts {
            let Some(keys) = self.keys_of(&account.approver).await else { continue };
            if account.state == AccountState::Sent {
                links.spawn(find(Search::of(&self.dialer, account, keys), self.shutdown.clone()));
                continue;
            }
            let mut earlier = self.store.unsent(&account.approver).await.unwrap_or_default();
            let (own, others): (Vec<_>, Vec<_>) =
                untold.into_iter().partition(|kept| kept.approver == account.approver);
            untold = others;
            earlier.extend(own);
            self.link(account, keys, links).await;
            self.tell(signer::Event::Earlier(earlier)).await;
        }
    }

    /// The keys of an approver; a locked keyring is waited for.
    async fn keys_of(&self, approver: &ApproverId) -> Option<ApproverKeys> {
        let mut said = false;
        loop {
            let error = match self.keys.load_approver(approver).await {
                Ok(keys) => return Some(keys),
                Err(error) => error,
            };
            tracing::warn!(%error, "the keys cannot be read");
            if !said {
                said = true;
                let sentence = error.sentence(&self.words.borrow());
                self.tell(signer::Event::Remark(sentence)).await;
            }
            // A keyring may be late, and then its keys seem to be missing.
            if !matches!(error, KeyError::Locked | KeyError::Silent(_) | KeyError::Missing) {
                return None;
            }
            tokio::select! {
                () = self.shutdown.cancelled() => return None,
                () = clock::until(clock::now() + ASK_AGAIN) => {}
            }
        }
    }

    /// Brings a link up, after the pipeline and the signer know of it.
    async fn link(&self, account: Account, keys: ApproverKeys, links: &mut JoinSet<Ended>) {
        let calls = Calls::new(
            self.dialer.clone(),
            &account.broker,
            account.broker_keys.clone(),
            account.approver.clone(),
            keys.link_key.clone(),
        );
        let calls = match calls {
            Ok(calls) => calls,
            Err(error) => {
                tracing::error!(%error, "an account cannot be used");
                return;
            }
        };
        let (orders, taken) = mpsc::channel(ORDERS);
        let source = Source {
            account: account.account.clone(),
            broker: account.broker.clone(),
            computer: account.computer.to_string(),
            since: account.registered_at,
            orders,
            clock: None,
            up: false,
            blocked: false,
            certificate: None,
        };
        let approver = account.approver.clone();
        let enlist = signer::Order::Enlist { account: Box::new(account), keys: Box::new(keys) };
        // The signer ends after the registrar.
        drop(self.signer.send(enlist).await);
        self.tell(signer::Event::Source(Box::new((approver, source)))).await;
        let broker = Broker::new(calls, self.sources.clone(), self.network.clone());
        let shutdown = self.shutdown.clone();
        links.spawn(async move {
            broker.run(taken, shutdown).await;
            Ended::Link
        });
    }

    /// Tells the security settings. What cannot be read is as strict as can be.
    async fn tell_settings(&self) {
        let speak_codes = self.store.speak_codes().await.unwrap_or_else(|error| {
            tracing::error!(%error, "the settings cannot be read");
            SpeakCodes::default()
        });
        self.tell(signer::Event::SpeakCodes(speak_codes)).await;
    }

    /// Tells why and until when requests are not told, before the first one comes.
    async fn tell_quiet(&self) {
        match self.store.quiet().await {
            Ok(kept) => self.tell(signer::Event::Quiet(kept)).await,
            Err(error) => tracing::error!(%error, "it is not known whether requests are told"),
        }
    }

    async fn tell(&self, event: signer::Event) {
        drop(self.events.send(event).await);
    }
}
