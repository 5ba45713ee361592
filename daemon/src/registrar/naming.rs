//! What the person calls the brokers.

use sayso_protocol::bus::Error;
use sayso_protocol::spoken::Clean;
use sayso_words::say;

use super::Registrar;
use super::typed::inside;
use crate::signer;
use crate::store::{Account, AccountState};
use crate::wording::{BrokerName, BrokerNames, Called, host};

impl Registrar {
    /// The person calls a broker so from now on. It is named as they know it: by the name that it
    /// has, by its host or by its address.
    pub(super) async fn name_broker(&self, broker: &str, name: &str) -> Result<String, Error> {
        let words = self.words.borrow().clone();
        let known = self.broker_names().await.ok_or_else(|| inside(&words))?;
        let Some(broker) = known.find(broker).map(str::to_owned) else {
            let broker = Clean::<64>::new(broker);
            let sentence = say!(words, "error-broker-unknown", broker = broker.as_str());
            return Err(Error::Invalid(sentence));
        };
        let (new, whole) = (BrokerName::new(name), Clean::<21>::new(name));
        if new.as_str().is_empty() || new.as_str() != whole.as_str() {
            return Err(Error::Invalid(say!(words, "error-broker-name")));
        }
        if known.find(new.as_str()).is_some_and(|other| other != broker) {
            let sentence = say!(words, "error-broker-name-taken", name = new.as_str());
            return Err(Error::Invalid(sentence));
        }
        if let Err(error) = self.store.name_broker(&broker, new.as_str()).await {
            tracing::error!(%error, "a broker's name cannot be kept");
            return Err(inside(&words));
        }
        self.tell_brokers().await;
        Ok(say!(words, "broker-named", host = host(&broker), name = new.as_str()))
    }

    /// Tells what the brokers are called, before anything comes from them.
    pub(super) async fn tell_brokers(&self) {
        if let Some(brokers) = self.broker_names().await {
            self.tell(signer::Event::Brokers(brokers)).await;
        }
    }

    /// What the brokers are called.
    pub(super) async fn broker_names(&self) -> Option<BrokerNames> {
        self.called().await.map(|brokers| BrokerNames::of(&brokers))
    }

    /// The brokers at which this computer is registered, and what each may be called.
    async fn called(&self) -> Option<Vec<Called>> {
        let read = async { Ok((self.store.accounts().await?, self.store.broker_names().await?)) };
        let (mut accounts, names) = match read.await {
            Ok(read) => read,
            Err(error) => {
                let error: crate::store::StoreError = error;
                tracing::error!(%error, "it is not known what the brokers are called");
                return None;
            }
        };
        accounts.retain(|account| account.state == AccountState::Registered);
        accounts.sort_by(|one, other| one.broker.cmp(&other.broker));
        accounts.dedup_by(|one, other| one.broker == other.broker);
        let called = |Account { broker, broker_name, .. }| {
            let given = names.iter().find(|(named, _)| *named == broker);
            Called { given: given.map(|(_, name)| name.clone()), broker, own: broker_name }
        };
        Some(accounts.into_iter().map(called).collect())
    }
}
