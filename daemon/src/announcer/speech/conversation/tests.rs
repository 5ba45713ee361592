//! The conversation with a server played by hand, and then by chance.
#![allow(clippy::wildcard_enum_match_arm, reason = "moves that do not fit are left out")]

use super::super::ssip::Happened;
use super::*;
use proptest::prelude::*;

fn say(id: u64, priority: Priority) -> Input {
    let text = format!("line {id}");
    let id = UtteranceId(id);
    Input::Order(Order::Say(Utterance { id, text, priority, language: "en".into() }))
}

/// A conversation, a clock that is set by hand, and all that came of it.
struct Played {
    talk: Option<Conversation>,
    now: Instant,
    told: Vec<Event>,
    written: String,
    other: Vec<Effect>,
}

impl Played {
    fn new(may_spawn: bool) -> Self {
        let now = crate::clock::now();
        let talk = Some(Conversation::new(may_spawn));
        let mut played = Self { talk, now, told: vec![], written: String::new(), other: vec![] };
        played.hear(Input::Start);
        played
    }

    fn up() -> Self {
        let mut played = Self::new(false);
        played.hear(Input::Connected);
        played.answer_all();
        assert_eq!(played.told(), [Event::Up]);
        played.written();
        played
    }

    fn hear(&mut self, input: Input) {
        let (talk, effects) = self.talk.take().unwrap().handle(input, self.now);
        for effect in effects {
            match effect {
                Effect::Tell(event) => self.told.push(event),
                Effect::Write(bytes) => self.written += &String::from_utf8(bytes).unwrap(),
                Effect::Connect | Effect::Spawn | Effect::HangUp => self.other.push(effect),
            }
        }
        self.talk = Some(talk);
    }

    fn talk(&self) -> &Conversation {
        self.talk.as_ref().unwrap()
    }

    fn done(&mut self, data: &[&str]) {
        let data = data.iter().map(|d| (*d).to_owned()).collect();
        self.hear(Input::Reply(Reply::Done { data }));
    }

    fn event(&mut self, what: Happened, message: u64) {
        self.hear(Input::Reply(Reply::Event { what, message }));
    }

    /// Answers settings, and stops before the go-ahead for a text.
    fn answer_all(&mut self) {
        while let Some((expect, _)) = self.talk().awaiting.front() {
            if matches!(expect, Expect::GoAhead | Expect::Number) {
                return;
            }
            self.done(&["0"]);
        }
    }

    /// Lets the server take the utterance that is offered, as its message `number`.
    fn taken(&mut self, number: u64) {
        self.answer_all();
        self.done(&[]);
        self.done(&[&number.to_string()]);
    }

    fn after(&mut self, time: Duration) {
        self.now += time;
        self.hear(Input::Tick);
    }

    fn told(&mut self) -> Vec<Event> {
        std::mem::take(&mut self.told)
    }

    fn written(&mut self) -> String {
        std::mem::take(&mut self.written)
    }
}

const ONE: UtteranceId = UtteranceId(1);
const TWO: UtteranceId = UtteranceId(2);

#[test]
fn an_utterance_is_written_in_the_step_that_ordered_it() {
    let mut p = Played::up();
    p.hear(say(1, Priority::Message));
    assert_eq!(p.written(), "SET SELF PRIORITY message\r\nSET SELF LANGUAGE en\r\nSPEAK\r\n");
    p.taken(7);
    assert_eq!(p.written(), "line 1\r\n.\r\n");
    p.event(Happened::Begun, 7);
    p.event(Happened::Ended, 7);
    assert_eq!(p.told(), [Event::Begun(ONE), Event::Ended(ONE)]);
    assert_eq!(p.talk().deadline(), None);
}

#[test]
fn a_begin_before_the_receipt_counts() {
    let mut p = Played::up();
    p.hear(say(1, Priority::Message));
    p.answer_all();
    p.done(&[]);
    p.event(Happened::Begun, 7);
    p.done(&["7"]);
    p.event(Happened::Ended, 7);
    assert_eq!(p.told(), [Event::Begun(ONE), Event::Ended(ONE)]);
}

#[test]
fn the_second_message_goes_out_when_the_first_has_ended() {
    let mut p = Played::up();
    p.hear(say(1, Priority::Message));
    p.taken(7);
    p.hear(say(2, Priority::Message));
    p.event(Happened::Begun, 7);
    assert!(!p.written().contains("line 2"));
    p.event(Happened::Ended, 7);
    assert_eq!(p.written(), "SPEAK\r\n");
}

