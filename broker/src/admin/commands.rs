//! The commands about services and about the audit, and the store that every command of
//! administration opens: it writes as the broker itself does, and leaves word to a running broker.

use clap::{Subcommand, ValueEnum};
use sayso_protocol::request::ServiceName;
use sayso_protocol::service::Page;
use sayso_protocol::spoken::Clean;
use sayso_words::{Words, say};
use std::path::Path;
use url::Url;
use zeroize::Zeroizing;

use super::{Fault, Line, Webhook, webhooks};
use crate::clock::Clock;
use crate::server::WAKE;
use crate::settings::{Settings, is_secure};
use crate::store::{Closed, DATABASE, Opening, Store, StoreError};
use crate::store::{rotations, services};
use crate::{auth, licence};

/// `service`.
#[derive(Debug, Subcommand)]
pub enum Service {
    /// Add a service; its API key is printed once
    Add {
        /// Its name as the person hears it
        name: String,
        /// Where its browsers may go afterwards; may be given more than once
        #[arg(long, value_name = "ADDRESS", required = true)]
        return_url: Vec<String>,
    },
    /// List the services
    List,
    /// Whether a service shows the digits on its own page, or on pages of this broker
    Page {
        /// Its name, or its id
        name: String,
        /// Whose pages
        #[arg(value_enum)]
        of: PageOf,
    },
    /// Where a service is told unasked what became of its requests
    #[command(subcommand)]
    Webhook(Webhook),
    /// Remove a service: its key counts no more
    Remove {
        /// Its name, or its id
        name: String,
    },
}

/// Whose pages a service uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum PageOf {
    /// This broker's
    Broker,
    /// Its own
    Service,
}

/// The store, for one command.
pub(super) struct Opened {
    pub(super) store: Store,
    closed: Closed,
}

impl Opened {
    pub(super) fn at(settings: &Settings) -> Result<Self, Fault> {
        let folder = settings.store();
        if !folder.join(DATABASE).exists() {
            return Err(Fault::NoStore(folder));
        }
        let fault = |error| Fault::Store(error, folder.clone());
        let clock = Clock::machine();
        let opening = Opening { folder: folder.clone(), origin: None, news: None, clock };
        let (store, closed) = Store::open(opening).map_err(fault)?;
        Ok(Self { store, closed })
    }

    /// Closes the store and leaves word to a broker that runs on it.
    pub(super) async fn close(self, folder: &Path) {
        drop(self.store);
        self.closed.wait().await;
        let word = std::os::unix::net::UnixDatagram::unbound()
            .and_then(|socket| socket.send_to(b"changed", folder.join(WAKE)));
        if let Err(error) = word {
            tracing::debug!(%error, "no broker runs on this store");
        }
    }
}

pub(super) async fn service(
    command: Service,
    store: &Store,
    words: &Words,
    line: Line<'_>,
) -> Result<(), Fault> {
    match command {
        Service::Add { name, return_url } => {
            let name = ServiceName::new(&name);
            let key = add_service(store, &name, &return_url).await?;
            let (id, service, key) = (slug(name.as_str()), name.as_str(), key.as_str());
            line(&say!(words, "admin-service-added", service = service, id = &id, key = key));
        }
        Service::Page { name, of } => {
            let id = slug(&name);
            let page = match of {
                PageOf::Broker => Page::Broker,
                PageOf::Service => Page::Service,
            };
            if !store.write(move |tx| licence::keep_page(tx, &id, page)).await?.value {
                return Err(Fault::ServiceUnknown(Clean::new(&name)));
            }
            line(&page_line(words, &name, page));
        }
        Service::List => list_services(store, words, line).await?,
        Service::Webhook(command) => webhooks::webhook(command, store, words, line).await?,
        Service::Remove { name } => {
            let id = slug(&name);
            let removed = store.write(move |tx| licence::remove(tx, &id)).await?;
            if !removed.value {
                return Err(Fault::ServiceUnknown(Clean::new(&name)));
            }
            line(&say!(words, "admin-service-removed", service = &name));
        }
    }
    Ok(())
}

