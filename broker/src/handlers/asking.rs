//! A service asks: the request is made, signed for each approver and pushed.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use rand::Rng as _;
use sayso_protocol::binding::Code;
use sayso_protocol::change::{AccountSettings, ApproveWith, SameDevice};
use sayso_protocol::enrolment::ApproverId;
use sayso_protocol::life::{Life, Standing};
use sayso_protocol::link::{FromBroker, Open};
use sayso_protocol::problem::ProblemType;
use sayso_protocol::request::{
    ActionKind, LIFETIME, LONGEST, Near, Request, RequestId, SHORTEST, Verification,
};
use sayso_protocol::secret::{NotAToken, PageId};
use sayso_protocol::service::{Ask, AskAnswer, Asked, AskedDigits, Page};
use sayso_protocol::signature::{Digest, Jws};
use std::time::Duration;

use super::Body;
use super::nearness::{Links, links, nearness};
use super::once::{Key, Once};
use crate::auth::CallingService;
use crate::error::Error;
use crate::guard::pending::Network;
use crate::offer::Offer;
use crate::places::{self, Newcomer};
use crate::random;
use crate::server::Broker;
use crate::store::approvers::Approver;
use crate::store::audit::Entry;
use crate::store::ended::Regard;
use crate::store::idempotency::Given;
use crate::store::key::Frame;
use crate::store::requests::{Hashed, Kept};
use crate::store::services::Service;
use crate::store::{StoreError, Tx};
use crate::{guard, settling};

/// Each request that is made makes so many be forgotten whose time is over: more than it adds.
const FORGOTTEN_EACH: u32 = 4;
/// A service's `state` has at most so many bytes.
const MAX_STATE: usize = 512;

/// `POST /v1/requests`: 201 and where to send the browser. About a request from a network that the
/// account reported nobody is asked: it waits until it expires, as that of an unknown account does.
/// With an `Idempotency-Key` the same call is answered alike for a day, and done once.
///
/// # Errors
/// `malformed`, `return-url`, `own-page`, `page-needed`, `too-many`; `idempotency-key` for one that
/// came with another body, `ended` where its digits are shown no more.
pub async fn ask(
    State(broker): State<Broker>,
    caller: CallingService,
    Once(key): Once,
    Body(ask): Body<Ask>,
) -> Result<(StatusCode, Json<AskAnswer>), Error> {
    let lifetime = check(&ask)?;
    let (approvers, nearness) = nearness(&broker, &ask).await?;
    let closed = |_| Error::Inside("nobody may ask any more".into());
    let _turn = broker.turns.take(nearness).await.map_err(closed)?;
    // Only now: while it waited, approvers came and went.
    let links = links(&broker, approvers).await?;
    let mut salt = [0; 32];
    random().fill_bytes(&mut salt);
    let inside = |error: NotAToken| Error::Inside(error.to_string());
    let page = match &key {
        Some(key) => key.page(&salt).map_err(inside)?,
        None => PageId::draw(&mut random()),
    };
    let (hashed, hash) = (Hashed::of(&page), key.as_ref().map(Key::hash));
    let body = Digest::of(&serde_json::to_vec(&ask).map_err(StoreError::from)?).to_string();
    let own = ask.page == Page::Service;
    let made = broker.store.write(move |tx| {
        let service = match caller.acting(tx.db())? {
            Ok(service) => service,
            Err(error) => return Ok(Err(error)),
        };
        let before = hash.map(|hash| tx.db().given(&service.id, hash, tx.now)).transpose()?;
        if let Some(given) = before.flatten() {
            if given.body != body {
                return Ok(Err(Error::of(ProblemType::IdempotencyKey)));
            }
            let kept = tx.db().request(given.request)?;
            return Ok(digits(kept.as_ref(), own).map(|code| (given, code)));
        }
        let new = match make(tx, service, ask, lifetime, &links, &hashed)? {
            Ok(new) => new,
            Err(error) => return Ok(Err(error)),
        };
        let given = Given { body, salt, request: new.id, expires_at: new.life.expires_at };
        if let Some(hash) = hash {
            tx.keep_given(&new.service.id, hash, &given)?;
        }
        Ok(digits(Some(&new), own).map(|code| (given, code)))
    });
    let (Given { request: id, expires_at, salt, .. }, code) = made.await?.value?;
    broker.deadlines.notify_one();
    if let Some(code) = code {
        let answer = AskAnswer::Digits(AskedDigits { id, code, expires_at });
        return Ok((StatusCode::CREATED, Json(answer)));
    }
    let page = match &key {
        Some(key) => key.page(&salt).map_err(inside)?,
        None => page,
    };
    let login_url = format!("{}/login/{}", broker.store.origin(), page.reveal());
    Ok((StatusCode::CREATED, Json(AskAnswer::Page(Asked { id, login_url, expires_at }))))
}

/// The digits for a service that shows them itself.
fn digits(kept: Option<&Kept>, own: bool) -> Result<Option<Code>, Error> {
    let Some(kept) = kept.filter(|_| own) else { return Ok(None) };
    match kept.offer.as_ref().and_then(Offer::code) {
        Some(code) => Ok(Some(code.clone())),
        None => Err(Error::standing(ProblemType::Ended, kept.life.standing())),
    }
}

