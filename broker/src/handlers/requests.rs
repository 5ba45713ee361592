//! A service asks, looks how it goes, collects the outcome against the ticket, or calls it off.

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use sayso_protocol::binding::Code;
use sayso_protocol::enrolment::ApproverId;
use sayso_protocol::life::{Event, Life, Reason, Standing, State as LifeState};
use sayso_protocol::link::{FromBroker, Open};
use sayso_protocol::problem::ProblemType;
use sayso_protocol::request::{
    ActionKind, LIFETIME, LONGEST, Near, Request, RequestId, SHORTEST, Verification,
};
use sayso_protocol::secret::PageId;
use sayso_protocol::service::{Ask, Asked, CollectCall, Collected, Progress, RequestAnswer};
use serde::Deserialize;
use std::time::Duration;

use super::Body;
use super::practice::is_practice;
use crate::auth::CallingService;
use crate::clock::pause;
use crate::error::Error;
use crate::offer::Offer;
use crate::random;
use crate::server::Broker;
use crate::store::audit::Entry;
use crate::store::key::Frame;
use crate::store::requests::{Hashed, Kept};
use crate::store::services::Service;
use crate::store::{StoreError, Tx};
use crate::{course, guard, settling};

/// A service's `state` has at most so many bytes.
const MAX_STATE: usize = 512;
/// No long poll lasts longer.
const LONGEST_POLL: Duration = Duration::from_secs(60);

/// `POST /v1/requests`: 201 and where to send the browser.
///
/// # Errors
/// `malformed`, `return-url`, `too-many`.
pub async fn ask(
    State(broker): State<Broker>,
    CallingService(service): CallingService,
    Body(ask): Body<Ask>,
) -> Result<(StatusCode, Json<Asked>), Error> {
    let lifetime = lifetime(&ask)?;
    let near = near(&broker, &ask).await?;
    let page = PageId::draw(&mut random());
    let hashed = Hashed::of(&page);
    let asked = broker
        .store
        .write(move |tx| {
            settling::pass(tx)?;
            if !tx.db().may_return(&service.id, &ask.return_url)? {
                return Ok(Err(Error::of(ProblemType::ReturnUrl)));
            }
            let waiting = tx.db().waiting(&ask.account)?;
            if waiting.iter().filter(|kept| !is_practice(kept)).count() >= guard::WAITING {
                return Ok(Err(Error::of(ProblemType::TooMany)));
            }
            let offer = offer(tx, &ask, &waiting)?;
            let new = new_request(tx, service, ask, lifetime, offer);
            keep_and_push(tx, &new, &hashed, &near)?;
            Ok(Ok((new.id, new.life.expires_at)))
        })
        .await?;
    let (id, expires_at) = asked.value?;
    broker.deadlines.notify_one();
    let login_url = format!("{}/login/{}", broker.store.origin(), page.reveal());
    Ok((StatusCode::CREATED, Json(Asked { id, login_url, expires_at })))
}

fn lifetime(ask: &Ask) -> Result<Duration, Error> {
    let lifetime = ask.expires_in.map_or(LIFETIME, Duration::from_secs);
    let state = ask.state.as_deref().unwrap_or("");
    let state_fits = state.len() <= MAX_STATE && !state.contains(char::is_control);
    let whole = match ask.action.kind {
        ActionKind::Login => true,
        ActionKind::Payment => ask.action.amount.is_some(),
        ActionKind::Other => !ask.action.summary.is_empty(),
        ActionKind::Practice => false,
    };
    if (SHORTEST..=LONGEST).contains(&lifetime) && state_fits && whole {
        Ok(lifetime)
    } else {
        Err(Error::of(ProblemType::Malformed))
    }
}

/// How near each approver of the account is to the browser.
async fn near(broker: &Broker, ask: &Ask) -> Result<Vec<(ApproverId, Near)>, Error> {
    let account = ask.account.clone();
    let approvers = broker.store.read(move |db| db.answering(&account)).await?;
    let ids: Vec<ApproverId> = approvers.into_iter().map(|approver| approver.id).collect();
    let stopping = |_| Error::Inside("the relay has ended".into());
    let peers = broker.relay.peers(ids.clone()).await.map_err(stopping)?;
    let near = peers.into_iter().map(|peer| guard::near(ask.origin.address, peer));
    Ok(ids.into_iter().zip(near).collect())
}

/// What the page offers, by the account's settings. An account without any seems to have some.
fn offer(tx: &Tx<'_>, ask: &Ask, waiting: &[Kept]) -> Result<Offer, StoreError> {
    let nobody = guard::settings_of_nobody(tx.key.keyed_hash(ask.account.as_str()));
    let settings = tx.db().settings(&ask.account)?.unwrap_or(nobody);
    Ok(Offer::draw(settings, ask.same_device, |code| is_offered(waiting, code)))
}

/// Whether this code stands on a page already.
pub(super) fn is_offered(waiting: &[Kept], code: &Code) -> bool {
    waiting.iter().any(|kept| kept.offer.as_ref().and_then(Offer::code) == Some(code))
}

