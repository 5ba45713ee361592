//! Which key signs the history and where it was kept: so that a key that is lost, and a store that is
//! lost beside its key, are noticed.

use rusqlite::{Connection, OptionalExtension as _, Transaction, params};
use sayso_protocol::signature::{PublicKey, SecretKey};
use sayso_protocol::time::UnixTime;
use serde::{Deserialize, Serialize};

use super::decisions::{from_json, to_json};
use super::{Store, StoreError, history, settings};

const HISTORY_KEY: &str = "history_key";

/// What the store knows of the key that signs its history.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KnownKey {
    /// Its thumbprint (RFC 7638).
    pub thumbprint: String,
    /// Whether it was kept in a keyring, which may be late; else in a file.
    pub in_keyring: bool,
}

impl KnownKey {
    /// Of `key`, as it is kept now.
    #[must_use]
    pub fn of(key: &PublicKey, in_keyring: bool) -> Self {
        Self { thumbprint: key.thumbprint(), in_keyring }
    }
}

impl Store {
    /// The key that signs this history, if that was written down.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn known_key(&self) -> Result<Option<KnownKey>, StoreError> {
        self.read(read).await
    }

    /// This key signs the history from now on.
    ///
    /// # Errors
    /// When it could not be kept.
    pub async fn know_key(&self, key: KnownKey) -> Result<(), StoreError> {
        self.write(move |transaction| keep(transaction, &key)).await
    }

    /// This store is not the one that `key` signed: the key signs it from now on, and every setting
    /// is as strict as it can be.
    ///
    /// # Errors
    /// When it could not be kept.
    pub async fn begin_anew(
        &self,
        known: KnownKey,
        at: UnixTime,
        key: &SecretKey,
    ) -> Result<(), StoreError> {
        let key = key.clone();
        self.write(move |transaction| {
            settings::tighten(transaction)?;
            if history::length(transaction)? > 0 {
                history::renew(transaction, at, &key)?;
            }
            keep(transaction, &known)
        })
        .await
    }

    /// Goes on with a new key where the old one is lost. What the old one signed is kept, and the
    /// history says that nobody can prove it any more.
    ///
    /// # Errors
    /// When it could not be kept.
    pub async fn renew_history(
        &self,
        known: KnownKey,
        at: UnixTime,
        key: &SecretKey,
    ) -> Result<(), StoreError> {
        let key = key.clone();
        self.write(move |transaction| {
            history::renew(transaction, at, &key)?;
            keep(transaction, &known)
        })
        .await
    }
}

fn keep(transaction: &Transaction<'_>, known: &KnownKey) -> Result<(), StoreError> {
    transaction
        .prepare_cached(
            "INSERT INTO settings (name, value) VALUES (?1, ?2)
             ON CONFLICT (name) DO UPDATE SET value = ?2",
        )?
        .execute(params![HISTORY_KEY, to_json(known)?])?;
    Ok(())
}

fn read(connection: &Connection) -> Result<Option<KnownKey>, StoreError> {
    let value: Option<String> = connection
        .prepare_cached("SELECT value FROM settings WHERE name = ?1")?
        .query_row([HISTORY_KEY], |row| row.get(0))
        .optional()?;
    value.map(|value| from_json(&value)).transpose()
}
