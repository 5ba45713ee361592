use super::*;
use crate::clock;
use proptest::prelude::*;

fn up(way: Way, now: Instant) -> Connection {
    let (opening, effect) = Connection::new(now).handle(Event::Due, now);
    assert_eq!(effect, Effect::Open(Way::Socket));
    let opening = match way {
        Way::Socket => opening,
        Way::Calls => {
            let (opening, effect) = opening.handle(Event::NoSocket(0.5), now);
            assert_eq!(effect, Effect::Open(Way::Calls), "calls are not waited for");
            opening
        }
    };
    let (up, effect) = opening.handle(Event::Opened, now);
    assert_eq!(effect, Effect::TellUp);
    up
}

#[test]
fn a_link_that_says_nothing_for_125_seconds_is_dropped_and_tried_again_at_once() {
    let start = clock::now();
    let up = up(Way::Socket, start);
    let late = start + SILENCE;
    let (after, effect) = up.handle(Event::Due, late);
    assert_eq!(effect, Effect::Drop { was_up: true });
    assert_eq!(after.deadline(), late);
    assert_eq!(up.handle(Event::Due, start).1, Effect::Nothing);
}

#[test]
fn waits_double_and_end_at_a_minute() {
    let now = clock::now();
    let mut connection = Connection::new(now);
    for _ in 0..20 {
        (connection, _) = connection.handle(Event::Due, connection.deadline());
        (connection, _) = connection.handle(Event::Failed(1.0), now);
    }
    assert_eq!(connection.deadline(), now + LONGEST_WAIT);
}

#[test]
fn a_broker_that_answers_beside_the_link_is_not_waited_for() {
    let now = clock::now();
    let (opening, _) = Connection::new(now).handle(Event::Due, now);
    let (waiting, _) = opening.handle(Event::Failed(1.0), now);
    assert_eq!(waiting.handle(Event::Due, now).1, Effect::Nothing);
    assert_eq!(waiting.handle(Event::Reached, now).1, Effect::Open(Way::Socket));
    assert_eq!(opening.handle(Event::Reached, now).1, Effect::Nothing);
}

#[test]
fn a_web_socket_that_is_cut_three_times_gives_way_to_calls_and_one_that_lasts_does_not() {
    let mut now = clock::now();
    let mut connection = up(Way::Socket, now);
    for _ in 0..5 {
        now += SETTLED;
        (connection, _) = connection.handle(Event::Failed(0.0), now);
        assert_eq!(connection.way(), Way::Socket);
        (connection, _) = connection.handle(Event::Due, now);
        (connection, _) = connection.handle(Event::Opened, now);
    }
    for cut in 1..=CUTS {
        now += SETTLED / 2;
        (connection, _) = connection.handle(Event::Failed(0.0), now);
        let (opening, effect) = connection.handle(Event::Due, now);
        let way = if cut < CUTS { Way::Socket } else { Way::Calls };
        assert_eq!(effect, Effect::Open(way));
        (connection, _) = opening.handle(Event::Opened, now);
    }
    assert_eq!(connection.way(), Way::Calls);
}

#[test]
fn an_opening_that_is_cut_off_is_tried_again_and_the_third_gives_way_to_calls() {
    let now = clock::now();
    let mut connection = Connection::new(now);
    for _ in 1..CUTS {
        let (opening, effect) = connection.handle(Event::Due, connection.deadline());
        assert_eq!(effect, Effect::Open(Way::Socket));
        let (waiting, effect) = opening.handle(Event::CutOff(1.0), now);
        assert_eq!(effect, Effect::Drop { was_up: false });
        connection = waiting;
    }
    let (opening, _) = connection.handle(Event::Due, connection.deadline());
    assert_eq!(opening.handle(Event::CutOff(1.0), now).1, Effect::Open(Way::Calls));
}

#[test]
fn a_web_socket_is_tried_beside_calls_and_takes_their_place_without_a_gap() {
    let start = clock::now();
    let calls = up(Way::Calls, start);
    assert_eq!(calls.handle(Event::Due, start + FIRST_TRIAL / 2).1, Effect::Drop { was_up: true });
    let heard = calls.handle(Event::Heard, start + FIRST_TRIAL).0;
    let (trying, effect) = heard.handle(Event::Due, start + FIRST_TRIAL);
    assert_eq!(effect, Effect::Try);
    let replaced = trying.handle(Event::Replaced(0.0), start + FIRST_TRIAL);
    assert_eq!(replaced.1, Effect::Nothing, "the trial itself has ended the call");
    let (socket, effect) = trying.handle(Event::Opened, start + FIRST_TRIAL);
    assert_eq!((socket.way(), effect), (Way::Socket, Effect::Switch));
    assert!(socket.is_up());
}

