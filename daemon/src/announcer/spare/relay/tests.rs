use proptest::prelude::*;

use super::*;

fn utterance(id: u64, priority: Priority) -> Utterance {
    Utterance { id: UtteranceId(id), text: format!("number {id}"), priority, language: "da".into() }
}

fn say(id: u64) -> Input {
    Input::Order(Order::Say(utterance(id, Priority::Message)))
}

fn down() -> Input {
    Input::Main(Event::Down { why: DownReason::Lost })
}

fn not_said(id: u64) -> Input {
    Input::Main(Event::NotSaid(UtteranceId(id)))
}

fn failed() -> Input {
    let status = std::os::unix::process::ExitStatusExt::from_raw(1);
    Input::Spoke(Err(NotHeard::Failed { status, complaint: String::new() }))
}

/// What follows from these, one after the other.
fn after(inputs: Vec<Input>) -> (Relay, Vec<Effect>) {
    inputs.into_iter().fold((Relay::default(), Vec::new()), |(relay, mut all), input| {
        let (relay, effects) = relay.handle(input);
        all.extend(effects);
        (relay, all)
    })
}

fn told(effects: &[Effect]) -> Vec<Event> {
    let event = |effect: &Effect| match effect {
        Effect::Tell(event) => Some(*event),
        Effect::Main(_) | Effect::Speak { .. } | Effect::Stop => None,
    };
    effects.iter().filter_map(event).collect()
}

fn spoken(effects: &[Effect]) -> Vec<(&str, &str, i8)> {
    let text = |effect| match effect {
        &Effect::Speak { ref text, manner: Manner { ref voice, rate } } => {
            Some((text.as_str(), voice.as_str(), rate))
        }
        Effect::Main(_) | Effect::Tell(_) | Effect::Stop => None,
    };
    effects.iter().filter_map(text).collect()
}

#[test]
fn what_speech_dispatcher_did_not_say_is_said_and_then_told() {
    let (_, effects) =
        after(vec![Input::Main(Event::Up), say(1), down(), not_said(1), Input::Spoke(Ok(()))]);
    assert_eq!(spoken(&effects), [("number 1", "da", 0)]);
    let id = UtteranceId(1);
    assert_eq!(told(&effects), [Event::Up, Event::Spare, Event::Begun(id), Event::Ended(id)]);
}

#[test]
fn with_nothing_to_say_a_silence_shows_whether_there_is_a_spare_voice() {
    let (_, effects) = after(vec![down(), Input::Spoke(Ok(()))]);
    assert_eq!((spoken(&effects), told(&effects)), (vec![(" ", "en", 0)], vec![Event::Spare]));
    let (_, effects) = after(vec![down(), failed()]);
    assert_eq!(told(&effects), [Event::Down { why: DownReason::Lost }]);
}

fn not_begun() -> Input {
    Input::Main(Event::Down { why: DownReason::NotBegun })
}

#[test]
fn behind_a_screen_readers_long_sentence_it_is_waited_and_not_talked_across() {
    let (_, effects) = after(vec![
        Input::Main(Event::Up),
        say(1),
        not_begun(),
        not_said(1),
        say(2),
        Input::Main(Event::Up),
    ]);
    assert_eq!((spoken(&effects), told(&effects)), (vec![], vec![Event::Up]));
    let again = [1, 2].map(|id| Effect::Main(Order::Say(utterance(id, Priority::Message))));
    assert_eq!(effects[effects.len() - 2..], again);
}

#[test]
fn where_a_silence_does_not_begin_either_the_spare_voice_speaks() {
    let (_, effects) = after(vec![say(1), not_begun(), not_said(1), not_begun()]);
    assert_eq!(spoken(&effects), [("number 1", "da", 0)]);
    let (_, effects) = after(vec![not_begun(), not_begun(), failed()]);
    assert_eq!(told(&effects), [Event::Down { why: DownReason::NotBegun }]);
}

