//! What a service asks a person to approve, as the broker signs it for one approver.

use serde::{Deserialize, Deserializer, Serialize};
use std::fmt;
use std::net::IpAddr;
use std::time::Duration;
use uuid::Uuid;

use crate::binding::Method;
use crate::enrolment::AccountName;
use crate::life::Standing;
use crate::link::AuditHead;
use crate::signature::{Claims, Jws};
use crate::spoken::Clean;
use crate::time::UnixTime;

/// How long a request lives unless the service says otherwise.
pub const LIFETIME: Duration = Duration::from_secs(300);
/// The shortest life a service may ask for.
pub const SHORTEST: Duration = Duration::from_secs(60);
/// The longest life: a signed request's `exp` is its creation plus this (NIST SP 800-63B-4, 3.1.3.2).
pub const LONGEST: Duration = Duration::from_secs(600);

/// A request's id, time-ordered (RFC 9562, version 7).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(transparent)]
pub struct RequestId(pub Uuid);

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl std::str::FromStr for RequestId {
    type Err = uuid::Error;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse().map(Self)
    }
}

/// A service's name as the person hears it.
pub type ServiceName = Clean<60>;

/// What kind of act is asked for: chooses the sentence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum ActionKind {
    /// Log in.
    Login,
    /// Pay an amount.
    Payment,
    /// Anything else: the summary says what.
    Other,
    /// Nothing: the person practises. Only the broker itself asks for it.
    Practice,
}

/// An amount of money in the currency's minor unit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Amount {
    /// Hundredths, or what the currency has instead (ISO 4217).
    pub minor: u64,
    /// Which currency.
    pub currency: Currency,
}

/// A currency's three letters (ISO 4217).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Currency(String);

impl Currency {
    /// The three letters.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl<'de> Deserialize<'de> for Currency {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        if text.len() == 3 && text.bytes().all(|b| b.is_ascii_uppercase()) {
            Ok(Self(text))
        } else {
            Err(serde::de::Error::custom("a currency is three capital letters"))
        }
    }
}

/// What is asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Action {
    /// Which sentence asks for it.
    pub kind: ActionKind,
    /// In a few words; what `Other` is about.
    #[serde(default, skip_serializing_if = "Clean::is_empty")]
    pub summary: Clean<80>,
    /// More, for who asks for it.
    #[serde(default, skip_serializing_if = "Clean::is_empty")]
    pub details: Clean<400>,
    /// What a payment costs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amount: Option<Amount>,
    /// Who is paid, if not the service.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payee: Option<ServiceName>,
}

/// From where the login page was opened, as the service says.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Origin {
    /// The browser's address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<IpAddr>,
    /// A name of the place.
    #[serde(default, skip_serializing_if = "Clean::is_empty")]
    pub place: Clean<40>,
}

/// The request's origin against the network of this approver's link.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Near {
    /// One network: the same IPv4 address or IPv6 /64.
    Same,
    /// Another network: said first.
    Other,
    /// Cannot be told: another address family, or no link.
    Unknown,
}

/// Answer of `POST /v1/requests/{id}/more-time`: what stands now.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct MoreTimeAnswer {
    /// The request's state, which this does not change.
    pub state: Standing,
    /// The running deadline: 300 s later than before, or at the request's `exp`.
    pub expires_at: UnixTime,
    /// The signed head of the broker's audit.
    pub audit_head: Jws<AuditHead>,
}

/// How surely the person was the person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Verification {
    /// The person's unlocked session.
    Session,
}

/// `sayso-request+jwt`: what a service asks, signed by the broker for one approver. `iss` is the
/// broker's origin, `aud` the approver's id, `exp` the creation plus [`LONGEST`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// The request's id.
    pub request: RequestId,
    /// Of whom it is asked.
    pub account: AccountName,
    /// Who asks.
    pub service: ServiceName,
    /// For what.
    pub action: Action,
    /// From where.
    pub origin: Origin,
    /// Whether that is here.
    pub near: Near,
    /// The language of the login page (BCP 47).
    #[serde(default, skip_serializing_if = "Clean::is_empty")]
    pub locale: Clean<35>,
    /// How it may be bound.
    pub bindings: Vec<Method>,
    /// The least verification that the service takes.
    pub min_verification: Verification,
}

impl Claims for Request {
    const TYP: &'static str = "sayso-request+jwt";
}
