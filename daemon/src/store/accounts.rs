//! The accounts that this computer answers for.

use rusqlite::{Connection, Row, Transaction, named_params, params};
use sayso_protocol::enrolment::{AccountName, ApproverId, ApproverName};
use sayso_protocol::rotation::BrokerKeys;
use sayso_protocol::signature::SecretKey;
use sayso_protocol::time::UnixTime;

use super::brokers;
use super::decisions::{from_json, to_json};
use super::events::HistoryEvent;
use super::history;
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
    /// The broker's keys.
    pub broker_keys: BrokerKeys,
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
pub(super) fn list(connection: &Connection) -> Result<Vec<Account>, StoreError> {
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
