//! Why the store could not do what it was asked, and what the person is told about it.

use std::path::Path;

use rusqlite::ErrorCode;
use sayso_words::{Words, say};

/// Why the store could not do it. Nothing was kept; what was kept before still is.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Another daemon has this store open.
    #[error("another daemon holds the store")]
    AlreadyRunning,
    /// The store, or the disk it is on, cannot be written.
    #[error("the store is read-only: {0}")]
    ReadOnly(String),
    /// No room is left.
    #[error("no room is left for the store")]
    Full,
    /// It is not a store, or it is damaged.
    #[error("the store is damaged: {0}")]
    Corrupt(String),
    /// A newer version of Sayso wrote it: its schema's number.
    #[error("the store has the newer schema {0}")]
    Newer(i64),
    /// Another program holds a lock on the file.
    #[error("another program has locked the store")]
    Busy,
    /// The history's entry with this number was changed, or is missing.
    #[error("history entry {0} was changed")]
    Altered(u64),
    /// This request has another decision already.
    #[error("the request is decided already")]
    Decided,
    /// There is no such decision.
    #[error("no such decision")]
    Unknown,
    /// The folder or the file cannot be used.
    #[error("the store cannot be used: {0}")]
    Io(String),
    /// The store was closed.
    #[error("the store is closed")]
    Closed,
}

impl StoreError {
    /// The same where the store is opened and nothing was to be signed yet.
    #[must_use]
    pub fn at_start(&self, words: &Words, folder: &Path) -> String {
        if matches!(self, Self::Full) {
            let path = folder.join(super::FILE).display().to_string();
            return say!(words, "error-store-no-room", path = &path);
        }
        self.sentence(words, folder)
    }

    /// What happened and what to do, in two sentences. `folder` is where the store lies.
    #[must_use]
    pub fn sentence(&self, words: &Words, folder: &Path) -> String {
        let path = folder.join(super::FILE).display().to_string();
        match self {
            Self::AlreadyRunning => say!(words, "error-already-running"),
            Self::ReadOnly(_) => say!(words, "error-store-read-only", path = &path),
            Self::Full => say!(words, "error-store-full"),
            Self::Corrupt(_) => say!(words, "error-store-corrupt", path = &path),
            Self::Newer(_) => say!(words, "error-store-newer", path = &path),
            Self::Busy => say!(words, "error-store-busy", path = &path),
            Self::Altered(line) => say!(words, "error-history-broken", line = *line),
            Self::Decided => say!(words, "error-answered"),
            Self::Io(_) => say!(words, "error-store-open", path = &path),
            Self::Unknown | Self::Closed => say!(words, "error-inside"),
        }
    }

    /// A row that does not say what a row of ours says.
    pub(super) fn strange(what: impl std::fmt::Display) -> Self {
        Self::Corrupt(what.to_string())
    }
}

impl From<std::io::Error> for StoreError {
    fn from(error: std::io::Error) -> Self {
        use std::io::ErrorKind;
        #[allow(clippy::wildcard_enum_match_arm, reason = "the system's own list of kinds")]
        match error.kind() {
            ErrorKind::ReadOnlyFilesystem | ErrorKind::PermissionDenied => {
                Self::ReadOnly(error.to_string())
            }
            ErrorKind::StorageFull | ErrorKind::QuotaExceeded => Self::Full,
            _ => Self::Io(error.to_string()),
        }
    }
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        let rusqlite::Error::SqliteFailure(code, _) = &error else {
            return Self::strange(error);
        };
        // Making room for the index of the log fails with a code of its own on a full disk.
        let no_room = [rusqlite::ffi::SQLITE_IOERR_SHMSIZE, rusqlite::ffi::SQLITE_IOERR_SHMOPEN];
        if no_room.contains(&code.extended_code) {
            return Self::Full;
        }
        #[allow(clippy::wildcard_enum_match_arm, reason = "SQLite's own list of codes")]
        match code.code {
            ErrorCode::ReadOnly => Self::ReadOnly(error.to_string()),
            ErrorCode::DiskFull => Self::Full,
            ErrorCode::DatabaseCorrupt
            | ErrorCode::NotADatabase
            | ErrorCode::TypeMismatch
            | ErrorCode::ConstraintViolation => Self::strange(error),
            ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => Self::Busy,
            _ => Self::Io(error.to_string()),
        }
    }
}

impl From<refinery::Error> for StoreError {
    fn from(error: refinery::Error) -> Self {
        if let refinery::error::Kind::Connection(_, cause) = error.kind()
            && let Some(rusqlite::Error::SqliteFailure(code, text)) = cause.downcast_ref()
        {
            return rusqlite::Error::SqliteFailure(*code, text.clone()).into();
        }
        Self::strange(error)
    }
}
