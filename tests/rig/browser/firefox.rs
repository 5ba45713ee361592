//! Starting Firefox ESR, with a profile of its own.

use std::path::Path;

use serde_json::{Value, json};
use thirtyfour::prelude::*;

use super::marionette::Driver;
use super::{Browser, Drives, Window};
use crate::desktop::Desktop;
use crate::processes::Process;

pub(super) async fn open(desktop: &Desktop, name: &str, window: Window) -> Browser {
    let profile = desktop.dir().join(name);
    let language = desktop.env().get("LANGUAGE").map_or("en", String::as_str);
    write_preferences(&profile, language);
    let mut arguments = vec!["--profile".to_owned(), profile.display().to_string()];
    match window {
        Window::None => arguments.push("--headless".into()),
        Window::Normal => {}
        Window::WholeScreen => arguments.push("--kiosk".into()),
    }
    let mut command = desktop.command("firefox-esr");
    command.args(&arguments).args(["--marionette", "about:blank"]);
    let mut firefox = Process::start_quiet(name, &mut command, &desktop.logs());
    let mut port = None;
    firefox
        .wait_until("Marionette's port", async || {
            let file = std::fs::read_to_string(profile.join("MarionetteActivePort"));
            port = file.ok().and_then(|text| text.trim().parse().ok());
            port.is_some()
        })
        .await;
    let driver = Driver::start(port.expect("waited for"));
    let wishes = DesiredCapabilities::firefox();
    let session = WebDriver::new(driver.address(), wishes).await.expect("a browser session");
    let opens = format!("firefox-esr {}", arguments.join(" "));
    Browser { driver: session, _drives: Drives::Marionette(driver), _process: firefox, opens }
}

/// The person has said long ago that pages may open Sayso. Nothing else is asked of anybody: no
/// updates, no reports, no welcome, and no look whether there is a network.
fn write_preferences(profile: &Path, language: &str) {
    let preferences: &[(&str, Value)] = &[
        ("marionette.port", json!(0)),
        ("intl.accept_languages", json!(language)),
        ("network.protocol-handler.external.sayso", json!(true)),
        ("network.protocol-handler.warn-external.sayso", json!(false)),
        ("network.protocol-handler.expose.sayso", json!(false)),
        ("security.external_protocol_requires_permission", json!(false)),
        ("app.normandy.enabled", json!(false)),
        ("app.update.enabled", json!(false)),
        ("browser.aboutwelcome.enabled", json!(false)),
        ("browser.newtabpage.enabled", json!(false)),
        ("browser.region.network.url", json!("")),
        ("browser.safebrowsing.downloads.remote.enabled", json!(false)),
        ("browser.safebrowsing.malware.enabled", json!(false)),
        ("browser.safebrowsing.phishing.enabled", json!(false)),
        ("browser.search.update", json!(false)),
        ("browser.shell.checkDefaultBrowser", json!(false)),
        ("browser.startup.homepage_override.mstone", json!("ignore")),
        ("browser.tabs.warnOnClose", json!(false)),
        ("datareporting.healthreport.uploadEnabled", json!(false)),
        ("datareporting.policy.dataSubmissionEnabled", json!(false)),
        ("extensions.update.enabled", json!(false)),
        ("media.gmp-manager.updateEnabled", json!(false)),
        ("network.captive-portal-service.enabled", json!(false)),
        ("network.connectivity-service.enabled", json!(false)),
        ("network.dns.disablePrefetch", json!(true)),
        ("network.prefetch-next", json!(false)),
        ("nimbus.rollouts.enabled", json!(false)),
        ("services.settings.server", json!("http://127.0.0.1:9/")),
        ("toolkit.telemetry.enabled", json!(false)),
        ("toolkit.telemetry.server", json!("")),
    ];
    let lines: String = preferences
        .iter()
        .map(|(name, value)| format!("user_pref({}, {value});\n", Value::from(*name)))
        .collect();
    std::fs::create_dir_all(profile).expect("a profile");
    std::fs::write(profile.join("user.js"), lines).expect("a profile");
}
