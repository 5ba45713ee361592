//! What can be wrong with a store, when it is opened and while it is used.

use rusqlite::ErrorCode;
use std::io::ErrorKind;
use std::path::Path;

/// A store cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Its folder cannot be made or entered.
    #[error("folder: {0}")]
    Folder(std::io::Error),
    /// Its database or folder cannot be written.
    #[error("read-only: {0}")]
    ReadOnly(String),
    /// There is no room on the disk.
    #[error("full: {0}")]
    Full(String),
    /// The database is not one, or is damaged.
    #[error("corrupt: {0}")]
    Corrupt(String),
    /// A newer version of this program has changed it.
    #[error("newer: {0}")]
    Newer(String),
    /// The key beside it cannot be read, or others can read it too.
    #[error("key: {0}")]
    Key(String),
    /// The key beside it is not the one that the store was made with, or is gone.
    #[error("the key is not the store's")]
    ForeignKey,
    /// No thread could be started.
    #[error("thread: {0}")]
    Thread(std::io::Error),
    /// Anything else.
    #[error("{0}")]
    Other(String),
}

impl OpenError {
    /// The fault that SQLite calls so.
    #[must_use]
    pub fn of_code(code: Option<ErrorCode>, text: String) -> Self {
        match code {
            Some(ErrorCode::ReadOnly) => Self::ReadOnly(text),
            Some(ErrorCode::DiskFull) => Self::Full(text),
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => Self::Corrupt(text),
            Some(_) | None => Self::Other(text),
        }
    }

    /// SQLite says no more than that it cannot open a file beside the database; a write of our own
    /// into `folder` tells why.
    #[must_use]
    pub(in crate::store) fn looked_into(self, folder: &Path) -> Self {
        let Self::Other(text) = self else { return self };
        let probe = folder.join("sayso-broker.probe");
        let written = std::fs::write(&probe, [0; 4096]).map_err(|error| error.kind());
        // What was not made need not go.
        std::fs::remove_file(&probe).ok();
        #[allow(clippy::wildcard_enum_match_arm, reason = "not our enum")]
        match written {
            Err(ErrorKind::ReadOnlyFilesystem | ErrorKind::PermissionDenied) => {
                Self::ReadOnly(text)
            }
            Err(ErrorKind::StorageFull | ErrorKind::QuotaExceeded) => Self::Full(text),
            Ok(()) | Err(_) => Self::Other(text),
        }
    }
}

impl From<rusqlite::Error> for OpenError {
    fn from(error: rusqlite::Error) -> Self {
        Self::of_code(error.sqlite_error_code(), error.to_string())
    }
}

impl From<refinery::Error> for OpenError {
    fn from(error: refinery::Error) -> Self {
        use refinery::error::Kind;
        use std::error::Error as _;
        #[allow(clippy::wildcard_enum_match_arm, reason = "not our enum")]
        match error.kind() {
            Kind::MissingVersion(_) | Kind::DivergentVersion(..) => Self::Newer(error.to_string()),
            _ => {
                let mut cause = error.source();
                while let Some(inner) = cause {
                    if let Some(rusqlite::Error::SqliteFailure(code, text)) = inner.downcast_ref() {
                        return rusqlite::Error::SqliteFailure(*code, text.clone()).into();
                    }
                    cause = inner.source();
                }
                Self::Corrupt(error.to_string())
            }
        }
    }
}

/// The store could not do something. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database refused.
    #[error("database: {0}")]
    Database(#[from] rusqlite::Error),
    /// A row does not hold what we once wrote.
    #[error("unreadable row: {0}")]
    Unreadable(String),
    /// A key cannot be written or found.
    #[error("key: {0}")]
    Key(String),
    /// More writes wait than the writer takes.
    #[error("the writer's queue is full")]
    QueueFull,
    /// The commit failed; everything in the group was taken back.
    #[error("commit: {0}")]
    Commit(NotCommitted),
    /// The writer has ended, or this write made it panic.
    #[error("the writer has ended")]
    Ended,
}

/// Why a group was not committed.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{text}")]
pub struct NotCommitted {
    /// What SQLite calls it, if it was SQLite.
    pub code: Option<ErrorCode>,
    /// For the log.
    pub text: String,
}

impl From<&StoreError> for NotCommitted {
    fn from(error: &StoreError) -> Self {
        let code = match error {
            StoreError::Database(error) => error.sqlite_error_code(),
            StoreError::Commit(error) => error.code,
            StoreError::Unreadable(_)
            | StoreError::Key(_)
            | StoreError::QueueFull
            | StoreError::Ended => None,
        };
        Self { code, text: error.to_string() }
    }
}

impl From<serde_json::Error> for StoreError {
    fn from(error: serde_json::Error) -> Self {
        Self::Unreadable(error.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn failure(code: i32) -> OpenError {
        rusqlite::Error::SqliteFailure(rusqlite::ffi::Error::new(code), None).into()
    }

    #[test]
    fn each_fault_of_a_disk_is_named_for_what_to_do() {
        use rusqlite::ffi;
        assert!(matches!(failure(ffi::SQLITE_READONLY), OpenError::ReadOnly(_)));
        assert!(matches!(failure(ffi::SQLITE_FULL), OpenError::Full(_)));
        assert!(matches!(failure(ffi::SQLITE_CORRUPT), OpenError::Corrupt(_)));
        assert!(matches!(failure(ffi::SQLITE_NOTADB), OpenError::Corrupt(_)));
        assert!(matches!(failure(ffi::SQLITE_CANTOPEN), OpenError::Other(_)));
    }
}
