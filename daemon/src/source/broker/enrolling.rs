//! Registering at a broker whose keys are not known yet.

use reqwest::Client;
use sayso_protocol::enrolment::{Enrolled, Enrolment, EnrolmentCall, KeySet};
use sayso_protocol::signature::SecretKey;
use url::Url;

use super::super::Refusal;
use super::calls::sign_call;
use super::http::{answer, broker_time, client, post};
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

/// Why an enrolment did not succeed.
pub enum EnrolmentRefusal {
    /// The broker refused or could not be reached.
    Refused(Refusal),
    /// No HTTP client could be made.
    Inside,
}

/// The keys of a broker that is not known yet: they are taken from it, this once.
///
/// # Errors
/// [`EnrolmentRefusal`].
pub async fn meet(broker: &Url) -> Result<KeySet, EnrolmentRefusal> {
    let http = client().map_err(|_| EnrolmentRefusal::Inside)?;
    let mut address = broker.clone();
    address.set_path("/v1/keys");
    answer(http.get(address)).await.map_err(EnrolmentRefusal::Refused)
}

/// Enrols at a broker with these keys.
///
/// # Errors
/// [`EnrolmentRefusal`]; after [`Refusal::Problem`] nothing has been enrolled.
pub async fn enrol(enrolling: Enrolling, keys: &KeySet) -> Result<Enrolled, EnrolmentRefusal> {
    let Enrolling { broker, enrolment, approver_key } = enrolling;
    let http = client().map_err(|_| EnrolmentRefusal::Inside)?;
    let refused = EnrolmentRefusal::Refused;
    let origin = broker.origin().ascii_serialization();
    let clock = broker_time(&http, &broker, &origin, &keys.keys).await.map_err(refused)?;
    let id = approver_key.public().thumbprint();
    let enrolment = sign_call(&approver_key, &id, &origin, enrolment, clock.time(clock::now()));
    let call = EnrolmentCall { enrolment };
    let enrolled = enrol_surely(&http, &broker, &call).await.map_err(refused)?;
    if enrolled.approver.0 == id { Ok(enrolled) } else { Err(refused(Refusal::Strange)) }
}

/// The broker may have enrolled us although its answer was lost. The same bytes get the same
/// answer, so they are sent again before it is given up.
async fn enrol_surely(
    http: &Client,
    broker: &Url,
    call: &EnrolmentCall,
) -> Result<Enrolled, Refusal> {
    let mut outcome = Err(Refusal::Offline);
    for _ in 0..ENROL_TRIES {
        outcome = post(http, broker, "/v1/approvers", call).await;
        if !matches!(outcome, Err(Refusal::Offline)) {
            break;
        }
    }
    outcome
}
