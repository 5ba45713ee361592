//! Requests that are not told, and what is still said.

use super::*;
use crate::quiet::Kept;

impl Bench {
    /// Request `n` comes, and its owner leaves it until it is over.
    fn leave(&mut self, n: u8) -> Vec<String> {
        self.arrive(n);
        let heard = self.hear();
        self.source("anna", ended(n, Standing::Expired));
        [heard, self.hear()].concat()
    }

    fn back(&mut self) -> String {
        let answer =
            self.call(|reply| Ask::Quiet(QuietAsk::Back { place: Place::Terminal, reply }));
        got(answer).unwrap()
    }

    fn away(&mut self, hours: u64) -> String {
        let time = Duration::from_hours(hours);
        let answer =
            self.call(|reply| Ask::Quiet(QuietAsk::Away { time, place: Place::Terminal, reply }));
        got(answer).unwrap()
    }

    /// The last that was kept for the next start.
    fn kept_quiet(&mut self) -> Option<Kept> {
        let orders = std::iter::from_fn(|| self.signer.try_recv().ok());
        orders
            .filter_map(
                |order| if let signer::Order::Quiet(kept) = order { Some(kept) } else { None },
            )
            .last()
    }

    fn prefer_quiet_hours(&mut self, hours: &str) {
        let now = self.pipeline.announcer.preferences().clone();
        let preferences = Preferences { quiet_hours: hours.into(), ..now };
        self.tell(Event::Signer(signer::Event::Preferred(preferences)));
    }
}

fn got<T>(mut answer: oneshot::Receiver<Result<T, Error>>) -> Result<T, Error> {
    answer.try_recv().unwrap()
}

const UNWANTED: [&str; 2] = [
    "Somebody else may be signing in. New requests are not told. That ends today at 12:20.",
    "Nobody gets in without your yes. Not you? Tell the service. You? Type: sayso back.",
];

/// A request to practise on.
fn practice(n: u8, now: Instant) -> Arrived {
    let mut arrived = arrived("anna", n, now);
    let mut request = arrived.received.request().clone();
    request.action.kind = sayso_protocol::request::ActionKind::Practice;
    let envelope = Envelope {
        iss: BROKER.into(),
        aud: approver("anna").0,
        iat: UnixTime(1000),
        exp: UnixTime(1000).plus(LONGEST),
        jti: "jti".into(),
        claims: request,
    };
    let jws = SecretKey::from_bytes(&[1; 32]).sign(&envelope);
    arrived.received = Received::new(jws, envelope);
    arrived
}

#[test]
fn after_three_that_nobody_wanted_the_next_is_not_told_and_its_code_works() {
    let mut bench = bench(&["anna"]);
    for n in 0..2 {
        assert!(!bench.leave(n).concat().contains("Somebody else"));
    }
    let heard = bench.leave(2);
    assert_eq!(heard[heard.len() - 2..], UNWANTED);
    bench.shown.close();
    bench.arrive(3);
    assert_eq!(bench.hear(), [""; 0]);
    assert_eq!(bench.why_quiet().len(), 1);
    let listed = bench.call(|reply| Ask::List { place: Place::Terminal, reply });
    assert_eq!(got(listed).unwrap().len(), 1);
    // The person brings its code: from here on it is like any other.
    let _question = bench.enter("482913");
    bench.bound(3);
    assert!(bench.hear().concat().contains("Log in at Nordic Rail"));
}

#[test]
fn what_is_not_told_ends_in_silence_and_a_restart_tells_nothing_more() {
    let mut before = bench(&["anna"]);
    for n in 0..3 {
        before.leave(n);
    }
    let kept = before.kept_quiet().unwrap();
    let mut bench = bench(&["anna"]);
    bench.pass(60);
    bench.tell(Event::Signer(signer::Event::Quiet(kept)));
    bench.arrive(4);
    let cancelled = ended(4, Standing::Cancelled);
    bench.source("anna", cancelled);
    assert_eq!(bench.hear(), [""; 0]);
    bench.pass(20 * 60);
    assert!(bench.leave(5).concat().contains("asks you to log in"));
}

#[test]
fn what_came_meanwhile_is_told_at_the_unlock() {
    let mut bench = bench(&["anna"]);
    for n in 0..3 {
        bench.leave(n);
    }
    bench.arrive(3);
    bench.arrive(4);
    bench.source("anna", ended(4, Standing::Expired));
    bench.tell(Event::Lock(Lock::Locked));
    bench.arrive(5);
    assert_eq!(bench.hear(), [""; 0], "not even that something waits");
    bench.tell(Event::Lock(Lock::Unlocked));
    let told = "Three requests came that were not told. Two wait. To see them: sayso requests.";
    assert_eq!(bench.hear(), [told]);
    bench.tell(Event::Lock(Lock::Locked));
    bench.tell(Event::Lock(Lock::Unlocked));
    assert_eq!(bench.hear(), [""; 0]);
}

#[test]
fn the_person_says_when_to_be_told_again() {
    let mut bench = bench(&["anna"]);
    for n in 0..3 {
        bench.leave(n);
    }
    bench.leave(3);
    assert_eq!(bench.back(), "Requests are told again. You missed one request.");
    assert_eq!(bench.back(), "Sayso tells you of each request already.");
    assert!(bench.leave(4).concat().contains("asks you to log in"));
}

