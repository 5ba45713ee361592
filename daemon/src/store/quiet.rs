//! Why and until when requests are not told: one row.

use rusqlite::{Connection, OptionalExtension as _, Transaction};

use super::decisions::{from_json, to_json};
use super::{Store, StoreError};
use crate::quiet::Kept;

impl Store {
    /// Keeps why and until when requests are not told.
    ///
    /// # Errors
    /// When it could not be kept.
    pub async fn keep_quiet(&self, kept: Kept) -> Result<(), StoreError> {
        self.write(move |transaction| keep(transaction, &kept)).await
    }

    /// Why and until when requests are not told.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn quiet(&self) -> Result<Kept, StoreError> {
        self.read(read).await
    }
}

/// Keeps it.
fn keep(transaction: &Transaction<'_>, kept: &Kept) -> Result<(), StoreError> {
    transaction
        .prepare_cached(
            "INSERT INTO quiet (only, kept) VALUES (1, ?1)
             ON CONFLICT (only) DO UPDATE SET kept = ?1",
        )?
        .execute([to_json(kept)?])?;
    Ok(())
}

/// What was kept last.
fn read(connection: &Connection) -> Result<Kept, StoreError> {
    let kept: Option<String> = connection
        .prepare_cached("SELECT kept FROM quiet WHERE only = 1")?
        .query_row([], |row| row.get(0))
        .optional()?;
    kept.map_or(Ok(Kept::default()), |kept| from_json(&kept))
}
