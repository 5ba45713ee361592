//! Registering at a broker whose keys are not known yet.

use sayso_protocol::enrolment::{Enrolled, Enrolment, EnrolmentCall};
use sayso_protocol::rotation::KeySet;
use sayso_protocol::signature::{PublicKey, SecretKey};
use url::Url;

use super::super::Refusal;
use super::calls::{fresh_jti, sign_call};
use super::dial::Dialer;
use super::http::{Call, Line};
use crate::clock;

/// An enrolment whose answer was lost is sent this often in all.
const ENROL_TRIES: u32 = 3;

/// What it takes to enrol.
pub struct Enrolling {
    /// The broker's origin.
    pub broker: Url,
    /// What is asked for.
    pub enrolment: Enrolment,
    /// Signs it, and is the new approver's key.
    pub approver_key: SecretKey,
}

/// The key of a broker that is not known yet: it is taken from it, this once.
///
/// # Errors
/// [`Refusal`].
pub async fn meet(dialer: &Dialer, broker: &Url) -> Result<PublicKey, Refusal> {
    let KeySet { keys, .. } = Line::open(dialer, broker).await?.ask(Call::get("/v1/keys")).await?;
    keys.first().map(|listed| listed.jwk().clone()).ok_or(Refusal::Strange)
}

/// Enrols at the broker with this key.
///
/// # Errors
/// [`Refusal`]; after [`Refusal::Problem`] nothing has been enrolled.
pub async fn enrol(
    dialer: &Dialer,
    enrolling: Enrolling,
    key: &PublicKey,
) -> Result<Enrolled, Refusal> {
    let Enrolling { broker, enrolment, approver_key } = enrolling;
    let origin = broker.origin().ascii_serialization();
    let clock = Line::open(dialer, &broker).await?.time(&origin, key).await?;
    let id = approver_key.public().thumbprint();
    let now = clock.time(clock::now());
    let enrolment = sign_call(&approver_key, &id, &origin, enrolment, now, fresh_jti());
    let call = EnrolmentCall { enrolment };
    let enrolled = enrol_surely(dialer, &broker, &call).await?;
    if enrolled.approver.0 == id { Ok(enrolled) } else { Err(Refusal::Strange) }
}

/// The broker may have enrolled us although its answer was lost. The same bytes get the same
/// answer, so they are sent again before it is given up.
async fn enrol_surely(
    dialer: &Dialer,
    broker: &Url,
    call: &EnrolmentCall,
) -> Result<Enrolled, Refusal> {
    let mut outcome = Err(Refusal::Offline);
    for _ in 0..ENROL_TRIES {
        outcome = async {
            Line::open(dialer, broker).await?.ask(Call::post("/v1/approvers", call)?).await
        }
        .await;
        if !matches!(outcome, Err(Refusal::Offline)) {
            break;
        }
    }
    outcome
}
