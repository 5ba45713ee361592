//! Sayso's keys in the person's own keyring. The demo uses that keyring only where there are
//! none, so all that are there at its end are its own.

use std::collections::HashMap;

use zbus::Connection;
use zbus::zvariant::OwnedObjectPath;

const SERVICE: &str = "org.freedesktop.secrets";

/// The keys of Sayso in the keyring; none where there is no keyring.
pub(crate) async fn keys(session: &Connection) -> zbus::Result<Vec<OwnedObjectPath>> {
    let about = HashMap::from([("xdg:schema", "org.sayso.Key"), ("app", "sayso")]);
    let path = "/org/freedesktop/secrets";
    let interface = "org.freedesktop.Secret.Service";
    let found =
        session.call_method(Some(SERVICE), path, Some(interface), "SearchItems", &about).await;
    match found {
        Ok(found) => {
            let (mut open, locked): (Vec<OwnedObjectPath>, Vec<OwnedObjectPath>) =
                found.body().deserialize()?;
            open.extend(locked);
            Ok(open)
        }
        // No keyring: then saysod keeps its keys in the demo's own folder.
        Err(zbus::Error::MethodError(..)) => Ok(Vec::new()),
        Err(error) => Err(error),
    }
}

/// Removes them.
pub(crate) async fn clear(session: &Connection) -> zbus::Result<()> {
    for key in keys(session).await? {
        let interface = "org.freedesktop.Secret.Item";
        session.call_method(Some(SERVICE), &key, Some(interface), "Delete", &()).await?;
    }
    Ok(())
}
