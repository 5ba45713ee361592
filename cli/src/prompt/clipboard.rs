//! The clipboard, looked at once: only `Sayso 482 913`, as the login page's button writes it, is
//! taken. Another service's code is never sent anywhere.

use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

use sayso_protocol::binding::Code;
use tokio::io::AsyncReadExt;
use tokio::process::Command;
use tokio::time::timeout;

/// How long the clipboard's owner may take.
const LIMIT: Duration = Duration::from_secs(1);
/// What is read: more than `Sayso 482 913` is not what the button wrote.
const LONGEST: u64 = 64;

/// What the clipboard held.
#[derive(Debug, PartialEq, Eq)]
pub enum Clipboard {
    /// A login page's code.
    Code(Code),
    /// Something else, or nothing.
    NoCode,
    /// There is no clipboard here, or no program that reads it.
    Unreadable,
}

/// Looks once.
pub async fn look() -> Clipboard {
    let Some((program, arguments)) = reader() else { return Clipboard::Unreadable };
    match timeout(LIMIT, read(program, arguments)).await {
        Ok(Some(text)) => Code::from_clipboard(&text).map_or(Clipboard::NoCode, Clipboard::Code),
        Ok(None) | Err(_) => Clipboard::NoCode,
    }
}

fn reader() -> Option<(PathBuf, &'static [&'static str])> {
    let wayland = || super::dialog::in_path("wl-paste").map(|path| (path, &["--no-newline"][..]));
    let x11 = || {
        super::dialog::in_path("xclip").map(|path| (path, &["-selection", "clipboard", "-o"][..]))
    };
    let shown_on = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    let of_wayland = if shown_on("WAYLAND_DISPLAY") { wayland() } else { None };
    of_wayland.or_else(|| if shown_on("DISPLAY") { x11() } else { None })
}

async fn read(program: PathBuf, arguments: &[&str]) -> Option<String> {
    let mut child = Command::new(program)
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .ok()?;
    let mut text = String::new();
    child.stdout.take()?.take(LONGEST).read_to_string(&mut text).await.ok()?;
    Some(text)
}
