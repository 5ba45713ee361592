//! An X server without a screen.

use std::path::Path;

use crate::processes::{Process, bare_command};

/// How large a screen is, in pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Screen {
    /// From left to right.
    pub width: u32,
    /// From top to bottom.
    pub height: u32,
}

/// A running X server.
#[derive(Debug)]
pub struct Display {
    _server: Process,
    name: String,
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
        command.args(["-nolisten", "tcp", "-noreset"]);
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
        Display { _server: server, name }
    }

    /// What `DISPLAY` is set to.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }
}

/// Warnings may stand before it in the log; a line without its end may be half a number.
fn number(log: &str) -> Option<u32> {
    log.split_inclusive('\n')
        .filter(|line| line.ends_with('\n'))
        .find_map(|line| line.trim().parse().ok())
}
