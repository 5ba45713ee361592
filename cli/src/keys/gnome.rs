//! GNOME: a list of paths, and at each path a name, a command and keys. Ours are known by their
//! paths.

use super::combination::Combination;
use super::settings::{Place, taken};
use super::{Act, Found, Shortcut, Taken, Unwilling};

const LIST: &str = "org.gnome.settings-daemon.plugins.media-keys";
const KEY: &str = "custom-keybindings";
const ENTRY: &str = "org.gnome.settings-daemon.plugins.media-keys.custom-keybinding";
const PATHS: &str = "/org/gnome/settings-daemon/plugins/media-keys/custom-keybindings/";

fn path(act: Act) -> String {
    format!("{PATHS}sayso-{}/", act.name())
}

pub(super) async fn shortcuts() -> Result<Found, Unwilling> {
    let mut found = Found { own: Vec::new(), taken: taken("org.gnome.").await? };
    for listed in Place::of(LIST).texts(KEY).await? {
        let entry = Place::at(ENTRY, &listed);
        let keys = entry.text("binding").await?;
        if let Some(act) = Act::ALL.into_iter().find(|act| path(*act) == listed) {
            found.own.push(Shortcut { act, keys });
        } else if let Some(keys) = Combination::kept(&keys) {
            found.taken.push(Taken { keys, by: entry.text("name").await? });
        }
    }
    Ok(found)
}

pub(super) async fn add(
    act: Act,
    keys: &Combination,
    name: &str,
    runs: &str,
) -> Result<(), Unwilling> {
    let path = path(act);
    let entry = Place::at(ENTRY, &path);
    entry.set_text("name", name).await?;
    entry.set_text("command", runs).await?;
    entry.set_text("binding", &keys.for_gtk()).await?;
    // Last, so that the desktop never meets half an entry.
    let mut list = Place::of(LIST).texts(KEY).await?;
    if !list.contains(&path) {
        list.push(path);
    }
    Place::of(LIST).set_texts(KEY, &list).await
}

pub(super) async fn remove(act: Act) -> Result<(), Unwilling> {
    let path = path(act);
    let mut list = Place::of(LIST).texts(KEY).await?;
    list.retain(|listed| *listed != path);
    Place::of(LIST).set_texts(KEY, &list).await?;
    Place::at(ENTRY, &path).reset().await
}
