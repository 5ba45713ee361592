//! The accounts that this computer answers for, and the newest audit head of each broker.

use rusqlite::{Connection, OptionalExtension as _, Row, Transaction, named_params, params};
use sayso_protocol::enrolment::{AccountName, ApproverId, ApproverName};
use sayso_protocol::link::AuditHead;
use sayso_protocol::signature::{Envelope, Jws, PublicKey, SecretKey, SignatureError};
use sayso_protocol::time::UnixTime;

use super::brokers;
use super::decisions::{from_json, to_json};
use super::history::{self, HistoryEvent};
use super::{Store, StoreError};

/// An account that this computer answers for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// The account's name.
    pub account: AccountName,
    /// The broker's origin.
    pub broker: String,
    /// What the person calls this computer.
    pub computer: ApproverName,
    /// This computer's id there.
    pub approver: ApproverId,
    /// What the broker calls itself.
    pub broker_name: String,
    /// The broker's keys, the one in use first.
    pub broker_keys: Vec<PublicKey>,
    /// Since when.
    pub registered_at: UnixTime,
    /// Whether the broker is known to have taken it.
    pub state: AccountState,
}

/// Whether the broker is known to have taken an account's enrolment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AccountState {
    /// It was sent; a crash or a lost answer may have come in between.
    Sent,
    /// It has.
    Registered,
}

impl AccountState {
    fn name(self) -> &'static str {
        match self {
            Self::Sent => "sent",
            Self::Registered => "registered",
        }
    }

    fn read(name: &str) -> Result<Self, StoreError> {
        match name {
            "sent" => Ok(Self::Sent),
            "registered" => Ok(Self::Registered),
            other => Err(StoreError::strange(format!("an account is {other}"))),
        }
    }
}

/// The head of a broker's audit, as that broker signed it.
#[derive(Clone, Debug)]
pub struct BrokerHead {
    broker: String,
    envelope: Envelope<AuditHead>,
    jws: Jws<AuditHead>,
}

impl BrokerHead {
    /// Takes `jws` if one of the broker's `keys` signed it.
    ///
    /// # Errors
    /// Why it does not count.
    pub fn verify(
        broker: &str,
        keys: &[PublicKey],
        jws: Jws<AuditHead>,
    ) -> Result<Self, SignatureError> {
        let mut outcome = Err(SignatureError::Key);
        for key in keys {
            outcome = key.verify_at_any_time(jws.as_str());
            if outcome.is_ok() {
                break;
            }
        }
        let envelope: Envelope<AuditHead> = outcome?;
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
    /// another one of the same length. The kept head stays.
    RolledBack {
        /// The length that was kept.
        kept: u64,
        /// The length that was told.
        told: u64,
    },
}

impl Store {
    /// The accounts that this computer answers for, in the order they were registered.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn accounts(&self) -> Result<Vec<Account>, StoreError> {
        self.read(list).await
    }

    /// Adds an account, with its history entry if it is registered. One of the same name at the same broker is
    /// replaced.
    ///
    /// # Errors
    /// When it could not be kept.
    pub async fn add_account(
        &self,
        account: Account,
        at: UnixTime,
        history_key: &SecretKey,
    ) -> Result<(), StoreError> {
        let key = history_key.clone();
        self.write(move |transaction| add(transaction, &account, at, &key)).await
    }

    /// Puts an account back that an enrolment replaced which the broker did not take.
    ///
    /// # Errors
    /// When it could not be kept.
    pub async fn put_back(&self, account: Account) -> Result<(), StoreError> {
        self.write(move |transaction| put(transaction, &account)).await
    }

    /// Removes an account, with its history entry if it was registered.
    ///
    /// # Errors
    /// When it could not be kept.
    pub async fn remove_account(
        &self,
        approver: ApproverId,
        at: UnixTime,
        history_key: &SecretKey,
    ) -> Result<(), StoreError> {
        let key = history_key.clone();
        self.write(move |transaction| remove(transaction, &approver, at, &key)).await
    }

