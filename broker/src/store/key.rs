//! The broker's own key: a file beside the database that only its owner can read. It signs
//! requests, outcomes, the time and the audit's head; it is never in the database.
//!
//! Another key takes its place in three steps: it lies ready on the disk under a name of its own;
//! the database names it; it takes the file's place, and the old one is gone. After a crash the
//! database says which of the two counts.

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

use super::{OpenError, StoreError};
use crate::random;

/// The name of the key's file in the store's folder.
pub const FILE: &str = "sayso-broker.key";
/// Its name while it is written.
pub(super) const UNFINISHED: &str = "sayso-broker.key.new";
/// The name of a key that is to take its place.
pub(super) const READY: &str = "sayso-broker.key.next";

/// The broker's key.
pub struct BrokerKey {
    secret: SecretKey,
    public: PublicKey,
    /// What is hashed under: the same for all keys that a store ever has.
    hashing: Zeroizing<[u8; 32]>,
}

impl std::fmt::Debug for BrokerKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "BrokerKey({})", self.public.thumbprint())
    }
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
            Ok(key) => Ok(key),
            Err(error) if error.kind() == ErrorKind::NotFound && fresh => {
                let key = Self::of(SecretKey::generate(&mut random()));
                write(folder, FILE, &key).map_err(|error| OpenError::Key(error.to_string()))?;
                Ok(key)
            }
            Err(error) if error.kind() == ErrorKind::NotFound => Err(OpenError::ForeignKey),
            Err(error) => Err(OpenError::Key(error.to_string())),
        }
    }

    /// The key that the database names, where another may just have taken the place of the one in
    /// the file: then that is brought to its end. The caller keeps others from writing to the
    /// database meanwhile.
    ///
    /// # Errors
    /// [`OpenError::Key`]; [`OpenError::ForeignKey`] if neither is the one.
    pub(super) fn named(folder: &Path, kid: &str) -> Result<Self, OpenError> {
        let is_named = |key: &Self| key.public.thumbprint() == kid;
        let failed = |error: std::io::Error| OpenError::Key(error.to_string());
        let found = Self::open(folder, false);
        match (found, read(&folder.join(READY))) {
            (Ok(key), _) if is_named(&key) => Ok(key),
            (_, Ok(next)) if is_named(&next) => {
                rename(folder, READY, FILE).map_err(failed)?;
                Ok(next)
            }
            (Ok(_), _) => Err(OpenError::ForeignKey),
            (Err(error), _) => Err(error),
        }
    }

    /// A new key that is to take this one's place, ready on the disk. The caller keeps others from
    /// writing to the database meanwhile.
    ///
    /// # Errors
    /// [`StoreError::Key`].
    pub(super) fn next(&self, folder: &Path) -> Result<Self, StoreError> {
        let secret = SecretKey::generate(&mut random());
        let next = Self { public: secret.public(), secret, hashing: self.hashing.clone() };
        write(folder, READY, &next).map_err(|error| StoreError::Key(error.to_string()))?;
        Ok(next)
    }

    fn of(secret: SecretKey) -> Self {
        let hashing = Zeroizing::new(mac(&secret.to_bytes(), b"sayso-broker keyed hash"));
        Self { public: secret.public(), secret, hashing }
    }

    /// The public half.
    #[must_use]
    pub fn public(&self) -> &PublicKey {
        &self.public
    }

    /// The hash of `text` under a secret of this store (HMAC-SHA-256), for what must look the same
    /// each time and be foretold by nobody. It stays the same when another key takes this one's
    /// place.
    #[must_use]
    pub fn keyed_hash(&self, text: &str) -> [u8; 32] {
        mac(&self.hashing, text.as_bytes())
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

fn mac(key: &[u8; 32], text: &[u8]) -> [u8; 32] {
    // A key of any length is taken.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) else { return [0; 32] };
    mac.update(text);
    mac.finalize().into_bytes().into()
}

/// The first line is the key. The second, which the first versions did not write, is what is hashed
/// under.
fn read(path: &Path) -> std::io::Result<BrokerKey> {
    let mut file = std::fs::File::open(path)?;
    if file.metadata()?.permissions().mode() & 0o077 != 0 {
        return Err(std::io::Error::other("others can read the key"));
    }
    let mut text = Zeroizing::new(String::new());
    file.read_to_string(&mut text)?;
    let mut lines = text.lines();
    let key = BrokerKey::of(SecretKey::from_bytes(&*secret_bytes(lines.next())?));
    let hashing = lines.next().map(|line| secret_bytes(Some(line))).transpose()?;
    Ok(match hashing {
        Some(hashing) => BrokerKey { hashing, ..key },
        None => key,
    })
}

fn secret_bytes(line: Option<&str>) -> std::io::Result<Zeroizing<[u8; 32]>> {
    let not_a_key = || std::io::Error::other("not a key");
    let bytes = URL_SAFE_NO_PAD.decode(line.ok_or_else(not_a_key)?.trim()).map(Zeroizing::new);
    let bytes = bytes.map_err(|_| not_a_key())?;
    Ok(Zeroizing::new(<[u8; 32]>::try_from(bytes.as_slice()).map_err(|_| not_a_key())?))
}

/// Whole and on the disk under `name`, or not there under it.
fn write(folder: &Path, name: &str, key: &BrokerKey) -> std::io::Result<()> {
    let unfinished = folder.join(UNFINISHED);
    // One left behind by a start that was cut short; anything in the way shows below.
    let _ = std::fs::remove_file(&unfinished);
    let mut file =
        std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&unfinished)?;
    for secret in [key.secret.to_bytes(), key.hashing.clone()] {
        let line = Zeroizing::new(URL_SAFE_NO_PAD.encode(secret.as_slice()) + "\n");
        file.write_all(line.as_bytes())?;
    }
    file.sync_all()?;
    rename(folder, UNFINISHED, name)
}

fn rename(folder: &Path, from: &str, to: &str) -> std::io::Result<()> {
    std::fs::rename(folder.join(from), folder.join(to))?;
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
    fn the_next_key_is_another_and_hashes_alike() {
        let folder = tempfile::tempdir().unwrap();
        let first = BrokerKey::open(folder.path(), true).unwrap();
        let second = first.next(folder.path()).unwrap();
        assert_ne!(first.public(), second.public());
        assert_ne!(first.keyed_hash("anna"), first.keyed_hash("bo"));
        let kid = second.public().thumbprint();
        let found = BrokerKey::named(folder.path(), &kid).unwrap();
        let third = found.next(folder.path()).unwrap();
        for key in [&second, &found, &third] {
            assert_eq!(key.keyed_hash("anna"), first.keyed_hash("anna"));
        }
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
