//! Seconds of broker time. Nothing here asks a clock.

use serde::{Deserialize, Serialize};
use std::time::Duration;

/// A moment in whole seconds since 1970-01-01T00:00:00Z (RFC 7519, `NumericDate`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(transparent)]
pub struct UnixTime(pub i64);

impl UnixTime {
    /// This moment, `span` later; saturates at the end of time.
    #[must_use]
    pub fn plus(self, span: Duration) -> Self {
        Self(self.0.saturating_add(i64::try_from(span.as_secs()).unwrap_or(i64::MAX)))
    }

    /// How long it is from this moment until `later`; zero when `later` is not later.
    #[must_use]
    pub fn until(self, later: Self) -> Duration {
        Duration::from_secs(u64::try_from(later.0.saturating_sub(self.0)).unwrap_or(0))
    }
}

/// `sayso-time+jwt`: the broker's clock. `iat` is the time, `aud` the nonce of who asked, so an
/// old answer cannot be played again. `exp` is 60 s later.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct BrokerTime {}

impl crate::signature::Claims for BrokerTime {
    const TYP: &'static str = "sayso-time+jwt";
}

/// Answer of `GET /v1/time?nonce=N`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct TimeAnswer {
    /// The signed time.
    pub time: crate::signature::Jws<BrokerTime>,
}
