//! Signed messages that were answered: the same bytes get the same answer, and other bytes under
//! the same `jti` get none.

use rusqlite::OptionalExtension as _;
use sayso_protocol::enrolment::ApproverId;
use sayso_protocol::signature::Digest;
use sayso_protocol::time::UnixTime;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{StoreError, Tx};

/// Who signed which bytes, and until when they count.
#[derive(Debug, Clone)]
pub struct Message {
    /// The approver.
    pub from: ApproverId,
    /// Its number for this message.
    pub jti: String,
    /// SHA-256 of the bytes.
    pub digest: Digest,
    /// The message's `exp`.
    pub until: UnixTime,
}

/// Whether a message was here before.
#[derive(Debug)]
pub enum Seen<A> {
    /// Never.
    Never,
    /// These very bytes; this was the answer.
    Same(A),
    /// Other bytes under the same number.
    Forged,
}

impl Tx<'_> {
    /// Whether `message` was here before.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn seen<A: DeserializeOwned>(&self, message: &Message) -> Result<Seen<A>, StoreError> {
        let row: Option<(String, String)> = self
            .sql()
            .prepare_cached("SELECT digest, answer FROM messages WHERE approver = ?1 AND jti = ?2")?
            .query_row((&message.from.0, &message.jti), |row| Ok((row.get(0)?, row.get(1)?)))
            .optional()?;
        match row {
            None => Ok(Seen::Never),
            Some((digest, answer)) if digest == message.digest.to_string() => {
                Ok(Seen::Same(serde_json::from_str(&answer)?))
            }
            Some(_) => Ok(Seen::Forged),
        }
    }

    /// Keeps the answer that `message` got.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn keep_answer(
        &self,
        message: &Message,
        answer: &impl Serialize,
    ) -> Result<(), StoreError> {
        let answer = serde_json::to_string(answer)?;
        self.sql()
            .prepare_cached(
                "INSERT INTO messages (approver, jti, digest, answer, until)
                 VALUES (?1, ?2, ?3, ?4, ?5)",
            )?
            .execute((
                &message.from.0,
                &message.jti,
                message.digest.to_string(),
                answer,
                message.until.0,
            ))?;
        Ok(())
    }

    /// Forgets messages that have expired: they are refused for that.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn forget_expired_messages(&self) -> Result<(), StoreError> {
        self.sql()
            .prepare_cached("DELETE FROM messages WHERE until < ?1")?
            .execute([self.now.0])?;
        Ok(())
    }
}
