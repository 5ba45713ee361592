//! What went wrong at the command line: what happened, and what to do.

use sayso_protocol::enrolment::{AccountName, ApproverName};
use sayso_protocol::request::ServiceName;
use sayso_words::{Words, say};
use std::net::SocketAddr;
use std::path::PathBuf;

use crate::server::ServeError;
use crate::settings::{Settings, SettingsError};
use crate::store::{Broken, NotCommitted, OpenError, StoreError};
use crate::tls::{self, TlsError};

/// Why a command was not done.
#[derive(Debug)]
#[allow(missing_docs, reason = "the names and their sentences say it")]
pub enum Fault {
    Settings(SettingsError, PathBuf),
    NoStore(PathBuf),
    Store(OpenError, PathBuf),
    Writing(StoreError),
    Tls(TlsError),
    Listen(std::io::Error, SocketAddr),
    Metrics(std::io::Error, SocketAddr),
    ReadyFile(std::io::Error, PathBuf),
    KeyUnwritable(String, PathBuf),
    Audit(Broken),
    Name(String),
    ServiceName,
    ReturnUrl(String),
    ServiceExists(ServiceName),
    ServiceUnknown(ServiceName),
    WebhookNone(ServiceName),
    WebhookAddress(String),
    WebhookGone(ServiceName),
    EventUnknown(ServiceName, String),
    AccountExists(AccountName),
    AccountUnknown(AccountName),
    AccountBlocked(AccountName),
    AccountNotBlocked(AccountName),
    TooManyApprovers(AccountName),
    ApproverUnknown(AccountName, ApproverName),
    ApproverSeveral(AccountName, ApproverName),
    Inside(String),
}

impl From<StoreError> for Fault {
    fn from(error: StoreError) -> Self {
        Self::Writing(error)
    }
}

impl From<Broken> for Fault {
    fn from(broken: Broken) -> Self {
        Self::Audit(broken)
    }
}

impl Fault {
    /// The fault of a broker that was to be served.
    #[must_use]
    pub fn serve(error: ServeError, settings: &Settings) -> Self {
        match error {
            ServeError::Settings(error) => Self::Settings(error, PathBuf::new()),
            ServeError::Open(error) => Self::Store(error, settings.store()),
            ServeError::Store(error) => {
                let NotCommitted { code, text } = NotCommitted::from(&error);
                Self::Store(OpenError::of_code(code, text), settings.store())
            }
            ServeError::Tls(error) => Self::Tls(error),
            ServeError::Listen(error) => Self::Listen(error, settings.listen()),
            ServeError::Metrics(error, address) => Self::Metrics(error, address),
        }
    }

    /// What happened, and what to do.
    #[must_use]
    pub fn sentences(&self, words: &Words) -> String {
        match self {
            Self::Settings(error, path) => settings(words, error, &path.to_string_lossy()),
            Self::NoStore(path) => {
                say!(words, "admin-error-store-none", path = &*path.to_string_lossy())
            }
            Self::Store(error, path) => store(words, error, &path.to_string_lossy()),
            Self::Tls(error) => tls::sentences(words, error),
            Self::Listen(error, address) => {
                tracing::debug!(%error, "listen");
                say!(words, "admin-error-listen", address = &address.to_string())
            }
            Self::Metrics(error, address) => {
                tracing::debug!(%error, "metrics");
                say!(words, "admin-error-metrics", address = &address.to_string())
            }
            Self::ReadyFile(error, path) => {
                tracing::debug!(%error, "ready file");
                say!(words, "admin-error-ready-file", path = &*path.to_string_lossy())
            }
            Self::KeyUnwritable(error, path) => {
                tracing::debug!(error, "the new key");
                say!(words, "admin-error-key-unwritable", path = &*path.to_string_lossy())
            }
            Self::Audit(broken) => audit(words, broken),
            Self::Writing(error) => {
                tracing::error!(%error, "the store");
                say!(words, "admin-error-inside")
            }
            Self::Inside(error) => {
                tracing::error!(%error, "inside");
                say!(words, "admin-error-inside")
            }
            Self::Name(_)
            | Self::ServiceName
            | Self::ReturnUrl(_)
            | Self::ServiceExists(_)
            | Self::ServiceUnknown(_)
            | Self::WebhookNone(_)
            | Self::WebhookAddress(_)
            | Self::WebhookGone(_)
            | Self::EventUnknown(..)
            | Self::AccountExists(_)
            | Self::AccountUnknown(_)
            | Self::AccountBlocked(_)
            | Self::AccountNotBlocked(_)
            | Self::TooManyApprovers(_)
            | Self::ApproverUnknown(..)
            | Self::ApproverSeveral(..) => self.of_arguments(words),
        }
    }

