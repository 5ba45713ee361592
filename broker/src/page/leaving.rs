//! The two ways off a login page: calling the request off, and going back to the service, with a
//! ticket if it was approved.

use axum::extract::{Path, State};
use axum::http::{HeaderMap, Method};
use axum::response::Redirect;
use sayso_protocol::life::{Event, Reason, Standing};
use sayso_protocol::secret::Ticket;
use std::time::Duration;
use url::form_urlencoded::Serializer;

use super::reader::Reader;
use super::{Fault, PageError, holding};
use crate::server::Broker;
use crate::store::audit::Entry;
use crate::store::requests::{Hashed, Kept};
use crate::store::{StoreError, Tx};
use crate::{auth, collecting, course, random};

/// How long a ticket waits to be used.
const TICKET_LIFE: Duration = Duration::from_secs(60);

/// `POST /login/{page}/cancel`: called off, and back to the page, which says so.
pub(super) async fn cancel(
    State(broker): State<Broker>,
    reader: Reader,
    Path(page): Path<String>,
    headers: HeaderMap,
) -> Result<Redirect, PageError> {
    let kept = holding::held_from_here(&broker, &page, &headers).await;
    let id = kept.map_err(|error| error.for_reader(reader))?.id;
    let cancelled = broker.store.write(move |tx| {
        let Some(mut kept) = tx.db().request(id)? else { return Ok(()) };
        let event = Event::Cancel { reason: Reason::Page };
        if let Err(refusal) = course::advance(tx, &mut kept, event, None)? {
            tracing::info!(request = %id, %refusal, "nothing to cancel");
        }
        Ok(())
    });
    cancelled.await?;
    Ok(Redirect::to(&format!("/login/{page}")))
}

/// To the service.
pub(super) enum Onward {
    /// With a fresh ticket.
    Ticket(Kept),
    /// With how it ended.
    Ended(Kept, &'static str),
}

impl Onward {
    /// Where the browser goes, with this ticket if there is to be one.
    pub(super) fn address(&self, ticket: &Ticket) -> String {
        match self {
            Self::Ticket(kept) => address(kept, "ticket", &ticket.reveal()),
            Self::Ended(kept, error) => address(kept, "error", error),
        }
    }
}

/// Gives the browser a ticket, in place of one before.
pub(super) fn with_ticket(
    tx: &mut Tx<'_>,
    mut kept: Kept,
    ticket: Hashed,
) -> Result<Onward, StoreError> {
    kept.ticket = Some((ticket, tx.now.plus(TICKET_LIFE)));
    tx.keep(&kept)?;
    tx.audit(&Entry::TicketMade { request: kept.id })?;
    Ok(Onward::Ticket(kept))
}

/// `GET /login/{page}/return`: 303 to the service's `return_url`, with `ticket` or `error`, and
/// `state`.
pub(super) async fn go_back(
    State(broker): State<Broker>,
    reader: Reader,
    Path(page): Path<String>,
    method: Method,
    headers: HeaderMap,
) -> Result<Redirect, PageError> {
    let kept = holding::held(&broker, &page, &headers).await;
    let id = kept.map_err(|error| error.for_reader(reader))?.id;
    if !auth::may_hold(&method, &headers) {
        return Err(PageError::of(Fault::LookAhead));
    }
    let ticket = Ticket::draw(&mut random());
    let hashed = Hashed::of(&ticket);
    let onward = broker.store.write(move |tx| match tx.db().request(id)? {
        Some(kept) => onward(tx, kept, hashed),
        None => Ok(None),
    });
    Ok(Redirect::to(&match onward.await?.value {
        None => format!("/login/{page}"),
        Some(onward) => onward.address(&ticket),
    }))
}

/// `None` while it goes on, and when all is done: back to the login page.
fn onward(tx: &mut Tx<'_>, kept: Kept, ticket: Hashed) -> Result<Option<Onward>, StoreError> {
    let collectable = collecting::can_be_collected(&kept, tx.now);
    Ok(match kept.life.standing() {
        Standing::Pending | Standing::Bound | Standing::ApprovedUnconfirmed => None,
        Standing::Approved if kept.collected_at.is_some() => None,
        Standing::Approved if collectable => Some(with_ticket(tx, kept, ticket)?),
        Standing::Approved if collecting::reported_later(&kept) => {
            Some(Onward::Ended(kept, "denied"))
        }
        Standing::Approved if collecting::is_withheld(&kept) => {
            Some(Onward::Ended(kept, "cancelled"))
        }
        Standing::Approved | Standing::Expired => Some(Onward::Ended(kept, "expired")),
        Standing::Denied => Some(Onward::Ended(kept, "denied")),
        Standing::Cancelled => Some(Onward::Ended(kept, "cancelled")),
    })
}

/// `return_url` as registered, with what is brought along after what it has already.
fn address(kept: &Kept, name: &str, value: &str) -> String {
    let mut query = Serializer::new(String::new());
    query.append_pair(name, value);
    if let Some(state) = &kept.return_state {
        query.append_pair("state", state);
    }
    let joint = if kept.return_url.contains('?') { '&' } else { '?' };
    format!("{}{joint}{}", kept.return_url, query.finish())
}
