//! What the broker tells an approver while it is connected. The snapshot is the truth; nothing is
//! stored for delivery. The approver sends only pongs.

use serde::{Deserialize, Serialize};
use std::time::Duration;

use crate::change::ChangeTold;
use crate::life::{Reason, Standing};
use crate::request::{Request, RequestId};
use crate::rotation::NewKey;
use crate::secret::Receipt;
use crate::signature::{Claims, Digest, Jws};
use crate::time::UnixTime;

/// The WebSocket's subprotocol (RFC 6455, section 1.9).
pub const SUBPROTOCOL: &str = "sayso.v1";
/// The broker pings this often.
pub const PING_EVERY: Duration = Duration::from_secs(55);
/// The approver gives a silent link up after this long.
pub const SILENCE: Duration = Duration::from_secs(125);
/// No message on the link is longer than this, in bytes.
pub const MAX_MESSAGE: usize = 64 * 1024;
/// A call for the inbox waits no longer than this: what stands between often cuts after 60 s.
pub const INBOX_WAIT: Duration = Duration::from_secs(50);
/// No answer to such a call is longer than this, in bytes.
pub const MAX_INBOX: usize = 512 * 1024;
/// The link is closed with this code (RFC 6455, section 7.4.2) when a newer one of the same
/// approver has taken its place; the reason is the `jti` of the newer one's proof.
pub const REPLACED: u16 = 4001;

/// `sayso-device+jwt`: stands in the `Authorization: Bearer` header of an approver's calls that
/// read. Signed with the link key; `iss` is the approver's id, `aud` the broker. Lives 60 s.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct DeviceCall {
    /// The HTTP method.
    pub method: String,
    /// The path as it is called, from `/v1` on, without a query.
    pub path: String,
}

impl Claims for DeviceCall {
    const TYP: &'static str = "sayso-device+jwt";
}

/// `sayso-audit+jwt`: the head of the broker's audit, signed once per group commit. `aud` is the
/// broker itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct AuditHead {
    /// How many entries the audit has.
    pub length: u64,
    /// The hash of the last one.
    pub hash: Digest,
}

impl Claims for AuditHead {
    const TYP: &'static str = "sayso-audit+jwt";
}

/// A request that is not final, as this approver is told of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Open {
    /// The request as signed for this approver: the same bytes ever after.
    pub jws: Jws<Request>,
    /// `pending`, `bound` or `approved_unconfirmed`.
    pub state: Standing,
    /// Only to the approver that bound it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub receipt: Option<Receipt>,
    /// The running deadline.
    pub expires_at: UnixTime,
}

/// A request that has ended, as this approver is told of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Ended {
    /// Which.
    pub id: RequestId,
    /// How.
    pub state: Standing,
    /// Who called it off, if somebody did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Reason>,
    /// Whether the service has fetched the approval.
    #[serde(default)]
    pub collected: bool,
}

/// A message on the link.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub enum FromBroker {
    /// Everything that this approver should know; always the first message.
    Snapshot {
        /// How the broker's key took its place, if another was there before. It counts before
        /// everything else that the snapshot says.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        rotation: Option<Jws<NewKey>>,
        /// What is waiting, as far as it fits.
        requests: Vec<Open>,
        /// So many `request` messages follow at once and belong to the snapshot: nothing in them
        /// is new.
        #[serde(default)]
        more: u32,
        /// What ended in the last 15 minutes, as far as it fits: first what a person acted on, then
        /// the rest, the newest first.
        ended: Vec<Ended>,
        /// The account's changes that have not ended, and those that ended since yesterday.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        changes: Vec<ChangeTold>,
        /// Broker time.
        time: UnixTime,
        /// The signed head of the audit.
        audit_head: Jws<AuditHead>,
    },
    /// A new request.
    Request(Open),
    /// A request's state or deadline changed.
    RequestChanged {
        /// Which.
        id: RequestId,
        /// `pending`, `bound` or `approved_unconfirmed`.
        state: Standing,
        /// The running deadline.
        expires_at: UnixTime,
    },
    /// A request ended.
    RequestEnded(Ended),
    /// A change was queued, became ready or ended.
    Change(ChangeTold),
    /// The service has fetched an approval.
    Collected {
        /// Of which request.
        id: RequestId,
    },
}

/// The answer to `GET /v1/approver/inbox`: what a link would begin with, for an approver that cannot
/// have one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Inbox {
    /// What this is called. With it as `after`, the next call is answered once it is another, or
    /// after its time with this one again.
    pub version: Digest,
    /// The snapshot, and the `request` messages that belong to it.
    pub messages: Vec<FromBroker>,
}

/// A message on the link cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum LinkError {
    /// Longer than [`MAX_MESSAGE`].
    #[error("too large")]
    TooLarge,
    /// Not a message of ours.
    #[error("malformed: {0}")]
    Malformed(#[from] serde_json::Error),
}

impl FromBroker {
    /// Reads a text frame.
    ///
    /// # Errors
    /// [`LinkError`]; the size is looked at before anything is parsed.
    pub fn parse(text: &str) -> Result<Self, LinkError> {
        if text.len() > MAX_MESSAGE {
            return Err(LinkError::TooLarge);
        }
        Ok(serde_json::from_str(text)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_of_another_type_or_with_more_in_it_is_refused() {
        for text in [
            r#"{"type":"request_renamed","id":"018f2d7e-7e3b-7000-8000-000000000000"}"#,
            r#"{"type":"collected","id":"018f2d7e-7e3b-7000-8000-000000000000","more":1}"#,
            r#"{"type":"collected"}"#,
            "[]",
            "",
        ] {
            assert!(FromBroker::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_message_over_64_kib_is_refused_before_it_is_parsed() {
        let text = " ".repeat(MAX_MESSAGE + 1);
        assert!(matches!(FromBroker::parse(&text), Err(LinkError::TooLarge)));
    }

    #[test]
    fn a_snapshot_says_how_many_requests_follow_it_and_without_a_word_none_do() {
        let text = r#"{"type":"snapshot","requests":[],"ended":[],"time":1,"audit_head":"e.e.e"}"#;
        let said = text.replace(r#""ended""#, r#""more":3,"ended""#);
        for (text, expected) in [(text, 0), (said.as_str(), 3)] {
            let FromBroker::Snapshot { more, .. } = FromBroker::parse(text).unwrap() else {
                panic!("{text}")
            };
            assert_eq!(more, expected);
        }
    }

    #[test]
    fn the_end_of_a_request_survives_the_wire() {
        let text = r#"{"type":"request_ended","id":"018f2d7e-7e3b-7000-8000-000000000000","state":"cancelled","reason":"page"}"#;
        let FromBroker::RequestEnded(ended) = FromBroker::parse(text).unwrap() else { panic!() };
        assert_eq!(ended.reason, Some(Reason::Page));
        let again = serde_json::to_string(&FromBroker::RequestEnded(ended)).unwrap();
        assert_eq!(FromBroker::parse(&again).unwrap(), FromBroker::RequestEnded(ended));
    }
}
