//! What silences requests, and what ends it.

use jiff::civil::date;
use jiff::tz::TimeZone;
use proptest::prelude::*;

use super::*;

fn at(day: i8, hour: i8, minute: i8) -> Zoned {
    date(2036, 5, day).at(hour, minute, 0, 0).to_zoned(TimeZone::UTC).unwrap()
}

fn after(quiet: Quiet, events: &[Event], here: &Zoned) -> (Quiet, Vec<Effect>) {
    events.iter().fold((quiet, Vec::new()), |(quiet, mut effects), event| {
        let (quiet, effect) = quiet.handle(*event, here);
        effects.extend(effect);
        (quiet, effects)
    })
}

fn by_night() -> Quiet {
    Quiet::default().with_hours(QuietHours::parse("22:00-07:00"))
}

fn why(quiet: &Quiet, here: &Zoned) -> Option<Why> {
    quiet.silence(here).map(|silence| silence.why)
}

#[test]
fn the_third_that_nobody_wanted_is_told_of_once() {
    let noon = at(14, 12, 0);
    let three = [Event::Denied, Event::Unanswered, Event::Denied, Event::Unanswered];
    let (quiet, effects) = after(Quiet::default(), &three, &noon);
    assert_eq!(effects, [Effect::Unwanted]);
    assert_eq!(quiet.unwanted(), Some(moment(&at(14, 12, 20))));
    assert_eq!(why(&quiet, &noon), Some(Why::Unwanted));
    let (quiet, effects) = after(quiet, &[Event::Nothing], &at(14, 12, 20));
    assert_eq!((why(&quiet, &at(14, 12, 20)), effects), (None, vec![]));
}

#[test]
fn a_silence_that_follows_on_another_is_told_too() {
    let denied = [Event::Denied; 3];
    let (quiet, _) = after(Quiet::default(), &denied, &at(14, 12, 0));
    let (quiet, effects) = after(quiet, &denied, &at(14, 12, 19));
    assert_eq!(effects, [], "the first still holds");
    let (quiet, effects) = after(quiet, &[Event::Nothing; 2], &at(14, 12, 20));
    assert_eq!(effects, [Effect::Unwanted]);
    assert_eq!(quiet.unwanted(), Some(moment(&at(14, 13, 0))));
}

#[test]
fn what_ends_unanswered_at_night_or_while_the_person_is_away_counts_for_nothing() {
    let left = [Event::Unanswered; 5];
    let (quiet, effects) = after(by_night(), &left, &at(14, 23, 0));
    assert_eq!((why(&quiet, &at(15, 8, 0)), effects), (None, vec![]));
    let noon = at(14, 12, 0);
    let (away, _) = Quiet::default().handle(Event::Away(moment(&at(15, 12, 0))), &noon);
    let (away, effects) = after(away, &left, &noon);
    assert_eq!((away.silences(&noon).len(), effects), (1, vec![]));
    // Somebody who denies is there.
    let (_, effects) = after(away, &[Event::Denied; 3], &noon);
    assert_eq!(effects, [Effect::Unwanted]);
}

#[test]
fn the_end_of_the_night_is_told_once() {
    let (quiet, effects) = after(by_night(), &[Event::LeftOut, Event::LeftOut], &at(14, 23, 0));
    assert_eq!((quiet.came(), effects), (2, vec![]));
    let (quiet, effects) = after(quiet, &[Event::Nothing, Event::Nothing], &at(15, 7, 0));
    assert_eq!((quiet.came(), effects), (2, vec![Effect::Over(Why::Hours)]));
    let (found, _) = quiet.clone().handle(Event::Found, &at(15, 7, 0));
    assert_eq!(found.came(), 1);
    assert_eq!(after(quiet, &[Event::Counted], &at(15, 7, 0)).0.came(), 0);
}

#[test]
fn the_time_away_ends_by_itself_or_when_the_person_is_back() {
    let (quiet, _) = by_night().handle(Event::Away(moment(&at(20, 12, 0))), &at(14, 12, 0));
    assert_eq!(why(&quiet, &at(15, 23, 0)), Some(Why::Away));
    // Neither the nights of that time nor their ends are told.
    let (quiet, effects) = after(quiet, &[Event::Nothing], &at(15, 23, 0));
    assert_eq!(effects, []);
    let (quiet, effects) = after(quiet, &[Event::Nothing], &at(16, 9, 0));
    assert_eq!(effects, []);
    let (ended, effects) = after(quiet.clone(), &[Event::Nothing], &at(20, 12, 0));
    assert_eq!((why(&ended, &at(20, 12, 0)), effects), (None, vec![Effect::Over(Why::Away)]));
    let (back, effects) = after(quiet, &[Event::Back], &at(17, 12, 0));
    assert_eq!((why(&back, &at(17, 12, 0)), effects), (None, vec![]));
}

#[test]
fn a_login_or_the_persons_word_ends_what_is_unwanted_and_nothing_else() {
    for event in [Event::Succeeded, Event::Back] {
        let (quiet, _) = after(by_night(), &[Event::Denied; 3], &at(14, 23, 0));
        assert_eq!(quiet.silences(&at(14, 23, 0)).len(), 2);
        let (quiet, _) = quiet.handle(event, &at(14, 23, 1));
        assert_eq!(why(&quiet, &at(14, 23, 1)), Some(Why::Hours));
    }
}

#[test]
fn a_restart_ends_nothing() {
    let noon = at(14, 12, 0);
    let (quiet, _) = after(Quiet::default(), &[Event::Denied; 3], &noon);
    let (quiet, _) = quiet.handle(Event::Away(moment(&at(15, 12, 0))), &noon);
    let kept = serde_json::to_string(quiet.kept()).unwrap();
    let again = Quiet::default().resumed(serde_json::from_str(&kept).unwrap());
    assert_eq!(again.silences(&noon), quiet.silences(&noon));
    let early: Kept = serde_json::from_str("{}").unwrap();
    assert_eq!(early, Kept::default());
}

proptest! {
    #[test]
    fn a_silence_is_ahead_and_only_the_person_makes_it_long(
        steps in prop::collection::vec((0_u8..8, 0_i64..3000), 0..60),
    ) {
        let (mut quiet, mut here) = (by_night(), at(1, 12, 0));
        for (event, seconds) in steps {
            here = here.checked_add(jiff::SignedDuration::from_secs(seconds)).unwrap();
            let event = match event {
                0 => Event::LeftOut,
                1 => Event::Denied,
                2 | 3 => Event::Unanswered,
                4 => Event::Succeeded,
                5 => Event::Back,
                6 => Event::Counted,
                _ => Event::Nothing,
            };
            let (next, effect) = quiet.handle(event, &here);
            quiet = next;
            if effect == Some(Effect::Unwanted) {
                prop_assert!(quiet.unwanted().is_some_and(|until| until > moment(&here)));
            }
            for silence in quiet.silences(&here) {
                prop_assert!(silence.why != Why::Away);
                let ahead = moment(&here).until(silence.until).as_secs();
                prop_assert!(ahead > 0 && ahead <= 10 * 3600);
            }
            if matches!(event, Event::Succeeded | Event::Back) {
                prop_assert!(quiet.silence(&here).is_none_or(|s| s.why == Why::Hours));
            }
        }
    }
}