#[test]
fn the_persons_voice_is_tried_first_and_the_plain_one_then() {
    let voice = Voice { voice: Some("Anna".into()), rate: Some(40) };
    let (_, effects) = after(vec![
        Input::Order(Order::Voice(voice)),
        say(1),
        down(),
        not_said(1),
        failed(),
        failed(),
    ]);
    assert_eq!(spoken(&effects), [("number 1", "Anna", 40), ("number 1", "da", 0)]);
    let id = UtteranceId(1);
    assert_eq!(told(&effects), [Event::Down { why: DownReason::Lost }, Event::NotSaid(id)]);
}

#[test]
fn one_that_hangs_is_not_tried_twice() {
    let late = Input::Spoke(Err(NotHeard::Late));
    let (_, effects) = after(vec![say(1), down(), not_said(1), late]);
    assert_eq!(spoken(&effects).len(), 1);
    assert_eq!(told(&effects).last(), Some(&Event::NotSaid(UtteranceId(1))));
}

#[test]
fn a_line_is_said_to_its_end_before_speech_dispatcher_speaks_again() {
    let (relay, effects) = after(vec![
        say(1),
        down(),
        not_said(1),
        Input::Spoke(Ok(())),
        say(2),
        Input::Main(Event::Up),
        say(3),
        Input::Spoke(Ok(())),
        Input::Spoke(Ok(())),
    ]);
    assert_eq!(spoken(&effects).len(), 3);
    assert_eq!(told(&effects).last(), Some(&Event::Up));
    let (_, effects) = relay.handle(say(4));
    assert_eq!(effects, [Effect::Main(Order::Say(utterance(4, Priority::Message)))]);
}

#[test]
fn speech_dispatcher_lost_for_a_moment_is_told_to_nobody() {
    let (_, effects) =
        after(vec![Input::Main(Event::Up), down(), Input::Main(Event::Up), Input::Spoke(Ok(()))]);
    assert_eq!(told(&effects), [Event::Up]);
}

#[test]
fn what_matters_most_is_not_kept_waiting() {
    let (relay, _) = after(vec![down(), Input::Spoke(Ok(())), say(1)]);
    let tail = Order::Say(utterance(2, Priority::Text));
    let (relay, _) = relay.handle(Input::Order(tail));
    let (_, effects) = relay.handle(Input::Order(Order::Say(utterance(3, Priority::Important))));
    assert_eq!(told(&effects), [Event::Cut(UtteranceId(1)), Event::Cut(UtteranceId(2))]);
    assert_eq!(spoken(&effects), [("number 3", "da", 0)]);
}

#[test]
fn hush_stops_the_process_and_empties_the_line() {
    let (relay, _) = after(vec![down(), Input::Spoke(Ok(())), say(1), say(2)]);
    let (_, effects) = relay.handle(Input::Order(Order::Hush));
    assert_eq!(effects[0], Effect::Stop);
    assert_eq!(told(&effects), [Event::Cut(UtteranceId(1)), Event::Cut(UtteranceId(2))]);
}

#[test]
fn what_was_stopped_while_speech_dispatcher_hung_is_not_said_by_the_spare_voice() {
    for stop in [Order::Hush, Order::Cancel(UtteranceId(1))] {
        let inputs = vec![Input::Main(Event::Up), say(1), Input::Order(stop), down(), not_said(1)];
        let (_, effects) = after(inputs);
        assert!(spoken(&effects).iter().all(|(text, ..)| *text == " "), "{effects:?}");
        assert_eq!(told(&effects), [Event::Up, Event::NotSaid(UtteranceId(1))]);
    }
}

#[test]
fn a_spare_voice_that_failed_is_tried_again_whenever_speech_dispatcher_is() {
    let (relay, _) = after(vec![say(1), down(), not_said(1), failed(), failed()]);
    let (relay, effects) = relay.handle(down());
    assert_eq!(spoken(&effects), [(" ", "en", 0)]);
    let (_, effects) = relay.handle(Input::Spoke(Ok(())));
    assert_eq!(told(&effects), [Event::Spare]);
}

