//! sway without a screen: a real Wayland compositor. It refuses to run as root, so there it runs
//! as nobody, with a runtime folder of its own; the person's programs find it by its whole path.

use std::os::unix::fs::{PermissionsExt, chown};
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

use super::Desktop;
use super::screen::Screen;
use crate::processes::{Process, bare_command, wait_until};

/// `nobody`, and its group, on every Linux.
const NOBODY: u32 = 65534;

/// A keyboard on which nothing is pressed for as long as it can wait, in milliseconds. Without one,
/// programs learn with the first key that there are keyboards, and miss it.
const FOR_EVER: &str = "2000000000";

/// A running compositor.
#[derive(Debug)]
pub struct Wayland {
    _keyboard: Process,
    _compositor: Process,
    socket: PathBuf,
    control: PathBuf,
    _runtime: TempDir,
}

impl Wayland {
    /// Starts it with one screen.
    ///
    /// # Panics
    /// If it does not start.
    pub async fn start(logs: &Path, screen: Screen) -> Wayland {
        let runtime = tempfile::Builder::new().prefix("sayso-").tempdir_in("/tmp").expect("folder");
        let settings = runtime.path().join("settings");
        let Screen { width, height } = screen;
        let text = format!(
            "xwayland disable\ndefault_border none\nseat * hide_cursor 1\n\
             output HEADLESS-1 resolution {width}x{height} position 0 0\n"
        );
        std::fs::write(&settings, text).expect("settings of sway");
        std::fs::set_permissions(&settings, PermissionsExt::from_mode(0o644)).expect("settings");
        let mut command = unprivileged(runtime.path());
        command
            .arg("sway")
            .arg("-c")
            .arg(&settings)
            .env("HOME", runtime.path())
            .env("XDG_RUNTIME_DIR", runtime.path())
            .env("WLR_BACKENDS", "headless")
            .env("WLR_RENDERER", "pixman")
            .env("WLR_LIBINPUT_NO_DEVICES", "1")
            .env("LIBSEAT_BACKEND", "builtin");
        let mut compositor = Process::start_quiet("sway", &mut command, logs);
        let socket = runtime.path().join("wayland-1");
        let mut control = None;
        compositor
            .wait_until("a screen of its size", async || {
                control = control_socket(runtime.path());
                control.is_some() && has_drawn(&socket, screen)
            })
            .await;
        let control = control.expect("waited for");
        let mut command = bare_command("wtype");
        command.args(["-s", FOR_EVER, "-k", "Tab"]);
        command.env("WAYLAND_DISPLAY", &socket).env("XDG_RUNTIME_DIR", runtime.path());
        let keyboard = Process::start_quiet("keyboard", &mut command, logs);
        Wayland { _keyboard: keyboard, _compositor: compositor, socket, control, _runtime: runtime }
    }

    /// What `WAYLAND_DISPLAY` is set to.
    #[must_use]
    pub fn socket(&self) -> &Path {
        &self.socket
    }
}

impl Desktop {
    /// Presses a key on Wayland, by its X name (`Tab`, `Return`).
    ///
    /// # Panics
    /// If the story is not on Wayland.
    pub fn press_on_wayland(&self, key: &str) {
        // wtype's keyboard has the keys of its arguments alone, and goes with it. GTK looks a key up
        // on the keyboard that is there when it gets round to it: so this one stays a moment.
        let done = self.command("wtype").args(["-k", key, "-s", "500", "-k", "Shift_L"]).status();
        let done = done.expect("wtype");
        assert!(done.success(), "no key {key:?}");
    }

    /// Types characters on Wayland.
    ///
    /// # Panics
    /// If the story is not on Wayland.
    pub fn type_on_wayland(&self, text: &str) {
        let done = self.command("wtype").args(["--", text]).status().expect("wtype");
        assert!(done.success(), "no keys {text:?}");
    }

    /// Waits until a window with this title has the focus on Wayland.
    pub async fn wait_for_focus_on_wayland(&self, title: &str) {
        let what = format!("the window {title:?} to have the focus");
        let focused = || focused(&self.windows_on_wayland()).unwrap_or_default();
        wait_until(
            &what,
            || format!("it is at {:?}", focused()),
            || (focused() == title).then_some(()),
        )
        .await;
    }

    fn windows_on_wayland(&self) -> serde_json::Value {
        let mut command = self.command("swaymsg");
        command.arg("-s").arg(&self.wayland().control).args(["-t", "get_tree"]);
        let told = command.output().expect("swaymsg");
        serde_json::from_slice(&told.stdout).unwrap_or_default()
    }
}

/// The title of the window with the focus, in a tree of windows.
fn focused(window: &serde_json::Value) -> Option<String> {
    if window["focused"] == true {
        return window["name"].as_str().map(str::to_owned);
    }
    ["nodes", "floating_nodes"]
        .iter()
        .filter_map(|below| window[*below].as_array())
        .flatten()
        .find_map(focused)
}

/// A command that runs as nobody where the story runs as root; nobody owns its runtime folder.
fn unprivileged(runtime: &Path) -> Command {
    if !rustix::process::getuid().is_root() {
        return bare_command("env");
    }
    chown(runtime, Some(NOBODY), Some(NOBODY)).expect("a folder of nobody's");
    let mut command = bare_command("setpriv");
    command.args(["--reuid", &NOBODY.to_string(), "--regid", &NOBODY.to_string()]);
    command.arg("--clear-groups");
    command
}

fn control_socket(runtime: &Path) -> Option<PathBuf> {
    let entries = std::fs::read_dir(runtime).ok()?;
    let mut paths = entries.flatten().map(|entry| entry.path());
    paths.find(|path| {
        path.file_name().is_some_and(|name| name.as_encoded_bytes().starts_with(b"sway-ipc"))
    })
}

fn has_drawn(socket: &Path, screen: Screen) -> bool {
    let mut command = bare_command("grim");
    command.args(["-t", "ppm", "-"]).env("WAYLAND_DISPLAY", socket).env("XDG_RUNTIME_DIR", "/");
    let size = format!("P6\n{} {}\n", screen.width, screen.height);
    command.output().is_ok_and(|taken| taken.stdout.starts_with(size.as_bytes()))
}
