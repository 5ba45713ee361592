//! The keys, and what stands on them: opened after the daemon is ready, because a keyring may be
//! slow, locked or absent.

use std::path::PathBuf;

use sayso_protocol::signature::SecretKey;
use sayso_words::{Words, say};
use tokio::sync::{mpsc, oneshot, watch};
use tokio_util::sync::CancellationToken;
use zbus::Connection;

use crate::clock;
use crate::fallback::Fallback;
use crate::history_key::{self, Held, News, NoKey};
use crate::keys::{KeyError, Keys, Place};
use crate::preferences::PreferencesFile;
use crate::registrar::{self, Registrar};
use crate::signer::{self, Signer};
use crate::source::FromSource;
use crate::source::broker::Dialer;
use crate::store::Store;

/// What is opened after the daemon is ready: the keys, and then the accounts and their links.
pub(crate) struct Vault {
    pub(crate) state: PathBuf,
    pub(crate) preferences: PreferencesFile,
    pub(crate) store: Store,
    pub(crate) session: Option<Connection>,
    pub(crate) words: watch::Receiver<Words>,
    pub(crate) events: mpsc::Sender<signer::Event>,
    pub(crate) sources: mpsc::Sender<FromSource>,
    pub(crate) network: watch::Receiver<u64>,
    pub(crate) remark: Option<String>,
    pub(crate) fallback: Option<Fallback>,
    pub(crate) shutdown: CancellationToken,
}

impl Vault {
    /// Opens the keys, then signs and registers until nobody orders any more. Meanwhile remembers
    /// what the person was told of their language.
    pub(crate) async fn run(
        mut self,
        signer_out: mpsc::Sender<signer::Order>,
        orders: mpsc::Receiver<signer::Order>,
        registrations: mpsc::Receiver<registrar::Call>,
    ) {
        let fallback = self.fallback.take();
        let events = self.events.clone();
        tokio::join!(tell(fallback, &events), self.open(signer_out, orders, registrations));
    }

    async fn open(
        self,
        signer_out: mpsc::Sender<signer::Order>,
        orders: mpsc::Receiver<signer::Order>,
        registrations: mpsc::Receiver<registrar::Call>,
    ) {
        if let Some(remark) = self.remark.clone() {
            self.say(remark).await;
        }
        let keys = Keys::open(self.session.as_ref(), &self.state).await;
        let Some(history_key) = self.history_key(&keys).await else { return };
        let signer = Signer::new(
            self.store.clone(),
            self.state,
            self.preferences,
            history_key.clone(),
            self.words.clone(),
            self.events.clone(),
        );
        let registrar = Registrar {
            store: self.store,
            keys,
            dialer: Dialer::default(),
            history_key,
            words: self.words,
            signer: signer_out,
            events: self.events,
            sources: self.sources,
            network: self.network,
            shutdown: self.shutdown,
        };
        tokio::join!(registrar.run(registrations), signer.run(orders));
    }

    /// The key that signs the history. A keyring that is locked or late is waited for.
    async fn history_key(&self, keys: &Keys) -> Option<SecretKey> {
        let mut said = false;
        for looks in 1.. {
            let error = match history_key::hold(keys, &self.store, looks).await {
                Ok(Held { key, news }) => {
                    if said {
                        let open = say!(self.words.borrow(), "keys-open");
                        self.say(open).await;
                    }
                    self.tell_of_key(keys, news).await;
                    return Some(key);
                }
                Err(error) => error,
            };
            tracing::warn!(%error, "the history key cannot be read");
            // One that may be late is told of once it is looked for in vain.
            if !said && (looks > 1 || !matches!(error, NoKey::Late)) {
                said = true;
                let words = self.words.borrow().clone();
                let why = match error {
                    NoKey::Key(error) => error.sentence(&words),
                    NoKey::Late => KeyError::Missing.sentence(&words),
                    NoKey::Store(_) => say!(words, "error-inside"),
                };
                drop(self.events.send(signer::Event::KeysWait(why)).await);
            }
            tokio::select! {
                () = self.shutdown.cancelled() => return None,
                () = clock::until(clock::now() + registrar::ASK_AGAIN) => {}
            }
        }
        None
    }

    async fn tell_of_key(&self, keys: &Keys, news: News) {
        let id = match news {
            News::None => return,
            News::Made => return self.say_where(keys).await,
            News::Renewed => "error-history-key-lost",
            News::StoreLost => "error-store-lost",
        };
        let sentence = self.words.borrow().say(id, &[]);
        self.say(sentence).await;
    }

    /// Once, when the first key is made: that there is no bus or no keyring, and what that means.
    async fn say_where(&self, keys: &Keys) {
        if self.session.is_none() {
            let sentence = say!(self.words.borrow(), "error-no-bus");
            self.say(sentence).await;
        }
        if let Place::Files(path) = keys.place() {
            let path = path.display().to_string();
            let sentence = say!(self.words.borrow(), "error-keyring-none", path = path.as_str());
            self.say(sentence).await;
        }
    }

    async fn say(&self, sentence: String) {
        drop(self.events.send(signer::Event::Remark(sentence)).await);
    }
}

/// Has the person told that their language is not here, and remembers it.
async fn tell(fallback: Option<Fallback>, events: &mpsc::Sender<signer::Event>) {
    let Some(fallback) = fallback else { return };
    let (tell, told) = oneshot::channel();
    let event = signer::Event::LanguageMissing { instead: fallback.language, told: tell };
    drop(events.send(event).await);
    fallback.remember(told).await;
}
