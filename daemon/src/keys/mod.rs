//! The private keys: two per account and one for the history. They lie in the Secret Service
//! when there is one, else in files of mode 0600. What lies in a file is found there for ever.
//!
//! - `keyring`: the Secret Service, over an encrypted session
//! - `file`: one file a key
//!
//! Nothing here asks the person anything: a locked keyring is an error of its own.

use std::path::{Path, PathBuf};

use sayso_protocol::enrolment::ApproverId;
use sayso_protocol::relay::Signer;
use sayso_protocol::signature::SecretKey;
use sayso_words::{Words, say};
use zbus::names::BusName;

mod file;
mod keyring;
#[cfg(test)]
mod tests;

use file::Files;

/// The folder of the key files, below the store's.
const FOLDER: &str = "keys";

/// Why a key could not be read or kept. Says nothing of the key.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The keyring is locked.
    #[error("the keyring is locked")]
    Locked,
    /// The keyring does not answer, or not as it should.
    #[error("the keyring does not answer: {0}")]
    Silent(String),
    /// The key is nowhere.
    #[error("the key is missing")]
    Missing,
    /// What was found is not the key.
    #[error("the key cannot be read: {0}")]
    Unreadable(String),
    /// Somebody else owns or can read the key's file or folder.
    #[error("not private: {0}")]
    Exposed(PathBuf),
    /// The key's file cannot be written.
    #[error("the key cannot be written to {0}: {1}")]
    ReadOnly(PathBuf, String),
    /// No room is left.
    #[error("no room is left for the key")]
    Full,
}

impl KeyError {
    /// What happened and what to do, in two sentences.
    #[must_use]
    pub fn sentence(&self, words: &Words) -> String {
        match self {
            Self::Locked => say!(words, "error-keyring-locked"),
            Self::Silent(_) => say!(words, "error-keyring-silent"),
            Self::Missing | Self::Unreadable(_) => say!(words, "error-keys-unreadable"),
            Self::Exposed(path) => {
                say!(words, "error-keys-exposed", path = &path.display().to_string())
            }
            Self::ReadOnly(path, _) => {
                say!(words, "error-store-read-only", path = &path.display().to_string())
            }
            Self::Full => say!(words, "error-store-full"),
        }
    }
}

/// Where new keys go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// Into the Secret Service.
    Keyring,
    /// Into files in this folder; the person is told once.
    Files(PathBuf),
}

/// Which key.
#[derive(Clone, Copy, Debug)]
enum Name<'a> {
    Approver(&'a ApproverId),
    Link(&'a ApproverId),
    History,
}

impl<'a> Name<'a> {
    /// What kind of key it is, in attributes and file names.
    fn kind(self) -> &'static str {
        match self {
            Self::Approver(_) => "approver",
            Self::Link(_) => "link",
            Self::History => "history",
        }
    }

    /// Whose key it is.
    fn approver(self) -> Option<&'a str> {
        match self {
            Self::Approver(id) | Self::Link(id) => Some(&id.0),
            Self::History => None,
        }
    }
}

/// The keys of this daemon.
#[derive(Clone, Debug)]
pub struct Keys {
    session: Option<zbus::Connection>,
    files: Files,
    place: Place,
}

impl Keys {
    /// Looks where keys are kept: `session` is the session bus, if there is one; `folder` the
    /// store's folder. Takes 5 s at most, where a keyring hangs.
    pub async fn open(session: Option<&zbus::Connection>, folder: &Path) -> Self {
        let files = Files::new(folder.join(FOLDER));
        let place = match session {
            Some(session) if has_keyring(session).await => match keyring::probe().await {
                Ok(()) => Place::Keyring,
                Err(error) => {
                    tracing::warn!(%error, "there is a keyring, but it cannot be used");
                    Place::Files(files.folder().to_owned())
                }
            },
            Some(_) | None => Place::Files(files.folder().to_owned()),
        };
        Self { session: session.cloned(), files, place }
    }

    /// Where new keys go.
    #[must_use]
    pub fn place(&self) -> &Place {
        &self.place
    }

    /// The history key; `None` if there is none yet.
    ///
    /// # Errors
    /// When it cannot be told, or not be read. Then no new one may be made.
    pub async fn load_history_key(&self) -> Result<Option<SecretKey>, KeyError> {
        self.load(Name::History).await
    }

    /// Keeps the history key. Call it only where [`Keys::load_history_key`] has found none.
    ///
    /// # Errors
    /// When it could not be kept.
    pub async fn save_history_key(&self, key: &SecretKey) -> Result<(), KeyError> {
        self.save(Name::History, key).await
    }

    /// Keeps both keys of an approver. Call it before the enrolment is sent.
    ///
    /// # Errors
    /// When they could not be kept.
    pub async fn save_approver(&self, signer: &Signer) -> Result<(), KeyError> {
        self.save(Name::Link(&signer.approver), &signer.link_key).await?;
        self.save(Name::Approver(&signer.approver), &signer.approver_key).await
    }

    /// Both keys of an approver.
    ///
    /// # Errors
    /// [`KeyError::Missing`], and when they cannot be read.
    pub async fn load_approver(&self, approver: &ApproverId) -> Result<Signer, KeyError> {
        let approver_key = self.load(Name::Approver(approver)).await?.ok_or(KeyError::Missing)?;
        let link_key = self.load(Name::Link(approver)).await?.ok_or(KeyError::Missing)?;
        if approver_key.public().thumbprint() != approver.0 {
            return Err(KeyError::Unreadable("it is another approver's key".into()));
        }
        Ok(Signer { approver: approver.clone(), approver_key, link_key })
    }

    /// Erases both keys of an approver, wherever they are; none there is no error.
    ///
    /// # Errors
    /// When they could not be erased.
    pub async fn forget_approver(&self, approver: &ApproverId) -> Result<(), KeyError> {
        for name in [Name::Approver(approver), Name::Link(approver)] {
            self.files.forget(name)?;
            if self.has_keyring().await {
                keyring::forget(name).await?;
            }
        }
        Ok(())
    }

    async fn load(&self, name: Name<'_>) -> Result<Option<SecretKey>, KeyError> {
        if let Some(key) = self.files.load(name)? {
            return Ok(Some(key));
        }
        // The keyring may have come after the daemon: it is looked for each time.
        if self.has_keyring().await { keyring::load(name).await } else { Ok(None) }
    }

    async fn save(&self, name: Name<'_>, key: &SecretKey) -> Result<(), KeyError> {
        match self.place {
            Place::Keyring => keyring::save(name, key).await,
            Place::Files(_) => self.files.save(name, key),
        }
    }

    /// Whether there is a keyring, or would be one as soon as it is called.
    pub async fn has_keyring(&self) -> bool {
        match &self.session {
            Some(session) => has_keyring(session).await,
            None => false,
        }
    }
}

/// Whether somebody on the bus is the Secret Service, or would be started as it.
async fn has_keyring(session: &zbus::Connection) -> bool {
    let asked = async {
        let bus = zbus::fdo::DBusProxy::new(session).await?;
        let name = BusName::try_from(keyring::SERVICE)?;
        if bus.name_has_owner(name).await? {
            return zbus::Result::Ok(true);
        }
        let startable = bus.list_activatable_names().await?;
        Ok(startable.iter().any(|name| name.as_str() == keyring::SERVICE))
    };
    matches!(tokio::time::timeout(keyring::PATIENCE, asked).await, Ok(Ok(true)))
}
