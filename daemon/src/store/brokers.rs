//! The brokers at which this computer is registered: what the person calls them, and their keys.

use rusqlite::{Connection, Transaction, params};
use sayso_protocol::enrolment::ApproverId;
use sayso_protocol::rotation::BrokerKeys;
use sayso_protocol::signature::SecretKey;
use sayso_protocol::time::UnixTime;

use super::accounts::{self, Account};
use super::decisions::to_json;
use super::events::HistoryEvent;
use super::history;
use super::{Store, StoreError};

impl Store {
    /// The person calls the broker of this origin so.
    ///
    /// # Errors
    /// When it could not be kept.
    pub async fn name_broker(&self, broker: &str, name: &str) -> Result<(), StoreError> {
        let (broker, name) = (broker.to_owned(), name.to_owned());
        self.write(move |transaction| call(transaction, &broker, &name)).await
    }

    /// The broker of `approver` has these keys now. A new one goes into the history.
    ///
    /// # Errors
    /// When it could not be kept.
    pub async fn keep_broker_keys(
        &self,
        approver: &ApproverId,
        keys: BrokerKeys,
        at: UnixTime,
        history_key: &SecretKey,
    ) -> Result<(), StoreError> {
        let (approver, key) = (approver.clone(), history_key.clone());
        self.write(move |transaction| keep_keys(transaction, &approver, &keys, at, &key)).await
    }

    /// The brokers that the person has named: origin, name.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn broker_names(&self) -> Result<Vec<(String, String)>, StoreError> {
        self.read(list).await
    }
}

fn call(transaction: &Transaction<'_>, broker: &str, name: &str) -> Result<(), StoreError> {
    transaction
        .prepare_cached(
            "INSERT INTO broker_names (broker, name) VALUES (?1, ?2)
             ON CONFLICT (broker) DO UPDATE SET name = ?2",
        )?
        .execute(params![broker, name])?;
    Ok(())
}

fn keep_keys(
    transaction: &Transaction<'_>,
    approver: &ApproverId,
    keys: &BrokerKeys,
    at: UnixTime,
    history_key: &SecretKey,
) -> Result<(), StoreError> {
    let accounts = accounts::list(transaction)?;
    let Some(known) = accounts.into_iter().find(|known| known.approver == *approver) else {
        return Ok(());
    };
    transaction.execute(
        "UPDATE accounts SET broker_keys = ?2 WHERE approver = ?1",
        params![approver.0, to_json(keys)?],
    )?;
    let key = keys.current().thumbprint();
    if known.broker_keys.current().thumbprint() == key {
        return Ok(());
    }
    let Account { account, broker, .. } = known;
    history::append(transaction, HistoryEvent::BrokerKey { account, broker, key }, at, history_key)
}

fn list(connection: &Connection) -> Result<Vec<(String, String)>, StoreError> {
    let mut rows = connection.prepare_cached("SELECT broker, name FROM broker_names")?;
    let rows = rows.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Forgets what brokers were called at which no account is left.
pub(super) fn forget_unused(transaction: &Transaction<'_>) -> Result<(), StoreError> {
    transaction.execute(
        "DELETE FROM broker_names WHERE broker NOT IN (SELECT broker FROM accounts)",
        [],
    )?;
    Ok(())
}
