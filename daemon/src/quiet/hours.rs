//! Quiet hours: from one time of day to another, where the person is.

use jiff::Zoned;
use jiff::civil::Time;

/// Every day from one time of day to another, perhaps past midnight.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct QuietHours {
    from: Time,
    to: Time,
}

impl QuietHours {
    /// Reads `22:00-07:00`; a dot may stand for the colon. None for anything else, and for hours
    /// that end when they begin.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (from, to) = text.split_once('-')?;
        let (from, to) = (time_of_day(from.trim())?, time_of_day(to.trim())?);
        (from != to).then_some(Self { from, to })
    }

    /// When the quiet hours end that hold at `here`, if they do. Where the clock is set back they
    /// end at the first of two equal times; a time that is skipped comes as much later.
    #[must_use]
    pub fn end_at(self, here: &Zoned) -> Option<Zoned> {
        let days = [here.date().yesterday().ok(), Some(here.date())];
        days.into_iter().flatten().find_map(|day| {
            let last = if self.to <= self.from { day.tomorrow().ok()? } else { day };
            let begin = day.to_datetime(self.from).to_zoned(here.time_zone().clone()).ok()?;
            let end = last.to_datetime(self.to).to_zoned(here.time_zone().clone()).ok()?;
            (begin <= *here && *here < end).then_some(end)
        })
    }
}

fn time_of_day(text: &str) -> Option<Time> {
    let (hour, minute) = text.split_once([':', '.'])?;
    let digits = |text: &str| text.chars().all(|one| one.is_ascii_digit());
    if !digits(hour) || !digits(minute) || minute.len() != 2 || hour.len() > 2 {
        return None;
    }
    Time::new(hour.parse().ok()?, minute.parse().ok()?, 0, 0).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;
    use jiff::tz::TimeZone;
    use proptest::prelude::*;

    fn night() -> QuietHours {
        QuietHours::parse("22:00-07:00").unwrap()
    }

    /// In Copenhagen, where the clock is set forward at 2:00 on 29 March 2026, and back at 3:00 on
    /// 25 October.
    fn at(month: i8, day: i8, hour: i8, minute: i8) -> Zoned {
        let there = TimeZone::posix("CET-1CEST,M3.5.0,M10.5.0/3").unwrap();
        date(2026, month, day).at(hour, minute, 0, 0).to_zoned(there).unwrap()
    }

    fn ends(hours: QuietHours, here: &Zoned) -> Option<(i8, i8)> {
        hours.end_at(here).map(|end| (end.hour(), end.minute()))
    }

    #[test]
    fn hours_are_two_times_of_day() {
        for good in ["22:00-07:00", "9:30-10:00", "22.00-07.00", " 22:00 - 07:00 ", "0:00-23:59"] {
            assert!(QuietHours::parse(good).is_some(), "{good}");
        }
        for bad in ["", "22:00", "22-7", "22:00-22:00", "24:00-07:00", "22:00-07:60", "22:0-7:00"] {
            assert!(QuietHours::parse(bad).is_none(), "{bad}");
        }
        for bad in ["+2:00-07:00", "22:00-07:00-08:00", "022:00-07:00", "ten-seven", "-"] {
            assert!(QuietHours::parse(bad).is_none(), "{bad}");
        }
    }

    #[test]
    fn they_hold_from_the_first_minute_and_not_in_the_last() {
        assert_eq!(ends(night(), &at(5, 14, 21, 59)), None);
        assert_eq!(ends(night(), &at(5, 14, 22, 0)), Some((7, 0)));
        assert_eq!(ends(night(), &at(5, 15, 3, 0)), Some((7, 0)));
        assert_eq!(ends(night(), &at(5, 15, 7, 0)), None);
        let noon = QuietHours::parse("12:00-13:00").unwrap();
        assert_eq!(ends(noon, &at(5, 15, 12, 30)), Some((13, 0)));
        assert_eq!(ends(noon, &at(5, 15, 13, 0)), None);
    }

    #[test]
    fn a_night_in_which_the_clock_is_set_ends_at_the_same_time_of_day() {
        for (month, before, after) in [(3, 28, 29), (10, 24, 25)] {
            let begun = at(month, before, 22, 0);
            let end = night().end_at(&begun).unwrap();
            assert_eq!((end.day(), end.hour()), (after, 7));
            let hours = end.duration_since(&begun).as_hours();
            assert_eq!(hours, if month == 3 { 8 } else { 10 });
        }
        // Half past two comes twice: the hours are over after the first.
        let hours = QuietHours::parse("22:00-02:30").unwrap();
        let first = at(10, 25, 2, 29);
        let end = hours.end_at(&first).unwrap();
        assert_eq!(end.duration_since(&first).as_secs(), 60);
        assert_eq!(hours.end_at(&end), None);
        let again = end.checked_add(jiff::SignedDuration::from_mins(30)).unwrap();
        assert_eq!((again.hour(), again.minute(), hours.end_at(&again)), (2, 0, None));
    }

    proptest! {
        #[test]
        fn the_end_is_ahead_and_within_a_day_and_an_hour(
            from in 0_i8..24, to in 0_i8..24, minute in 0_i64..700_000,
        ) {
            prop_assume!(from != to);
            let hours = QuietHours::parse(&format!("{from}:00-{to}:00")).unwrap();
            let minutes = jiff::SignedDuration::from_mins(minute);
            let here = at(1, 1, 0, 0).checked_add(minutes).unwrap();
            if let Some(end) = hours.end_at(&here) {
                let ahead = end.duration_since(&here).as_secs();
                prop_assert!(ahead > 0 && ahead <= 25 * 3600);
            }
        }

        #[test]
        fn nothing_that_is_typed_is_a_panic(text in ".{0,20}") {
            let _parsed = QuietHours::parse(&text);
        }
    }
}
