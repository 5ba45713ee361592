//! Keys in the Secret Service. Each call opens an encrypted session of its own, so that a keyring
//! that was started anew is no different, and secrets are never readable on the bus. Nothing
//! unlocks a keyring or prompts, and every call ends in time.

use std::collections::HashMap;
use std::time::Duration;

use oo7::dbus::{Collection, Error, Item, Service, ServiceError};
use sayso_protocol::signature::SecretKey;

use super::{KeyError, Name};

/// The Secret Service's name on the session bus.
pub(super) const SERVICE: &str = "org.freedesktop.secrets";
/// No call takes longer.
pub(super) const PATIENCE: Duration = Duration::from_secs(5);

/// Whether new keys can go there: it talks, and has a default collection, locked or not.
pub(super) async fn probe() -> Result<(), KeyError> {
    in_time(async {
        let service = Service::encrypted().await.map_err(failed)?;
        default_collection(&service).await.map(drop)
    })
    .await
}

/// The key, if it is there.
pub(super) async fn load(name: Name<'_>) -> Result<Option<SecretKey>, KeyError> {
    in_time(async {
        let service = Service::encrypted().await.map_err(failed)?;
        let Some(item) = find(&service, name).await?.into_iter().next() else {
            return Ok(None);
        };
        let secret = item.secret().await.map_err(failed)?;
        let bytes = secret
            .as_bytes()
            .try_into()
            .map_err(|_| KeyError::Unreadable("it has another length".into()))?;
        Ok(Some(SecretKey::from_bytes(bytes)))
    })
    .await
}

/// Keeps the key in the default collection; one of the same name is replaced.
pub(super) async fn save(name: Name<'_>, key: &SecretKey) -> Result<(), KeyError> {
    in_time(async {
        let service = Service::encrypted().await.map_err(failed)?;
        let collection = default_collection(&service).await?;
        if collection.is_locked().await.map_err(failed)? {
            return Err(KeyError::Locked);
        }
        let secret = oo7::Secret::blob(key.to_bytes().as_slice());
        let label = format!("Sayso {}", name.kind());
        collection
            .create_item(&label, &attributes(name), secret, true, None)
            .await
            .map_err(failed)?;
        Ok(())
    })
    .await
}

/// Erases the key.
pub(super) async fn forget(name: Name<'_>) -> Result<(), KeyError> {
    in_time(async {
        let service = Service::encrypted().await.map_err(failed)?;
        for item in find(&service, name).await? {
            item.delete(None).await.map_err(failed)?;
        }
        Ok(())
    })
    .await
}

/// The items of this name. None in a locked keyring is not an answer.
async fn find(service: &Service, name: Name<'_>) -> Result<Vec<Item>, KeyError> {
    let mut items = Vec::new();
    // The default may have been another one when the key was kept.
    for collection in service.collections().await.map_err(failed)? {
        for item in collection.search_items(&attributes(name)).await.map_err(failed)? {
            if item.is_locked().await.map_err(failed)? {
                return Err(KeyError::Locked);
            }
            items.push(item);
        }
    }
    if items.is_empty()
        && let Some(collection) =
            service.with_alias(Service::DEFAULT_COLLECTION).await.map_err(failed)?
        && collection.is_locked().await.map_err(failed)?
    {
        return Err(KeyError::Locked);
    }
    Ok(items)
}

async fn default_collection(service: &Service) -> Result<Collection, KeyError> {
    service
        .with_alias(Service::DEFAULT_COLLECTION)
        .await
        .map_err(failed)?
        .ok_or_else(|| KeyError::Silent("it has no default collection".into()))
}

/// By what a key is found.
fn attributes(name: Name<'_>) -> HashMap<&'static str, &str> {
    let mut attributes =
        HashMap::from([("xdg:schema", "org.sayso.Key"), ("app", "sayso"), ("kind", name.kind())]);
    if let Some(approver) = name.approver() {
        attributes.insert("approver", approver);
    }
    attributes
}

async fn in_time<T>(work: impl Future<Output = Result<T, KeyError>>) -> Result<T, KeyError> {
    match tokio::time::timeout(PATIENCE, work).await {
        Ok(outcome) => outcome,
        Err(_) => Err(KeyError::Silent("no answer in time".into())),
    }
}

#[allow(clippy::needless_pass_by_value, reason = "it stands in map_err")]
fn failed(error: Error) -> KeyError {
    match &error {
        Error::Service(ServiceError::IsLocked(_)) | Error::Dismissed => KeyError::Locked,
        Error::Crypto(_) => KeyError::Unreadable(error.to_string()),
        Error::Service(_) | Error::ZBus(_) | Error::Deleted | Error::NotFound(_) | Error::IO(_) => {
            KeyError::Silent(error.to_string())
        }
    }
}
