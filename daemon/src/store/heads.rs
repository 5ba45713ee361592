//! The newest audit head of each broker: it shows where one was set back.

use rusqlite::{OptionalExtension as _, Transaction, params};
use sayso_protocol::link::AuditHead;
use sayso_protocol::rotation::BrokerKeys;
use sayso_protocol::signature::{Envelope, Jws, SecretKey, SignatureError};
use sayso_protocol::time::UnixTime;

use super::events::HistoryEvent;
use super::history;
use super::{Store, StoreError};

/// The head of a broker's audit, as that broker signed it.
#[derive(Clone, Debug)]
pub struct BrokerHead {
    broker: String,
    envelope: Envelope<AuditHead>,
    jws: Jws<AuditHead>,
}

impl BrokerHead {
    /// Takes `jws` if one of the broker's `keys` signed it that counts at `now`.
    ///
    /// # Errors
    /// Why it does not count.
    pub fn verify(
        broker: &str,
        keys: &BrokerKeys,
        jws: Jws<AuditHead>,
        now: UnixTime,
    ) -> Result<Self, SignatureError> {
        let key = keys.named_by(jws.as_str(), now)?;
        let envelope: Envelope<AuditHead> = key.verify_at_any_time(jws.as_str())?;
        if envelope.iss != broker {
            return Err(SignatureError::Issuer);
        }
        Ok(Self { broker: broker.to_owned(), envelope, jws })
    }
}

/// How a broker's audit head stands to the one that was kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum HeadCheck {
    /// It is the newest, and is kept now.
    Kept,
    /// It is an older message than the kept one, and fits.
    Older,
    /// The broker's audit was rolled back or rewritten: a newer message has a shorter audit, or
    /// another one of the same length. The history has that now, and the new head is kept.
    RolledBack {
        /// The length that was kept.
        kept: u64,
        /// The length that was told.
        told: u64,
    },
}

impl Store {
    /// Keeps a broker's audit head if it is newer than the kept one. That a broker was set back goes
    /// into the history.
    ///
    /// # Errors
    /// When it could not be kept.
    pub async fn keep_audit_head(
        &self,
        head: BrokerHead,
        at: UnixTime,
        history_key: &SecretKey,
    ) -> Result<HeadCheck, StoreError> {
        let key = history_key.clone();
        self.write(move |transaction| keep_head(transaction, &head, at, &key)).await
    }
}

/// Keeps `head` if it is newer than the kept one. A shorter audit does not replace a longer one
/// without a line in the history.
pub(super) fn keep_head(
    transaction: &Transaction<'_>,
    head: &BrokerHead,
    at: UnixTime,
    key: &SecretKey,
) -> Result<HeadCheck, StoreError> {
    let AuditHead { length, hash } = head.envelope.claims;
    let kept: Option<(i64, i64, String)> = transaction
        .prepare_cached("SELECT length, iat, hash FROM audit_heads WHERE broker = ?1")?
        .query_row([&head.broker], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
        .optional()?;
    if let Some((kept_length, kept_iat, kept_hash)) = kept {
        let kept = u64::try_from(kept_length).map_err(StoreError::strange)?;
        let rewritten = length == kept && hash.to_string() != kept_hash;
        // Two messages may overtake each other; only a later one with less in it is a lie.
        let shortened = length < kept && head.envelope.iat.0 > kept_iat;
        if rewritten || shortened {
            let broker = head.broker.clone();
            let event = HistoryEvent::SetBack { broker, kept, told: length };
            history::append(transaction, event, at, key)?;
            replace_head(transaction, head)?;
            return Ok(HeadCheck::RolledBack { kept, told: length });
        }
        if length < kept {
            return Ok(HeadCheck::Older);
        }
    }
    replace_head(transaction, head)?;
    Ok(HeadCheck::Kept)
}

fn replace_head(transaction: &Transaction<'_>, head: &BrokerHead) -> Result<(), StoreError> {
    let AuditHead { length, hash } = head.envelope.claims;
    let length = i64::try_from(length).map_err(StoreError::strange)?;
    transaction
        .prepare_cached(
            "INSERT INTO audit_heads (broker, length, iat, hash, jws) VALUES (?1, ?2, ?3, ?4, ?5)
             ON CONFLICT (broker) DO UPDATE SET length = excluded.length, iat = excluded.iat,
                 hash = excluded.hash, jws = excluded.jws",
        )?
        .execute(params![
            head.broker,
            length,
            head.envelope.iat.0,
            hash.to_string(),
            head.jws.as_str()
        ])?;
    Ok(())
}
