//! The desktop around the session bus: notifications, keyring, portal, shortcuts. Nothing is
//! started and nothing is shown to find out.

use tokio::time::timeout;
use zbus::Connection;
use zbus::fdo::{DBusProxy, PropertiesProxy};
use zbus::zvariant::OwnedValue;

use super::super::LIMIT;
use super::super::facts::{Desktop, Keyring, Notifications, Shortcuts};
use super::{installed, printed};
use crate::keys;

const NOTIFICATIONS: &str = "org.freedesktop.Notifications";
const NOTIFICATIONS_PATH: &str = "/org/freedesktop/Notifications";
const KEYRING: &str = "org.freedesktop.secrets";
const PORTAL: &str = "org.freedesktop.portal.Desktop";

pub(super) async fn desktop() -> Option<Desktop> {
    let bus = timeout(LIMIT, Connection::session()).await.ok()?.ok()?;
    let (notifications, keyring, screenshots) =
        tokio::join!(notifications(&bus), keyring(&bus), screenshots(&bus));
    Some(Desktop { notifications, keyring, screenshots })
}

/// Whether somebody has this name, or the bus would start somebody.
async fn is_there(bus: &Connection, name: &str) -> Option<bool> {
    let driver = DBusProxy::new(bus).await.ok()?;
    if driver.name_has_owner(name.try_into().ok()?).await.ok()? {
        return Some(true);
    }
    let names = driver.list_activatable_names().await.ok()?;
    Some(names.iter().any(|known| known.as_str() == name))
}

async fn notifications(bus: &Connection) -> Notifications {
    if is_there(bus, NOTIFICATIONS).await != Some(true) {
        return Notifications::Absent;
    }
    let asked = bus.call_method(
        Some(NOTIFICATIONS),
        NOTIFICATIONS_PATH,
        Some(NOTIFICATIONS),
        "GetCapabilities",
        &(),
    );
    let Ok(Ok(reply)) = timeout(LIMIT, asked).await else { return Notifications::Silent };
    let can: Vec<String> = reply.body().deserialize().unwrap_or_default();
    let has = |what: &str| can.iter().any(|known| known == what);
    let quiet = is_quiet(bus).await;
    Notifications::There { buttons: has("actions"), keeps: has("persistence"), quiet }
}

/// Whether the person told the server to show nothing, by each server's own word for it.
async fn is_quiet(bus: &Connection) -> bool {
    let (inhibited, paused, banners, xfce) = tokio::join!(
        property(bus, NOTIFICATIONS, NOTIFICATIONS_PATH, NOTIFICATIONS, "Inhibited"),
        property(bus, NOTIFICATIONS, NOTIFICATIONS_PATH, "org.dunstproject.cmd0", "paused"),
        of_desktop(
            "GNOME",
            "gsettings",
            &["get", "org.gnome.desktop.notifications", "show-banners"]
        ),
        of_desktop("XFCE", "xfconf-query", &["-c", "xfce4-notifyd", "-p", "/do-not-disturb"]),
    );
    let yes = |value: Option<OwnedValue>| {
        value.and_then(|value| bool::try_from(value).ok()).unwrap_or(false)
    };
    yes(inhibited)
        || yes(paused)
        || banners.as_deref() == Some("false")
        || xfce.as_deref() == Some("true")
}

/// What a program of this desktop prints, where this is the desktop.
async fn of_desktop(desktop: &str, program: &str, arguments: &[&str]) -> Option<String> {
    let names = std::env::var("XDG_CURRENT_DESKTOP").unwrap_or_default();
    if !names.split(':').any(|name| name.eq_ignore_ascii_case(desktop)) {
        return None;
    }
    installed(program)?;
    printed(program, arguments).await
}

async fn property(
    bus: &Connection,
    name: &str,
    path: &str,
    interface: &str,
    property: &str,
) -> Option<OwnedValue> {
    let asked = async {
        let properties =
            PropertiesProxy::builder(bus).destination(name)?.path(path)?.build().await?;
        zbus::Result::Ok(properties.get(interface.try_into()?, property).await?)
    };
    timeout(LIMIT, asked).await.ok()?.ok()
}

async fn keyring(bus: &Connection) -> Keyring {
    if is_there(bus, KEYRING).await != Some(true) {
        return Keyring::Absent;
    }
    let default = "/org/freedesktop/secrets/aliases/default";
    let locked =
        property(bus, KEYRING, default, "org.freedesktop.Secret.Collection", "Locked").await;
    match locked.map(bool::try_from) {
        Some(Ok(true)) => Keyring::Locked,
        Some(Ok(false)) => Keyring::Open,
        // It keeps nothing.
        Some(Err(_)) | None => Keyring::Absent,
    }
}

async fn screenshots(bus: &Connection) -> bool {
    if is_there(bus, PORTAL).await != Some(true) {
        return false;
    }
    let (path, interface) =
        ("/org/freedesktop/portal/desktop", "org.freedesktop.portal.Screenshot");
    property(bus, PORTAL, path, interface, "version").await.is_some()
}

pub(super) async fn shortcuts() -> Shortcuts {
    let names = std::env::var("XDG_CURRENT_DESKTOP").unwrap_or_default();
    let Some(desktop) = keys::Desktop::of(&names) else { return Shortcuts::Unknown };
    let Ok(found) = desktop.shortcuts().await else { return Shortcuts::Unknown };
    if found.own.is_empty() {
        return Shortcuts::None;
    }
    let own: Vec<_> = found.own.iter().filter_map(keys::Shortcut::takes).collect();
    let both = found.taken.iter().filter(|taken| own.iter().any(|own| own.keys == taken.keys));
    Shortcuts::There(both.map(|taken| (taken.keys.to_string(), taken.by.clone())).collect())
}