#[test]
fn a_message_does_not_wait_for_a_text_of_ours() {
    let mut p = Played::up();
    p.hear(say(1, Priority::Text));
    p.taken(7);
    p.event(Happened::Begun, 7);
    p.hear(say(2, Priority::Message));
    p.event(Happened::Cancelled, 7);
    p.taken(8);
    p.event(Happened::Begun, 8);
    assert_eq!(p.told(), [Event::Begun(ONE), Event::Cut(ONE), Event::Begun(TWO)]);
}

#[test]
fn a_text_waits_for_a_text_of_ours() {
    let mut p = Played::up();
    p.hear(say(1, Priority::Text));
    p.taken(7);
    p.written();
    p.hear(say(2, Priority::Text));
    assert_eq!(p.written(), "");
}

#[test]
fn what_is_more_urgent_goes_first() {
    let mut p = Played::up();
    p.hear(say(1, Priority::Message));
    p.taken(7);
    p.hear(say(3, Priority::Text));
    p.hear(say(2, Priority::Message));
    p.event(Happened::Ended, 7);
    p.written();
    p.taken(8);
    assert_eq!(p.written(), "line 2\r\n.\r\n");
}

#[test]
fn a_message_that_does_not_begin_in_five_seconds_means_no_voice() {
    let mut p = Played::up();
    p.hear(say(1, Priority::Message));
    p.taken(7);
    p.after(Duration::from_millis(4_999));
    assert_eq!(p.told(), []);
    p.after(Duration::from_millis(1));
    assert_eq!(p.told(), [Event::Down { why: DownReason::NotBegun }, Event::NotSaid(ONE)]);
    assert!(p.written().ends_with("CANCEL self\r\n"), "it must not be heard minutes later");
    assert_eq!(p.other.last(), Some(&Effect::HangUp));
}

#[test]
fn speech_that_does_not_end_means_no_voice() {
    let mut p = Played::up();
    p.hear(say(1, Priority::Message));
    p.taken(7);
    p.event(Happened::Begun, 7);
    p.after(Duration::from_millis(5_000 + 6 * 150 - 1));
    assert_eq!(p.told(), [Event::Begun(ONE)]);
    p.after(Duration::from_millis(1));
    assert_eq!(p.told(), [Event::Down { why: DownReason::NotEnded }, Event::NotSaid(ONE)]);
}

#[test]
fn a_text_waits_for_another_program_while_the_server_answers() {
    let mut p = Played::up();
    p.hear(say(1, Priority::Text));
    p.taken(7);
    p.written();
    for _ in 0..11 {
        p.after(PATIENCE);
        assert_eq!(p.written(), "GET RATE\r\n");
        p.done(&["0"]);
    }
    p.event(Happened::Begun, 7);
    assert_eq!(p.told(), [Event::Begun(ONE)]);
    assert_eq!(p.talk().next_ping, None);
}

#[test]
fn a_text_that_waits_at_a_hung_server_means_no_voice() {
    let mut p = Played::up();
    p.hear(say(1, Priority::Text));
    p.taken(7);
    p.after(PATIENCE);
    p.after(PATIENCE);
    assert_eq!(p.told(), [Event::Down { why: DownReason::NotAnswering }, Event::NotSaid(ONE)]);
}

#[test]
fn after_silence_a_silent_message_must_be_spoken_before_there_is_a_voice() {
    let mut p = Played::up();
    p.hear(say(1, Priority::Message));
    p.taken(7);
    p.after(PATIENCE);
    p.told();
    p.after(FIRST_PAUSE);
    p.hear(Input::Connected);
    p.taken(1);
    assert!(p.written().ends_with("SPEAK\r\n \r\n.\r\n"));
    assert_eq!(p.told(), [], "that the server answers proves nothing");
    p.after(PATIENCE);
    assert_eq!(p.told(), [Event::Down { why: DownReason::NotBegun }], "and so it is told");
    p.after(FIRST_PAUSE * 2);
    p.hear(Input::Connected);
    p.taken(1);
    p.event(Happened::Begun, 1);
    p.event(Happened::Ended, 1);
    assert_eq!(p.told(), [Event::Up]);
    assert_eq!(p.talk().deadline(), None);
}

