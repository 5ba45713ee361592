//! Sound, clock, addresses and the store's disk.

use std::path::{Path, PathBuf};

use rustix::fs::{Access, access, statvfs};

use super::super::facts::{Sound, Store};
use super::{installed, printed};

/// With less room than this, SQLite cannot write.
const ROOM: u64 = 1024 * 1024;

/// Where sound goes, by PulseAudio's own program, which speaks to PipeWire too.
pub(super) async fn sound() -> Option<Sound> {
    installed("pactl")?;
    let Some(sink) = printed("pactl", &["get-default-sink"]).await else {
        return Some(Sound::NoServer);
    };
    if sink.is_empty() || sink == "@DEFAULT_SINK@" || sink == "auto_null" {
        return Some(Sound::NoDevice);
    }
    let (mute, volume) = tokio::join!(
        printed("pactl", &["get-sink-mute", "@DEFAULT_SINK@"]),
        printed("pactl", &["get-sink-volume", "@DEFAULT_SINK@"]),
    );
    let (Some(mute), Some(volume)) = (mute, volume) else { return Some(Sound::NoDevice) };
    Some(if is_muted(&mute, &volume) { Sound::Muted } else { Sound::Audible })
}

/// From "Mute: yes", in the person's language, and "Volume: front-left: 0 /   0% / -inf dB".
fn is_muted(mute: &str, volume: &str) -> bool {
    let muted = mute.rsplit(' ').next().is_some_and(|word| word == "yes");
    let mut shares = volume.split_whitespace().filter(|word| word.ends_with('%')).peekable();
    muted || (shares.peek().is_some() && shares.all(|share| share == "0%"))
}

/// Whether the system says that its clock is right.
pub(super) async fn clock() -> Option<bool> {
    let said = printed("timedatectl", &["show", "--property=NTPSynchronized", "--value"]).await?;
    match said.as_str() {
        "yes" => Some(true),
        "no" => Some(false),
        _ => None,
    }
}

/// Whether some program opens `sayso:` addresses.
pub(super) async fn opens_addresses() -> Option<bool> {
    installed("xdg-mime")?;
    let program = printed("xdg-mime", &["query", "default", "x-scheme-handler/sayso"]).await;
    Some(program.is_some_and(|name| !name.is_empty()))
}

pub(super) fn store() -> Store {
    let set = |name| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let state = set("XDG_STATE_HOME").or_else(|| Some(set("HOME")?.join(".local/state")));
    state.map_or(Store::Good, |state| store_in(&state.join("sayso")))
}

fn store_in(folder: &Path) -> Store {
    // What is not there yet is made in what is above it.
    let Some(folder) = folder.ancestors().find(|folder| folder.is_dir()) else {
        return Store::Good;
    };
    if access(folder, Access::WRITE_OK).is_err() {
        return Store::ReadOnly(folder.display().to_string());
    }
    match statvfs(folder) {
        Ok(disk) if disk.f_bavail.saturating_mul(disk.f_frsize) < ROOM => Store::Full,
        Ok(_) | Err(_) => Store::Good,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn muted_is_what_says_so_or_has_no_volume() {
        let (full, none) =
            ("Volume: front-left: 65536 / 100% / 0.00 dB", "Volume: mono: 0 /   0% / -inf dB");
        assert!(!is_muted("Mute: no", full));
        assert!(is_muted("Mute: yes", full) && is_muted("Mute: no", none));
        assert!(!is_muted("Mute: no", "Volume:"), "nothing is claimed that was not said");
    }

    #[test]
    fn a_store_that_is_not_there_yet_is_looked_for_above() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(store_in(&folder.path().join("a/b/sayso")), Store::Good);
    }
}