#[test]
fn quiet_hours_keep_requests_on_the_list_and_end_in_one_sentence() {
    let mut bench = bench(&["anna"]);
    bench.prefer_quiet_hours("11:00-13:00");
    assert_eq!(bench.leave(0), [""; 0]);
    bench.arrive(1);
    assert_eq!(bench.hear(), [""; 0]);
    assert_eq!(bench.back(), "Quiet hours still hold. That ends today at 13:00.");
    // What somebody has brought is asked whole all the same.
    let _question = bench.enter("482913");
    bench.bound(1);
    assert!(bench.hear().concat().contains("Log in at Nordic Rail"));
    bench.source("anna", ended(1, Standing::Expired));
    bench.hear();
    bench.pass(3600);
    assert_eq!(bench.hear(), ["Quiet hours are over. You missed one request."]);
    bench.pass(24 * 3600);
    assert_eq!(bench.hear(), [""; 0], "nothing came");
}

#[test]
fn who_is_away_is_told_nothing_and_at_the_end_how_many_came() {
    let mut bench = bench(&["anna"]);
    assert_eq!(
        bench.away(48),
        "You are away. That ends on Friday at 12:00. Codes still work. To end it: sayso back."
    );
    for n in 0..4 {
        assert_eq!(bench.leave(n), [""; 0]);
    }
    let kept = bench.kept_quiet().unwrap();
    bench.pass(48 * 3600);
    assert_eq!(bench.hear(), ["Your time away is over. You missed four requests."]);
    assert!(bench.leave(5).concat().contains("asks you to log in"));

    let mut again = super::bench(&["anna"]);
    again.tell(Event::Signer(signer::Event::Quiet(kept)));
    let told =
        "You are away. That ends on Friday at 12:00. Codes still work. To end it: sayso back.";
    assert_eq!(again.hear(), [told]);
    let told = "You are away: requests are not told. That ends on Friday at 12:00. To end it now: \
                sayso back.";
    let status = again.call(|reply| Ask::Status { reply });
    assert!(got(status).unwrap().sentences.contains(&told.to_owned()));
}

#[test]
fn a_practice_is_told_at_any_time() {
    let mut bench = bench(&["anna"]);
    bench.away(48);
    let arrived = practice(1, bench.now);
    bench.source("anna", FromSource::Arrived(arrived));
    assert!(bench.hear().concat().contains("Practice"));
}

#[test]
fn what_is_told_after_all_was_not_missed() {
    let mut bench = bench(&["anna"]);
    bench.prefer_quiet_hours("11:00-13:00");
    bench.arrive(0);
    bench.tell(Event::Lock(Lock::Locked));
    bench.pass(3600);
    bench.tell(Event::Lock(Lock::Unlocked));
    let heard = bench.hear().concat();
    assert!(heard.contains("You missed one request."), "{heard}");
    bench.prefer_quiet_hours("");
    bench.tell(Event::Lock(Lock::Locked));
    bench.tell(Event::Lock(Lock::Unlocked));
    assert_eq!(bench.hear(), [""; 0]);
}

#[test]
fn practised_denials_are_no_reason_to_keep_quiet() {
    let mut bench = bench(&["anna"]);
    for n in 0..3 {
        let arrived = practice(n, bench.now);
        bench.source("anna", FromSource::Arrived(arrived));
        bench.hear();
        bench.answer(Verdict::Deny);
        bench.sign();
        bench.source("anna", ended(n, Standing::Denied));
    }
    assert!(bench.leave(3).concat().contains("asks you to log in"));
}

#[test]
fn what_was_true_behind_the_lock_is_said_at_the_unlock_only_if_it_still_is() {
    let mut bench = bench(&["anna"]);
    bench.leave(0);
    bench.leave(1);
    bench.tell(Event::Lock(Lock::Locked));
    bench.leave(2);
    bench.tell(Event::Lock(Lock::Unlocked));
    assert_eq!(bench.hear(), UNWANTED);
    bench.tell(Event::Lock(Lock::Locked));
    bench.back();
    bench.leave(3);
    bench.leave(4);
    bench.leave(5);
    bench.pass(3 * 3600);
    bench.hear();
    bench.tell(Event::Lock(Lock::Unlocked));
    assert!(!bench.hear().concat().contains("Somebody else"));
}

#[test]
fn a_warning_does_not_take_the_place_of_a_result_and_is_repeated_whole() {
    let mut bench = bench(&["anna"]);
    for n in 0..3 {
        bench.leave(n);
    }
    let again = bench.call(|reply| Ask::Repeat { place: Place::Terminal, reply });
    assert_eq!(got(again).unwrap(), UNWANTED.join(" "));
}

#[test]
fn an_approver_that_was_removed_is_no_reason_to_keep_quiet() {
    let mut bench = bench(&["anna"]);
    for n in 0..3 {
        bench.arrive(n);
        let reason = Some(sayso_protocol::life::Reason::ApproverRemoved);
        let ended = Ended { id: id(n), state: Standing::Cancelled, reason, collected: false };
        bench.source("anna", FromSource::Ended(ended));
    }
    assert!(!bench.hear().concat().contains("Somebody else"));
}
