//! The registrar makes this computer an approver, and at each start brings the accounts back:
//! their keys to the signer, their links up, and what an earlier run left to the pipeline. It
//! forgets an account whose broker no longer knows this computer.
//!
//! - `registering`: from what was typed to an account
//! - `waking`: the accounts come back
//! - `forgetting`: accounts that are let go
//! - `naming`: what the person calls the brokers
//! - `finding`: enrolments whose answer was lost
//! - `typed`: what a registration is given

mod finding;
mod forgetting;
mod naming;
mod registering;
mod typed;
mod waking;

use std::time::Duration;

use sayso_protocol::bus::Registration;
use sayso_protocol::enrolment::ApproverId;
use sayso_protocol::relay::Signer as ApproverKeys;
use sayso_protocol::signature::SecretKey;
use sayso_words::{Words, say};
use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::doors::Reply;
use crate::keys::{KeyError, Keys};
use crate::signer;
use crate::source::broker::{Broker, Calls, Dialer};
use crate::source::{FromSource, Source};
use crate::store::{Account, AccountState, Store};
use finding::{Found, Sought};

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
    /// Forget an account here alone, and say so in a sentence.
    ForgetHere {
        /// As the person knows it.
        account: String,
        /// Who waits.
        reply: Reply<String>,
    },
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

impl Call {
    /// Whether the person who asked is gone, and nobody would hear what was done.
    fn is_left(&self) -> bool {
        match self {
            Self::Register(_, reply)
            | Self::ForgetHere { reply, .. }
            | Self::NameBroker { reply, .. } => reply.is_closed(),
            Self::Forget(_) => false,
        }
    }
}

/// A task of the registrar's that has ended.
enum Ended {
    /// A link.
    Link,
    /// The search for an enrolment whose answer was lost.
    Found(Box<Sought>, Found),
    /// The wait for an account's keys: they are here, or can never be used.
    Keys(Box<Account>, Result<Box<ApproverKeys>, KeyError>),
}

impl Registrar {
    /// Brings the accounts back, then does what it is told, until nobody can call any more.
    pub async fn run(self, mut calls: mpsc::Receiver<Call>) {
        let mut links = JoinSet::new();
        self.tell(match self.bring_back(&mut links).await {
            Ok(()) => signer::Event::BroughtBack,
            Err(error) => {
                tracing::error!(%error, "the accounts cannot be read");
                signer::Event::KeysWait(say!(self.words.borrow(), "error-inside"))
            }
        })
        .await;
        loop {
            tokio::select! {
                call = calls.recv() => match call {
                    Some(call) if call.is_left() => {}
                    Some(call) => self.call(call, &mut links).await,
                    None => break,
                },
                Some(ended) = links.join_next() => match ended {
                    Ok(Ended::Found(sought, found)) => {
                        self.found(*sought, found, &mut links).await;
                    }
                    Ok(Ended::Keys(account, Ok(keys))) => {
                        self.wake(*account, *keys, &mut links).await;
                    }
                    Ok(Ended::Keys(account, Err(error))) => {
                        self.tell_keyless(&account, &error).await;
                    }
                    Ok(Ended::Link) | Err(_) => {}
                }
            }
        }
        while links.join_next().await.is_some() {}
    }

    async fn call(&self, call: Call, links: &mut JoinSet<Ended>) {
        match call {
            Call::Register(registration, reply) => {
                let result = self.register(&registration, links).await;
                drop(reply.send(result));
            }
            Call::Forget(approver) => drop(self.forget(&approver).await),
            Call::ForgetHere { account, reply } => {
                drop(reply.send(self.forget_here(&account).await));
            }
            Call::NameBroker { broker, name, reply } => {
                drop(reply.send(self.name_broker(&broker, &name).await));
            }
        }
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
            drop(self.forget(&account.approver).await);
            return;
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
            unknown: false,
            not_genuine: None,
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

    async fn tell(&self, event: signer::Event) {
        drop(self.events.send(event).await);
    }
}
