//! Keys in files of mode 0600 in a folder of mode 0700, both the daemon's user's own. Anything
//! else is refused: a key that others could have read is no key.

use std::fs::{DirBuilder, File, OpenOptions};
use std::io::{ErrorKind, Read as _, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sayso_protocol::signature::SecretKey;
use zeroize::Zeroizing;

use super::{KeyError, Name};

/// A key's file is 44 bytes: 32 bytes in base64url and a line end.
const LENGTH: u64 = 44;

/// The folder of the key files.
#[derive(Clone, Debug)]
pub(super) struct Files {
    folder: PathBuf,
}

impl Files {
    pub(super) fn new(folder: PathBuf) -> Self {
        Self { folder }
    }

    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    /// The key, if it has a file.
    pub(super) fn load(&self, name: Name<'_>) -> Result<Option<SecretKey>, KeyError> {
        let path = self.path(name)?;
        let no_follow = rustix::fs::OFlags::NOFOLLOW.bits().cast_signed();
        let file = match OpenOptions::new().read(true).custom_flags(no_follow).open(&path) {
            Ok(file) => file,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(KeyError::Unreadable(error.to_string())),
        };
        check_private(&self.folder, &File::open(&self.folder).map_err(unreadable)?)?;
        check_private(&path, &file)?;
        let mut text = Zeroizing::new(Vec::with_capacity(64));
        file.take(LENGTH + 1).read_to_end(&mut text).map_err(unreadable)?;
        let Some(encoded) = text.strip_suffix(b"\n").filter(|_| text.len() as u64 == LENGTH) else {
            return Err(KeyError::Unreadable("it has another length".into()));
        };
        let mut bytes = Zeroizing::new([0; 32]);
        match URL_SAFE_NO_PAD.decode_slice(encoded, bytes.as_mut_slice()) {
            Ok(32) => Ok(Some(SecretKey::from_bytes(&bytes))),
            Ok(_) | Err(_) => Err(KeyError::Unreadable("it is not base64url".into())),
        }
    }

    /// Writes the key to its file, whole or not at all; on the disk when it returns.
    pub(super) fn save(&self, name: Name<'_>, key: &SecretKey) -> Result<(), KeyError> {
        let path = self.path(name)?;
        let unwritten = |error| failed_to_write(&path, &error);
        self.make_folder().map_err(unwritten)?;
        let folder = File::open(&self.folder).map_err(unwritten)?;
        check_private(&self.folder, &folder)?;
        let mut text = Zeroizing::new(String::with_capacity(64));
        URL_SAFE_NO_PAD.encode_string(key.to_bytes().as_slice(), &mut text);
        text.push('\n');
        let new = path.with_extension("new");
        let written = write_new(&new, text.as_bytes()).and_then(|()| std::fs::rename(&new, &path));
        if written.is_err() {
            // What is left of it is no key; the next try would clear it away too.
            std::fs::remove_file(&new).ok();
        }
        written.and_then(|()| folder.sync_all()).map_err(unwritten)
    }

    /// Removes the key's file, if there is one.
    pub(super) fn forget(&self, name: Name<'_>) -> Result<(), KeyError> {
        let path = self.path(name)?;
        match std::fs::remove_file(&path) {
            Ok(()) => File::open(&self.folder)
                .and_then(|folder| folder.sync_all())
                .map_err(|error| failed_to_write(&path, &error)),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
            Err(error) => Err(failed_to_write(&path, &error)),
        }
    }

    fn make_folder(&self) -> std::io::Result<()> {
        if !self.folder.exists() {
            DirBuilder::new().recursive(true).mode(0o700).create(&self.folder)?;
            if let Some(parent) = self.folder.parent() {
                File::open(parent)?.sync_all()?;
            }
        }
        Ok(())
    }

    /// The key's file. An approver's id comes from a store that may have been edited.
    fn path(&self, name: Name<'_>) -> Result<PathBuf, KeyError> {
        let file = match name.approver() {
            None => format!("{}.key", name.kind()),
            Some(id) if id.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b)) => {
                format!("{}-{id}.key", name.kind())
            }
            Some(_) => return Err(KeyError::Unreadable("its id is not an approver's".into())),
        };
        Ok(self.folder.join(file))
    }
}

fn write_new(path: &Path, text: &[u8]) -> std::io::Result<()> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
        Ok(()) | Err(_) => {}
    }
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    file.write_all(text)?;
    file.sync_all()
}

/// Refuses what is not ours alone.
fn check_private(path: &Path, file: &File) -> Result<(), KeyError> {
    let metadata = file.metadata().map_err(unreadable)?;
    let ours = metadata.uid() == rustix::process::geteuid().as_raw();
    let others = metadata.mode() & 0o077;
    if ours && others == 0 && (metadata.is_dir() || metadata.is_file()) {
        Ok(())
    } else {
        Err(KeyError::Exposed(path.to_owned()))
    }
}

#[allow(clippy::needless_pass_by_value, reason = "it stands in map_err")]
fn unreadable(error: std::io::Error) -> KeyError {
    KeyError::Unreadable(error.to_string())
}

fn failed_to_write(path: &Path, error: &std::io::Error) -> KeyError {
    #[allow(clippy::wildcard_enum_match_arm, reason = "the system's own list of kinds")]
    match error.kind() {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => KeyError::Full,
        _ => KeyError::ReadOnly(path.to_owned(), error.to_string()),
    }
}