async fn list_services(store: &Store, words: &Words, line: Line<'_>) -> Result<(), Fault> {
    let listed = store.read(|db| db.services()).await?;
    if listed.is_empty() {
        line(&say!(words, "admin-service-none"));
    }
    for services::Listed { service, return_urls, page } in listed {
        let (id, name, addresses) = (&service.id, service.name.as_str(), return_urls.join(" "));
        line(&say!(words, "admin-service-line", service = name, id = id, addresses = &addresses));
        if page == Page::Service {
            line(&page_line(words, name, page));
        }
        let of = service.id.clone();
        if let Some(endpoint) = store.read(move |db| db.endpoint(&of)).await? {
            line(&webhooks::whither(words, name, &endpoint));
        }
    }
    Ok(())
}

fn page_line(words: &Words, service: &str, page: Page) -> String {
    match page {
        Page::Broker => say!(words, "admin-service-page-brokers", service = service),
        Page::Service => say!(words, "admin-service-page-own", service = service),
    }
}

/// Adds a service and returns its API key, which is kept nowhere.
///
/// # Errors
/// [`Fault`].
pub async fn add_service(
    store: &Store,
    name: &ServiceName,
    return_urls: &[String],
) -> Result<Zeroizing<String>, Fault> {
    if name.is_empty() {
        return Err(Fault::ServiceName);
    }
    if let Some(wrong) = return_urls.iter().find(|url| !can_return_to(url)) {
        return Err(Fault::ReturnUrl(wrong.clone()));
    }
    let key = auth::draw_api_key();
    let hash = auth::api_key_hash(&key);
    let service = services::Service { id: slug(name.as_str()), name: name.clone() };
    let return_urls = return_urls.to_vec();
    let added = store.write(move |tx| tx.add_service(&service, hash, &return_urls)).await?;
    if added.value { Ok(key) } else { Err(Fault::ServiceExists(name.clone())) }
}

/// A whole address, without a fragment, of https or of this computer.
fn can_return_to(text: &str) -> bool {
    let printable = text.bytes().all(|byte| byte.is_ascii_graphic());
    printable && Url::parse(text).is_ok_and(|url| is_secure(&url) && url.fragment().is_none())
}

/// A service's id: the letters and digits of its name.
#[must_use]
pub fn slug(name: &str) -> String {
    let name = name.to_lowercase();
    let words = name.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    let slug: String = words.collect::<Vec<_>>().join("-").chars().take(60).collect();
    if slug.is_empty() { "service".to_owned() } else { slug }
}

pub(super) async fn rotate_key(
    settings: &Settings,
    store: &Store,
    words: &Words,
    line: Line<'_>,
) -> Result<(), Fault> {
    let rotated = match store.write(rotations::rotate).await {
        Err(StoreError::Key(text)) => return Err(Fault::KeyUnwritable(text, settings.store())),
        rotated => rotated?,
    };
    line(&say!(words, "admin-key-rotated", key = &rotated.value.thumbprint()));
    Ok(())
}

pub(super) async fn verify(store: &Store, words: &Words, line: Line<'_>) -> Result<(), Fault> {
    let key = store.key();
    let count = store.read(move |db| Ok(db.verify_audit(&key))).await??;
    line(&say!(words, "admin-audit-whole", count = count));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_made_of_any_name() {
        assert_eq!(slug("Example Bank"), "example-bank");
        assert_eq!(slug("  <b>Bank</b> \u{202e}x "), "b-bank-b-x");
        assert_eq!(slug("銀行"), "service");
        assert_eq!(slug(&"x".repeat(10_000)).len(), 60);
    }

    #[test]
    fn a_return_address_is_whole_secure_and_without_a_fragment() {
        for url in
            ["https://bank.example/back", "http://127.0.0.1:8000/return?a=b", "http://[::1]/"]
        {
            assert!(can_return_to(url), "{url}");
        }
        for url in [
            "http://bank.example/",
            "bank.example",
            "/back",
            "https://b.example/#x",
            "javascript:alert(1)",
            "https://b.example/\nx",
        ] {
            assert!(!can_return_to(url), "{url}");
        }
    }
}
