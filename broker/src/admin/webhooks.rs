//! The commands about webhooks: where services are told unasked, and what could not be delivered.

use clap::Subcommand;
use rand::Rng as _;
use sayso_protocol::spoken::Clean;
use sayso_words::{Words, say};
use url::Url;

use super::people::date;
use super::{Fault, Line, slug};
use crate::random;
use crate::settings::is_secure;
use crate::store::Store;
use crate::store::outbox::Failure;
use crate::store::webhooks::Endpoint;
use crate::webhook::signing::WebhookKey;

/// `service webhook`.
#[derive(Debug, Subcommand)]
pub enum Webhook {
    /// Tell a service what becomes of its requests, at this address; its public key is printed
    Set {
        /// Its name, or its id
        name: String,
        /// A whole address
        address: String,
    },
    /// Where a service is told, its public key, and what waits
    Show {
        /// Its name, or its id
        name: String,
    },
    /// Tell a service nothing any more, and forget what waits
    Remove {
        /// Its name, or its id
        name: String,
    },
    /// List what could not be delivered to a service
    Dead {
        /// Its name, or its id
        name: String,
    },
    /// Send again what could not be delivered to a service
    Resend {
        /// Its name, or its id
        name: String,
        /// This event alone
        event: Option<String>,
    },
}

pub(super) async fn webhook(
    command: Webhook,
    store: &Store,
    words: &Words,
    line: Line<'_>,
) -> Result<(), Fault> {
    match command {
        Webhook::Set { name, address } => {
            if !can_be_told(&address) {
                return Err(Fault::WebhookAddress(address));
            }
            let mut salt = [0; 32];
            random().fill_bytes(&mut salt);
            let of = slug(&name);
            let kept = store.write(move |tx| tx.keep_endpoint(&of, &address, &salt)).await?;
            if !kept.value {
                return Err(Fault::ServiceUnknown(Clean::new(&name)));
            }
            show(store, &name, words, line).await
        }
        Webhook::Show { name } => show(store, &name, words, line).await,
        Webhook::Remove { name } => {
            let of = slug(&name);
            if !store.write(move |tx| tx.forget_endpoint(&of)).await?.value {
                return Err(Fault::WebhookNone(Clean::new(&name)));
            }
            line(&say!(words, "admin-webhook-removed", service = &name));
            Ok(())
        }
        Webhook::Dead { name } => list_dead(store, &name, words, line).await,
        Webhook::Resend { name, event } => resend(store, &name, event, words, line).await,
    }
}

async fn endpoint_of(store: &Store, name: &str) -> Result<Endpoint, Fault> {
    let of = slug(name);
    let found = store.read(move |db| db.endpoint(&of)).await?;
    found.ok_or_else(|| Fault::WebhookNone(Clean::new(name)))
}

async fn show(store: &Store, name: &str, words: &Words, line: Line<'_>) -> Result<(), Fault> {
    let endpoint = endpoint_of(store, name).await?;
    let of = endpoint.service.clone();
    let counts = store.read(move |db| db.events(&of)).await?;
    let key = WebhookKey::of(&store.key(), &endpoint).public();
    line(&whither(words, name, &endpoint));
    line(&say!(words, "admin-webhook-key", key = &key));
    let (waiting, dead, lost) = (counts.waiting, counts.dead, counts.lost);
    line(&say!(words, "admin-webhook-counts", waiting = waiting, dead = dead, lost = lost));
    Ok(())
}

/// Where a service is told, or since when no more.
pub(super) fn whither(words: &Words, name: &str, endpoint: &Endpoint) -> String {
    let address = endpoint.url.as_str();
    match endpoint.gone_at {
        None => say!(words, "admin-webhook-line", service = name, address = address),
        Some(since) => {
            let date = date(since);
            say!(words, "admin-webhook-gone", service = name, address = address, date = &date)
        }
    }
}

async fn list_dead(store: &Store, name: &str, words: &Words, line: Line<'_>) -> Result<(), Fault> {
    let Endpoint { service, .. } = endpoint_of(store, name).await?;
    let dead = store.read(move |db| db.dead_events(&service)).await?;
    if dead.is_empty() {
        line(&say!(words, "admin-webhook-dead-none", service = name));
    }
    for event in dead {
        let (id, request) = (event.id.to_string(), event.request.to_string());
        let (date, why) = (date(event.made_at), why(words, event.why));
        line(&say!(
            words,
            "admin-webhook-dead",
            id = &id,
            request = &request,
            date = &date,
            why = &why
        ));
    }
    Ok(())
}

fn why(words: &Words, failure: Failure) -> String {
    match failure {
        Failure::Unreachable => say!(words, "admin-webhook-unreachable"),
        Failure::Certificate => say!(words, "admin-webhook-certificate"),
        Failure::Late => say!(words, "admin-webhook-late"),
        Failure::Gone => say!(words, "admin-webhook-said-gone"),
        Failure::Status(status) => {
            say!(words, "admin-webhook-status", status = &status.to_string())
        }
    }
}

async fn resend(
    store: &Store,
    name: &str,
    event: Option<String>,
    words: &Words,
    line: Line<'_>,
) -> Result<(), Fault> {
    let Endpoint { service, gone_at, .. } = endpoint_of(store, name).await?;
    if gone_at.is_some() {
        return Err(Fault::WebhookGone(Clean::new(name)));
    }
    let one = event.clone();
    let count = store.write(move |tx| tx.resend(&service, one.as_deref())).await?.value;
    match event {
        Some(event) if count == 0 => Err(Fault::EventUnknown(Clean::new(name), event)),
        Some(_) | None => {
            line(&say!(words, "admin-webhook-resent", service = name, count = count));
            Ok(())
        }
    }
}

/// A whole address of https or of this computer, without a fragment, and without a name and a
/// password: the signature says who calls.
fn can_be_told(text: &str) -> bool {
    let printable = text.bytes().all(|byte| byte.is_ascii_graphic());
    printable
        && Url::parse(text).is_ok_and(|url| {
            let alone = url.username().is_empty() && url.password().is_none();
            is_secure(&url) && url.fragment().is_none() && alone
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_webhook_is_whole_secure_and_holds_no_password() {
        for url in
            ["https://bank.example/hook?v=1", "http://127.0.0.1:8000/", "http://localhost:1/x"]
        {
            assert!(can_be_told(url), "{url}");
        }
        for url in [
            "http://bank.example/hook",
            "https://me:secret@bank.example/",
            "https://me@bank.example/",
            "https://bank.example/#x",
            "bank.example/hook",
            "ftp://bank.example/",
            "https://b.example/\nx",
            "",
        ] {
            assert!(!can_be_told(url), "{url}");
        }
    }
}
