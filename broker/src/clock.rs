//! The only place that asks the machine what time it is, and the only one that waits for a moment.

use sayso_protocol::time::UnixTime;
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use tokio::sync::watch;

/// No single wait is longer: a machine that slept, or whose clock was set, is noticed by then.
const LONGEST_WAIT: Duration = Duration::from_secs(30);

/// Broker time.
#[derive(Clone, Debug)]
pub struct Clock(Source);

#[derive(Clone, Debug)]
enum Source {
    Machine,
    Told(watch::Receiver<UnixTime>),
}

impl Clock {
    /// The machine's clock.
    #[must_use]
    pub fn machine() -> Self {
        Self(Source::Machine)
    }

    /// A clock that shows what it is told.
    #[must_use]
    pub fn told(time: watch::Receiver<UnixTime>) -> Self {
        Self(Source::Told(time))
    }

    /// What time it is.
    #[must_use]
    pub fn now(&self) -> UnixTime {
        match &self.0 {
            Source::Machine => UnixTime(machine_seconds()),
            Source::Told(time) => *time.borrow(),
        }
    }

    /// Returns once it is `moment` or later.
    pub async fn reach(&self, moment: UnixTime) {
        match &self.0 {
            Source::Machine => {
                while self.now() < moment {
                    pause(self.now().until(moment).min(LONGEST_WAIT)).await;
                }
            }
            Source::Told(time) => {
                let reached = time.clone().wait_for(|now| *now >= moment).await.is_ok();
                if !reached {
                    // Nobody can tell the time any more: the moment never comes.
                    std::future::pending::<()>().await;
                }
            }
        }
    }
}

/// Returns after `span` of the machine's running time, for what is about this machine and not
/// about the time of day: pings, long polls.
#[allow(clippy::disallowed_methods, reason = "this is clock.rs")]
pub async fn pause(span: Duration) {
    tokio::time::sleep(span).await;
}

#[allow(clippy::disallowed_methods, reason = "this is clock.rs")]
fn machine_seconds() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_moment_is_reached_when_the_clock_is_told_so() {
        let (tell, told) = watch::channel(UnixTime(10));
        let clock = Clock::told(told);
        let waiting = tokio::spawn({
            let clock = clock.clone();
            async move { clock.reach(UnixTime(20)).await }
        });
        tell.send(UnixTime(19)).unwrap();
        tokio::task::yield_now().await;
        assert!(!waiting.is_finished());
        tell.send(UnixTime(20)).unwrap();
        waiting.await.unwrap();
        assert_eq!(clock.now(), UnixTime(20));
    }
}