#[test]
fn a_trial_that_fails_leaves_the_calls_and_the_next_one_comes_later() {
    let start = clock::now();
    let mut connection = up(Way::Calls, start);
    let mut now = start;
    for trials in 1..4 {
        while !connection.is_trying() {
            let at = connection.deadline().min(now + SILENCE / 2);
            now = now.max(at);
            (connection, _) = connection.handle(Event::Heard, now);
            (connection, _) = connection.handle(Event::Due, now);
        }
        let (after, effect) = connection.handle(Event::NoSocket(0.3), now);
        assert_eq!((after.way(), effect), (Way::Calls, Effect::GoOn));
        let wanted = Trial::At(now + FIRST_TRIAL * (1 << trials));
        assert!(matches!(after.stage, Stage::Up { trial, .. } if trial == wanted));
        connection = after;
    }
}

#[test]
fn a_change_of_the_network_tries_at_once_and_a_flapping_one_not_more_than_each_five_seconds() {
    let now = clock::now();
    let (opening, _) = Connection::new(now).handle(Event::Due, now);
    let (waiting, _) = opening.handle(Event::Failed(1.0), now);
    let (opening, effect) = waiting.handle(Event::Nudged, now);
    assert_eq!(effect, Effect::Open(Way::Socket));
    let (waiting, _) = opening.handle(Event::Failed(1.0), now);
    assert_eq!(waiting.handle(Event::Nudged, now).1, Effect::Nothing);
    assert_eq!(waiting.handle(Event::Nudged, now + NUDGES).1, Effect::Open(Way::Socket));
}

#[test]
fn a_link_that_is_up_is_left_only_when_another_cannot_be_opened() {
    let now = clock::now();
    let (trying, effect) = up(Way::Socket, now).handle(Event::Nudged, now);
    assert_eq!(effect, Effect::Try);
    assert_eq!(trying.handle(Event::Opened, now).1, Effect::Switch);
    assert_eq!(trying.handle(Event::Failed(0.5), now).1, Effect::Drop { was_up: true });
    assert_eq!(trying.handle(Event::Due, now + OPENING).1, Effect::Drop { was_up: true });
}

#[test]
fn a_link_that_another_computer_took_is_not_taken_back_for_a_minute() {
    let now = clock::now();
    let (waiting, effect) = up(Way::Socket, now).handle(Event::Replaced(0.0), now);
    assert_eq!(effect, Effect::Drop { was_up: true });
    assert_eq!(waiting.deadline(), now + REPLACED_WAIT);
    let (later, _) = up(Way::Socket, now).handle(Event::Replaced(1.0), now);
    assert_eq!(later.deadline(), now + 2 * REPLACED_WAIT);
}

proptest! {
    #[test]
    fn it_is_never_told_up_twice_without_a_drop_between(
        events in proptest::collection::vec((0u8..9, 0.0f64..1.0, 0u64..200), 0..60)
    ) {
        let mut now = clock::now();
        let (mut connection, mut up) = (Connection::new(now), false);
        for (kind, chance, passed) in events {
            now += Duration::from_secs(passed);
            let event = match kind {
                0 => Event::Due,
                1 => Event::Opened,
                2 => Event::Heard,
                3 => Event::Reached,
                4 => Event::Nudged,
                5 => Event::NoSocket(chance),
                6 => Event::Replaced(chance),
                7 => Event::CutOff(chance),
                _ => Event::Failed(chance),
            };
            let (next, effect) = connection.handle(event, now);
            match effect {
                Effect::TellUp => { prop_assert!(!up); up = true; }
                Effect::Drop { was_up } => { prop_assert_eq!(up, was_up); up = false; }
                Effect::Open(_) => prop_assert!(!up),
                Effect::Try | Effect::Switch | Effect::GoOn => prop_assert!(up),
                Effect::Nothing => {}
            }
            prop_assert_eq!(next.is_up(), up);
            prop_assert!(next.deadline() <= now + SILENCE);
            connection = next;
        }
    }
}
