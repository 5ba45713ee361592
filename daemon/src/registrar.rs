//! The registrar makes this computer an approver, and at each start brings the accounts back:
//! their keys to the signer, their links up, and what an earlier run left to the pipeline.

use std::time::Duration;

use sayso_protocol::bus::{Error, Registration, SpeakCodes};
use sayso_protocol::change::AccountSettings;
use sayso_protocol::enrolment::{
    AccountName, ActivationCode, ApproverId, ApproverName, Enrolment, NotAnActivationCode,
};
use sayso_protocol::problem::ProblemType;
use sayso_protocol::relay::Signer as ApproverKeys;
use sayso_protocol::signature::SecretKey;
use sayso_protocol::time::UnixTime;
use sayso_words::{Words, say};
use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use url::{Host, Url};

use crate::clock;
use crate::doors::Reply;
use crate::keys::{KeyError, Keys};
use crate::signer;
use crate::source::Source;
use crate::source::broker::{Broker, Calls, Enrolling, EnrolmentRefusal, enrol};
use crate::source::{FromSource, Refusal};
use crate::store::{Account, Store};

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
    /// Ends the links.
    pub shutdown: CancellationToken,
}

/// A call that waits for its sentence.
pub type Call = (Registration, Reply<String>);

impl Registrar {
    /// Brings the accounts back, then registers who calls, until nobody can call any more.
    pub async fn run(self, mut calls: mpsc::Receiver<Call>) {
        let mut links = JoinSet::new();
        self.bring_back(&mut links).await;
        while let Some((registration, reply)) = calls.recv().await {
            let result = self.register(&registration, &mut links).await;
            drop(reply.send(result));
        }
        while links.join_next().await.is_some() {}
    }

