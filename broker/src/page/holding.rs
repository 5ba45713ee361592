//! Whose a login page is: the first browser that opens it holds it, any other can do nothing.

use axum::http::{HeaderMap, Method};
use sayso_protocol::secret::{Holder, PageId};

use super::{Fault, PageError, cookie_for};
use crate::auth;
use crate::random;
use crate::server::Broker;
use crate::store::audit::Entry;
use crate::store::requests::{Hashed, Kept};

/// A page in the hands of its holder.
#[derive(Debug)]
pub(super) struct Held {
    /// Its request.
    pub(super) kept: Kept,
    /// The cookie to set, if the browser has none yet.
    pub(super) cookie: Option<String>,
}

/// The page for a browser that holds it, or now does.
///
/// # Errors
/// [`PageError`].
pub(super) async fn hold(
    broker: &Broker,
    page: &str,
    method: &Method,
    headers: &HeaderMap,
) -> Result<Held, PageError> {
    let kept = find(broker, page).await?;
    let brought = auth::holder_of(headers, broker.store.origin());
    if kept.holder.is_some() {
        return if holds(&kept, brought.as_ref()) {
            Ok(Held { kept, cookie: None })
        } else {
            Err(PageError::of(Fault::Elsewhere))
        };
    }
    if !auth::may_hold(method, headers) {
        return Err(PageError::of(Fault::LookAhead));
    }
    let fresh = brought.is_none();
    let holder = brought.unwrap_or_else(|| Holder::draw(&mut random()));
    let hashed = Hashed::of(&holder);
    let taken = broker.store.write(move |tx| {
        let Some(mut kept) = tx.db().request(kept.id)? else { return Ok(None) };
        if kept.holder.is_none() {
            kept.holder = Some(hashed.clone());
            tx.keep(&kept)?;
            tx.audit(&Entry::Held { request: kept.id })?;
        }
        Ok((kept.holder == Some(hashed)).then_some(kept))
    });
    let kept = taken.await?.value.ok_or_else(|| PageError::of(Fault::Elsewhere))?;
    let cookie = fresh.then(|| cookie_for(&holder, broker));
    Ok(Held { kept, cookie })
}

/// The page for the browser that holds it already.
///
/// # Errors
/// [`PageError`].
pub(super) async fn held(
    broker: &Broker,
    page: &str,
    headers: &HeaderMap,
) -> Result<Kept, PageError> {
    let kept = find(broker, page).await?;
    let brought = auth::holder_of(headers, broker.store.origin());
    if holds(&kept, brought.as_ref()) { Ok(kept) } else { Err(PageError::of(Fault::Elsewhere)) }
}

/// The same for a form, which counts only from a page of this broker.
///
/// # Errors
/// [`PageError`].
pub(super) async fn held_from_here(
    broker: &Broker,
    page: &str,
    headers: &HeaderMap,
) -> Result<Kept, PageError> {
    let kept = held(broker, page, headers).await?;
    if auth::is_from_elsewhere(headers) { Err(PageError::of(Fault::Elsewhere)) } else { Ok(kept) }
}

/// Whether a browser that brings this holds the page.
pub(super) fn holds(kept: &Kept, brought: Option<&Holder>) -> bool {
    brought.is_some_and(|brought| kept.holder == Some(Hashed::of(brought)))
}

async fn find(broker: &Broker, page: &str) -> Result<Kept, PageError> {
    let page = PageId::parse(page).map_err(|_| PageError::of(Fault::NotFound))?;
    let hashed = Hashed::of(&page);
    let kept = broker.store.read(move |db| db.request_of_page(&hashed)).await?;
    kept.ok_or_else(|| PageError::of(Fault::NotFound))
}
