//! When a call that failed is made again: the first eight of the times that Standard Webhooks
//! recommends, so that a receiver that is down for a whole day misses nothing.

use sayso_protocol::time::UnixTime;
use std::time::Duration;

/// How long after each try in vain the next one is made.
const DELAYS: [Duration; 7] = [
    Duration::from_secs(5),
    Duration::from_secs(5 * 60),
    Duration::from_secs(30 * 60),
    Duration::from_hours(2),
    Duration::from_hours(5),
    Duration::from_hours(10),
    Duration::from_hours(14),
];
/// A receiver that asks for more patience (`Retry-After`) gets no more than this.
const LONGEST: Duration = Duration::from_hours(14);

/// How long to wait after `tries` tries in vain; `None` if that is enough. `asked` is how long the
/// receiver asked to be left alone. `spread` is random: it adds up to a tenth, so that what failed
/// together does not come again together.
#[must_use]
pub fn next(tries: u32, asked: Option<Duration>, spread: u8) -> Option<Duration> {
    let index = usize::try_from(tries).ok()?.checked_sub(1)?;
    let delay = *DELAYS.get(index)?;
    let delay = asked.map_or(delay, |asked| asked.min(LONGEST).max(delay));
    Some(delay + delay * u32::from(spread) / (10 * u32::from(u8::MAX)))
}

/// How long a receiver that answers at `now` asks to be left alone: `Retry-After` (RFC 9110, section
/// 10.2.3), in seconds or as a date.
#[must_use]
pub fn patience(text: &str, now: UnixTime) -> Option<Duration> {
    if let Ok(seconds) = text.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let until = jiff::fmt::rfc2822::parse(text).ok()?.timestamp();
    Some(now.until(UnixTime(until.as_second())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patience_is_asked_for_in_seconds_or_to_a_date() {
        // Sun, 06 Nov 1994 08:49:37 GMT.
        let now = UnixTime(784_111_777);
        for (text, wanted) in [
            ("120", Some(120)),
            ("Sun, 06 Nov 1994 08:50:37 GMT", Some(60)),
            ("Sun, 06 Nov 1994 08:48:37 GMT", Some(0)),
            ("18446744073709551615", Some(u64::MAX)),
            ("18446744073709551616", None),
            ("-1", None),
            ("soon", None),
            ("", None),
        ] {
            assert_eq!(patience(text, now), wanted.map(Duration::from_secs), "{text}");
        }
    }

    #[test]
    fn a_receiver_that_is_down_for_a_day_is_tried_eight_times_and_misses_nothing() {
        for spread in [0, u8::MAX] {
            let waits = (1..).map_while(|tries| next(tries, None, spread));
            let (count, all) =
                waits.fold((0, Duration::ZERO), |(n, sum), wait| (n + 1, sum + wait));
            assert_eq!(count, 7);
            assert!(all > Duration::from_hours(31) && all < Duration::from_hours(35), "{all:?}");
        }
        assert_eq!(next(1, None, 0), Some(Duration::from_secs(5)));
    }

    #[test]
    fn a_receiver_may_ask_for_patience_within_bounds_and_never_for_haste() {
        let secs = Duration::from_secs;
        for (tries, asked, waits) in
            [(1, 60, secs(60)), (2, 1, secs(300)), (1, u64::MAX, LONGEST), (7, 1, LONGEST)]
        {
            assert_eq!(next(tries, Some(secs(asked)), 0), Some(waits), "{tries} {asked}");
        }
        assert_eq!(next(8, Some(secs(60)), 0), None);
    }
}
