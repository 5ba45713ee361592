//! A service looks how its request goes, collects the outcome against the ticket, or calls it off.

use axum::Json;
use axum::extract::{Path, Query, State};
use sayso_protocol::life::{Event, Reason};
use sayso_protocol::problem::ProblemType;
use sayso_protocol::request::RequestId;
use sayso_protocol::service::{CollectCall, Collected, Page, Progress, RequestAnswer};
use serde::Deserialize;
use std::time::Duration;

use super::Body;
use crate::auth::CallingService;
use crate::clock::pause;
use crate::error::Error;
use crate::server::Broker;
use crate::store::requests::{Hashed, Kept};
use crate::store::services::Service;
use crate::{collecting, course, progress};

/// No long poll lasts longer.
const LONGEST_POLL: Duration = Duration::from_secs(60);

/// How long to wait for an answer, in seconds.
#[derive(Deserialize)]
pub struct Waiting {
    /// How many seconds to wait for an answer; 0 without it, and never more than 60.
    #[serde(default)]
    wait: u64,
}

/// `GET /v1/requests/{id}?wait=S`: at once if it is answered, else when it is or after S seconds.
///
/// # Errors
/// `not-found` for another service's request.
pub async fn look(
    State(broker): State<Broker>,
    CallingService { service, .. }: CallingService,
    Path(id): Path<String>,
    waiting: Result<Query<Waiting>, axum::extract::rejection::QueryRejection>,
) -> Result<Json<RequestAnswer>, Error> {
    let Query(Waiting { wait }) = waiting.map_err(|_| Error::of(ProblemType::Malformed))?;
    let id = request_id(&id)?;
    let stopping = |_| Error::Inside("the relay has ended".into());
    let mut watch = broker.relay.watch(id).await.map_err(stopping)?;
    let over = pause(Duration::from_secs(wait).min(LONGEST_POLL));
    tokio::pin!(over);
    loop {
        let kept = theirs(broker.store.read(move |db| db.request(id)).await?, &service)?;
        let kept = fetched(&broker, kept).await?;
        let answer = progress::answer(&kept, broker.clock.now());
        if answer.progress != Progress::Pending || wait == 0 {
            return Ok(Json(answer));
        }
        tokio::select! {
            changed = watch.changed() => if changed.is_err() { return Ok(Json(answer)) },
            () = &mut over => return Ok(Json(answer)),
            () = broker.stopping.cancelled() => return Ok(Json(answer)),
        }
    }
}

/// An approval of a request whose page the service shows needs no ticket: looking fetches it.
async fn fetched(broker: &Broker, kept: Kept) -> Result<Kept, Error> {
    let to_fetch = kept.shown_by == Page::Service
        && kept.collected_at.is_none()
        && collecting::can_be_collected(&kept, broker.clock.now());
    if !to_fetch {
        return Ok(kept);
    }
    let fetched = broker.store.write(move |tx| {
        let Some(mut kept) = tx.db().request(kept.id)? else { return Ok(None) };
        collecting::fetch(tx, &mut kept)?;
        Ok(Some(kept))
    });
    fetched.await?.value.ok_or_else(|| Error::of(ProblemType::NotFound))
}

/// An id that is not one names nothing.
pub(super) fn request_id(text: &str) -> Result<RequestId, Error> {
    text.parse().map_err(|_| Error::of(ProblemType::NotFound))
}

fn theirs(kept: Option<Kept>, service: &Service) -> Result<Kept, Error> {
    kept.filter(|kept| kept.service.id == service.id)
        .ok_or_else(|| Error::of(ProblemType::NotFound))
}

/// `POST /v1/requests/{id}/outcome`: the approval, against the ticket that the browser brought.
///
/// # Errors
/// `ticket` when it is not this request's, too old, or the request was not approved, or was
/// reported since, or the account is blocked.
pub async fn collect(
    State(broker): State<Broker>,
    caller: CallingService,
    Path(id): Path<String>,
    Body(CollectCall { ticket }): Body<CollectCall>,
) -> Result<Json<Collected>, Error> {
    let id = request_id(&id)?;
    let presented = Hashed::of(&ticket);
    let collected = broker.store.write(move |tx| {
        let service = match caller.acting(tx.db())? {
            Ok(service) => service,
            Err(error) => return Ok(Err(error)),
        };
        let mut kept = match theirs(tx.db().request(id)?, &service) {
            Ok(kept) => kept,
            Err(error) => return Ok(Err(error)),
        };
        let collected = collecting::collect(tx, &mut kept, &presented)?;
        Ok(collected.ok_or_else(|| Error::of(ProblemType::Ticket)))
    });
    let outcome = collected.await?.value?;
    Ok(Json(Collected { outcome }))
}

/// `DELETE /v1/requests/{id}`: called off.
///
/// # Errors
/// `ended` when it had ended otherwise.
pub async fn call_off(
    State(broker): State<Broker>,
    CallingService { service, .. }: CallingService,
    Path(id): Path<String>,
) -> Result<Json<RequestAnswer>, Error> {
    let id = request_id(&id)?;
    let called_off = broker.store.write(move |tx| {
        let mut kept = match theirs(tx.db().request(id)?, &service) {
            Ok(kept) => kept,
            Err(error) => return Ok(Err(error)),
        };
        let event = Event::Cancel { reason: Reason::Service };
        let done = course::advance(tx, &mut kept, event, None)?;
        Ok(done.map(|_| kept).map_err(Error::from))
    });
    let kept = called_off.await?.value?;
    Ok(Json(progress::answer(&kept, broker.clock.now())))
}
