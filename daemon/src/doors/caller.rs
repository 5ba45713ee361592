//! Who is at the door: the same user, outside any sandbox, and in which login session. The kernel
//! says so, not the caller.

use std::fs;
use std::io;
use std::mem::size_of;
use std::os::fd::{AsFd, AsRawFd, FromRawFd, OwnedFd};
use std::path::Path;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::{Pid, PidfdFlags, pidfd_open};
use tokio::io::Interest;
use tokio::io::unix::AsyncFd;
use tokio::net::UnixStream;
use zbus::fdo::DBusProxy;
use zbus::message::Header;

/// A process that may call.
#[derive(Debug)]
pub(super) struct Caller {
    pid: i32,
    process: OwnedFd,
    session: Option<String>,
}

/// Why a process may not.
#[derive(Debug, thiserror::Error)]
pub(super) enum Refusal {
    #[error("user {0} is not the user of this daemon")]
    OtherUser(u32),
    #[error("process {0} is in a sandbox")]
    Sandboxed(i32),
    #[error("the kernel does not say which process it is")]
    Unknown(#[source] io::Error),
}

impl Caller {
    /// The process that connected this stream, if it belongs to the user `owner`.
    pub(super) fn at_socket(stream: &UnixStream, owner: u32) -> Result<Caller, Refusal> {
        let peer = stream.peer_cred().map_err(Refusal::Unknown)?;
        if peer.uid() != owner {
            return Err(Refusal::OtherUser(peer.uid()));
        }
        let pid = peer.pid().ok_or_else(nameless)?;
        let process = match peer_pidfd(stream) {
            Ok(process) => process,
            // Before Linux 6.5 the number has to do; it may have been given away since.
            Err(error) if error.raw_os_error() == Some(libc::ENOPROTOOPT) => open_pidfd(pid)?,
            Err(error) => return Err(Refusal::Unknown(error)),
        };
        Caller::examined(pid, process)
    }

    /// The process that sent this message over the session bus, if it belongs to `owner`.
    pub(super) async fn on_bus(
        connection: &zbus::Connection,
        header: &Header<'_>,
        owner: u32,
    ) -> Result<Caller, Refusal> {
        let unknown = |error: zbus::Error| Refusal::Unknown(io::Error::other(error));
        let sender = header.sender().ok_or_else(nameless)?.to_owned();
        let bus = DBusProxy::new(connection).await.map_err(unknown)?;
        let peer = bus.get_connection_credentials(sender.into()).await;
        let peer = peer.map_err(|error| unknown(error.into()))?;
        let uid = peer.unix_user_id().ok_or_else(nameless)?;
        if uid != owner {
            return Err(Refusal::OtherUser(uid));
        }
        let pid = peer.process_id().and_then(|pid| i32::try_from(pid).ok()).ok_or_else(nameless)?;
        let process = match peer.process_fd() {
            Some(process) => process.as_fd().try_clone_to_owned().map_err(Refusal::Unknown)?,
            None => open_pidfd(pid)?,
        };
        Caller::examined(pid, process)
    }

    /// Reads about the process, then makes sure that it was this process that was read about.
    fn examined(pid: i32, process: OwnedFd) -> Result<Caller, Refusal> {
        let folder = Path::new("/proc").join(pid.to_string());
        let groups = fs::read_to_string(folder.join("cgroup")).map_err(Refusal::Unknown)?;
        let sandboxed = has_flatpak_info(&folder).map_err(Refusal::Unknown)?
            || has_snap_label(&folder).map_err(Refusal::Unknown)?
            || is_snap_group(&groups);
        if has_ended(&process).map_err(Refusal::Unknown)? {
            return Err(Refusal::Unknown(io::Error::other("the process has ended")));
        }
        if sandboxed {
            return Err(Refusal::Sandboxed(pid));
        }
        Ok(Caller { pid, process, session: session_of(&groups).map(str::to_owned) })
    }

