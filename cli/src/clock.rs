//! The only place that asks the time, and that lets it pass: how long a prompt may stay open.

use std::time::Duration;

/// Seconds since 1970, by this computer's clock.
#[must_use]
#[allow(clippy::disallowed_methods, reason = "this is the clock")]
pub fn now() -> i64 {
    jiff::Timestamp::now().as_second()
}

/// How long it is until `expires_at` (seconds since 1970), by this computer's clock.
#[must_use]
pub fn left(expires_at: i64) -> Duration {
    let left = expires_at.saturating_sub(now());
    Duration::from_secs(u64::try_from(left).unwrap_or(0))
}

/// Lets time pass.
#[allow(clippy::disallowed_methods, reason = "this is the clock")]
pub async fn pass(time: Duration) {
    tokio::time::sleep(time).await;
}
