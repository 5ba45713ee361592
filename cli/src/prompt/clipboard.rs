//! The clipboard, looked at once: only `Sayso 482 913`, as the login page's button writes it, is
//! taken, so that another service's code is never sent anywhere; or a picture, to be read here.

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
/// How long it may take over a picture, which it may have to make first.
const PICTURE_LIMIT: Duration = Duration::from_secs(5);
/// What is read of a picture: larger ones are refused as damaged.
const LARGEST: u64 = 64 << 20;

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

/// A picture on the clipboard.
#[derive(Debug, PartialEq, Eq)]
pub enum Picture {
    /// As PNG.
    Png(Vec<u8>),
    /// Something else, or nothing.
    NoPicture,
    /// There is no clipboard here, or no program that reads it.
    Unreadable,
}

/// Looks once for a code.
pub async fn look() -> Clipboard {
    let Some((program, arguments)) = reader(Wanted::Text) else { return Clipboard::Unreadable };
    let text = timeout(LIMIT, read(program, arguments, LONGEST)).await.ok().flatten();
    let code = text.and_then(|text| Code::from_clipboard(str::from_utf8(&text).ok()?).ok());
    code.map_or(Clipboard::NoCode, Clipboard::Code)
}

/// Looks once for a picture.
pub async fn picture() -> Picture {
    let Some((program, arguments)) = reader(Wanted::Picture) else { return Picture::Unreadable };
    match timeout(PICTURE_LIMIT, read(program, arguments, LARGEST)).await {
        // Some programs hand over text, whatever they are asked for.
        Ok(Some(picture)) if picture.starts_with(b"\x89PNG") => Picture::Png(picture),
        Ok(_) | Err(_) => Picture::NoPicture,
    }
}

/// What is looked for.
#[derive(Clone, Copy)]
enum Wanted {
    Text,
    Picture,
}

/// The program that reads this session's clipboard, and what it is told.
fn reader(wanted: Wanted) -> Option<(PathBuf, &'static [&'static str])> {
    let (wayland, x11): (&[&str], &[&str]) = match wanted {
        Wanted::Text => (&["--no-newline"], &["-selection", "clipboard", "-o"]),
        Wanted::Picture => {
            (&["--type", "image/png"], &["-selection", "clipboard", "-t", "image/png", "-o"])
        }
    };
    let shown_on = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    let reads = |display, program, arguments| {
        let path = shown_on(display).then(|| super::dialog::in_path(program)).flatten();
        path.map(|path| (path, arguments))
    };
    reads("WAYLAND_DISPLAY", "wl-paste", wayland).or_else(|| reads("DISPLAY", "xclip", x11))
}

async fn read(program: PathBuf, arguments: &[&str], most: u64) -> Option<Vec<u8>> {
    let mut child = Command::new(program)
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .ok()?;
    let mut bytes = Vec::new();
    child.stdout.take()?.take(most).read_to_end(&mut bytes).await.ok()?;
    Some(bytes)
}
