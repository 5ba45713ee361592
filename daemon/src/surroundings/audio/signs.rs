//! Signs of a sound server that may have come: something appeared where its socket belongs. The
//! kernel tells (inotify), so nobody has to look.

use std::ffi::OsStr;
use std::mem::MaybeUninit;
use std::os::fd::OwnedFd;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use rustix::fs::inotify::{self, CreateFlags, WatchFlags};
use rustix::io::Errno;
use tokio::io::Interest;
use tokio::io::unix::AsyncFd;

/// Watches one folder for one name.
pub(super) struct Signs {
    watched: Option<(AsyncFd<OwnedFd>, Vec<u8>)>,
}

impl Signs {
    /// Watches for the socket, or, where its folder is missing, for that. Where nothing can be
    /// watched there are no signs.
    pub(super) fn near(socket: &Path) -> Self {
        let watched = watch(socket);
        if let Err(error) = &watched {
            tracing::debug!(%error, "no sign of a sound server will be seen");
        }
        Self { watched: watched.ok() }
    }

    /// Whether the kernel tells of them.
    pub(super) fn are_watched(&self) -> bool {
        self.watched.is_some()
    }

    /// Returns when the name appears.
    pub(super) async fn seen(&self) {
        let Some((events, name)) = &self.watched else { return std::future::pending().await };
        loop {
            let Ok(mut ready) = events.readable().await else {
                return std::future::pending().await;
            };
            if appeared(events.get_ref(), name) {
                return;
            }
            ready.clear_ready();
        }
    }
}

/// The innermost folder on the way to the socket that exists, and the name awaited in it.
fn watch(socket: &Path) -> std::io::Result<(AsyncFd<OwnedFd>, Vec<u8>)> {
    let mut events = inotify::init(CreateFlags::NONBLOCK | CreateFlags::CLOEXEC)?;
    let mut awaited = socket;
    let mut why = None;
    while let Some(folder) = awaited.parent() {
        match inotify::add_watch(&events, folder, WatchFlags::CREATE | WatchFlags::MOVED_TO) {
            // It came before it was watched for: what is awaited now is in it.
            Ok(_) if why == Some(Errno::NOENT) && awaited.exists() => {
                events = inotify::init(CreateFlags::NONBLOCK | CreateFlags::CLOEXEC)?;
                (awaited, why) = (socket, None);
            }
            Ok(_) => {
                let name = awaited.file_name().map(OsStr::as_bytes).unwrap_or_default();
                return Ok((wait_for(events)?, name.to_vec()));
            }
            Err(error) => (awaited, why) = (folder, Some(error)),
        }
    }
    Err(why.unwrap_or(Errno::NOENT).into())
}

#[expect(unsafe_code, reason = "tokio asks for a promise that the descriptor stays open")]
fn wait_for(events: OwnedFd) -> std::io::Result<AsyncFd<OwnedFd>> {
    // SAFETY: the descriptor is owned by the AsyncFd, which never gives it away, so it stays
    // open and stays the same until the AsyncFd is dropped.
    Ok(unsafe { AsyncFd::register_with_interest(events, Interest::READABLE) }?)
}

/// Whether one of the events that wait is about this name, or some were lost.
fn appeared(events: &OwnedFd, name: &[u8]) -> bool {
    let mut buffer = [MaybeUninit::uninit(); 1024];
    let mut reader = inotify::Reader::new(events, &mut buffer);
    let mut seen = false;
    loop {
        match reader.next() {
            Ok(event) => seen |= event.file_name().is_none_or(|file| file.to_bytes() == name),
            Err(Errno::INTR) => {}
            Err(_) => return seen,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_socket_is_seen_where_its_folder_was_missing() {
        let folder = tempfile::tempdir().unwrap();
        let pulse = folder.path().join("pulse");
        let signs = Signs::near(&pulse.join("native"));
        std::fs::write(folder.path().join("other"), "").unwrap();
        std::fs::create_dir(&pulse).unwrap();
        signs.seen().await;

        let signs = Signs::near(&pulse.join("native"));
        std::fs::write(pulse.join("native"), "").unwrap();
        signs.seen().await;
    }

    #[tokio::test]
    async fn another_file_is_no_sign() {
        let folder = tempfile::tempdir().unwrap();
        let signs = Signs::near(&folder.path().join("native"));
        std::fs::write(folder.path().join("other"), "").unwrap();
        let (events, name) = signs.watched.as_ref().unwrap();
        assert!(!appeared(events.get_ref(), name));
    }
}
