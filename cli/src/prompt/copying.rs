//! Digits on the clipboard, for a minute at most: they are taken off it again unless something else
//! stands there by then, also when the command is interrupted.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use super::dialog::in_path;
use crate::clock;

/// How long they stand there.
const MINUTE: Duration = Duration::from_secs(60);
/// How long the clipboard may take.
const LIMIT: Duration = Duration::from_secs(3);

/// Digits that stand on the clipboard. Dropping this takes them off it.
pub struct Copied {
    code: String,
    clipboard: Clipboard,
}

impl Copied {
    /// Puts them there, if there is a clipboard.
    #[must_use]
    pub fn put(code: &str) -> Option<Copied> {
        let copied = Copied { code: code.to_owned(), clipboard: Clipboard::here()? };
        within(move || copied.clipboard.write(&copied.code).then_some(copied)).flatten()
    }

    /// Waits until the minute is over.
    pub async fn minute(&self) {
        clock::pass(MINUTE).await;
    }
}

impl Drop for Copied {
    fn drop(&mut self) {
        let (clipboard, code) = (self.clipboard.clone(), std::mem::take(&mut self.code));
        // A clipboard that hangs keeps nobody here.
        let _ = within(move || {
            if clipboard.read().is_some_and(|held| held == code.as_bytes()) {
                clipboard.write("");
            }
        });
    }
}

/// Does it beside everything else, and waits so long for it.
fn within<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Option<T> {
    let (out, done) = mpsc::channel();
    thread::spawn(move || {
        // Who waited has given up.
        let _ = out.send(work());
    });
    done.recv_timeout(LIMIT).ok()
}

/// The programs that write and read this session's clipboard.
#[derive(Clone, Debug)]
struct Clipboard {
    writer: (PathBuf, &'static [&'static str]),
    reader: (PathBuf, &'static [&'static str]),
}

impl Clipboard {
    fn here() -> Option<Clipboard> {
        let shown_on = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
        let wayland = || {
            Some(Clipboard {
                writer: (in_path("wl-copy")?, &[]),
                reader: (in_path("wl-paste")?, &["--no-newline"]),
            })
        };
        let x11 = || {
            let xclip = in_path("xclip")?;
            Some(Clipboard {
                writer: (xclip.clone(), &["-selection", "clipboard", "-in"]),
                reader: (xclip, &["-selection", "clipboard", "-out"]),
            })
        };
        let of_wayland = shown_on("WAYLAND_DISPLAY").then(wayland).flatten();
        of_wayland.or_else(|| shown_on("DISPLAY").then(x11).flatten())
    }

    /// Both writers read to the end, and stay in the background for as long as the text stands
    /// there.
    fn write(&self, text: &str) -> bool {
        let (program, arguments) = &self.writer;
        let started = quiet(program, arguments).stdin(Stdio::piped()).stdout(Stdio::null()).spawn();
        let Ok(mut writer) = started else { return false };
        let given = writer.stdin.take().map(|mut stdin| stdin.write_all(text.as_bytes()));
        let ended = writer.wait();
        given.is_some_and(|given| given.is_ok()) && ended.is_ok_and(|status| status.success())
    }

    fn read(&self) -> Option<Vec<u8>> {
        let (program, arguments) = &self.reader;
        let read = quiet(program, arguments).stdin(Stdio::null()).output().ok()?;
        Some(read.stdout)
    }
}

fn quiet(program: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(program);
    command.args(arguments).stderr(Stdio::null());
    command
}
