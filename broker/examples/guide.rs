//! Writes the guide as HTML files into a folder, one below it for each language:
//! `cargo run -p sayso-broker --example guide -- FOLDER`. They are what `make guide-pdf` prints.

use std::io;
use std::path::{Path, PathBuf};

use sayso_broker::page::STYLE;
use sayso_broker::page::help::Topic;
use sayso_words::Language;

fn main() -> io::Result<()> {
    let folder = std::env::args_os().nth(1).map(PathBuf::from);
    write(&folder.ok_or_else(|| io::Error::other("no folder was named"))?, &Topic::ALL)
}

/// Writes these pages, in each language, and how they look.
pub(crate) fn write(folder: &Path, topics: &[Topic]) -> io::Result<()> {
    for language in Language::ALL {
        let below = folder.join(language.tag());
        std::fs::create_dir_all(&below)?;
        for topic in topics {
            let text = topic.sheet(language).map_err(io::Error::other)?;
            std::fs::write(below.join(topic.name()).with_extension("html"), text)?;
        }
    }
    std::fs::write(folder.join("style.css"), STYLE)
}
