//! Who speaks now: Speech Dispatcher, the spare voice, or nobody. No IO and no clock.
//!
//! What Speech Dispatcher did not say when it was lost is said by the spare voice, in its order;
//! only a `text`, which anybody may cut off, is let go. The spare voice counts as one from its
//! first success on. When Speech Dispatcher is back, the spare voice says its line to the end.
//!
//! Where a message did not begin in time, a screen reader may just be saying something long, and a
//! second voice would talk across it. So the spare voice waits until Speech Dispatcher has not
//! begun a silence either, which comes to its turn after what was being said.

use std::collections::VecDeque;

use super::super::speech::{
    DownReason, Event, Order, Priority, Utterance, UtteranceId, Voice, sayable,
};
use super::espeak::{Manner, NotHeard};

/// More waiting utterances than this are refused: nobody would hear them in time.
const LINE_CAP: usize = 32;

/// What can come to the relay.
#[derive(Debug)]
pub(super) enum Input {
    Order(Order),
    /// What Speech Dispatcher's voice tells.
    Main(Event),
    /// What the spare voice was given was heard, or not.
    Spoke(Result<(), NotHeard>),
    /// The sound server has changed.
    Sound,
}

/// What is to be done about it, in this order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Effect {
    Main(Order),
    Speak { text: String, manner: Manner },
    Stop,
    Tell(Event),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mouth {
    Main,
    /// It did not begin in time, and is tried out.
    Doubt,
    /// `back`: Speech Dispatcher can be heard again, once the line is empty.
    Spare {
        back: bool,
    },
    Nobody,
}

/// What the announcer was told last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Told {
    Nothing,
    Up,
    Spare,
    Down,
}

/// What the spare voice is saying.
#[derive(Debug)]
struct Saying {
    /// Without one, it is a silence that shows whether there is a way to a sound device.
    utterance: Option<Utterance>,
    /// Without the person's wishes: a second try.
    plainly: bool,
}

#[derive(Debug)]
pub(super) struct Relay {
    mouth: Mouth,
    told: Told,
    why: DownReason,
    voice: Voice,
    /// What Speech Dispatcher was given, until it is over.
    with_main: Vec<Utterance>,
    line: VecDeque<Utterance>,
    saying: Option<Saying>,
    effects: Vec<Effect>,
}

impl Default for Relay {
    fn default() -> Self {
        Self {
            mouth: Mouth::Main,
            told: Told::Nothing,
            why: DownReason::Refused,
            voice: Voice::default(),
            with_main: Vec::new(),
            line: VecDeque::new(),
            saying: None,
            effects: Vec::new(),
        }
    }
}

impl Relay {
    /// One step.
    pub(super) fn handle(mut self, input: Input) -> (Self, Vec<Effect>) {
        match input {
            Input::Order(order) => self.order(order),
            Input::Main(event) => self.main(event),
            Input::Spoke(heard) => self.spoke(heard),
            Input::Sound => self.try_again(),
        }
        self.say_next();
        let effects = std::mem::take(&mut self.effects);
        (self, effects)
    }

    fn order(&mut self, order: Order) {
        if let Order::Voice(voice) = &order {
            self.voice = voice.clone();
            return self.effects.push(Effect::Main(order));
        }
        match (self.mouth, order) {
            (Mouth::Main, order) => {
                match &order {
                    Order::Say(utterance) => self.with_main.push(utterance.clone()),
                    // What was stopped is not said by the other voice if this one never ends it.
                    Order::Hush => self.with_main.clear(),
                    Order::Cancel(id) => drop(self.over(*id)),
                    Order::Voice(_) => {}
                }
                self.effects.push(Effect::Main(order));
            }
            (Mouth::Doubt | Mouth::Spare { .. } | Mouth::Nobody, Order::Say(utterance)) => {
                self.take(utterance);
            }
            (_, Order::Hush) => {
                self.with_main.clear();
                self.cut(|_| true);
            }
            (_, Order::Cancel(id)) => {
                self.over(id);
                self.cut(|utterance| utterance.id == id);
            }
            (_, Order::Voice(_)) => {}
        }
    }

    fn main(&mut self, event: Event) {
        match event {
            Event::Up => match self.mouth {
                Mouth::Spare { .. } if self.saying.is_some() || !self.line.is_empty() => {
                    self.mouth = Mouth::Spare { back: true };
                }
                Mouth::Main | Mouth::Doubt | Mouth::Spare { .. } | Mouth::Nobody => self.back(),
            },
            Event::Down { why } => self.lost(why),
            Event::NotSaid(id) => match (self.over(id), self.mouth) {
                (Some(utterance), Mouth::Doubt | Mouth::Spare { .. })
                    if utterance.priority != Priority::Text =>
                {
                    self.take(utterance);
                }
                _ => self.tell(Event::NotSaid(id)),
            },
            Event::Begun(_) => self.tell(event),
            Event::Ended(id) | Event::Cut(id) => {
                self.over(id);
                self.tell(event);
            }
            // It knows of no spare voice.
            Event::Spare => {}
        }
    }

    fn lost(&mut self, why: DownReason) {
        tracing::warn!(?why, "Speech Dispatcher cannot be heard");
        self.why = why;
        match &mut self.mouth {
            Mouth::Main if why == DownReason::NotBegun => self.mouth = Mouth::Doubt,
            Mouth::Main | Mouth::Doubt => {
                self.mouth = Mouth::Spare { back: false };
                // What follows as not said shows whether there is a spare voice; else a silence
                // does.
                if self.with_main.iter().all(|one| one.priority == Priority::Text) {
                    self.try_out();
                }
            }
            Mouth::Spare { back } => *back = false,
            // As often as Speech Dispatcher is.
            Mouth::Nobody => self.try_again(),
        }
    }

