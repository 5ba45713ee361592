//! Accounts that are let go: by their broker, which no longer knows this computer, or by the person
//! on this computer alone.

use sayso_protocol::bus::Error;
use sayso_protocol::enrolment::ApproverId;
use sayso_protocol::spoken::Clean;
use sayso_protocol::time::UnixTime;
use sayso_words::say;
use tokio::sync::oneshot;

use super::Registrar;
use super::typed::inside;
use crate::clock;
use crate::signer;
use crate::store::{Account, StoreError};
use crate::wording::named;

impl Registrar {
    /// Lets an account and its keys go: it can be registered anew.
    ///
    /// # Errors
    /// When the store keeps it; nothing is lost then.
    pub(super) async fn forget(&self, approver: &ApproverId) -> Result<(), StoreError> {
        let (done, delisted) = oneshot::channel();
        let delist = signer::Order::Delist { approver: approver.clone(), done };
        // What was told of the account comes before its end in the history. The signer ends after
        // the registrar.
        drop(self.signer.send(delist).await);
        drop(delisted.await);
        let at = UnixTime(clock::wall());
        let removed = self.store.remove_account(approver.clone(), at, &self.history_key).await;
        removed.inspect_err(|error| tracing::error!(%error, "an account cannot be removed"))?;
        self.forgotten(approver).await;
        Ok(())
    }

    /// The store knows the account no longer: nor does anything else.
    pub(super) async fn forgotten(&self, approver: &ApproverId) {
        self.tell(signer::Event::Forgotten(approver.clone())).await;
        self.tell_brokers().await;
        if let Err(error) = self.keys.forget_approver(approver).await {
            tracing::warn!(%error, "unused keys are left");
        }
    }

    /// The person has an account forgotten here, whatever its broker goes on listing; also one
    /// whose keys are gone.
    pub(super) async fn forget_here(&self, account: &str) -> Result<String, Error> {
        let words = self.words.borrow().clone();
        let accounts = self.store.accounts().await.map_err(|_| inside(&words))?;
        let names = self.broker_names().await.ok_or_else(|| inside(&words))?;
        let is_meant =
            |known: &&Account| names.is_meant(known.account.as_str(), &known.broker, account);
        if accounts.is_empty() {
            return Err(Error::NotRegistered(say!(words, "error-not-registered")));
        }
        let meant: Vec<_> = accounts.iter().filter(is_meant).collect();
        let known = match meant[..] {
            [known] => known,
            [] => {
                let account = Clean::<64>::new(account);
                let account = account.as_str();
                return Err(Error::Invalid(say!(
                    words,
                    "error-account-unknown",
                    account = account
                )));
            }
            [..] => {
                let whole = meant.iter().map(|known| named(&known.account, &known.broker));
                let whole = whole.collect::<Vec<_>>().join(", ");
                let sentence = say!(words, "error-account-several", accounts = whole.as_str());
                return Err(Error::Ambiguous(sentence));
            }
        };
        let (account, broker) = (known.account.as_str(), names.called(&known.broker).to_owned());
        self.forget(&known.approver)
            .await
            .map_err(|_| Error::Store(say!(words, "error-inside")))?;
        Ok(say!(words, "unregistered-here", account = account, broker = broker.as_str()))
    }
}
