//! Days with a time, as a person says them: today, tomorrow, on Monday.

use jiff::civil::{Date, DateTime};

use crate::say;
use crate::sentences::Words;

impl Words {
    /// When `at` is, seen from `today`, inside a sentence: "tomorrow at 14:05", "on Monday at
    /// 14:05", and past a week "on 24 October at 14:05".
    #[must_use]
    pub fn day(&self, today: Date, at: DateTime) -> String {
        let time = self.clock(at.time());
        let time = time.as_str();
        let date = at.date();
        match date.since(today).map_or(i32::MAX, |span| span.get_days()) {
            0 => say!(self, "day-today", time = time),
            1 => say!(self, "day-tomorrow", time = time),
            -1 => say!(self, "day-yesterday", time = time),
            -6..=6 => {
                let weekday = i32::from(date.weekday().to_monday_one_offset());
                say!(self, "day-week", weekday = weekday, time = time)
            }
            _ => {
                let (day, month) = (i32::from(date.day()), i32::from(date.month()));
                say!(self, "day-date", day = day, month = month, time = time)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::languages::Language;
    use jiff::civil::date;

    fn said(language: Language, day: i8) -> String {
        let at = date(2026, 10, day).at(14, 5, 0, 0);
        Words::new(language).day(date(2026, 10, 16), at)
    }

    #[test]
    fn a_day_is_named_as_people_name_it() {
        for (day, english, danish) in [
            (16, "today at 14:05", "i dag klokken 14.05"),
            (17, "tomorrow at 14:05", "i morgen klokken 14.05"),
            (15, "yesterday at 14:05", "i går klokken 14.05"),
            (22, "on Thursday at 14:05", "torsdag klokken 14.05"),
            (12, "on Monday at 14:05", "mandag klokken 14.05"),
            (23, "on 23 October at 14:05", "den 23. oktober klokken 14.05"),
        ] {
            assert_eq!(said(Language::English, day), english);
            assert_eq!(said(Language::Danish, day), danish);
        }
    }
}
