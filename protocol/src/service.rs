//! What a service and the broker say to each other over HTTP.

use serde::{Deserialize, Serialize};

use crate::binding::Code;
use crate::change::SameDevice;
use crate::enrolment::AccountName;
use crate::outcome::Outcome;
use crate::request::{Action, Origin, RequestId};
use crate::secret::Ticket;
use crate::signature::Jws;
use crate::spoken::Clean;
use crate::time::UnixTime;

/// Body of `POST /v1/requests`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Ask {
    /// Of whom it is asked.
    pub account: AccountName,
    /// For what.
    pub action: Action,
    /// From where.
    #[serde(default)]
    pub origin: Origin,
    /// Where the browser goes afterwards: byte for byte one of the addresses registered for the
    /// service. Nothing where the service shows the page itself.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub return_url: String,
    /// Comes back untouched with the browser; at most 512 bytes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<String>,
    /// The language of the person's browser (BCP 47).
    #[serde(default, skip_serializing_if = "Clean::is_empty")]
    pub locale: Clean<35>,
    /// How long the person has, in seconds: 60 to 600, otherwise 300.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_in: Option<u64>,
    /// Whether the page may offer the button that opens Sayso on the same computer.
    #[serde(default, skip_serializing_if = "SameDevice::is_on")]
    pub same_device: SameDevice,
    /// Who shows the page with the digits.
    #[serde(default, skip_serializing_if = "Page::is_brokers")]
    pub page: Page,
}

/// Who shows the page with the digits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Page {
    /// The broker.
    #[default]
    Broker,
    /// The service, where the administrator allows it and the account approves by code. To tie the
    /// digits to its session is its duty.
    Service,
}

impl Page {
    /// Whether it is the broker.
    #[must_use]
    pub fn is_brokers(&self) -> bool {
        *self == Self::Broker
    }
}

/// Answer of `POST /v1/requests`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(untagged)]
pub enum AskAnswer {
    /// Where the page is the broker's.
    Page(Asked),
    /// Where it is the service's.
    Digits(AskedDigits),
}

/// Answer of `POST /v1/requests` where the page is the service's.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct AskedDigits {
    /// The request.
    pub id: RequestId,
    /// The digits to show.
    pub code: Code,
    /// The running deadline.
    pub expires_at: UnixTime,
}

/// Answer of `POST /v1/requests` where the page is the broker's.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Asked {
    /// The request.
    pub id: RequestId,
    /// Where to send the browser.
    pub login_url: String,
    /// The running deadline.
    pub expires_at: UnixTime,
}

/// What a service is told while it waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Progress {
    /// Nobody has answered.
    Pending,
    /// Answered; an approval waits for its ticket.
    Answered,
    /// It has ended, and the outcome stands beside this.
    Ended,
}

/// Answer of `GET /v1/requests/{id}?wait=S`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct RequestAnswer {
    /// The request.
    pub id: RequestId,
    /// How far it is.
    pub progress: Progress,
    /// The running deadline.
    pub expires_at: UnixTime,
    /// Any end but an approval needs no ticket.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcome: Option<Jws<Outcome>>,
    /// The person reported the login after approving it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub reported_later: bool,
}

/// Body of `POST /v1/requests/{id}/outcome`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct CollectCall {
    /// What the browser carried.
    pub ticket: Ticket,
}

/// Answer of `POST /v1/requests/{id}/outcome`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Collected {
    /// The signed outcome.
    pub outcome: Jws<Outcome>,
}