#[test]
fn a_new_sound_server_is_a_new_chance() {
    let (relay, _) = after(vec![down(), failed()]);
    let (relay, effects) = relay.handle(Input::Sound);
    assert_eq!(spoken(&effects).len(), 1);
    let (_, effects) = relay.handle(Input::Spoke(Ok(())));
    assert_eq!(told(&effects), [Event::Spare]);
}

/// The world around the relay: Speech Dispatcher's voice keeps its own promises.
#[derive(Debug, Clone)]
enum Step {
    Say(Priority),
    Hush,
    Up,
    Down(DownReason),
    Ended,
    Spoke(bool),
    Sound,
}

fn step() -> impl Strategy<Value = Step> {
    use Priority::{Important, Message, Text};
    prop_oneof![
        4 => prop_oneof![Just(Important), Just(Message), Just(Text)].prop_map(Step::Say),
        1 => Just(Step::Hush),
        2 => Just(Step::Up),
        2 => prop_oneof![Just(DownReason::Lost), Just(DownReason::NotBegun)].prop_map(Step::Down),
        2 => Just(Step::Ended),
        4 => any::<bool>().prop_map(Step::Spoke),
        1 => Just(Step::Sound),
    ]
}

proptest! {
    #[test]
    fn each_utterance_is_over_once_and_one_is_said_at_a_time(
        steps in proptest::collection::vec(step(), 0..60)
    ) {
        let (mut relay, mut up, mut speaking) = (Relay::default(), true, false);
        let mut with_main: VecDeque<UtteranceId> = VecDeque::new();
        let mut open = std::collections::BTreeSet::new();
        let mut last = 0;
        for step in steps {
            let inputs = match step {
                Step::Say(priority) => {
                    last += 1;
                    open.insert(last);
                    vec![Input::Order(Order::Say(utterance(last, priority)))]
                }
                Step::Hush => vec![Input::Order(Order::Hush)],
                Step::Up if !up => { up = true; vec![Input::Main(Event::Up)] }
                Step::Down(why) if up || why == DownReason::NotBegun => {
                    up = false;
                    let lost = with_main.drain(..).map(|id| Input::Main(Event::NotSaid(id)));
                    std::iter::once(Input::Main(Event::Down { why })).chain(lost).collect()
                }
                Step::Ended => {
                    with_main.pop_front().map(|id| Input::Main(Event::Ended(id))).into_iter().collect()
                }
                Step::Spoke(heard) if speaking => {
                    speaking = false;
                    vec![if heard { Input::Spoke(Ok(())) } else { failed() }]
                }
                Step::Sound => vec![Input::Sound],
                Step::Up | Step::Down(_) | Step::Spoke(_) => vec![],
            };
            for input in inputs {
                let (next, effects) = relay.handle(input);
                relay = next;
                for effect in effects {
                    match effect {
                        Effect::Main(Order::Say(one)) => {
                            prop_assert!(up, "Speech Dispatcher is not there");
                            with_main.push_back(one.id);
                        }
                        Effect::Main(Order::Hush) => {
                            for id in with_main.drain(..) {
                                open.remove(&id.0);
                            }
                        }
                        Effect::Speak { .. } => {
                            prop_assert!(!std::mem::replace(&mut speaking, true));
                        }
                        Effect::Stop => speaking = false,
                        Effect::Tell(Event::Ended(id) | Event::Cut(id) | Event::NotSaid(id)) => {
                            prop_assert!(open.remove(&id.0), "{id:?} was over already");
                        }
                        Effect::Main(_) | Effect::Tell(_) => {}
                    }
                }
            }
        }
        let waiting = with_main.len() + relay.line.len();
        let said = usize::from(relay.saying.as_ref().is_some_and(|saying| saying.utterance.is_some()));
        prop_assert_eq!(open.len(), waiting + said);
    }
}
