//! The broker's own key: a file beside the database that only its owner can read. It signs
//! requests, outcomes, the time and the audit's head; it is never in the database.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sayso_protocol::signature::{Claims, Envelope, Jws, PublicKey, SecretKey};
use sayso_protocol::time::UnixTime;
use sha2::Sha256;
use std::io::{ErrorKind, Read as _, Write as _};
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::Path;
use std::time::Duration;
use zeroize::Zeroizing;

use super::OpenError;
use crate::random;

/// The name of the key's file in the store's folder.
pub const FILE: &str = "sayso-broker.key";
/// Its name while it is written.
pub(super) const UNFINISHED: &str = "sayso-broker.key.new";

/// The broker's key.
#[derive(Clone, Debug)]
pub struct BrokerKey {
    secret: SecretKey,
    public: PublicKey,
}

/// What stands around the claims of a message that the broker signs.
#[derive(Clone, Copy, Debug)]
pub struct Frame<'a> {
    /// The broker's origin.
    pub iss: &'a str,
    /// For whom it is.
    pub aud: &'a str,
    /// Now.
    pub iat: UnixTime,
    /// Until when it counts.
    pub exp: UnixTime,
}

impl BrokerKey {
    /// Reads the key of the store in `folder`; makes one for a fresh store only.
    ///
    /// # Errors
    /// [`OpenError::Key`], [`OpenError::ForeignKey`] if an old store has lost its key.
    pub fn open(folder: &Path, fresh: bool) -> Result<Self, OpenError> {
        let path = folder.join(FILE);
        match read(&path) {
            Ok(secret) => Ok(Self::of(secret)),
            Err(error) if error.kind() == ErrorKind::NotFound && fresh => {
                let secret = SecretKey::generate(&mut random());
                write(folder, &secret).map_err(|error| OpenError::Key(error.to_string()))?;
                Ok(Self::of(secret))
            }
            Err(error) if error.kind() == ErrorKind::NotFound => Err(OpenError::ForeignKey),
            Err(error) => Err(OpenError::Key(error.to_string())),
        }
    }

    fn of(secret: SecretKey) -> Self {
        let public = secret.public();
        Self { secret, public }
    }

    /// The public half.
    #[must_use]
    pub fn public(&self) -> &PublicKey {
        &self.public
    }

    /// The hash of `text` under this key (HMAC-SHA-256), for what must look the same each time and
    /// be foretold by nobody.
    #[must_use]
    pub fn keyed_hash(&self, text: &str) -> [u8; 32] {
        let secret = self.secret.to_bytes();
        let mac = Hmac::<Sha256>::new_from_slice(secret.as_slice());
        // A key of any length is taken.
        let Ok(mut mac) = mac else { return [0; 32] };
        mac.update(b"sayso-broker keyed hash ");
        mac.update(text.as_bytes());
        mac.finalize().into_bytes().into()
    }

    /// Signs `claims`.
    #[must_use]
    pub fn sign<C: Claims>(&self, frame: Frame<'_>, claims: C) -> Jws<C> {
        self.secret.sign(&Envelope {
            iss: frame.iss.to_owned(),
            aud: frame.aud.to_owned(),
            iat: frame.iat,
            exp: frame.exp,
            jti: uuid::Uuid::now_v7().to_string(),
            claims,
        })
    }
}

impl Frame<'_> {
    /// The end of time, for what is compared and not acted upon.
    pub const ALWAYS: UnixTime = UnixTime(253_402_300_799);

    /// `iat` plus `span`.
    #[must_use]
    pub fn lasting(self, span: Duration) -> Self {
        Self { exp: self.iat.plus(span), ..self }
    }
}

fn read(path: &Path) -> std::io::Result<SecretKey> {
    let mut file = std::fs::File::open(path)?;
    if file.metadata()?.permissions().mode() & 0o077 != 0 {
        return Err(std::io::Error::other("others can read the key"));
    }
    let mut text = Zeroizing::new(String::new());
    file.read_to_string(&mut text)?;
    let bytes = URL_SAFE_NO_PAD.decode(text.trim()).map(Zeroizing::new);
    let bytes = bytes.map_err(|_| std::io::Error::other("not a key"))?;
    let bytes = <&[u8; 32]>::try_from(bytes.as_slice());
    Ok(SecretKey::from_bytes(bytes.map_err(|_| std::io::Error::other("not a key"))?))
}

/// Whole and on the disk under its name, or not there under it.
fn write(folder: &Path, secret: &SecretKey) -> std::io::Result<()> {
    let unfinished = folder.join(UNFINISHED);
    // One left behind by a start that was cut short; anything in the way shows below.
    let _ = std::fs::remove_file(&unfinished);
    let mut file =
        std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&unfinished)?;
    let text = Zeroizing::new(URL_SAFE_NO_PAD.encode(secret.to_bytes().as_slice()));
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    std::fs::rename(&unfinished, folder.join(FILE))?;
    std::fs::File::open(folder)?.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_kept_for_its_owner_alone_and_found_again() {
        let folder = tempfile::tempdir().unwrap();
        let made = BrokerKey::open(folder.path(), true).unwrap();
        let kept = std::fs::metadata(folder.path().join(FILE)).unwrap();
        assert_eq!(kept.permissions().mode() & 0o777, 0o600);
        let found = BrokerKey::open(folder.path(), false).unwrap();
        assert_eq!(made.public(), found.public());
    }

    #[test]
    fn an_old_store_without_its_key_is_not_given_another() {
        let folder = tempfile::tempdir().unwrap();
        assert!(matches!(BrokerKey::open(folder.path(), false), Err(OpenError::ForeignKey)));
    }

    #[test]
    fn a_key_that_others_can_read_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        BrokerKey::open(folder.path(), true).unwrap();
        let open = std::fs::Permissions::from_mode(0o644);
        std::fs::set_permissions(folder.path().join(FILE), open).unwrap();
        assert!(matches!(BrokerKey::open(folder.path(), false), Err(OpenError::Key(_))));
    }
}
