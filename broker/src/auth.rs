//! Who is calling: a service by its API key, an approver by a message signed with its link key, a
//! browser by the cookie that makes it the holder of a login page.

use axum::extract::FromRequestParts;
use axum::http::header::{AUTHORIZATION, COOKIE};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rand::Rng as _;
use sayso_protocol::enrolment::ApproverId;
use sayso_protocol::link::DeviceCall;
use sayso_protocol::problem::ProblemType;
use sayso_protocol::secret::Holder;
use sayso_protocol::signature::{
    Claims, Digest, Envelope, Expected, Jws, PublicKey, SignatureError, claimed_key,
};
use std::time::Duration;

use crate::error::Error;
use crate::random;
use crate::server::Broker;
use crate::serving::Stranger;
use crate::settling;
use crate::store::approvers::Approver;
use crate::store::audit::Entry;
use crate::store::messages::{Message, Seen};
use crate::store::services::Service;
use crate::store::{Db, StoreError};

/// A signed call lives no longer, in broker time.
const CALL_LIFE: Duration = Duration::from_secs(60);

/// A fresh API key: shown once, kept as its hash.
#[must_use]
pub fn draw_api_key() -> zeroize::Zeroizing<String> {
    let mut bytes = zeroize::Zeroizing::new([0; 32]);
    random().fill_bytes(bytes.as_mut_slice());
    zeroize::Zeroizing::new(format!("sayso-key-{}", URL_SAFE_NO_PAD.encode(bytes.as_slice())))
}

/// What is kept of an API key. It has 256 random bits: no salt and no stretching is needed.
#[must_use]
pub fn api_key_hash(key: &str) -> Digest {
    Digest::of(key.as_bytes())
}

/// The service that calls.
#[derive(Debug, Clone)]
pub struct CallingService {
    /// Who calls.
    pub service: Service,
    key: Digest,
}

impl CallingService {
    /// The service, if its key still counts when the call is acted upon: that may be long after the
    /// call's head came.
    ///
    /// # Errors
    /// [`StoreError`]; that it does not is a result.
    pub fn acting(&self, db: Db<'_>) -> Result<Result<Service, Error>, StoreError> {
        let found = db.service_of_key(self.key)?;
        Ok(found.ok_or_else(|| Error::of(ProblemType::Unauthorized)))
    }
}

impl FromRequestParts<Broker> for CallingService {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, broker: &Broker) -> Result<Self, Error> {
        let key = api_key_hash(bearer(&parts.headers)?);
        let service = broker.store.read(move |db| db.service_of_key(key)).await?;
        let service = service.ok_or_else(|| Error::of(ProblemType::Unauthorized))?;
        is_known(parts);
        Ok(Self { service, key })
    }
}

/// The approver that calls, proved by a `sayso-device` message for this call, used once.
#[derive(Debug, Clone)]
pub struct CallingApprover(pub Approver);

impl FromRequestParts<Broker> for CallingApprover {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, broker: &Broker) -> Result<Self, Error> {
        let CallingComputer { approver, .. } =
            CallingComputer::from_request_parts(parts, broker).await?;
        approver.may_act().map_err(Error::of)?;
        Ok(Self(approver))
    }
}

/// The same, or a computer that waits to be an approver: it may read what concerns itself.
#[derive(Debug, Clone)]
pub struct CallingComputer {
    /// Who calls.
    pub approver: Approver,
    /// The `jti` of its proof.
    pub proof: String,
}

impl FromRequestParts<Broker> for CallingComputer {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, broker: &Broker) -> Result<Self, Error> {
        let jws = Jws::<DeviceCall>::received(bearer(&parts.headers)?.to_owned())?;
        let approver = computer_of(broker, jws.as_str()).await?;
        approver.may_read().map_err(Error::of)?;
        let envelope = verify_call(broker, &approver.link_jwk.open()?, &approver.id, &jws)?;
        let path = parts.uri.path();
        if envelope.claims.method != parts.method.as_str() || envelope.claims.path != path {
            return Err(Error::of(ProblemType::Signature));
        }
        let message = Message {
            from: approver.id.clone(),
            jti: envelope.jti.clone(),
            digest: jws.digest(),
            until: envelope.exp,
        };
        let approver = use_once(broker, message, path.to_owned()).await?;
        is_known(parts);
        Ok(Self { approver, proof: envelope.jti })
    }
}

/// Who calls has proved who they are: the connection is no stranger's.
fn is_known(parts: &Parts) {
    if let Some(stranger) = parts.extensions.get::<Stranger>() {
        stranger.is_known();
    }
}

/// The approver that claims to have signed `jws`. Nothing is verified yet.
///
/// # Errors
/// `unauthorized` for a key that the broker does not know; `approver-removed`, `approver-waits`,
/// `account-blocked`.
pub async fn approver_of(broker: &Broker, jws: &str) -> Result<Approver, Error> {
    let approver = computer_of(broker, jws).await?;
    approver.may_act().map_err(Error::of)?;
    Ok(approver)
}

/// What an approver signed for this broker to act upon now. It lives a minute at most: nobody can
/// sign ahead, and what was answered need not be kept for longer.
///
/// # Errors
/// The first rule that the message breaks; `Expired` for one that would live longer.
pub fn verify_call<C: Claims>(
    broker: &Broker,
    key: &PublicKey,
    from: &ApproverId,
    jws: &Jws<C>,
) -> Result<Envelope<C>, SignatureError> {
    let expected = Expected { iss: &from.0, aud: broker.store.origin(), now: broker.clock.now() };
    let envelope = key.verify::<C>(jws.as_str(), expected)?;
    if envelope.iat.until(envelope.exp) > CALL_LIFE {
        return Err(SignatureError::Expired);
    }
    Ok(envelope)
}

