//! Whether the audit is whole.

use rusqlite::OptionalExtension as _;
use sayso_protocol::signature::Digest;

use super::audit::{beginning, head, link};
use super::key::BrokerKey;
use super::{Db, StoreError};

/// What is wrong with an audit.
#[derive(Debug, thiserror::Error)]
pub enum Broken {
    /// This entry, or the link to the one before it, was changed.
    #[error("entry {0} does not fit the chain")]
    Entry(u64),
    /// The chain does not reach the signed head, or the head is not signed by this broker.
    #[error("the chain does not end at a signed head")]
    Head,
    /// A signed message that the audit names is gone or changed.
    #[error("message {0} is not what was audited")]
    Message(Digest),
    /// It cannot be read.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<rusqlite::Error> for Broken {
    fn from(error: rusqlite::Error) -> Self {
        Self::Store(error.into())
    }
}

impl Db<'_> {
    /// Walks the whole chain and returns how many entries it has.
    ///
    /// # Errors
    /// [`Broken`]: the first thing that does not fit.
    pub fn verify_audit(self, key: &BrokerKey) -> Result<u64, Broken> {
        let mut at = beginning();
        let mut entries = self.0.prepare("SELECT n, entry, hash FROM audit ORDER BY n")?;
        let mut rows = entries.query([])?;
        while let Some(row) = rows.next()? {
            let (n, entry): (i64, String) =
                (row.get(0)?, row.get(1).map_err(|_| Broken::Entry(at.length + 1))?);
            let kept: String = row.get(2)?;
            at = link(at, &entry);
            if n.cast_unsigned() != at.length || kept != at.hash.to_string() {
                return Err(Broken::Entry(at.length));
            }
            self.verify_message(&entry)?;
        }
        let (signed, jws) = head(self, key).map_err(|_| Broken::Head)?;
        if signed != at || (jws.is_none() && at.length > 0) {
            return Err(Broken::Head);
        }
        Ok(at.length)
    }

    /// The signed message that an entry names must be there, byte for byte.
    fn verify_message(self, entry: &str) -> Result<(), Broken> {
        #[derive(serde::Deserialize)]
        struct Names {
            decision: Option<Digest>,
            signed: Option<Digest>,
        }
        let names: Names = serde_json::from_str(entry).map_err(StoreError::from)?;
        for (digest, sql) in [
            (names.decision, "SELECT jws FROM decisions WHERE hash = ?1"),
            (names.signed, "SELECT jws FROM change_acts WHERE hash = ?1"),
        ] {
            let Some(digest) = digest else { continue };
            let mut message = self.0.prepare_cached(sql)?;
            let jws: Option<String> =
                message.query_row([digest.to_string()], |row| row.get(0)).optional()?;
            if jws.is_none_or(|jws| Digest::of(jws.as_bytes()) != digest) {
                return Err(Broken::Message(digest));
            }
        }
        Ok(())
    }
}
