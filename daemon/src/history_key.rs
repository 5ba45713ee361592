//! The key that signs the history: made once, waited for while a keyring may be late, and made anew
//! where it is lost. A store that is lost beside its key counts as edited: this is said aloud, and
//! every setting is as strict as it can be.

use rand::rand_core::UnwrapErr;
use rand::rngs::SysRng;
use sayso_protocol::signature::SecretKey;
use sayso_protocol::time::UnixTime;

use crate::clock;
use crate::keys::{KeyError, Keys, Place};
use crate::store::{KnownKey, Store, StoreError};

/// How often a key is looked for before it counts as lost.
const LOOKS: u32 = 2;

/// The key, and what there is to tell of it.
pub(crate) struct Held {
    pub(crate) key: SecretKey,
    pub(crate) news: News,
}

/// What the person should hear.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum News {
    /// Nothing.
    None,
    /// It was made, for a store that is new.
    Made,
    /// It is new, because the one before is lost: so are the accounts' keys, perhaps.
    Renewed,
    /// The store is not the one that the key signed.
    StoreLost,
}

/// Why there is no key yet.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NoKey {
    /// It cannot be read, or not be kept.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// The store cannot be read.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// It is not there, and perhaps not lost.
    #[error("the history key may be late")]
    Late,
}

/// Looks for the key, for the `looks`th time.
pub(crate) async fn hold(keys: &Keys, store: &Store, looks: u32) -> Result<Held, NoKey> {
    let known = store.known_key().await?;
    let begun = store.history_length().await? > 0;
    let Some(key) = keys.load_history_key().await? else {
        return missing(keys, store, known, begun, looks).await;
    };
    let news = match &known {
        Some(known) if known.thumbprint == key.public().thumbprint() => News::None,
        // From a time when this was not written down.
        None if begun => {
            store.know_key(described(keys, &key)).await?;
            News::None
        }
        None | Some(_) => {
            store.begin_anew(described(keys, &key), now(), &key).await?;
            News::StoreLost
        }
    };
    Ok(Held { key, news })
}

/// There is no key: it is made, for the first time or anew.
async fn missing(
    keys: &Keys,
    store: &Store,
    known: Option<KnownKey>,
    begun: bool,
    looks: u32,
) -> Result<Held, NoKey> {
    if begun {
        let in_keyring = known.is_none_or(|known| known.in_keyring);
        let late = looks < LOOKS || (in_keyring && !keys.has_keyring().await);
        if late {
            return Err(NoKey::Late);
        }
    }
    // The store knows of it first: a key that it does not know would be another store's.
    let key = SecretKey::generate(&mut UnwrapErr(SysRng));
    let news = if begun {
        store.renew_history(described(keys, &key), now(), &key).await?;
        News::Renewed
    } else {
        store.know_key(described(keys, &key)).await?;
        News::Made
    };
    keys.save_history_key(&key).await?;
    Ok(Held { key, news })
}

fn described(keys: &Keys, key: &SecretKey) -> KnownKey {
    KnownKey::of(&key.public(), matches!(keys.place(), Place::Keyring))
}

fn now() -> UnixTime {
    UnixTime(clock::wall())
}
