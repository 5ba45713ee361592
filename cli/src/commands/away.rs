//! `sayso away` and `sayso back`: no request is told meanwhile.

use std::time::Duration;

use sayso_words::say;

use super::Ending;
use crate::exit::{Failure, Status};
use crate::prompt;
use crate::session::Session;

/// Nobody is away for longer.
const LONGEST: Duration = Duration::from_hours(365 * 24);

/// The person goes away for `time`.
///
/// # Errors
/// What the daemon refused, or that this is no time.
pub async fn run(session: &Session, time: &str) -> Ending {
    let text: String = time.chars().filter(|one| !one.is_control()).take(40).collect();
    let Some(away) = parse(time) else {
        return Err(Failure::own(Status::WrongUse, "time", move |words| {
            say!(words, "error-away", text = &text)
        }));
    };
    let place = prompt::place();
    let told = async { session.door.requests().await?.away(away.as_secs(), place).await };
    session.output.sentence(&session.call(told).await?);
    Ok(Status::Done)
}

/// The person is back.
///
/// # Errors
/// What the daemon refused.
pub async fn back(session: &Session) -> Ending {
    let told = async { session.door.requests().await?.back(prompt::place()).await };
    session.output.sentence(&session.call(told).await?);
    Ok(Status::Done)
}

/// `90m`, `12h`, `7d` or `2w`: a minute at least, a year at most.
fn parse(text: &str) -> Option<Duration> {
    let text = text.trim();
    let (last, unit) = text.char_indices().last()?;
    let minutes = match unit {
        'm' => 1,
        'h' => 60,
        'd' => 60 * 24,
        'w' => 60 * 24 * 7,
        _ => return None,
    };
    let count = text.get(..last)?;
    if count.is_empty() || !count.chars().all(|one| one.is_ascii_digit()) {
        return None;
    }
    let minutes = count.parse::<u64>().ok()?.checked_mul(minutes)?;
    let away = Duration::from_secs(minutes.checked_mul(60)?);
    (minutes > 0 && away <= LONGEST).then_some(away)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_a_number_and_a_letter() {
        for (text, hours) in [("12h", 12), ("7d", 168), (" 2w ", 336), ("365d", 8760), ("120m", 2)]
        {
            assert_eq!(parse(text), Some(Duration::from_hours(hours)), "{text}");
        }
        let bad = ["", "7", "d", "0d", "-1d", "+1d", "1.5h", "366d", "7 days", "7å", "9999999999w"];
        for text in bad {
            assert_eq!(parse(text), None, "{text}");
        }
        assert_eq!(parse("18446744073709551615d"), None);
    }
}
