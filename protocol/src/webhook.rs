//! What a service is told unasked: Standard Webhooks 1.0.0, with asymmetric signatures (`v1a`).

use serde::{Deserialize, Serialize};

use crate::service::RequestAnswer;

/// The header with the event's id: the same however often it is sent.
pub const ID: &str = "webhook-id";
/// The header with the time of this attempt, in seconds since 1970.
pub const TIMESTAMP: &str = "webhook-timestamp";
/// The header with the signature: `v1a,` and the base64 of an Ed25519 signature (RFC 8032) of
/// `{id}.{timestamp}.{body}`.
pub const SIGNATURE: &str = "webhook-signature";
/// What a public key begins with; the base64 of its 32 bytes follows.
pub const PUBLIC_KEY: &str = "whpk_";

/// Body of a call to a service's webhook.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Event {
    /// What happened.
    #[serde(rename = "type")]
    pub kind: EventType,
    /// When it happened (RFC 3339, UTC).
    pub timestamp: String,
    /// What `GET /v1/requests/{id}` says of the request.
    pub data: RequestAnswer,
}

/// What can happen to a request of a service.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum EventType {
    /// The person approved; the approval waits for its ticket.
    #[serde(rename = "request.answered")]
    Answered,
    /// It has ended; the outcome stands beside this, where there is one to have.
    #[serde(rename = "request.ended")]
    Ended,
    /// The person reported the login after approving it.
    #[serde(rename = "request.reported_later")]
    ReportedLater,
}