    /// The faults of what the administrator typed.
    fn of_arguments(&self, words: &Words) -> String {
        match self {
            Self::Name(name) => say!(words, "admin-error-name", name = name),
            Self::ServiceName => say!(words, "admin-error-service-name"),
            Self::ReturnUrl(address) => say!(words, "admin-error-return-url", address = address),
            Self::ServiceExists(name) => {
                say!(words, "admin-error-service-exists", service = name.as_str())
            }
            Self::ServiceUnknown(name) => {
                say!(words, "admin-error-service-unknown", service = name.as_str())
            }
            Self::WebhookNone(name) => {
                say!(words, "admin-error-webhook-none", service = name.as_str())
            }
            Self::WebhookAddress(address) => {
                say!(words, "admin-error-webhook-address", address = address)
            }
            Self::WebhookGone(name) => {
                say!(words, "admin-error-webhook-gone", service = name.as_str())
            }
            Self::EventUnknown(name, id) => {
                say!(words, "admin-error-event-unknown", service = name.as_str(), id = id)
            }
            Self::AccountExists(name) => {
                say!(words, "admin-error-account-exists", account = name.as_str())
            }
            Self::AccountUnknown(name) => {
                say!(words, "admin-error-account-unknown", account = name.as_str())
            }
            Self::AccountBlocked(account) => {
                say!(words, "admin-error-account-blocked", account = account.as_str())
            }
            Self::AccountNotBlocked(account) => {
                say!(words, "admin-error-account-not-blocked", account = account.as_str())
            }
            Self::TooManyApprovers(account) => {
                say!(words, "admin-error-approvers", account = account.as_str())
            }
            Self::ApproverUnknown(account, name) => {
                let (account, name) = (account.as_str(), name.as_str());
                say!(words, "admin-error-approver-unknown", account = account, name = name)
            }
            Self::ApproverSeveral(account, name) => {
                let (account, name) = (account.as_str(), name.as_str());
                say!(words, "admin-error-approver-several", account = account, name = name)
            }
            Self::Settings(..)
            | Self::NoStore(_)
            | Self::Store(..)
            | Self::Writing(_)
            | Self::Tls(_)
            | Self::Listen(..)
            | Self::Metrics(..)
            | Self::ReadyFile(..)
            | Self::KeyUnwritable(..)
            | Self::Audit(_)
            | Self::Inside(_) => say!(words, "admin-error-inside"),
        }
    }
}

fn settings(words: &Words, error: &SettingsError, path: &str) -> String {
    tracing::debug!(%error, "the settings");
    match error {
        SettingsError::Unreadable(_) => {
            say!(words, "admin-error-settings-unreadable", path = path)
        }
        SettingsError::Fault { line, .. } => {
            say!(words, "admin-error-settings", line = *line, path = path)
        }
        SettingsError::Origin(origin) => say!(words, "admin-error-origin", address = origin),
        SettingsError::NotLoopback(address) => {
            say!(words, "admin-error-not-loopback", address = &address.to_string())
        }
        SettingsError::NoOrigin => say!(words, "admin-error-no-origin"),
        SettingsError::NotHttps(origin) => {
            say!(words, "admin-error-not-https", address = &**origin)
        }
    }
}

fn store(words: &Words, error: &OpenError, path: &str) -> String {
    tracing::debug!(%error, "the store");
    match error {
        OpenError::ReadOnly(_) => say!(words, "admin-error-store-read-only", path = path),
        OpenError::Full(_) => say!(words, "admin-error-store-full", path = path),
        OpenError::Corrupt(_) => say!(words, "admin-error-store-corrupt", path = path),
        OpenError::Newer(_) => say!(words, "admin-error-store-newer", path = path),
        OpenError::Key(_) => say!(words, "admin-error-key", path = path),
        OpenError::ForeignKey => say!(words, "admin-error-key-foreign", path = path),
        OpenError::Folder(_) | OpenError::Thread(_) | OpenError::Other(_) => {
            say!(words, "admin-error-store-open", path = path)
        }
    }
}

fn audit(words: &Words, broken: &Broken) -> String {
    tracing::debug!(%broken, "the audit");
    match broken {
        Broken::Entry(entry) => say!(words, "admin-error-audit-broken", entry = *entry),
        Broken::Message(_) => say!(words, "admin-error-audit-decision"),
        Broken::Head => say!(words, "admin-error-audit-cut"),
        Broken::Store(_) => say!(words, "admin-error-audit-unreadable"),
    }
}
