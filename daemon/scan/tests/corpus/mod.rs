//! A folder of screenshots, and the list of what stands in each: `expected.json`. The pictures
//! here are in sixteen greys, to be small; each is named for what makes it hard.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::time::Duration;

use sayso_scan_client::helper::{Helper, Source, Unread};
use serde::Deserialize;

/// One screenshot and what stands in it.
#[derive(Debug, Deserialize)]
pub(crate) struct Screenshot {
    /// Its file, without the ending.
    pub(crate) id: String,
    /// What stands in its code; nothing where there is none.
    pub(crate) text: Option<String>,
    /// How many modules wide the code's quiet zone is.
    #[serde(default)]
    #[allow(dead_code, reason = "only the report counts by it")]
    pub(crate) quiet: u32,
    /// What stands in other codes that are there too.
    #[serde(default)]
    also: Vec<String>,
    /// One other code is there, of which the list says no more.
    #[serde(default)]
    two: bool,
}

/// What came of a screenshot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// Its code was read, or there was none and none was found.
    Exact,
    /// Its code was not read.
    Missed,
    /// Something was read that does not stand there.
    Wrong,
}

impl Screenshot {
    /// The list of a folder.
    pub(crate) fn all_of(folder: &Path) -> std::io::Result<Vec<Screenshot>> {
        let list = File::open(folder.join("expected.json"))?;
        Ok(serde_json::from_reader(std::io::BufReader::new(list))?)
    }

    pub(crate) fn file(&self, folder: &Path) -> PathBuf {
        folder.join(format!("{}.png", self.id))
    }

    /// How many codes stand there, where the list says all of them.
    #[allow(dead_code, reason = "the report takes lists that do not")]
    pub(crate) fn count(&self) -> usize {
        usize::from(self.text.is_some()) + self.also.len()
    }

    /// Whether these texts are what stands there.
    pub(crate) fn judge(&self, texts: &[String]) -> Verdict {
        let known = |text: &&String| Some(*text) == self.text.as_ref() || self.also.contains(text);
        let others = texts.iter().filter(|text| !known(text)).count();
        let allowed = usize::from(self.two && self.text.is_some());
        if others > allowed {
            Verdict::Wrong
        } else if self.text.iter().all(|text| texts.contains(text)) {
            Verdict::Exact
        } else {
            Verdict::Missed
        }
    }
}

/// What the real program reads off a picture, in at most `limit`.
pub(crate) async fn read(picture: &Path, limit: Duration) -> Result<Vec<String>, Unread> {
    let helper = Helper::at(env!("CARGO_BIN_EXE_sayso-scan").into()).within(limit);
    helper.read(Source::File(File::open(picture).map_err(Unread::NotThere)?)).await
}

/// The project's own screenshots.
pub(crate) fn own() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus")
}
