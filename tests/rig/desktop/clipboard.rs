//! The person's clipboard, on X and on Wayland.

use std::fs::File;
use std::path::Path;
use std::process::{Command, Stdio};

use super::Desktop;
use crate::processes::wait_until;

impl Desktop {
    /// The person copies a text.
    ///
    /// # Panics
    /// If the story has no screen.
    pub async fn copy_text(&self, text: &str) {
        let file = self.dir().join("copied");
        std::fs::write(&file, text).expect("a file");
        self.copy(None, &file);
        self.wait_for_clipboard(text).await;
    }

    /// Waits until the person would paste this; an empty text for nothing.
    ///
    /// # Panics
    /// If the story has no screen, or it does not come.
    pub async fn wait_for_clipboard(&self, text: &str) {
        let explain = || format!("it holds {:?}", self.clipboard());
        wait_until("the clipboard", explain, || (self.clipboard() == text).then_some(())).await;
    }

    /// The person copies a picture, from a PNG.
    ///
    /// # Panics
    /// If the story has no screen, or the file is not there.
    pub async fn copy_picture(&self, png: &Path) {
        let picture = std::fs::read(png).expect("a picture");
        self.copy(Some("image/png"), png);
        let pasted = || self.paste(Some("image/png"));
        wait_until("the clipboard", String::new, || (pasted() == picture).then_some(())).await;
    }

    /// The text that the person would paste now; empty if there is none.
    #[must_use]
    pub fn clipboard(&self) -> String {
        String::from_utf8_lossy(&self.paste(None)).into_owned()
    }

    /// Both programs stay behind, with what was copied, until another copies or the screen is gone.
    fn copy(&self, kind: Option<&str>, file: &Path) {
        let mut command = self.clipboard_command("wl-copy", "-in", kind);
        command.stdin(File::open(file).expect("a file"));
        let status = command.stdout(Stdio::null()).stderr(Stdio::null()).status();
        assert!(status.expect("a clipboard program").success(), "nothing was copied");
    }

    fn paste(&self, kind: Option<&str>) -> Vec<u8> {
        let mut command = self.clipboard_command("wl-paste", "-out", kind);
        if self.wayland.is_some() {
            command.arg("--no-newline");
        }
        command.stdin(Stdio::null()).output().expect("a clipboard program").stdout
    }

    fn clipboard_command(&self, on_wayland: &str, on_x: &str, kind: Option<&str>) -> Command {
        let (mut command, option) = if self.wayland.is_some() {
            (self.command(on_wayland), "--type")
        } else {
            let mut command = self.command("xclip");
            command.args(["-selection", "clipboard", on_x]);
            (command, "-target")
        };
        if let Some(kind) = kind {
            command.args([option, kind]);
        }
        command
    }
}