    /// The process's number.
    pub(super) fn pid(&self) -> i32 {
        self.pid
    }

    /// Whether the lock of the session `locked` shuts this caller out: it is in that session, or
    /// in none, or nobody can tell.
    pub(super) fn is_behind_lock_of(&self, locked: Option<&str>) -> bool {
        match (self.session.as_deref(), locked) {
            (Some(mine), Some(locked)) => mine == locked,
            (None, _) | (_, None) => true,
        }
    }

    /// Waits until the process has ended.
    #[expect(unsafe_code, reason = "tokio asks for a promise that the descriptor stays open")]
    pub(super) async fn ended(&self) -> io::Result<()> {
        let process = self.process.try_clone()?;
        // SAFETY: the descriptor is owned by the AsyncFd, which never gives it away, so it stays
        // open and stays the same until the AsyncFd is dropped.
        let process = unsafe { AsyncFd::register_with_interest(process, Interest::READABLE) }?;
        process.readable().await.map(drop)
    }
}

fn nameless() -> Refusal {
    Refusal::Unknown(io::Error::other("the caller has no process"))
}

/// `SO_PEERPIDFD` (Linux 6.5): names the process even if its number was given away since.
#[expect(unsafe_code, reason = "rustix does not have this socket option yet")]
fn peer_pidfd(stream: &UnixStream) -> io::Result<OwnedFd> {
    let mut descriptor: libc::c_int = -1;
    let mut length =
        libc::socklen_t::try_from(size_of::<libc::c_int>()).map_err(io::Error::other)?;
    // SAFETY: the socket is open for the whole call; the kernel writes at most `length` bytes,
    // and `descriptor` has them.
    let result = unsafe {
        libc::getsockopt(
            stream.as_raw_fd(),
            libc::SOL_SOCKET,
            libc::SO_PEERPIDFD,
            (&raw mut descriptor).cast(),
            &raw mut length,
        )
    };
    if result != 0 || descriptor < 0 {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: the kernel has just made this descriptor for us, and nobody else knows it.
    Ok(unsafe { OwnedFd::from_raw_fd(descriptor) })
}

fn open_pidfd(pid: i32) -> Result<OwnedFd, Refusal> {
    let pid = (pid > 0).then(|| Pid::from_raw(pid)).flatten().ok_or_else(nameless)?;
    pidfd_open(pid, PidfdFlags::empty()).map_err(|error| Refusal::Unknown(error.into()))
}

/// A pidfd is readable once its process has ended.
fn has_ended(process: &OwnedFd) -> io::Result<bool> {
    let mut polled = [PollFd::new(process, PollFlags::IN)];
    Ok(poll(&mut polled, Some(&Timespec { tv_sec: 0, tv_nsec: 0 }))? > 0)
}

/// Flatpak puts this file at the root of each of its sandboxes. A root that may not be looked at
/// is an error, so refused.
fn has_flatpak_info(folder: &Path) -> io::Result<bool> {
    match fs::symlink_metadata(folder.join("root/.flatpak-info")) {
        Ok(_) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error),
    }
}

/// Snap gives its programs an `AppArmor` label.
fn has_snap_label(folder: &Path) -> io::Result<bool> {
    match fs::read(folder.join("attr/current")) {
        Ok(label) => Ok(label.starts_with(b"snap.")),
        // No security module that labels processes.
        Err(error)
            if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::InvalidInput) =>
        {
            Ok(false)
        }
        Err(error) => Err(error),
    }
}

/// Where `AppArmor` is not there, snap's programs still have control groups of their own.
fn is_snap_group(groups: &str) -> bool {
    paths(groups).flat_map(|path| path.split('/')).any(|part| part.starts_with("snap."))
}

/// The login session, as logind reads it: the first part that is not a slice. Below it anything
/// may be named like a session, by the user.
fn session_of(groups: &str) -> Option<&str> {
    let path = paths(groups).find(|path| path.len() > 1)?;
    let is_slice = |part: &str| part.strip_suffix(".slice").is_some();
    let first = path.split('/').find(|part| !part.is_empty() && !is_slice(part))?;
    first.strip_prefix("session-")?.strip_suffix(".scope")
}

