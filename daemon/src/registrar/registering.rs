//! Makes this computer an approver. What is sent is written down before, so that neither a crash nor
//! a lost answer loses an account.

use sayso_protocol::bus::{Error, Registration, SpeakCodes};
use sayso_protocol::change::{AccountSettings, ChangeTold};
use sayso_protocol::enrolment::{
    AccountName, ActivationCode, ApproverId, ApproverName, Enrolled, Enrolment,
};
use sayso_protocol::relay::Signer as ApproverKeys;
use sayso_protocol::rotation::BrokerKeys;
use sayso_protocol::signature::{PublicKey, SecretKey};
use sayso_protocol::time::UnixTime;
use sayso_words::{Words, say};
use tokio::task::JoinSet;
use url::Url;

use super::finding::{Found, Search, Sought, find};
use super::typed::{activation, broker_address, host, inside, not_enrolled};
use super::{Ended, Registrar};
use crate::changes::wording::{Here, Whose};
use crate::clock;
use crate::keys::KeyError;
use crate::signer;
use crate::source::Refusal;
use crate::source::broker::{Enrolling, enrol, meet};
use crate::store::{Account, AccountState};

/// What a registration was given, in a form that can be sent.
struct Wish {
    broker: Url,
    origin: String,
    host: String,
    account: AccountName,
    computer: ApproverName,
    activation: ActivationCode,
    settings: AccountSettings,
}

impl Wish {
    fn of(registration: &Registration, words: &Words) -> Result<Self, Error> {
        let broker = broker_address(&registration.broker, words)?;
        let account = AccountName::parse(&registration.account).map_err(|_| {
            let account = registration.account.as_str();
            Error::Invalid(say!(words, "error-account-unknown", account = account))
        })?;
        let Registration { approve_with, same_device, .. } = *registration;
        Ok(Self {
            origin: broker.origin().ascii_serialization(),
            host: host(&broker),
            account,
            computer: ApproverName::new(&registration.computer),
            activation: activation(&registration.activation, words)?,
            settings: AccountSettings { approve_with, same_device },
            broker,
        })
    }

    /// What is kept of it before the broker has answered.
    fn sent(&self, approver: &ApproverId, key: PublicKey) -> Account {
        Account {
            account: self.account.clone(),
            broker: self.origin.clone(),
            computer: self.computer.clone(),
            approver: approver.clone(),
            broker_name: String::new(),
            broker_keys: BrokerKeys::new(key),
            registered_at: UnixTime(clock::wall()),
            state: AccountState::Sent,
        }
    }
}

impl Registrar {
    pub(super) async fn register(
        &self,
        registration: &Registration,
        links: &mut JoinSet<Ended>,
    ) -> Result<String, Error> {
        let words = self.words.borrow().clone();
        let wish = Wish::of(registration, &words)?;
        let accounts = self.store.accounts().await.map_err(|_| inside(&words))?;
        let same = |known: &Account| known.broker == wish.origin && known.account == wish.account;
        let mut lost = None;
        match accounts.into_iter().find(same) {
            Some(known) if known.state == AccountState::Sent => {
                if let Some(done) = self.sent_before(known, &wish.host, links).await? {
                    self.choose(registration.speak_codes).await;
                    return Ok(done);
                }
            }
            Some(known) if self.has_lost_keys(&known).await => lost = Some(known),
            Some(_) => {
                let account = wish.account.as_str();
                let sentence = say!(words, "error-registered-already", account = account);
                return Err(Error::Invalid(sentence));
            }
            None => {}
        }
        let failed = |refusal| not_enrolled(&words, &wish.host, wish.account.as_str(), refusal);
        let key = meet(&self.dialer, &wish.broker).await.map_err(failed)?;
        let (keys, enrolment) = fresh(&wish);
        self.keys
            .save_approver(&keys)
            .await
            .map_err(|error| Error::Store(error.sentence(&words)))?;
        let sent = wish.sent(&keys.approver, key.clone());
        self.keep(&sent).await?;
        let approver_key = keys.approver_key.clone();
        let enrolling = Enrolling { broker: wish.broker.clone(), enrolment, approver_key };
        match enrol(&self.dialer, enrolling, &key).await {
            Ok(enrolled) => {
                if let Some(lost) = lost {
                    self.forgotten(&lost.approver).await;
                }
                let done = self.enrolled(sent, keys, enrolled, &wish.host, links).await?;
                self.choose(registration.speak_codes).await;
                Ok(done)
            }
            Err(Refusal::Offline | Refusal::NotGenuine(_) | Refusal::Strange) => {
                links.spawn(find(Search::of(&self.dialer, sent, keys), self.shutdown.clone()));
                let host = wish.host.as_str();
                Err(Error::Offline(say!(words, "error-enrolment-unknown", broker = host)))
            }
            Err(refusal) => {
                self.not_taken(&keys.approver, lost).await;
                Err(failed(refusal))
            }
        }
    }