fn make(
    tx: &mut Tx<'_>,
    service: Service,
    ask: Ask,
    lifetime: Duration,
    links: &Links,
    page: &Hashed,
) -> Result<Result<Kept, Error>, StoreError> {
    settling::pass(tx)?;
    let settings = settings(tx, &ask)?;
    let refused = match ask.page {
        Page::Broker if tx.db().may_return(&service.id, &ask.return_url)? => None,
        Page::Broker => Some(ProblemType::ReturnUrl),
        Page::Service if !tx.db().may_show_digits(&service.id)? => Some(ProblemType::OwnPage),
        Page::Service if settings.approve_with == ApproveWith::Code => None,
        Page::Service => Some(ProblemType::PageNeeded),
    };
    if let Some(kind) = refused {
        if kind == ProblemType::PageNeeded {
            // Whoever tries many accounts learns how likely each is to be there.
            tx.audit(&Entry::PageNeeded { service: &service.id, account: &ask.account })?;
        }
        return Ok(Err(Error::of(kind)));
    }
    let mut waiting = tx.db().waiting(&ask.account)?;
    let networks: Vec<_> = links.iter().filter_map(|(_, peer)| peer.map(Network::of)).collect();
    let newcomer = Newcomer {
        account: &ask.account,
        service: &service.id,
        network: places::network(&ask.origin),
        links: &networks,
    };
    if !places::make_room(tx, &mut waiting, newcomer)? {
        return Ok(Err(Error::of(ProblemType::TooMany)));
    }
    let same_device = if ask.page == Page::Service { SameDevice::Off } else { ask.same_device };
    let offer = Offer::draw(settings, same_device, |code| is_offered(&waiting, code));
    let theirs = places::network(&ask.origin).is_some_and(|one| networks.contains(&one));
    let new = Kept { theirs, ..new_request(tx, service, ask, lifetime, offer) };
    tx.forget_requests(FORGOTTEN_EACH)?;
    keep_and_push(tx, &new, page, links)?;
    Ok(Ok(new))
}

/// How long the request is to live, if what is asked makes sense.
fn check(ask: &Ask) -> Result<Duration, Error> {
    let lifetime = ask.expires_in.map_or(LIFETIME, Duration::from_secs);
    let state = ask.state.as_deref().unwrap_or("");
    let state_fits = state.len() <= MAX_STATE && !state.contains(char::is_control);
    let whole = match ask.action.kind {
        ActionKind::Login => true,
        ActionKind::Payment => ask.action.amount.is_some(),
        ActionKind::Other => !ask.action.summary.is_empty(),
        ActionKind::Practice => false,
    };
    let returns = match ask.page {
        Page::Broker => !ask.return_url.is_empty(),
        Page::Service => ask.return_url.is_empty() && ask.state.is_none(),
    };
    if (SHORTEST..=LONGEST).contains(&lifetime) && state_fits && whole && returns {
        Ok(lifetime)
    } else {
        Err(Error::of(ProblemType::Malformed))
    }
}

/// The account's settings. An account without any seems to have some.
fn settings(tx: &Tx<'_>, ask: &Ask) -> Result<AccountSettings, StoreError> {
    let nobody = guard::settings_of_nobody(tx.key.keyed_hash(ask.account.as_str()));
    Ok(tx.db().settings(&ask.account)?.unwrap_or(nobody))
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
        theirs: false,
        locale: ask.locale,
        shown_by: ask.page,
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

/// Signs the request for each approver and pushes it. Where there is nobody to ask, the same work
/// is done for nobody, so that it takes the same time.
fn keep_and_push(
    tx: &mut Tx<'_>,
    new: &Kept,
    page: &Hashed,
    links: &Links,
) -> Result<(), StoreError> {
    let to_ask = to_ask(tx, new)?;
    let of_nobody = to_ask.is_empty();
    tx.keep_new(new, page, if of_nobody { Regard::Nobodys } else { Regard::Asked })?;
    let mut messages = Vec::new();
    for approver in to_ask {
        let link = links.iter().find(|(id, _)| *id == approver.id);
        let near = guard::near(new.origin.address, link.and_then(|(_, peer)| *peer));
        let jws = sign_for(tx, new, &approver.id, near)?;
        let open =
            Open { jws, state: Standing::Pending, receipt: None, expires_at: new.life.expires_at };
        messages.push((approver.id, FromBroker::Request(open)));
    }
    if of_nobody {
        sign_for(tx, new, &ApproverId(String::new()), Near::Unknown)?;
    }
    let (service, account) = (new.service.id.as_str(), &new.account);
    tx.audit(&Entry::Asked { request: new.id, service, account, of_nobody })?;
    tx.tell(new.id, messages);
    Ok(())
}

/// The approvers that are asked: nobody about a network that the account reported.
fn to_ask(tx: &Tx<'_>, new: &Kept) -> Result<Vec<Approver>, StoreError> {
    let refused = match places::network(&new.origin) {
        Some(network) => tx.db().refused_until(&new.account, network, tx.now)?,
        None => None,
    };
    let approvers = tx.db().answering(&new.account)?;
    Ok(if refused.is_some() { Vec::new() } else { approvers })
}

pub(super) fn sign_for(
    tx: &Tx<'_>,
    new: &Kept,
    approver: &ApproverId,
    near: Near,
) -> Result<Jws<Request>, StoreError> {
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
