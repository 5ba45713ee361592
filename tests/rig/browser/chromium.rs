//! Starting Chromium, with a profile of its own, and chromedriver.

use std::path::Path;

use serde_json::json;
use thirtyfour::prelude::*;

use super::{Browser, Drives, Window, after};
use crate::desktop::Desktop;
use crate::processes::{Process, bare_command, wait_until};

pub(super) async fn open(desktop: &Desktop, name: &str, window: Window) -> Browser {
    const LISTENS: &str = "DevTools listening on ws://";
    let profile = desktop.dir().join(name);
    write_preferences(&profile);
    let arguments = arguments(desktop, &profile, window);
    let mut command = desktop.command("chromium");
    command.args(&arguments).args(["--remote-debugging-port=0", "about:blank"]);
    let mut chromium = Process::start_quiet(name, &mut command, &desktop.logs());
    let debugger = after(&mut chromium, LISTENS).await;
    let debugger = debugger.split('/').next().unwrap_or_default();
    let (driver, port) = chromedriver(desktop, name).await;
    let mut wishes = DesiredCapabilities::chrome();
    wishes.set_debugger_address(debugger).expect("a capability");
    let address = format!("http://127.0.0.1:{port}");
    let session = WebDriver::new(&address, wishes).await.expect("a browser session");
    let opens = format!("chromium {}", arguments.join(" "));
    Browser { driver: session, _drives: Drives::Chromedriver(driver), _process: chromium, opens }
}

/// Starts chromedriver; it prints its port. It takes a port that is free for IPv6, and ends if that
/// one is not free for IPv4: then it is started once more.
async fn chromedriver(desktop: &Desktop, name: &str) -> (Process, u16) {
    const TIMES: usize = 10;
    let name = format!("{name}-driver");
    for _ in 0..TIMES {
        let mut command = bare_command("chromedriver");
        command.arg("--port=0").env("HOME", desktop.dir());
        let mut driver = Process::start_quiet(&name, &mut command, &desktop.logs());
        let log = driver.log_file().to_owned();
        let read = || std::fs::read_to_string(&log).unwrap_or_default();
        let started = wait_until("chromedriver's port", read, || match port(&read()) {
            Some(port) => Some(Some(port)),
            None => (!driver.is_running()).then_some(None),
        });
        if let Some(port) = started.await {
            return (driver, port);
        }
    }
    panic!("chromedriver finds no port in {TIMES} times");
}

fn port(log: &str) -> Option<u16> {
    let (_, rest) = log.split_once("started successfully on port ")?;
    rest.split_once('.')?.0.parse().ok()
}

/// The same arguments again open an address in the running Chromium, unless it has no window.
fn arguments(desktop: &Desktop, profile: &Path, window: Window) -> Vec<String> {
    let mut arguments: Vec<String> = [
        "--no-sandbox",
        "--disable-gpu",
        "--no-first-run",
        "--disable-dev-shm-usage",
        "--disable-component-update",
        "--disable-background-networking",
        "--password-store=basic",
    ]
    .map(str::to_owned)
    .into();
    arguments.push(format!("--user-data-dir={}", profile.display()));
    if let Some(pin) = desktop.trusted() {
        arguments.push(format!("--ignore-certificate-errors-spki-list={pin}"));
    }
    if window == Window::None {
        arguments.push("--headless=new".into());
        return arguments;
    }
    arguments.push("--force-renderer-accessibility".into());
    if desktop.env().contains_key("WAYLAND_DISPLAY") {
        arguments.push("--ozone-platform=wayland".into());
    }
    if window == Window::WholeScreen {
        // Where no window manager makes a window fill the screen, its size does.
        let screen = desktop.screen();
        arguments.push("--kiosk".into());
        arguments.push("--window-position=0,0".into());
        arguments.push(format!("--window-size={},{}", screen.width, screen.height));
    }
    arguments
}

/// The person has said long ago that pages may open Sayso.
fn write_preferences(profile: &Path) {
    let sayso = json!({"protocol": "sayso", "allowed_origins": ["*"]});
    let allowed = json!({"policy": {"auto_launch_protocols_from_origins": [sayso]}});
    let preferences = json!({ "protocol_handler": allowed });
    let folder = profile.join("Default");
    std::fs::create_dir_all(&folder).expect("a profile");
    std::fs::write(folder.join("Preferences"), preferences.to_string()).expect("a profile");
}
