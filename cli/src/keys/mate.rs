//! MATE: a folder of entries, each with a name, a command and keys. Ours are known by their names
//! in that folder; MATE numbers its own.

use super::combination::Combination;
use super::settings::{Place, taken};
use super::{Act, Found, Shortcut, Taken, Unwilling};

const ENTRY: &str = "org.mate.control-center.keybinding";
const FOLDER: &str = "/org/mate/desktop/keybindings/";
/// MATE fills its lowest free number, so behind so many free ones there are no more.
const FREE: usize = 5;

fn entry(name: &str) -> Place {
    Place::at(ENTRY, &format!("{FOLDER}{name}/"))
}

fn own(act: Act) -> Place {
    entry(&format!("sayso-{}", act.name()))
}

pub(super) async fn shortcuts() -> Result<Found, Unwilling> {
    let mut found = Found { own: Vec::new(), taken: taken("org.mate.").await? };
    for act in Act::ALL {
        let keys = own(act).text("binding").await?;
        if !keys.is_empty() {
            found.own.push(Shortcut { act, keys });
        }
    }
    let (mut number, mut free) = (0, 0);
    while free < FREE {
        let entry = entry(&format!("custom{number}"));
        let keys = entry.text("binding").await?;
        free = if keys.is_empty() { free + 1 } else { 0 };
        if let Some(keys) = Combination::kept(&keys) {
            found.taken.push(Taken { keys, by: entry.text("name").await? });
        }
        number += 1;
    }
    Ok(found)
}

pub(super) async fn add(
    act: Act,
    keys: &Combination,
    name: &str,
    runs: &str,
) -> Result<(), Unwilling> {
    let entry = own(act);
    entry.set_text("name", name).await?;
    entry.set_text("action", runs).await?;
    entry.set_text("binding", &keys.for_mate()).await
}

pub(super) async fn remove(act: Act) -> Result<(), Unwilling> {
    own(act).reset().await
}