#[test]
fn the_pauses_double_to_half_a_minute() {
    let mut p = Played::new(false);
    let mut pauses = vec![];
    for _ in 0..9 {
        p.hear(Input::Refused);
        let pause = p.talk().deadline().unwrap() - p.now;
        pauses.push(pause.as_millis());
        p.after(pause);
    }
    assert_eq!(pauses, [250, 500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]);
    assert_eq!(p.told(), [Event::Down { why: DownReason::Refused }; 9]);
}

#[test]
fn a_server_is_started_before_it_is_called_absent() {
    let mut p = Played::new(true);
    p.hear(Input::Refused);
    assert_eq!(p.other, [Effect::Connect, Effect::Spawn]);
    assert_eq!(p.told(), []);
    p.hear(Input::Spawned);
    p.hear(Input::Refused);
    assert_eq!(p.told(), [Event::Down { why: DownReason::Refused }]);
}

#[test]
fn what_is_ordered_before_the_first_connection_is_said_after_it() {
    let mut p = Played::new(false);
    p.hear(say(1, Priority::Message));
    p.hear(Input::Connected);
    p.answer_all();
    p.taken(1);
    assert!(p.written().ends_with("line 1\r\n.\r\n"));
}

#[test]
fn what_is_ordered_while_down_is_refused_and_looks_again_at_once() {
    let mut p = Played::new(false);
    p.hear(Input::Refused);
    p.told();
    p.now += FIRST_PAUSE;
    p.hear(say(1, Priority::Message));
    assert_eq!(p.told(), [Event::NotSaid(ONE)]);
    assert_eq!(p.other, [Effect::Connect, Effect::Connect]);
}

#[test]
fn hush_silences_what_is_heard_and_what_waits() {
    let mut p = Played::up();
    p.hear(say(1, Priority::Message));
    p.taken(7);
    p.event(Happened::Begun, 7);
    p.hear(say(2, Priority::Message));
    p.hear(Input::Order(Order::Hush));
    assert!(p.written().ends_with("CANCEL self\r\n"));
    p.event(Happened::Cancelled, 7);
    assert_eq!(p.told(), [Event::Begun(ONE), Event::Cut(TWO), Event::Cut(ONE)]);
}

#[test]
fn hush_between_the_halves_of_a_speak_is_not_spoken_as_text() {
    let mut p = Played::up();
    p.hear(say(1, Priority::Message));
    p.answer_all();
    p.written();
    p.hear(Input::Order(Order::Hush));
    assert_eq!(p.written(), "");
    p.done(&[]);
    assert_eq!(p.written(), "line 1\r\n.\r\nCANCEL self\r\n");
}

#[test]
fn one_that_waits_is_cancelled_alone() {
    let mut p = Played::up();
    p.hear(say(1, Priority::Message));
    p.taken(7);
    p.written();
    p.hear(say(2, Priority::Message));
    p.hear(Input::Order(Order::Cancel(TWO)));
    assert_eq!((p.told(), p.written()), (vec![Event::Cut(TWO)], String::new()));
}

#[test]
fn paused_speech_is_cut() {
    let mut p = Played::up();
    p.hear(say(1, Priority::Message));
    p.taken(7);
    p.event(Happened::Begun, 7);
    p.event(Happened::Paused, 7);
    assert_eq!(p.told(), [Event::Begun(ONE), Event::Cut(ONE)]);
}

#[test]
fn the_chosen_voice_is_set_once_and_taken_back() {
    let mut p = Played::up();
    let voice = Voice { voice: Some("Danish".into()), rate: Some(40) };
    p.hear(Input::Order(Order::Voice(voice)));
    p.hear(say(1, Priority::Message));
    assert!(p.written().contains(
        "SET SELF LANGUAGE en\r\nSET SELF SYNTHESIS_VOICE Danish\r\nSET SELF RATE 40\r\nSPEAK"
    ));
    p.taken(1);
    p.event(Happened::Ended, 1);
    p.written();
    p.hear(Input::Order(Order::Voice(Voice::default())));
    p.hear(say(2, Priority::Message));
    assert!(p.written().contains("SYNTHESIS_VOICE NULL\r\nSET SELF RATE 0\r\n"));
}

#[test]
fn a_voice_that_is_not_there_does_not_silence() {
    let mut p = Played::up();
    p.hear(say(1, Priority::Message));
    p.hear(Input::Reply(Reply::Refused { code: 309 }));
    p.taken(7);
    p.event(Happened::Ended, 7);
    assert_eq!(p.told(), [Event::Begun(ONE), Event::Ended(ONE)]);
}

