//! Practising: a request that the broker makes for one approver alone, and of which nothing comes.

use serde::{Deserialize, Serialize};

use crate::binding::Method;
use crate::request::Request;
use crate::signature::Jws;
use crate::spoken::Clean;
use crate::time::UnixTime;

/// Body of `POST /v1/practice`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct PracticeCall {
    /// The one way in which the request is to be bound, whatever the account's settings.
    pub method: Method,
    /// In which language the person practises (BCP 47).
    #[serde(default, skip_serializing_if = "Clean::is_empty")]
    pub locale: Clean<35>,
}

/// Answer of `POST /v1/practice`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct PracticeAnswer {
    /// The request as signed for this approver: the same bytes as on the link.
    pub jws: Jws<Request>,
    /// The login page, to be opened in the person's browser.
    pub login_url: String,
    /// The running deadline.
    pub expires_at: UnixTime,
}
