//! Which program opens what: the person's installed and default applications, as `xdg-open` and
//! every browser find them. Sayso is installed as its package does it.

use std::path::Path;

use super::Desktop;
use crate::processes::{SEARCH_PATH, built};
use crate::speech::{SpareVoice, Spoken, spare};

/// What the package installs for the scheme `sayso:`.
const ENTRY: &str = "org.sayso.Sayso.desktop";

impl Desktop {
    /// Installs Sayso: its program on the search path, its desktop entry where entries are.
    pub(super) fn install_sayso(&mut self) {
        let programs = self.dir().join("bin");
        std::fs::create_dir(&programs).expect("folder");
        // A test of the rig alone does without it.
        if let Some(sayso) = built("sayso") {
            std::os::unix::fs::symlink(sayso, programs.join("sayso")).expect("a link");
        }
        spare::install(&programs, SpareVoice::NoDevice);
        self.add("PATH", &format!("{}:{SEARCH_PATH}", programs.display()));
        let packaged =
            Path::new(env!("CARGO_MANIFEST_DIR")).join("../packaging/desktop").join(ENTRY);
        let entry = std::fs::read_to_string(packaged).expect("the package's desktop entry");
        self.write_entry(ENTRY, &entry);
        self.make_default("sayso", ENTRY);
    }

    /// From now on the spare voice is like this.
    pub fn install_spare_voice(&self, manner: SpareVoice) {
        spare::install(&self.dir().join("bin"), manner);
    }

    /// What the spare voice was given so far.
    #[must_use]
    pub fn spoken_by_spare_voice(&self) -> Vec<Spoken> {
        spare::spoken(&self.dir().join("bin"))
    }

    /// Waits until the spare voice has said a text that holds `part`, to its end.
    pub async fn wait_for_spare_voice(&self, part: &str) -> Spoken {
        spare::wait_for(&self.dir().join("bin"), part).await
    }

    /// From now on addresses of this scheme are opened by this command line; `%u` in it stands
    /// for the address.
    ///
    /// # Panics
    /// If the person's settings cannot be written.
    pub fn open_with(&self, scheme: &str, command: &str) {
        let name = format!("rig.{scheme}.desktop");
        let entry = format!(
            "[Desktop Entry]\nType=Application\nName={scheme}\nExec={command}\n\
             MimeType=x-scheme-handler/{scheme};\n"
        );
        self.write_entry(&name, &entry);
        self.make_default(scheme, &name);
    }

    fn write_entry(&self, name: &str, entry: &str) {
        let folder = self.dir().join("home/.local/share/applications");
        std::fs::create_dir_all(&folder).expect("folder of desktop entries");
        std::fs::write(folder.join(name), entry).expect("a desktop entry");
    }

    fn make_default(&self, scheme: &str, entry: &str) {
        let list = self.dir().join("home/.config/mimeapps.list");
        let kind = format!("x-scheme-handler/{scheme}=");
        let before = std::fs::read_to_string(&list).unwrap_or_default();
        let others = before.lines().skip(1).filter(|line| !line.starts_with(&kind));
        let mut lines = vec!["[Default Applications]".to_owned(), format!("{kind}{entry}")];
        lines.extend(others.map(str::to_owned));
        std::fs::write(&list, lines.join("\n") + "\n").expect("mimeapps.list");
    }
}
