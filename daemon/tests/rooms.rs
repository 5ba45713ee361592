//! A stage imports only the stage before it and what stands beside the line: the `use` lines of
//! each room are read and held to that.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// Each room of the line, and the rooms of this crate that it may name.
const ROOMS: [(&str, &[&str]); 5] = [
    ("source", &["clock"]),
    ("inbox", &["source", "doors", "quiet"]),
    ("announcer", &["clock", "doors", "surroundings", "wording"]),
    ("decision", &[]),
    (
        "signer",
        &["clock", "doors", "history", "preferences", "quiet", "source", "store", "wording"],
    ),
];
/// Beside the line: they serve it and know none of its stages.
const BESIDE: [(&str, &[&str]); 12] = [
    ("clock", &[]),
    ("doors", &["clock", "surroundings"]),
    ("surroundings", &["clock"]),
    ("keys", &["clock"]),
    ("quiet", &[]),
    ("store", &["clock", "quiet"]),
    ("preferences", &["quiet"]),
    ("wording", &[]),
    ("fallback", &[]),
    ("history", &["changes", "clock", "store", "wording"]),
    ("changes", &["clock", "wording"]),
    ("history_key", &["clock", "keys", "store"]),
];

/// The files of a room: `room.rs`, or everything below `room/`; tests may know everybody.
fn files(room: &str) -> Vec<PathBuf> {
    let sources = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = vec![sources.join(format!("{room}.rs"))];
    let mut folders = vec![sources.join(room)];
    while let Some(folder) = folders.pop() {
        let Ok(entries) = std::fs::read_dir(folder) else { continue };
        for path in entries.flatten().map(|entry| entry.path()) {
            if path.is_dir() {
                folders.push(path);
            } else {
                found.push(path);
            }
        }
    }
    let is_test = |path: &PathBuf| path.to_string_lossy().contains("tests");
    found.into_iter().filter(|path| path.exists() && !is_test(path)).collect()
}

/// The rooms that a text names by `crate::room`, up to its unit tests.
fn named(text: &str) -> BTreeSet<String> {
    let text = text.split("#[cfg(test)]").next().unwrap_or_default();
    let names = |after: &str| -> String {
        after.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect()
    };
    text.lines()
        .filter(|line| !line.trim_start().starts_with("//"))
        .flat_map(|line| line.split("crate::").skip(1).map(names).collect::<Vec<_>>())
        .collect()
}

#[test]
fn each_room_names_only_what_it_may_know() {
    for (room, may) in ROOMS.iter().chain(&BESIDE) {
        let files = files(room);
        assert!(!files.is_empty(), "there is no room {room}");
        for file in files {
            let text = std::fs::read_to_string(&file).unwrap_or_default();
            for name in named(&text) {
                let knows = name == *room || may.contains(&name.as_str());
                assert!(knows, "{} names {name}, which {room} may not know", file.display());
            }
        }
    }
}
