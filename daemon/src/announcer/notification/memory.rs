//! What is shown, written down in the runtime folder, so that a daemon that starts after a crash
//! can close what its predecessor left standing. An id means something only on the same bus and
//! to the same server.

use std::fs;
use std::path::PathBuf;

use super::server::Shown;

/// Where it is written; nowhere without a runtime folder.
#[derive(Debug, Clone, Default)]
pub struct Memory {
    file: Option<PathBuf>,
    bus: String,
}

impl Memory {
    /// In this file, whose folder somebody else makes.
    #[must_use]
    pub fn in_file(file: PathBuf) -> Self {
        Self { file: Some(file), bus: String::new() }
    }

    /// In the person's runtime folder.
    #[must_use]
    pub fn of_person() -> Self {
        let folder = std::env::var_os("XDG_RUNTIME_DIR").filter(|folder| !folder.is_empty());
        let file = folder.map(|folder| PathBuf::from(folder).join("sayso/notifications"));
        Self { file, bus: String::new() }
    }

    /// The memory of this bus, and what was left on it.
    pub(super) fn recall(mut self, bus: &str) -> (Self, Vec<Shown>) {
        bus.clone_into(&mut self.bus);
        let text = self.file.as_ref().and_then(|file| fs::read_to_string(file).ok());
        let left = text.unwrap_or_default().lines().filter_map(|line| self.parse(line)).collect();
        (self, left)
    }

    fn parse(&self, line: &str) -> Option<Shown> {
        let mut words = line.split(' ');
        let (bus, owner, id) = (words.next()?, words.next()?, words.next()?.parse().ok()?);
        (bus == self.bus).then(|| Shown { id, owner: owner.to_owned() })
    }

    /// Writes down what is shown now.
    pub(super) fn keep<'a>(&self, shown: impl Iterator<Item = &'a Shown>) {
        let Some(file) = &self.file else { return };
        let line = |shown: &Shown| format!("{} {} {}\n", self.bus, shown.owner, shown.id);
        if let Err(error) = fs::write(file, shown.map(line).collect::<String>()) {
            tracing::debug!(%error, "what is shown is not written down");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_was_left_on_the_same_bus_is_recalled() {
        let folder = tempfile::tempdir().unwrap();
        let memory = || Memory::in_file(folder.path().join("notifications"));
        let shown = Shown { id: 7, owner: ":1.9".into() };
        memory().recall("bus-a").0.keep([&shown].into_iter());
        assert_eq!(memory().recall("bus-a").1, [shown]);
        assert_eq!(memory().recall("bus-b").1, []);
    }

    #[test]
    fn nonsense_in_the_file_is_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("notifications");
        fs::write(&file, "bus :1.9\n\nbus :1.9 seven\nbus :1.9 -1\n").unwrap();
        assert_eq!(Memory::in_file(file).recall("bus").1, []);
    }
}