    /// Keeps a broker's audit head if it is newer than the kept one.
    ///
    /// # Errors
    /// When it could not be kept.
    pub async fn keep_audit_head(&self, head: BrokerHead) -> Result<HeadCheck, StoreError> {
        self.write(move |transaction| keep_head(transaction, &head)).await
    }
}

/// Adds an account; one of the same name at the same broker is replaced. One that is registered
/// goes into the history.
fn add(
    transaction: &Transaction<'_>,
    account: &Account,
    at: UnixTime,
    key: &SecretKey,
) -> Result<(), StoreError> {
    put(transaction, account)?;
    match account.state {
        AccountState::Sent => return Ok(()),
        AccountState::Registered => {}
    }
    let event = HistoryEvent::Registered {
        account: account.account.clone(),
        broker: account.broker.clone(),
        approver: account.approver.clone(),
        computer: account.computer.clone(),
    };
    history::append(transaction, event, at, key)
}

/// Puts an account in the place of the one of its name at its broker.
fn put(transaction: &Transaction<'_>, account: &Account) -> Result<(), StoreError> {
    transaction.execute(
        "DELETE FROM accounts WHERE broker = ?1 AND account = ?2",
        params![account.broker, account.account.as_str()],
    )?;
    transaction.execute(
        "INSERT INTO accounts (approver, account, broker, computer, broker_name, broker_keys,
                               registered_at, state)
         VALUES (:approver, :account, :broker, :computer, :broker_name, :broker_keys,
                 :registered_at, :state)",
        named_params! {
            ":approver": account.approver.0,
            ":account": account.account.as_str(),
            ":broker": account.broker,
            ":computer": account.computer.as_str(),
            ":broker_name": account.broker_name,
            ":broker_keys": to_json(&account.broker_keys)?,
            ":registered_at": account.registered_at.0,
            ":state": account.state.name(),
        },
    )?;
    Ok(())
}

/// Removes an account. One that was registered goes into the history.
fn remove(
    transaction: &Transaction<'_>,
    approver: &ApproverId,
    at: UnixTime,
    key: &SecretKey,
) -> Result<(), StoreError> {
    let Some(account) = list(transaction)?.into_iter().find(|one| one.approver == *approver) else {
        return Ok(());
    };
    transaction.execute("DELETE FROM accounts WHERE approver = ?1", [&approver.0])?;
    brokers::forget_unused(transaction)?;
    match account.state {
        AccountState::Sent => Ok(()),
        AccountState::Registered => {
            let Account { account, broker, approver, .. } = account;
            history::append(
                transaction,
                HistoryEvent::Removed { account, broker, approver },
                at,
                key,
            )
        }
    }
}

/// All accounts, in the order they were registered.
fn list(connection: &Connection) -> Result<Vec<Account>, StoreError> {
    let mut rows = connection.prepare_cached(
        "SELECT account, broker, computer, approver, broker_name, broker_keys, registered_at,
                state
         FROM accounts ORDER BY registered_at, approver",
    )?;
    let mut rows = rows.query([])?;
    let mut accounts = Vec::new();
    while let Some(row) = rows.next()? {
        accounts.push(read(row)?);
    }
    Ok(accounts)
}

fn read(row: &Row<'_>) -> Result<Account, StoreError> {
    Ok(Account {
        account: AccountName::parse(&row.get::<_, String>(0)?).map_err(StoreError::strange)?,
        broker: row.get(1)?,
        computer: ApproverName::new(&row.get::<_, String>(2)?),
        approver: ApproverId(row.get(3)?),
        broker_name: row.get(4)?,
        broker_keys: from_json(&row.get::<_, String>(5)?)?,
        registered_at: UnixTime(row.get(6)?),
        state: AccountState::read(&row.get::<_, String>(7)?)?,
    })
}

/// Keeps `head` if it is newer than the kept one. A shorter audit never replaces a longer one.
pub(super) fn keep_head(
    transaction: &Transaction<'_>,
    head: &BrokerHead,
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
            return Ok(HeadCheck::RolledBack { kept, told: length });
        }
        if length < kept {
            return Ok(HeadCheck::Older);
        }
    }
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
    Ok(HeadCheck::Kept)
}
