//! The only place that asks the machine for the time. Everybody else is handed it.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// The monotonic clock of this process: for deadlines, never for what is stored or signed.
#[must_use]
#[allow(clippy::disallowed_methods, reason = "this is the one place that asks")]
pub fn now() -> Instant {
    Instant::now()
}

/// Seconds since 1970 by the wall clock, as the machine has it (uncorrected by a broker).
#[must_use]
#[allow(clippy::disallowed_methods, reason = "this is the one place that asks")]
pub fn wall() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO);
    i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
}

/// Returns once `at` has come; at once if it is past.
pub async fn until(at: Instant) {
    tokio::time::sleep_until(tokio::time::Instant::from_std(at)).await;
}

/// Waits for `at` where there is a deadline, and for ever where there is none.
pub async fn until_some(at: Option<Instant>) {
    match at {
        Some(at) => until(at).await,
        None => std::future::pending().await,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_deadline_that_is_past_has_come_already() {
        let start = now();
        until(start).await;
        until_some(Some(start)).await;
        assert!(now() >= start);
    }

    #[test]
    fn the_wall_clock_is_past_the_day_this_was_written() {
        assert!(wall() > 1_763_000_000);
    }
}
