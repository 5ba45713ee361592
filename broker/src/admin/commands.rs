//! One function per command of administration. Each opens the store, writes as the broker itself
//! does, and leaves word to a running broker.

use sayso_protocol::enrolment::{AccountName, ActivationCode};
use sayso_protocol::request::ServiceName;
use sayso_protocol::spoken::Clean;
use sayso_protocol::time::UnixTime;
use sayso_words::{Words, say};
use std::path::Path;
use url::Url;
use zeroize::Zeroizing;

use super::{Account, Approver, Fault, Line, Service};
use crate::clock::Clock;
use crate::server::WAKE;
use crate::settings::{Settings, is_secure};
use crate::store::audit::RemovedBy;
use crate::store::services;
use crate::store::{Closed, DATABASE, Opening, Store};
use crate::{auth, course, guard, random};

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
        Service::List => list_services(store, words, line).await?,
        Service::Remove { name } => {
            let id = slug(&name);
            let removed = store.write(move |tx| course::remove_service(tx, &id)).await?;
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
    for services::Listed { service, return_urls } in listed {
        let (id, name, addresses) = (&service.id, service.name.as_str(), return_urls.join(" "));
        line(&say!(words, "admin-service-line", service = name, id = id, addresses = &addresses));
    }
    Ok(())
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

pub(super) async fn account(
    command: Account,
    store: &Store,
    words: &Words,
    line: Line<'_>,
) -> Result<(), Fault> {
    match command {
        Account::Add { name, display } => {
            let account = account_name(&name)?;
            let display = Clean::new(display.as_deref().unwrap_or(&name));
            let added = store.write({
                let account = account.clone();
                move |tx| tx.add_account(&account, &display)
            });
            if !added.await?.value {
                return Err(Fault::AccountExists(account));
            }
            line(&say!(words, "admin-account-added", account = account.as_str()));
        }
        Account::List => {
            let accounts = store.read(|db| db.accounts()).await?;
            if accounts.is_empty() {
                line(&say!(words, "admin-account-none"));
            }
            for account in accounts {
                line(&say!(
                    words,
                    "admin-account-line",
                    account = account.name.as_str(),
                    display = account.display.as_str(),
                    count = account.approvers
                ));
            }
        }
    }
    Ok(())
}

pub(super) async fn approver(
    command: Approver,
    store: &Store,
    words: &Words,
    line: Line<'_>,
) -> Result<(), Fault> {
    let (Approver::List { account } | Approver::Remove { account, .. }) = &command;
    let account = known_account(store, account).await?;
    let of = account.clone();
    let approvers = store.read(move |db| db.approvers(&of)).await?;
    match command {
        Approver::List { .. } => {
            if approvers.is_empty() {
                line(&say!(words, "admin-approver-none", account = account.as_str()));
            }
            for approver in approvers {
                let (name, date) = (approver.name.as_str(), date(approver.since));
                line(&say!(words, "admin-approver-line", name = name, date = &date));
            }
        }
        Approver::Remove { name, .. } => {
            let named = approvers.into_iter().find(|approver| approver.name.as_str() == name);
            let unknown = || Fault::ApproverUnknown(account.clone(), Clean::new(&name));
            let id = named.ok_or_else(unknown)?.id;
            let by = RemovedBy::Administrator;
            let removed = store.write(move |tx| course::remove_approver(tx, &id, by)).await?;
            if !removed.value {
                return Err(unknown());
            }
            let account = account.as_str();
            line(&say!(words, "admin-approver-removed", name = &name, account = account));
        }
    }
    Ok(())
}

pub(super) async fn activation(
    account: &str,
    store: &Store,
    words: &Words,
    line: Line<'_>,
) -> Result<(), Fault> {
    let account = known_account(store, account).await?;
    let code = activation_for(store, &account, Clock::machine().now()).await?;
    let minutes = guard::ACTIVATION_LIFE.as_secs() / 60;
    let (account, code) = (account.as_str(), code.reveal());
    line(&say!(words, "admin-activation", account = account, minutes = minutes, code = code));
    Ok(())
}

/// Makes an activation code for an account that never had an approver.
///
/// # Errors
/// [`Fault::ApproverActive`].
pub async fn activation_for(
    store: &Store,
    account: &AccountName,
    now: UnixTime,
) -> Result<ActivationCode, Fault> {
    let of = account.clone();
    let approvers = store.read(move |db| db.approvers_ever(&of)).await?;
    if let Some(approver) = approvers.first() {
        return Err(Fault::ApproverActive(account.clone(), approver.name.clone()));
    }
    let code = ActivationCode::draw(&mut random());
    let sealed = guard::seal_activation(&code, now).map_err(Fault::Inside)?;
    let account = account.clone();
    store.write(move |tx| tx.keep_activation(&account, &sealed)).await?;
    Ok(code)
}

pub(super) async fn verify(store: &Store, words: &Words, line: Line<'_>) -> Result<(), Fault> {
    let key = store.key().clone();
    let count = store.read(move |db| Ok(db.verify_audit(&key))).await??;
    line(&say!(words, "admin-audit-whole", count = count));
    Ok(())
}

async fn known_account(store: &Store, name: &str) -> Result<AccountName, Fault> {
    let account = account_name(name)?;
    let wanted = account.clone();
    let found = store.read(move |db| db.account(&wanted)).await?;
    if found.is_some() { Ok(account) } else { Err(Fault::AccountUnknown(account)) }
}

fn account_name(name: &str) -> Result<AccountName, Fault> {
    AccountName::parse(name).map_err(|_| Fault::Name(name.to_owned()))
}

fn date(moment: UnixTime) -> String {
    let moment = jiff::Timestamp::from_second(moment.0).unwrap_or_default();
    moment.to_zoned(jiff::tz::TimeZone::system()).date().to_string()
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
