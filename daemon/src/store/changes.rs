//! What the person agreed to and has been told of changes: after a restart nothing is told that was
//! told before.

use rusqlite::{Connection, OptionalExtension as _, Transaction, params};
use sayso_protocol::change::{ChangeId, ChangeTold, Standing};
use sayso_protocol::decision::Heard;
use sayso_protocol::enrolment::{AccountName, ApproverId};
use sayso_protocol::signature::SecretKey;
use sayso_protocol::time::UnixTime;

use super::decisions::{from_json, to_json};
use super::events::HistoryEvent;
use super::history;
use super::{Store, StoreError};

/// In seconds: a change of which was told so long ago has ended.
const FORGOTTEN: i64 = 30 * 86_400;

/// The account that a change is of.
#[derive(Clone, Debug)]
pub struct Whose {
    /// This computer's id there.
    pub approver: ApproverId,
    /// The account's name.
    pub account: AccountName,
    /// The broker's origin.
    pub broker: String,
}

/// Which change of which account, and how far it was when the person was told.
pub type ToldChange = ((ApproverId, ChangeId), Standing);

impl Store {
    /// The person has been told how far `change` is. Another standing than before goes into the
    /// history.
    ///
    /// # Errors
    /// When it could not be kept.
    pub async fn change_told(
        &self,
        whose: Whose,
        change: ChangeTold,
        at: UnixTime,
        history_key: &SecretKey,
    ) -> Result<(), StoreError> {
        let key = history_key.clone();
        self.write(move |transaction| tell(transaction, whose, &change, at, &key)).await
    }

    /// What the person has been told, of all changes of the last weeks.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn changes_told(&self) -> Result<Vec<ToldChange>, StoreError> {
        self.read(told).await
    }

    /// Writes into the history what the person agreed to, with what was signed. Call it before
    /// sending.
    ///
    /// # Errors
    /// When it could not be kept: then it must not be sent.
    pub async fn agreed(
        &self,
        whose: Whose,
        heard: Heard,
        jws: String,
        at: UnixTime,
        history_key: &SecretKey,
    ) -> Result<(), StoreError> {
        let key = history_key.clone();
        let Whose { account, broker, .. } = whose;
        let event = HistoryEvent::Agreed { account, broker, heard, jws };
        self.write(move |transaction| history::append(transaction, event, at, &key)).await
    }
}

fn tell(
    transaction: &Transaction<'_>,
    whose: Whose,
    change: &ChangeTold,
    at: UnixTime,
    key: &SecretKey,
) -> Result<(), StoreError> {
    let (approver, id) = (&whose.approver.0, change.id.to_string());
    let before: Option<String> = transaction
        .query_row(
            "SELECT standing FROM changes_told WHERE approver = ?1 AND change = ?2",
            params![approver, id],
            |row| row.get(0),
        )
        .optional()?;
    let standing = to_json(&change.standing)?;
    let forgotten = at.0.saturating_sub(FORGOTTEN);
    transaction.execute("DELETE FROM changes_told WHERE told_at < ?1", [forgotten])?;
    transaction.execute(
        "INSERT INTO changes_told (approver, change, standing, told_at) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT (approver, change) DO UPDATE
             SET standing = excluded.standing, told_at = excluded.told_at",
        params![approver, id, standing, at.0],
    )?;
    if before.as_ref() == Some(&standing) {
        return Ok(());
    }
    let event = HistoryEvent::Changed {
        account: whose.account,
        broker: whose.broker,
        change: change.id,
        proposal: change.proposal.clone(),
        by: change.by.clone(),
        standing: change.standing,
    };
    history::append(transaction, event, at, key)
}

fn told(connection: &Connection) -> Result<Vec<ToldChange>, StoreError> {
    let mut rows =
        connection.prepare_cached("SELECT approver, change, standing FROM changes_told")?;
    let mut rows = rows.query([])?;
    let mut told = Vec::new();
    while let Some(row) = rows.next()? {
        let id: String = row.get(1)?;
        let id: ChangeId = id.parse().map_err(StoreError::strange)?;
        told.push(((ApproverId(row.get(0)?), id), from_json(&row.get::<_, String>(2)?)?));
    }
    Ok(told)
}