async fn computer_of(broker: &Broker, jws: &str) -> Result<Approver, Error> {
    let kid = claimed_key(jws)?;
    let found = broker.store.read(move |db| db.approver_of_key(&kid)).await?;
    found.ok_or_else(|| Error::of(ProblemType::Unauthorized))
}

/// The approver, if it may still act when its message is acted upon.
///
/// # Errors
/// [`StoreError`]; that it may not is a result.
pub fn acting(db: Db<'_>, id: &ApproverId) -> Result<Result<Approver, Error>, StoreError> {
    let Some(approver) = db.approver(id)? else {
        return Ok(Err(Error::of(ProblemType::Unauthorized)));
    };
    Ok(approver.may_act().map(|()| approver).map_err(Error::of))
}

/// The approver as it is once its proof is used up, and time has done to its account's changes
/// what it does.
async fn use_once(broker: &Broker, message: Message, path: String) -> Result<Approver, Error> {
    let used = broker.store.write(move |tx| match tx.seen::<()>(&message)? {
        Seen::Never => {
            tx.forget_expired_messages()?;
            tx.keep_answer(&message, &())?;
            tx.audit(&Entry::Read { approver: &message.from, path: &path })?;
            settling::pass(tx)?;
            tx.db().approver(&message.from)
        }
        Seen::Same(()) | Seen::Forged => Ok(None),
    });
    let approver = used.await?.value.ok_or_else(|| Error::of(ProblemType::Unauthorized))?;
    approver.may_read().map_err(Error::of)?;
    Ok(approver)
}

pub(crate) fn bearer(headers: &HeaderMap) -> Result<&str, Error> {
    headers
        .get(AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.split_once(' '))
        .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
        .map(|(_, token)| token.trim())
        .ok_or_else(|| Error::of(ProblemType::Unauthorized))
}

/// The name of the cookie that makes a browser the holder.
#[must_use]
pub fn cookie_name(origin: &str) -> &'static str {
    if origin.starts_with("https:") { "__Host-sayso" } else { "sayso" }
}

/// What this browser brings as the cookie of this name.
pub(crate) fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers
        .get_all(COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|cookies| cookies.split(';'))
        .filter_map(|cookie| cookie.trim().split_once('='))
        .find(|(its_name, _)| *its_name == name)
        .map(|(_, value)| value)
}

/// The holder that this browser is.
#[must_use]
pub fn holder_of(headers: &HeaderMap, origin: &str) -> Option<Holder> {
    cookie(headers, cookie_name(origin)).and_then(|value| Holder::parse(value).ok())
}

/// The `Set-Cookie` that makes a browser the holder. It ends with the browser's session.
#[must_use]
pub fn holder_cookie(holder: &Holder, origin: &str) -> String {
    let secure = if origin.starts_with("https:") { "; Secure" } else { "" };
    let name = cookie_name(origin);
    format!("{name}={}; Path=/; HttpOnly; SameSite=Lax{secure}", holder.reveal())
}

/// Whether a call may hold a login page: a browser's own `GET`, not a look ahead.
#[must_use]
pub fn may_hold(method: &Method, headers: &HeaderMap) -> bool {
    let ahead = |name: &str| {
        headers
            .get(name)
            .and_then(|value| value.to_str().ok())
            .is_some_and(|value| value.contains("prefetch") || value.contains("prerender"))
    };
    *method == Method::GET && !ahead("sec-purpose") && !ahead("purpose")
}

/// Whether a page from elsewhere brought the browser here, and not the person, a program on their
/// computer, or a page of this broker (Fetch Metadata, W3C, section 2.4).
#[must_use]
pub fn is_from_elsewhere(headers: &HeaderMap) -> bool {
    let site = headers.get("sec-fetch-site").and_then(|value| value.to_str().ok());
    !matches!(site, None | Some("none" | "same-origin"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    #[test]
    fn the_cookie_is_found_among_others_and_only_in_its_form() {
        let holder = Holder::draw(&mut random());
        let mut headers = HeaderMap::new();
        let cookies = format!("a=b; sayso={}; c=d", holder.reveal());
        headers.insert(COOKIE, HeaderValue::from_str(&cookies).unwrap());
        assert_eq!(holder_of(&headers, "http://127.0.0.1:1"), Some(holder));
        assert_eq!(holder_of(&headers, "https://broker.example"), None);
        headers.insert(COOKIE, HeaderValue::from_static("sayso=short"));
        assert_eq!(holder_of(&headers, "http://127.0.0.1:1"), None);
    }

    #[test]
    fn beyond_loopback_the_cookie_is_bound_to_the_host() {
        let holder = Holder::draw(&mut random());
        let cookie = holder_cookie(&holder, "https://broker.example");
        assert!(cookie.starts_with("__Host-sayso=") && cookie.ends_with("; Secure"));
    }

    #[test]
    fn a_look_ahead_holds_no_page() {
        let mut headers = HeaderMap::new();
        assert!(may_hold(&Method::GET, &headers));
        assert!(!may_hold(&Method::HEAD, &headers));
        headers.insert("sec-purpose", HeaderValue::from_static("prefetch;prerender"));
        assert!(!may_hold(&Method::GET, &headers));
    }
}
