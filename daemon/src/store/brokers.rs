//! What the person calls the brokers at which this computer is registered.

use rusqlite::{Connection, Transaction, params};

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
