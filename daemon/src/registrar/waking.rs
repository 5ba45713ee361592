//! At each start: the accounts come back. One whose keys cannot be read waits for them, and keeps
//! no other from working.

use sayso_protocol::bus::SpeakCodes;
use sayso_protocol::relay::Signer as ApproverKeys;
use sayso_words::say;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::finding::{Search, find};
use super::{ASK_AGAIN, Ended, Registrar};
use crate::clock;
use crate::keys::{KeyError, Keys};
use crate::signer;
use crate::source::Keyless;
use crate::store::{Account, AccountState, Store, StoreError};

impl Registrar {
    /// Brings all accounts back that have their keys, and tells of the others.
    ///
    /// # Errors
    /// When it is not known which there are.
    pub(super) async fn bring_back(&self, links: &mut JoinSet<Ended>) -> Result<(), StoreError> {
        let accounts = self.store.accounts().await?;
        self.tell_settings().await;
        self.tell_quiet().await;
        self.tell_brokers().await;
        let changes = self.store.changes_told().await.unwrap_or_default();
        self.tell(signer::Event::ChangesTold(changes)).await;
        for account in accounts {
            match self.keys.load_approver(&account.approver).await {
                Ok(keys) => self.wake(account, keys, links).await,
                Err(error) => {
                    self.tell_keyless(&account, &error).await;
                    if is_perhaps_late(&error) {
                        let (keys, store) = (self.keys.clone(), self.store.clone());
                        links.spawn(wait_for_keys(account, keys, store, self.shutdown.clone()));
                    }
                }
            }
        }
        Ok(())
    }

    pub(super) async fn tell_keyless(&self, account: &Account, error: &KeyError) {
        tracing::warn!(%error, "the keys cannot be read");
        let keyless = Keyless {
            account: account.account.clone(),
            broker: account.broker.clone(),
            computer: account.computer.to_string(),
            why: self.keyless(account, error).await,
        };
        self.tell(signer::Event::Keyless(Box::new((account.approver.clone(), keyless)))).await;
    }

    /// Brings one account back, with what an earlier run left of it.
    pub(super) async fn wake(
        &self,
        account: Account,
        keys: ApproverKeys,
        links: &mut JoinSet<Ended>,
    ) {
        if account.state == AccountState::Sent {
            links.spawn(find(Search::of(&self.dialer, account, keys), self.shutdown.clone()));
            return;
        }
        let approver = account.approver.clone();
        let mut earlier = self.store.unsent(&approver).await.unwrap_or_default();
        let untold = self.store.untold().await.unwrap_or_default();
        earlier.extend(untold.into_iter().filter(|kept| kept.approver == approver));
        self.link(account, keys, links).await;
        self.tell(signer::Event::Earlier(earlier)).await;
    }

    /// Why an account cannot be answered for, and what to do.
    async fn keyless(&self, account: &Account, error: &KeyError) -> String {
        let names = self.broker_names().await.unwrap_or_default();
        let words = self.words.borrow();
        match error {
            KeyError::Missing => {
                let (account, broker) = (account.account.as_str(), names.called(&account.broker));
                say!(words, "error-keys-missing", account = account, broker = broker)
            }
            KeyError::Locked
            | KeyError::Silent(_)
            | KeyError::Unreadable(_)
            | KeyError::Exposed(_)
            | KeyError::ReadOnly(..)
            | KeyError::Full => error.sentence(&words),
        }
    }

    /// Tells the security settings. What cannot be read is as strict as can be.
    pub(super) async fn tell_settings(&self) {
        let speak_codes = self.store.speak_codes().await.unwrap_or_else(|error| {
            tracing::error!(%error, "the settings cannot be read");
            Some(SpeakCodes::default())
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
}

/// A keyring may be late, and then its keys seem to be missing.
fn is_perhaps_late(error: &KeyError) -> bool {
    matches!(error, KeyError::Locked | KeyError::Silent(_) | KeyError::Missing)
}

/// Looks for an account's keys again and again: until they are there or cannot be used, or the
/// account is not there.
async fn wait_for_keys(
    account: Account,
    keys: Keys,
    store: Store,
    shutdown: CancellationToken,
) -> Ended {
    loop {
        tokio::select! {
            () = shutdown.cancelled() => return Ended::Link,
            () = clock::until(clock::now() + ASK_AGAIN) => {}
        }
        let accounts = store.accounts().await.unwrap_or_default();
        if !accounts.iter().any(|known| known.approver == account.approver) {
            return Ended::Link;
        }
        match keys.load_approver(&account.approver).await {
            Ok(keys) => return Ended::Keys(Box::new(account), Ok(Box::new(keys))),
            Err(error) if is_perhaps_late(&error) => {}
            Err(error) => return Ended::Keys(Box::new(account), Err(error)),
        }
    }
}