pub(super) fn new_request(
    tx: &Tx<'_>,
    service: Service,
    ask: Ask,
    lifetime: Duration,
    offer: Offer,
) -> Kept {
    Kept {
        id: RequestId(uuid::Uuid::now_v7()),
        service,
        account: ask.account,
        action: ask.action,
        origin: ask.origin,
        locale: ask.locale,
        return_url: ask.return_url,
        return_state: ask.state,
        holder: None,
        offer: Some(offer),
        receipt: None,
        confirmation: None,
        finish: None,
        life: Life::new(tx.now.plus(lifetime)),
        created_at: tx.now,
        exp: tx.now.plus(LONGEST),
        ended_at: None,
        outcome: None,
        ticket: None,
        collected_at: None,
    }
}

/// Signs the request for each approver and pushes it. For an account without one the same work is
/// done for nobody, so that it takes the same time.
fn keep_and_push(
    tx: &mut Tx<'_>,
    new: &Kept,
    page: &Hashed,
    near: &[(ApproverId, Near)],
) -> Result<(), StoreError> {
    tx.keep_new(new, page)?;
    let mut messages = Vec::new();
    for approver in tx.db().answering(&new.account)? {
        let near = near.iter().find(|(id, _)| *id == approver.id);
        let jws = sign_for(tx, new, &approver.id, near.map_or(Near::Unknown, |(_, near)| *near))?;
        let open =
            Open { jws, state: Standing::Pending, receipt: None, expires_at: new.life.expires_at };
        messages.push((approver.id, FromBroker::Request(open)));
    }
    if messages.is_empty() {
        sign_for(tx, new, &ApproverId(String::new()), Near::Unknown)?;
    }
    tx.audit(&Entry::Asked { request: new.id, service: &new.service.id, account: &new.account })?;
    tx.tell(new.id, messages);
    Ok(())
}

pub(super) fn sign_for(
    tx: &Tx<'_>,
    new: &Kept,
    approver: &ApproverId,
    near: Near,
) -> Result<sayso_protocol::signature::Jws<Request>, StoreError> {
    let request = Request {
        request: new.id,
        account: new.account.clone(),
        service: new.service.name.clone(),
        action: new.action.clone(),
        origin: new.origin.clone(),
        near,
        locale: new.locale.clone(),
        bindings: new.offer.as_ref().map(Offer::methods).unwrap_or_default(),
        min_verification: Verification::Session,
    };
    let frame = Frame { iss: tx.origin, aud: &approver.0, iat: tx.now, exp: new.exp };
    let jws = tx.key.sign(frame, request);
    tx.keep_signed(new.id, approver, &jws)?;
    Ok(jws)
}

/// How long to wait for an answer, in seconds.
#[derive(Deserialize)]
pub struct Waiting {
    #[serde(default)]
    wait: u64,
}

/// `GET /v1/requests/{id}?wait=S`: at once if it is answered, else when it is or after S seconds.
///
/// # Errors
/// `not-found` for another service's request.
pub async fn look(
    State(broker): State<Broker>,
    CallingService(service): CallingService,
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
        let answer = answer(&kept, &broker);
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

/// An id that is not one names nothing.
pub(super) fn request_id(text: &str) -> Result<RequestId, Error> {
    text.parse().map_err(|_| Error::of(ProblemType::NotFound))
}

fn theirs(kept: Option<Kept>, service: &Service) -> Result<Kept, Error> {
    kept.filter(|kept| kept.service.id == service.id)
        .ok_or_else(|| Error::of(ProblemType::NotFound))
}

fn answer(kept: &Kept, broker: &Broker) -> RequestAnswer {
    let approved = matches!(kept.life.state, LifeState::Approved { .. });
    let collected = kept.collected_at.is_some();
    let progress = match kept.ended_at {
        None => Progress::Pending,
        Some(_) if approved && !collected && course::can_be_collected(kept, broker.clock.now()) => {
            Progress::Answered
        }
        Some(_) => Progress::Ended,
    };
    RequestAnswer {
        id: kept.id,
        progress,
        expires_at: kept.life.expires_at,
        outcome: kept.outcome.clone().filter(|_| !approved || collected),
        reported_later: course::reported_later(kept),
    }
}

/// `POST /v1/requests/{id}/outcome`: the approval, against the ticket that the browser brought.
///
/// # Errors
/// `ticket` when it is not this request's, too old, or the request was not approved, or was
/// reported since, or the account is blocked.
pub async fn collect(
    State(broker): State<Broker>,
    CallingService(service): CallingService,
    Path(id): Path<String>,
    Body(CollectCall { ticket }): Body<CollectCall>,
) -> Result<Json<Collected>, Error> {
    let id = request_id(&id)?;
    let presented = Hashed::of(&ticket);
    let collected = broker.store.write(move |tx| {
        let mut kept = match theirs(tx.db().request(id)?, &service) {
            Ok(kept) => kept,
            Err(error) => return Ok(Err(error)),
        };
        let collected = course::collect(tx, &mut kept, &presented)?;
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
    CallingService(service): CallingService,
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
    Ok(Json(answer(&kept, &broker)))
}