    /// The broker has not taken the new keys. An account whose own keys are missing stays: they may
    /// be back one day.
    async fn not_taken(&self, new: &ApproverId, lost: Option<Account>) {
        let Some(lost) = lost else {
            drop(self.forget(new).await);
            return;
        };
        if let Err(error) = self.store.put_back(lost).await {
            tracing::error!(%error, "an account without keys cannot be kept");
        }
        if let Err(error) = self.keys.forget_approver(new).await {
            tracing::warn!(%error, "unused keys are left");
        }
    }

    /// Whether nothing can be signed for this account any more: then it is registered anew.
    async fn has_lost_keys(&self, account: &Account) -> bool {
        matches!(self.keys.load_approver(&account.approver).await, Err(KeyError::Missing))
    }

    /// This computer's own settings, chosen with its first account and not again.
    async fn choose(&self, speak_codes: SpeakCodes) {
        if let Err(error) = self.store.choose_speak_codes(speak_codes).await {
            tracing::error!(%error, "the settings cannot be kept, and are the strictest");
        }
        self.tell_settings().await;
    }

    /// An earlier enrolment whose answer was lost: whether it was taken after all.
    async fn sent_before(
        &self,
        account: Account,
        host: &str,
        links: &mut JoinSet<Ended>,
    ) -> Result<Option<String>, Error> {
        let words = self.words.borrow().clone();
        let approver = account.approver.clone();
        let keys = match self.keys.load_approver(&approver).await {
            Ok(keys) => keys,
            Err(KeyError::Missing) => {
                drop(self.forget(&approver).await);
                return Ok(None);
            }
            Err(error) => return Err(Error::Store(error.sentence(&words))),
        };
        match Search::of(&self.dialer, account, keys).look().await {
            Some((Sought { account, keys }, Found::Taken { waits, at })) => {
                let account = Account { state: AccountState::Registered, ..account };
                let waits = waits.map(|change| (*change, at));
                Ok(Some(self.settle(account, keys, waits, host, links).await?))
            }
            Some((_, Found::NotTaken)) => {
                drop(self.forget(&approver).await);
                Ok(None)
            }
            None => Err(Error::Offline(say!(words, "error-broker-unreachable", broker = host))),
        }
    }

    async fn enrolled(
        &self,
        sent: Account,
        keys: ApproverKeys,
        enrolled: Enrolled,
        host: &str,
        links: &mut JoinSet<Ended>,
    ) -> Result<String, Error> {
        let account = Account {
            broker_name: enrolled.broker.to_string(),
            registered_at: enrolled.since,
            state: AccountState::Registered,
            ..sent
        };
        let waits = enrolled.change.map(|change| {
            let at = change.queued_at;
            (change, at)
        });
        self.settle(account, keys, waits, host, links).await
    }

    /// The broker has taken this computer: keeps that, and says so in a sentence. `waits` is what
    /// a further one waits for, and the broker's time.
    async fn settle(
        &self,
        account: Account,
        keys: ApproverKeys,
        waits: Option<(ChangeTold, UnixTime)>,
        host: &str,
        links: &mut JoinSet<Ended>,
    ) -> Result<String, Error> {
        let words = self.words.borrow().clone();
        self.keep(&account).await?;
        let name = account.account.clone();
        let Some((change, now)) = waits else {
            self.link(account, keys, links).await;
            return Ok(say!(words, "registered", account = name.as_str()));
        };
        let here = Here {
            words: &words,
            approver: &account.approver.clone(),
            account: name.as_str(),
            whose: Whose::Only,
            first: "",
            broker: host,
            now,
            wall: clock::wall(),
        };
        let sentence = here.registered_waits(&change);
        self.waits(account, keys, change, links).await;
        Ok(sentence)
    }

    /// A further computer waits, and the person has just been told so.
    async fn waits(
        &self,
        account: Account,
        keys: ApproverKeys,
        change: ChangeTold,
        links: &mut JoinSet<Ended>,
    ) {
        let (approver, at) = (account.approver.clone(), change.queued_at);
        let told = vec![((approver.clone(), change.id), change.standing)];
        self.tell(signer::Event::ChangesTold(told)).await;
        self.link(account, keys, links).await;
        let order = signer::Order::ChangeTold { approver, change: Box::new(change), at };
        drop(self.signer.send(order).await);
    }

    pub(super) async fn keep(&self, account: &Account) -> Result<(), Error> {
        let at = UnixTime(clock::wall());
        self.store.add_account(account.clone(), at, &self.history_key).await.map_err(|error| {
            tracing::error!(%error, "the account cannot be kept");
            inside(&self.words.borrow())
        })?;
        self.tell_brokers().await;
        Ok(())
    }
}

/// Two fresh keys and the message that asks the broker to take them.
fn fresh(wish: &Wish) -> (ApproverKeys, Enrolment) {
    let mut rng = rand::rng();
    let (approver_key, link_key) = (SecretKey::generate(&mut rng), SecretKey::generate(&mut rng));
    let enrolment = Enrolment {
        account: wish.account.clone(),
        activation: wish.activation.clone(),
        name: wish.computer.clone(),
        jwk: approver_key.public(),
        link_jwk: link_key.public(),
        settings: wish.settings,
    };
    let approver = ApproverId(approver_key.public().thumbprint());
    (ApproverKeys { approver, approver_key, link_key }, enrolment)
}
