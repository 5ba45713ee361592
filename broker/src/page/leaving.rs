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
use crate::{auth, course, random};

/// How long a ticket waits to be used.
const TICKET_LIFE: Duration = Duration::from_secs(60);

/// `POST /login/{page}/cancel`: called off, and back to the page, which says so.
pub(super) async fn cancel(
    State(broker): State<Broker>,
    reader: Reader,
    Path(page): Path<String>,
    headers: HeaderMap,
) -> Result<Redirect, PageError> {
    let kept = holding::held(&broker, &page, &headers).await;
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

/// Where the browser goes.
enum Onward {
    /// Back to the login page: it goes on, or all is done.
    Page,
    /// To the service, with a fresh ticket.
    Ticket(Kept),
    /// To the service, with how it ended.
    Ended(Kept, &'static str),
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
    let onward = broker.store.write(move |tx| {
        let Some(mut kept) = tx.db().request(id)? else { return Ok(Onward::Page) };
        let collectable = course::can_be_collected(&kept, tx.now);
        match kept.life.standing() {
            Standing::Pending | Standing::Bound | Standing::ApprovedUnconfirmed => Ok(Onward::Page),
            Standing::Approved if kept.collected_at.is_some() => Ok(Onward::Page),
            Standing::Approved if collectable => {
                kept.ticket = Some((hashed, tx.now.plus(TICKET_LIFE)));
                tx.keep(&kept)?;
                tx.audit(&Entry::TicketMade { request: id })?;
                Ok(Onward::Ticket(kept))
            }
            Standing::Approved if course::reported_later(&kept) => {
                Ok(Onward::Ended(kept, "denied"))
            }
            Standing::Approved | Standing::Expired => Ok(Onward::Ended(kept, "expired")),
            Standing::Denied => Ok(Onward::Ended(kept, "denied")),
            Standing::Cancelled => Ok(Onward::Ended(kept, "cancelled")),
        }
    });
    Ok(Redirect::to(&match onward.await?.value {
        Onward::Page => format!("/login/{page}"),
        Onward::Ticket(kept) => address(&kept, "ticket", &ticket.reveal()),
        Onward::Ended(kept, error) => address(&kept, "error", error),
    }))
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
