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

/// What the wall clock shows where the person is.
#[must_use]
#[allow(clippy::disallowed_methods, reason = "this is the one place that asks")]
pub fn here() -> jiff::Zoned {
    jiff::Zoned::now()
}

/// The time of day where the person is, `ahead` from now.
#[must_use]
pub fn time_of_day(ahead: Duration) -> jiff::civil::Time {
    day_and_time(wall().saturating_add(i64::try_from(ahead.as_secs()).unwrap_or(0))).1
}

/// The day and the time of day where the person is, at `at` in seconds since 1970.
#[must_use]
pub fn day_and_time(at: i64) -> (jiff::civil::Date, jiff::civil::Time) {
    let at = jiff::Timestamp::from_second(at).unwrap_or(jiff::Timestamp::UNIX_EPOCH);
    let here = at.to_zoned(jiff::tz::TimeZone::system());
    (here.date(), here.time())
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