#[test]
fn text_without_a_sound_is_never_sent() {
    let mut p = Played::up();
    let mute = Utterance {
        id: ONE,
        text: "\0 \r\n".into(),
        priority: Priority::Message,
        language: "en".into(),
    };
    p.hear(Input::Order(Order::Say(mute)));
    assert_eq!((p.told(), p.written()), (vec![Event::NotSaid(ONE)], String::new()));
}

#[test]
fn more_than_anybody_could_hear_is_refused() {
    let mut p = Played::up();
    for id in 0..40 {
        p.hear(say(id, Priority::Message));
    }
    assert_eq!(p.told().len(), 40 - 1 - LINE_CAP);
}

/// What may happen to a conversation, in any order.
#[derive(Debug, Clone)]
enum Move {
    Say(Priority),
    Hush,
    Cancel(u64),
    Connected,
    Refused,
    Lost,
    Done,
    Denied,
    Event(Happened, u64),
    Wait(u64),
}

fn moves() -> impl Strategy<Value = Move> {
    let priority =
        prop_oneof![Just(Priority::Important), Just(Priority::Message), Just(Priority::Text)];
    let what = prop_oneof![
        Just(Happened::Begun),
        Just(Happened::Ended),
        Just(Happened::Cancelled),
        Just(Happened::Paused)
    ];
    prop_oneof![
        3 => priority.prop_map(Move::Say),
        1 => Just(Move::Hush),
        1 => (0..20u64).prop_map(Move::Cancel),
        2 => Just(Move::Connected),
        1 => Just(Move::Refused),
        1 => Just(Move::Lost),
        12 => Just(Move::Done),
        1 => Just(Move::Denied),
        6 => (what, 1..30u64).prop_map(|(what, number)| Move::Event(what, number)),
        3 => (0..9_000u64).prop_map(Move::Wait),
    ]
}

proptest! {
    #[test]
    fn every_utterance_ends_once_and_in_order(steps in proptest::collection::vec(moves(), 0..120)) {
        let mut p = Played::new(false);
        let (mut ordered, mut number) = (0, 0);
        for step in steps {
            let connecting = matches!(p.talk().link, Link::Connecting { .. });
            let talking = matches!(p.talk().link, Link::Greeting | Link::Proving | Link::Up);
            match step {
                Move::Say(priority) => { p.hear(say(ordered, priority)); ordered += 1; }
                Move::Hush => p.hear(Input::Order(Order::Hush)),
                Move::Cancel(id) => p.hear(Input::Order(Order::Cancel(UtteranceId(id)))),
                Move::Connected if connecting => { number = 0; p.hear(Input::Connected); }
                Move::Refused if connecting => p.hear(Input::Refused),
                Move::Lost if talking => p.hear(Input::Lost(DownReason::Lost)),
                Move::Done if talking && !p.talk().awaiting.is_empty() => {
                    number += 1;
                    p.done(&[&number.to_string()]);
                }
                Move::Denied if talking => p.hear(Input::Reply(Reply::Refused { code: 500 })),
                Move::Event(what, message) if talking => p.event(what, message),
                Move::Wait(ms) => p.after(Duration::from_millis(ms)),
                _ => {}
            }
            let resting = matches!(p.talk().link, Link::Resting { .. });
            prop_assert!(!resting || p.talk().open.is_empty());
            let late = p.talk().deadline().is_some_and(|at| at + PATIENCE < p.now);
            prop_assert!(!late || connecting, "a deadline that is past must be acted on");
        }
        // The end: whatever is left is let go of.
        p.hear(Input::Lost(DownReason::Lost));
        for id in (0..ordered).map(UtteranceId) {
            let ends: Vec<_> = p.told.iter().filter(|e| matches!(e,
                Event::Ended(i) | Event::Cut(i) | Event::NotSaid(i) if *i == id)).collect();
            prop_assert_eq!(ends.len(), 1, "{:?} ended as {:?}", id, ends);
            let begun = p.told.iter().position(|e| *e == Event::Begun(id));
            let ended = p.told.iter().position(|e| *e == Event::Ended(id));
            prop_assert!(ended.is_none() || begun < ended);
        }
        let ups = p.told.iter().filter(|e| matches!(e, Event::Up | Event::Down { .. }));
        let ups: Vec<_> = ups.map(|e| *e == Event::Up).collect();
        prop_assert!(ups.windows(2).all(|pair| pair != [true, true]), "up comes after down only");
    }
}