    async fn bring_back(&self, links: &mut JoinSet<()>) {
        let accounts = match self.store.accounts().await {
            Ok(accounts) => accounts,
            Err(error) => {
                tracing::error!(%error, "the accounts cannot be read");
                return;
            }
        };
        self.tell_settings().await;
        let mut untold = self.store.untold().await.unwrap_or_default();
        for account in accounts {
            let Some(keys) = self.keys_of(&account.approver).await else { continue };
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
    async fn link(&self, account: Account, keys: ApproverKeys, links: &mut JoinSet<()>) {
        let calls = Calls::new(
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
            orders,
            clock: None,
            up: false,
        };
        let approver = account.approver.clone();
        let enlist = signer::Order::Enlist { account: Box::new(account), keys: Box::new(keys) };
        // The signer ends after the registrar.
        drop(self.signer.send(enlist).await);
        self.tell(signer::Event::Source(Box::new((approver, source)))).await;
        let broker = Broker::new(calls, self.sources.clone());
        links.spawn(broker.run(taken, self.shutdown.clone()));
    }

    async fn register(
        &self,
        registration: &Registration,
        links: &mut JoinSet<()>,
    ) -> Result<String, Error> {
        let words = self.words.borrow().clone();
        let broker = broker_address(&registration.broker, &words)?;
        let account = AccountName::parse(&registration.account).map_err(|_| {
            let account = registration.account.as_str();
            Error::Invalid(say!(words, "error-account-unknown", account = account))
        })?;
        let activation = activation(&registration.activation, &words)?;
        let origin = broker.origin().ascii_serialization();
        let host = host(&broker);
        let accounts = self.store.accounts().await.map_err(|_| inside(&words))?;
        if accounts.iter().any(|known| known.broker == origin && known.account == account) {
            let account = account.as_str();
            return Err(Error::Invalid(say!(words, "error-registered-already", account = account)));
        }
        let computer = ApproverName::new(&registration.computer);
        let (keys, enrolment) = fresh(&account, activation, &computer);
        // Kept before they are sent: a crash in between leaves keys that nobody knows.
        self.keys
            .save_approver(&keys)
            .await
            .map_err(|error| Error::Store(error.sentence(&words)))?;
        let enrolling = Enrolling { broker, enrolment, approver_key: keys.approver_key.clone() };
        let (enrolled, key_set) = match enrol(enrolling).await {
            Ok(enrolled) => enrolled,
            Err(refusal) => {
                if let Err(error) = self.keys.forget_approver(&keys.approver).await {
                    tracing::warn!(%error, "unused keys are left");
                }
                return Err(not_enrolled(&words, &host, account.as_str(), refusal));
            }
        };
        let kept = Account {
            account: account.clone(),
            broker: origin,
            computer,
            approver: keys.approver.clone(),
            display: enrolled.display.to_string(),
            broker_name: enrolled.broker.to_string(),
            broker_keys: key_set.keys,
            registered_at: enrolled.since,
        };
        let at = UnixTime(clock::wall());
        if let Err(error) = self.store.add_account(kept.clone(), at, &self.history_key).await {
            tracing::error!(%error, "the account cannot be kept");
            return Err(inside(&words));
        }
        if accounts.is_empty() {
            if let Err(error) = self.store.choose_speak_codes(registration.speak_codes).await {
                tracing::error!(%error, "the settings cannot be kept, and are the strictest");
            }
            self.tell_settings().await;
        }
        self.link(kept, keys, links).await;
        Ok(say!(words, "registered", account = account.as_str()))
    }

    /// Tells the security settings. What cannot be read is as strict as can be.
    async fn tell_settings(&self) {
        let speak_codes = self.store.speak_codes().await.unwrap_or_else(|error| {
            tracing::error!(%error, "the settings cannot be read");
            SpeakCodes::default()
        });
        self.tell(signer::Event::SpeakCodes(speak_codes)).await;
    }

    async fn tell(&self, event: signer::Event) {
        drop(self.events.send(event).await);
    }
}

/// Two fresh keys and the message that asks the broker to take them.
fn fresh(
    account: &AccountName,
    activation: ActivationCode,
    computer: &ApproverName,
) -> (ApproverKeys, Enrolment) {
    let mut rng = rand::rng();
    let (approver_key, link_key) = (SecretKey::generate(&mut rng), SecretKey::generate(&mut rng));
    let enrolment = Enrolment {
        account: account.clone(),
        activation,
        name: computer.clone(),
        jwk: approver_key.public(),
        link_jwk: link_key.public(),
        settings: AccountSettings::default(),
    };
    let approver = ApproverId(approver_key.public().thumbprint());
    (ApproverKeys { approver, approver_key, link_key }, enrolment)
}

/// The broker's address: plain http on this computer.
fn broker_address(text: &str, words: &Words) -> Result<Url, Error> {
    let shown = sayso_protocol::spoken::Clean::<80>::new(text);
    let strange = || Error::Invalid(say!(words, "error-address", address = shown.as_str()));
    let url = Url::parse(text).map_err(|_| strange())?;
    let loopback = match url.host().ok_or_else(strange)? {
        Host::Domain(name) => name == "localhost",
        Host::Ipv4(address) => address.is_loopback(),
        Host::Ipv6(address) => address.is_loopback(),
    };
    let bare = matches!(url.path(), "" | "/") && url.query().is_none() && url.username().is_empty();
    match url.scheme() {
        "http" if loopback && bare => Ok(url),
        "http" if bare => {
            Err(Error::Invalid(say!(words, "error-broker-insecure", address = shown.as_str())))
        }
        "https" if bare => {
            Err(Error::Invalid(say!(words, "error-broker-far", address = shown.as_str())))
        }
        _ => Err(strange()),
    }
}

fn host(broker: &Url) -> String {
    let host = broker.host_str().unwrap_or_default();
    broker.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
}

fn activation(text: &str, words: &Words) -> Result<ActivationCode, Error> {
    ActivationCode::parse(text).map_err(|error| match error {
        NotAnActivationCode::NotFourteenDigits(_) | NotAnActivationCode::Slip => {
            Error::Invalid(say!(words, "error-activation-form"))
        }
    })
}

fn inside(words: &Words) -> Error {
    Error::Store(say!(words, "error-inside"))
}

fn not_enrolled(words: &Words, host: &str, account: &str, refusal: EnrolmentRefusal) -> Error {
    let problem = match refusal {
        EnrolmentRefusal::Inside => return inside(words),
        EnrolmentRefusal::Refused(Refusal::Offline) => {
            return Error::Offline(say!(words, "error-broker-unreachable", broker = host));
        }
        EnrolmentRefusal::Refused(Refusal::Strange) => {
            return Error::Refused(say!(words, "error-broker-strange", broker = host));
        }
        EnrolmentRefusal::Refused(Refusal::Problem(problem)) => problem,
    };
    Error::Refused(if problem.kind == ProblemType::Activation {
        say!(words, "error-activation-wrong", broker = host)
    } else if problem.kind == ProblemType::TooManyApprovers {
        say!(words, "error-too-many-approvers", account = account, broker = host)
    } else {
        let reason = sayso_protocol::spoken::Clean::<80>::new(&problem.title);
        say!(words, "error-broker-refused", broker = host, reason = reason.as_str())
    })
}