    /// A spare voice that failed may be heard now.
    fn try_again(&mut self) {
        if self.mouth == Mouth::Nobody {
            self.mouth = Mouth::Spare { back: false };
            self.try_out();
        }
    }

    fn over(&mut self, id: UtteranceId) -> Option<Utterance> {
        let at = self.with_main.iter().position(|utterance| utterance.id == id)?;
        Some(self.with_main.remove(at))
    }

    /// Something for the spare voice. As Speech Dispatcher does it, whatever else is to be heard
    /// cuts a `text`, and what is important cuts everything.
    fn take(&mut self, mut utterance: Utterance) {
        let text = sayable(&utterance.text);
        let (Some(text), true) = (text, self.line.len() < LINE_CAP) else {
            return self.tell(Event::NotSaid(utterance.id));
        };
        if self.mouth == Mouth::Nobody {
            return self.tell(Event::NotSaid(utterance.id));
        }
        utterance.text = text;
        match utterance.priority {
            Priority::Important => self.cut(|other| other.priority != Priority::Important),
            Priority::Message => self.cut(|other| other.priority == Priority::Text),
            Priority::Text => {}
        }
        self.line.push_back(utterance);
    }

    /// Stops and lets go of these.
    fn cut(&mut self, which: impl Fn(&Utterance) -> bool) {
        let said = self.saying.as_ref().and_then(|saying| saying.utterance.as_ref());
        if let Some(id) = said.filter(|utterance| which(utterance)).map(|utterance| utterance.id) {
            self.saying = None;
            self.effects.push(Effect::Stop);
            self.tell(Event::Cut(id));
        }
        let line = std::mem::take(&mut self.line);
        let (cut, kept): (VecDeque<_>, VecDeque<_>) = line.into_iter().partition(|one| which(one));
        self.line = kept;
        for utterance in cut {
            self.tell(Event::Cut(utterance.id));
        }
    }

    fn try_out(&mut self) {
        if self.saying.is_none() && self.line.is_empty() {
            self.speak(None, true);
        }
    }

    fn say_next(&mut self) {
        let Mouth::Spare { back } = self.mouth else { return };
        if self.saying.is_some() {
            return;
        }
        match self.line.pop_front() {
            Some(next) => self.speak(Some(next), false),
            None if back => self.back(),
            None => {}
        }
    }

    fn speak(&mut self, utterance: Option<Utterance>, plainly: bool) {
        let text = utterance.as_ref().map_or(" ", |utterance| &utterance.text).to_owned();
        let language = utterance.as_ref().map_or("en", |utterance| &utterance.language).to_owned();
        let manner = if plainly {
            Manner { voice: language, rate: 0 }
        } else {
            Manner {
                voice: self.voice.voice.clone().unwrap_or(language),
                rate: self.voice.rate.unwrap_or(0),
            }
        };
        self.saying = Some(Saying { utterance, plainly });
        self.effects.push(Effect::Speak { text, manner });
    }

    fn spoke(&mut self, heard: Result<(), NotHeard>) {
        let Some(Saying { utterance, plainly }) = self.saying.take() else { return };
        match heard {
            Ok(()) => {
                // Where Speech Dispatcher was lost for a moment only, nobody needs to know.
                if self.mouth != (Mouth::Spare { back: true }) {
                    self.tell_of(Told::Spare);
                }
                if let Some(Utterance { id, .. }) = utterance {
                    // It began when it ended: who silences it before has not heard it.
                    self.tell(Event::Begun(id));
                    self.tell(Event::Ended(id));
                }
            }
            Err(error) => {
                tracing::warn!(%error, plainly, "the spare voice was not heard");
                match error {
                    // Perhaps it has no such voice.
                    NotHeard::Failed { .. } if !plainly => self.speak(utterance, true),
                    NotHeard::Failed { .. } | NotHeard::NotRun(_) | NotHeard::Late => {
                        self.fail(utterance);
                    }
                }
            }
        }
    }

    /// There is no spare voice either.
    fn fail(&mut self, utterance: Option<Utterance>) {
        if let Some(utterance) = utterance {
            self.line.push_front(utterance);
        }
        if self.mouth == (Mouth::Spare { back: true }) {
            return self.back();
        }
        self.mouth = Mouth::Nobody;
        self.tell_of(Told::Down);
        for utterance in std::mem::take(&mut self.line) {
            self.tell(Event::NotSaid(utterance.id));
        }
    }

    /// Speech Dispatcher speaks again, and says what waits.
    fn back(&mut self) {
        self.mouth = Mouth::Main;
        self.tell_of(Told::Up);
        for utterance in std::mem::take(&mut self.line) {
            self.with_main.push(utterance.clone());
            self.effects.push(Effect::Main(Order::Say(utterance)));
        }
    }

    fn tell_of(&mut self, state: Told) {
        if self.told == state {
            return;
        }
        self.told = state;
        match state {
            Told::Up => self.tell(Event::Up),
            Told::Spare => self.tell(Event::Spare),
            Told::Down => self.tell(Event::Down { why: self.why }),
            Told::Nothing => {}
        }
    }

    fn tell(&mut self, event: Event) {
        self.effects.push(Effect::Tell(event));
    }
}

#[cfg(test)]
mod tests;
