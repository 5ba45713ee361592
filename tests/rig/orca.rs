//! The real Orca on a story's desktop, speaking through the story's Speech Dispatcher.

use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt;

use zbus::names::InterfaceName;
use zbus::zvariant::Value;

use crate::desktop::{Bus, Desktop};
use crate::processes::{Process, SEARCH_PATH, wait_until};

/// By this its words are known (`user:orca:...`).
pub const CLIENT: &str = "orca";

const BUS: &str = "org.a11y.Bus";

/// A running screen reader, and the accessibility bus that it reads.
#[derive(Debug)]
pub struct Orca {
    reader: Process,
    _bus: Process,
}

impl Orca {
    /// Starts it and waits until it has spoken. Programs that it is to read start after it.
    ///
    /// # Panics
    /// If it does not speak.
    pub async fn start(desktop: &mut Desktop) -> Orca {
        let mut command = desktop.command("/usr/libexec/at-spi-bus-launcher");
        command.arg("--launch-immediately");
        let mut bus = Process::start_quiet("accessibility", &mut command, &desktop.logs());
        let session = desktop.session_bus();
        bus.wait_until("its name on the bus", async || session.has_owner(BUS).await).await;
        for property in ["IsEnabled", "ScreenReaderEnabled"] {
            set(session, property, true).await;
        }
        // Debian's own interpreter: another one first in the search path lacks its modules.
        let mut command = desktop.command("/usr/bin/python3");
        command.arg("/usr/bin/orca").env("PATH", alone(desktop));
        let reader = Process::start_quiet("orca", &mut command, &desktop.logs());
        let speech = desktop.speech();
        let explain = || format!("said so far: {:#?}\norca: {}", speech.all(), reader.log());
        wait_until("Orca's first words", explain, || speech.said_by(CLIENT).into_iter().next())
            .await;
        let registry = accessibility_bus(desktop.session_bus()).await;
        bus.wait_until("Orca to listen to windows", async || listens(&registry).await).await;
        Orca { reader, _bus: bus }
    }

    /// Ends it; the desktop says that no screen reader runs any more.
    pub async fn stop(mut self, desktop: &Desktop) {
        self.reader.kill();
        set(desktop.session_bus(), "ScreenReaderEnabled", false).await;
    }
}

/// A search path by which Orca finds no other Orca of this user. It would not start beside the
/// person's own, or another story's, and `--replace` kills those.
fn alone(desktop: &Desktop) -> String {
    let folder = desktop.dir().join("alone");
    std::fs::create_dir(&folder).expect("a folder");
    let pgrep = folder.join("pgrep");
    std::fs::write(&pgrep, "#!/bin/sh\nexit 1\n").expect("a script");
    std::fs::set_permissions(&pgrep, Permissions::from_mode(0o755)).expect("a program");
    format!("{}:{SEARCH_PATH}", folder.display())
}

/// The bus on which programs tell a screen reader what they show.
async fn accessibility_bus(session: &Bus) -> zbus::Connection {
    let path = "/org/a11y/bus";
    let asked = session.connection().call_method(Some(BUS), path, Some(BUS), "GetAddress", &());
    let address: String = asked.await.expect("its address").body().deserialize().expect("a text");
    let builder = zbus::connection::Builder::address(address.as_str()).expect("an address");
    builder.build().await.expect("the accessibility bus")
}

/// Has the screen reader asked to be told when a window becomes the active one?
async fn listens(registry: &zbus::Connection) -> bool {
    const REGISTRY: &str = "org.a11y.atspi.Registry";
    let path = "/org/a11y/atspi/registry";
    let asked =
        registry.call_method(Some(REGISTRY), path, Some(REGISTRY), "GetRegisteredEvents", &());
    let Ok(answer) = asked.await else { return false };
    let events: Vec<(String, String)> = answer.body().deserialize().unwrap_or_default();
    let wanted = "window:activate";
    events.iter().any(|(_, event)| event.to_lowercase().starts_with(wanted))
}

async fn set(session: &Bus, property: &str, on: bool) {
    let properties = zbus::fdo::PropertiesProxy::builder(session.connection())
        .destination(BUS)
        .and_then(|builder| builder.path("/org/a11y/bus"))
        .expect("names")
        .build()
        .await
        .expect("the accessibility bus");
    let status = InterfaceName::from_static_str_unchecked("org.a11y.Status");
    properties.set(status, property, Value::from(on)).await.expect("the accessibility bus");
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::browser::Browser;

    #[tokio::test(flavor = "multi_thread")]
    async fn orca_reads_a_page_aloud() {
        let mut desktop =
            Desktop::builder("Orca.").without_notifications().without_lock().start().await;
        let orca = Orca::start(&mut desktop).await;
        let browser = Browser::open_with_window(&desktop, "window").await;
        browser.go("data:text/html,<title>Bank</title><h1>Log in</h1><p>482 913</p>").await;
        let speech = desktop.speech();
        wait_until(
            "the page to be read",
            || format!("{:#?}", speech.all()),
            || speech.said_by(CLIENT).into_iter().find(|one| one.text.contains("Log in")),
        )
        .await;
        assert!(speech.said().is_empty());
        drop(browser);
        orca.stop(&desktop).await;
    }
}
