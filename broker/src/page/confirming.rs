//! The two ways to confirm an approval: the digits that Sayso reads out, typed into the page; and
//! the finish address, which Sayso opens in the person's browser. Both count only from the browser
//! that holds the page.

use axum::extract::{FromRequest, Path, Request, State};
use axum::http::{HeaderMap, Method, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use sayso_protocol::binding::{Code, NotACode};
use sayso_protocol::decision::Confirmation;
use sayso_protocol::life::{Event, Reason, State as LifeState};
use sayso_protocol::request::RequestId;
use sayso_protocol::secret::{Finish, Ticket};
use url::form_urlencoded;

use super::leaving::{self, Onward};
use super::reader::Reader;
use super::{Fault, PageError, holding, html, view};
use crate::error::Error;
use crate::handlers;
use crate::server::Broker;
use crate::store::requests::{Hashed, Kept};
use crate::store::{StoreError, Tx};
use crate::{auth, collecting, confirming, course, random};

/// What was put into the page's field.
pub(super) struct Entered(String);

impl<S: Send + Sync> FromRequest<S> for Entered {
    type Rejection = Error;

    async fn from_request(request: Request, state: &S) -> Result<Self, Error> {
        let bytes = handlers::whole(request, state).await?;
        let field = form_urlencoded::parse(&bytes).find(|(name, _)| name == "code");
        Ok(Self(field.map(|(_, value)| value.into_owned()).unwrap_or_default()))
    }
}

/// `POST /login/{page}/code`: back to the page, which goes on or says what was wrong. What is not
/// six digits costs no try.
pub(super) async fn enter(
    State(broker): State<Broker>,
    reader: Reader,
    Path(page): Path<String>,
    headers: HeaderMap,
    Entered(text): Entered,
) -> Result<Redirect, PageError> {
    let kept = holding::held_from_here(&broker, &page, &headers).await;
    let id = kept.map_err(|error| error.for_reader(reader))?.id;
    let code = match Code::parse(&text) {
        Ok(code) => code,
        Err(fault) => {
            let digits = if let NotACode::Digits(digits) = fault { digits } else { 0 };
            return Ok(Redirect::to(&format!("/login/{page}?digits={digits}")));
        }
    };
    let entered = broker.store.write(move |tx| {
        let Some(mut kept) = tx.db().request(id)? else { return Ok(()) };
        let result = if kept.confirmation == Some(Confirmation::Readout(code)) {
            confirming::confirm(tx, &mut kept)?
        } else {
            course::advance(tx, &mut kept, Event::WrongReadout, None)?
        };
        if let Err(refusal) = result {
            tracing::info!(request = %id, %refusal, "no digits are waited for");
        }
        Ok(())
    });
    entered.await?;
    Ok(Redirect::to(&format!("/login/{page}")))
}

/// What comes of a finish address.
enum Finished {
    /// No request has it.
    Unknown,
    /// It was brought by the browser that holds the page, which goes on.
    Here(Onward),
    /// It was brought by the browser that holds the page, and the request has ended.
    Over(Kept),
    /// It was brought by another browser, which has ended the request.
    OtherBrowser(Kept),
    /// It was brought by another browser, after the end.
    Elsewhere,
}

/// `GET /login/finish/{finish}`: the approval counts, and 303 to the service with a ticket. Brought
/// by another browser than the one that holds the page, it cancels the request.
pub(super) async fn finish(
    State(broker): State<Broker>,
    reader: Reader,
    Path(finish): Path<String>,
    method: Method,
    headers: HeaderMap,
) -> Result<Response, PageError> {
    let refused = |fault| PageError::of(fault).for_reader(reader);
    if !auth::may_hold(&method, &headers) {
        return Err(refused(Fault::LookAhead));
    }
    if auth::is_from_elsewhere(&headers) {
        return Err(refused(Fault::NotFromSayso));
    }
    let finish = Finish::parse(&finish).map_err(|_| refused(Fault::NotFound))?;
    let brought = auth::holder_of(&headers, broker.store.origin());
    let ticket = Ticket::draw(&mut random());
    let hashed = Hashed::of(&ticket);
    let found = find(&broker, &finish).await.map_err(|error| error.for_reader(reader))?;
    let finished = broker.store.write(move |tx| {
        let Some(kept) = tx.db().request(found)? else { return Ok(Finished::Unknown) };
        if holding::holds(&kept, brought.as_ref()) {
            finish_here(tx, kept, hashed)
        } else {
            cancel(tx, kept)
        }
    });
    match finished.await.map_err(|error| PageError::from(error).for_reader(reader))?.value {
        Finished::Unknown => Err(refused(Fault::NotFound)),
        Finished::Here(onward) => Ok(Redirect::to(&onward.address(&ticket)).into_response()),
        Finished::Over(kept) => {
            let reader = reader.at_service(kept.locale.as_str());
            let words = &reader.words();
            let (title, text) = (view::question(words, &kept), view::how_it_stands(words, &kept));
            let message = view::message(reader, title, text);
            Ok(reader.told(html(StatusCode::OK, &message)))
        }
        Finished::OtherBrowser(kept) => {
            let reader = reader.at_service(kept.locale.as_str());
            Err(PageError::of(Fault::OtherBrowser).for_reader(reader))
        }
        Finished::Elsewhere => Err(refused(Fault::Elsewhere)),
    }
}

/// The request that this finishes, looked for beside the writer: anyone can bring anything.
async fn find(broker: &Broker, finish: &Finish) -> Result<RequestId, PageError> {
    let finish = Hashed::of(finish);
    let found = broker.store.read(move |db| db.request_to_finish(&finish)).await?;
    found.map(|kept| kept.id).ok_or_else(|| PageError::of(Fault::NotFound))
}

fn finish_here(tx: &mut Tx<'_>, mut kept: Kept, ticket: Hashed) -> Result<Finished, StoreError> {
    if let Err(refusal) = confirming::confirm(tx, &mut kept)? {
        tracing::info!(request = %kept.id, %refusal, "nothing to finish");
    }
    if collecting::can_be_collected(&kept, tx.now) && kept.collected_at.is_none() {
        Ok(Finished::Here(leaving::with_ticket(tx, kept, ticket)?))
    } else {
        Ok(Finished::Over(kept))
    }
}

fn cancel(tx: &mut Tx<'_>, mut kept: Kept) -> Result<Finished, StoreError> {
    let event = Event::Cancel { reason: Reason::OtherBrowser };
    // Once it has ended there is nothing to cancel: what stands is answered.
    let _ = course::advance(tx, &mut kept, event, None)?;
    let LifeState::Cancelled { reason: Reason::OtherBrowser } = kept.life.state else {
        return Ok(Finished::Elsewhere);
    };
    Ok(Finished::OtherBrowser(kept))
}
