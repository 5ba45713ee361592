//! What a service may do, and what follows when it may no more: its requests that wait are called off
//! in the same write.

use sayso_protocol::life::{Event, Reason};
use sayso_protocol::service::Page;

use crate::course;
use crate::store::requests::Kept;
use crate::store::{StoreError, Tx};

/// Removes a service: its key counts no more, and all that it asked and that has not ended is
/// cancelled. `false` if it was not there.
///
/// # Errors
/// [`StoreError`].
pub fn remove(tx: &mut Tx<'_>, id: &str) -> Result<bool, StoreError> {
    if !tx.mark_service_removed(id)? {
        return Ok(false);
    }
    call_off(tx, id, |_| true)?;
    Ok(true)
}

/// Keeps whose pages a service may use. What waits by digits that it may show no more is cancelled.
/// `false` if there is no such service.
///
/// # Errors
/// [`StoreError`].
pub fn keep_page(tx: &mut Tx<'_>, id: &str, page: Page) -> Result<bool, StoreError> {
    if !tx.mark_page(id, page)? {
        return Ok(false);
    }
    call_off(tx, id, |kept| kept.shown_by == Page::Service && page == Page::Broker)?;
    Ok(true)
}

/// Cancels what a service asked, as it would itself.
fn call_off(tx: &mut Tx<'_>, id: &str, which: impl Fn(&Kept) -> bool) -> Result<(), StoreError> {
    for mut kept in tx.db().waiting_of_service(id)?.into_iter().filter(|kept| which(kept)) {
        // It had not ended a line above. If its time is over by now, it has expired instead.
        let _ = course::advance(tx, &mut kept, Event::Cancel { reason: Reason::Service }, None)?;
    }
    Ok(())
}
