//! After a practice: the broker is its own service, and fetches the outcome as a service does.

use axum::extract::{Query, State};
use axum::http::{HeaderMap, Method, StatusCode};
use axum::response::Response;
use sayso_protocol::life::Standing;
use sayso_protocol::request::RequestId;
use sayso_protocol::secret::Ticket;
use sayso_words::say;
use serde::Deserialize;

use super::reader::Reader;
use super::{Fault, PageError, html, view};
use crate::handlers::practice::is_practice;
use crate::server::Broker;
use crate::store::requests::{Hashed, Kept};
use crate::{auth, collecting};

/// What the browser brings along.
#[derive(Deserialize)]
pub(super) struct Brought {
    /// The id of the request that was practised on.
    state: String,
    /// What an approval brings along.
    ticket: Option<String>,
}

/// `GET /practice/done`: fetches what was practised, and says that nothing happened.
pub(super) async fn done(
    State(broker): State<Broker>,
    reader: Reader,
    method: Method,
    headers: HeaderMap,
    brought: Result<Query<Brought>, axum::extract::rejection::QueryRejection>,
) -> Result<Response, PageError> {
    let refused = |fault| PageError::of(fault).for_reader(reader);
    if !auth::may_hold(&method, &headers) {
        return Err(refused(Fault::LookAhead));
    }
    let Query(Brought { state, ticket }) = brought.map_err(|_| refused(Fault::NotFound))?;
    let id: RequestId = state.parse().map_err(|_| refused(Fault::NotFound))?;
    let ticket = ticket.and_then(|ticket| Ticket::parse(&ticket).ok());
    let ticket = ticket.map(|ticket| Hashed::of(&ticket));
    let kept = practised(&broker, id).await.map_err(|error| error.for_reader(reader))?;
    let kept = match ticket {
        Some(ticket) => fetch(&broker, id, ticket).await,
        None => Ok(kept),
    };
    let kept = kept.map_err(|error| error.for_reader(reader))?;
    let reader = reader.at_service(kept.locale.as_str());
    let words = reader.words();
    let result = match kept.life.standing() {
        Standing::Approved if kept.collected_at.is_some() => "approved",
        Standing::Denied => "denied",
        Standing::Approved
        | Standing::Pending
        | Standing::Bound
        | Standing::ApprovedUnconfirmed
        | Standing::Expired
        | Standing::Cancelled => "over",
    };
    let text = say!(words, "page-practice-done", result = result);
    let message = view::message(reader, say!(words, "page-practice-name"), text);
    Ok(reader.told(html(StatusCode::OK, &message)))
}

/// What was practised on, looked for beside the writer: anyone can bring anything.
async fn practised(broker: &Broker, id: RequestId) -> Result<Kept, PageError> {
    let found = broker.store.read(move |db| db.request(id)).await?;
    found.filter(is_practice).ok_or_else(|| PageError::of(Fault::NotFound))
}

/// What was practised on as it is once the ticket is used.
async fn fetch(broker: &Broker, id: RequestId, ticket: Hashed) -> Result<Kept, PageError> {
    let fetched = broker.store.write(move |tx| {
        let Some(mut kept) = tx.db().request(id)? else { return Ok(None) };
        // A ticket that is too old fetches nothing: the page says how it stands.
        let _ = collecting::collect(tx, &mut kept, &ticket)?;
        Ok(Some(kept))
    });
    fetched.await?.value.ok_or_else(|| PageError::of(Fault::NotFound))
}
