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
use crate::store::Account;
use crate::wording::host;

impl Registrar {
    /// Lets an account and its keys go: it can be registered anew.
    pub(super) async fn forget(&self, approver: &ApproverId) {
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

    /// The person has an account forgotten here, whatever its broker goes on listing; also one
    /// whose keys are gone.
    pub(super) async fn forget_here(&self, account: &str) -> Result<String, Error> {
        let words = self.words.borrow().clone();
        let accounts = self.store.accounts().await.map_err(|_| inside(&words))?;
        let names = self.broker_names().await.ok_or_else(|| inside(&words))?;
        let is_meant = |known: &&Account| {
            let at =
                account.strip_prefix(known.account.as_str()).and_then(|at| at.strip_prefix('@'));
            account.is_empty()
                || known.account.as_str() == account
                || at.is_some_and(|at| {
                    host(&known.broker) == at || names.find(at) == Some(&known.broker)
                })
        };
        if accounts.is_empty() {
            return Err(Error::NotRegistered(say!(words, "error-not-registered")));
        }
        let mut meant = accounts.iter().filter(is_meant);
        let (Some(known), None) = (meant.next(), meant.next()) else {
            let account = Clean::<64>::new(account);
            let account = account.as_str();
            return Err(Error::Invalid(say!(words, "error-account-unknown", account = account)));
        };
        let (account, broker) = (known.account.as_str(), names.called(&known.broker).to_owned());
        self.forget(&known.approver).await;
        self.tell(signer::Event::Forgotten(known.approver.clone())).await;
        Ok(say!(words, "unregistered-here", account = account, broker = broker.as_str()))
    }
}