/// The paths of systemd's hierarchies: the unified one, and `name=systemd` of the older layout.
fn paths(groups: &str) -> impl Iterator<Item = &str> {
    groups.lines().filter_map(|line| {
        let (_, rest) = line.split_once(':')?;
        let (controllers, path) = rest.split_once(':')?;
        matches!(controllers, "" | "name=systemd").then_some(path)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn caller(session: Option<&str>) -> Caller {
        let process = open_pidfd(i32::try_from(std::process::id()).unwrap()).unwrap();
        Caller { pid: 1, process, session: session.map(str::to_owned) }
    }

    #[test]
    fn the_session_is_read_where_logind_reads_it() {
        let scope = "0::/user.slice/user-1000.slice/session-3.scope\n";
        assert_eq!(session_of(scope), Some("3"));
        let below = "0::/user.slice/user-1000.slice/session-c2.scope/sub\n";
        assert_eq!(session_of(below), Some("c2"));
        let older = "9:name=systemd:/user.slice/user-1000.slice/session-7.scope\n2:cpu:/\n0::/\n";
        assert_eq!(session_of(older), Some("7"));
        let service = "0::/user.slice/user-1000.slice/user@1000.service/app.slice/x.scope\n";
        assert_eq!(session_of(service), None);
        assert_eq!(session_of("0::/\n"), None);
        assert_eq!(session_of(""), None);
    }

    #[test]
    fn a_session_made_up_below_the_users_own_units_is_none() {
        let fake = "0::/user.slice/user-1000.slice/user@1000.service/session-9.scope\n";
        assert_eq!(session_of(fake), None);
        let other_hierarchy = "4:memory:/user.slice/user-1000.slice/session-9.scope\n0::/\n";
        assert_eq!(session_of(other_hierarchy), None);
    }

    #[test]
    fn a_snap_is_known_by_its_group() {
        let snap =
            "0::/user.slice/user-1000.slice/user@1000.service/app.slice/snap.web.web-1.scope\n";
        assert!(is_snap_group(snap));
        assert!(!is_snap_group("0::/system.slice/snapd.service\n"));
    }

    #[test]
    fn the_lock_shuts_out_its_own_session_and_those_in_none() {
        assert!(caller(Some("3")).is_behind_lock_of(Some("3")));
        assert!(caller(None).is_behind_lock_of(Some("3")));
        assert!(!caller(Some("5")).is_behind_lock_of(Some("3")), "ssh stays outside");
        assert!(caller(Some("5")).is_behind_lock_of(None), "nobody knows which one is locked");
    }

    #[test]
    fn a_process_that_has_ended_is_never_taken_for_another() {
        let mut child =
            std::process::Command::new("cat").stdin(std::process::Stdio::piped()).spawn().unwrap();
        let process = open_pidfd(i32::try_from(child.id()).unwrap()).unwrap();
        assert!(!has_ended(&process).unwrap());
        drop(child.stdin.take());
        child.wait().unwrap();
        assert!(has_ended(&process).unwrap());
        // Its number now belongs to somebody who would be let in.
        let reused = i32::try_from(std::process::id()).unwrap();
        assert!(matches!(Caller::examined(reused, process), Err(Refusal::Unknown(_))));
    }

    #[tokio::test]
    async fn the_end_of_the_process_is_an_event() {
        let mut child =
            std::process::Command::new("cat").stdin(std::process::Stdio::piped()).spawn().unwrap();
        let process = open_pidfd(i32::try_from(child.id()).unwrap()).unwrap();
        let caller = Caller { pid: 1, process, session: None };
        drop(child.stdin.take());
        crate::doors::tests::within(caller.ended()).await.unwrap();
        child.wait().unwrap();
    }
}
