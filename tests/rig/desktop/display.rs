//! An X server without a screen.

use std::path::{Path, PathBuf};

use super::screen::{Picture, Screen};
use crate::processes::{Process, bare_command};

/// A running X server.
#[derive(Debug)]
pub struct Display {
    _server: Process,
    name: String,
    dir: PathBuf,
}

impl Display {
    /// Starts it; it chooses a free number itself and prints it.
    ///
    /// # Panics
    /// If it does not start.
    pub async fn start(dir: &Path, screen: Screen) -> Display {
        let mut command = bare_command("Xvfb");
        let Screen { width, height } = screen;
        command.args(["-displayfd", "1", "-screen", "0"]).arg(format!("{width}x{height}x24"));
        command.args(["-nolisten", "tcp", "-noreset", "-fbdir"]).arg(dir);
        let mut server = Process::start_quiet("display", &mut command, &dir.join("log"));
        let mut name = None;
        let log = server.log_file().to_owned();
        server
            .wait_until("its number", async || {
                name = number(&std::fs::read_to_string(&log).unwrap_or_default());
                name.is_some()
            })
            .await;
        let name = format!(":{}", name.expect("waited for"));
        Display { _server: server, name, dir: dir.to_owned() }
    }

    /// What `DISPLAY` is set to.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What is on the screen now: the server keeps it in a file.
    ///
    /// # Panics
    /// If the server is gone.
    #[must_use]
    pub(super) fn picture(&self) -> Picture {
        let dump = std::fs::read(self.dir.join("Xvfb_screen0")).expect("the screen's file");
        Picture::of_window_dump(&dump).expect("a window dump")
    }
}

/// Warnings may stand before it in the log; a line without its end may be half a number.
fn number(log: &str) -> Option<u32> {
    log.split_inclusive('\n')
        .filter(|line| line.ends_with('\n'))
        .find_map(|line| line.trim().parse().ok())
}
