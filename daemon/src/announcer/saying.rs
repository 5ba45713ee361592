//! The announcer's voice: what is said, in which order, and what became of it.

use sayso_protocol::bus::Channel;
use sayso_protocol::relay::Perceived;
use sayso_protocol::request::RequestId;
use sayso_words::Language;

use super::speech::{self, Priority, Utterance, UtteranceId};
use super::{Announcer, Outcome, Saying, Voice, What};
use crate::wording::Told;

impl Announcer {
    /// Says the next head, once no other notice is being said.
    pub(super) fn next_head(&mut self) {
        let noticing = |saying: &Saying| matches!(saying.what, What::Head(_) | What::Tail(_));
        if self.saying.values().any(noticing) {
            return;
        }
        while let Some((id, head)) = self.heads.pop_front() {
            if self.tails.contains_key(&id) {
                self.speak(What::Head(id), head, Priority::Message);
                return;
            }
        }
    }

    /// Notices that nothing was said of yet stay unsaid. Answers which.
    pub fn skip_heads(&mut self) -> Vec<RequestId> {
        let skipped: Vec<_> = self.heads.drain(..).map(|(id, _)| id).collect();
        for id in &skipped {
            self.tails.remove(id);
        }
        skipped
    }

    /// The person acts while the notice or the question of `id` is being said: enough was heard.
    pub fn interrupted(&mut self, id: RequestId) -> Option<Outcome> {
        let what = self.saying.values().find_map(|saying| match saying.what {
            What::Head(about) | What::Question(about) if about == id && saying.begun => {
                Some(saying.what)
            }
            What::Head(_)
            | What::Question(_)
            | What::Tail(_)
            | What::Digits(_)
            | What::Result(_)
            | What::News(_)
            | What::Missing
            | What::Trial => None,
        });
        self.perceived(what?, Perceived::Speech)
    }

    /// Stops speaking. What had begun counts as heard: the person chose to hear no more.
    pub fn hush(&mut self) -> Vec<Outcome> {
        let begun: Vec<_> = std::mem::take(&mut self.saying)
            .into_values()
            .filter(|saying| saying.begun)
            .map(|saying| saying.what)
            .collect();
        self.order(speech::Order::Hush);
        begun.into_iter().filter_map(|what| self.perceived(what, Perceived::Speech)).collect()
    }

    /// What the voice tells.
    pub fn on_speech(&mut self, event: speech::Event) -> Vec<Outcome> {
        let outcomes = self.heard_of(event);
        self.next_head();
        self.tell_held();
        outcomes
    }

    fn heard_of(&mut self, event: speech::Event) -> Vec<Outcome> {
        match event {
            speech::Event::Up => {
                let back = matches!(self.voice, Voice::Down | Voice::Spare);
                self.voice = Voice::Up;
                if back && self.preferences.speech { vec![Outcome::VoiceBack] } else { Vec::new() }
            }
            speech::Event::Down { why } => {
                tracing::warn!(?why, "no voice");
                let lost = self.voice != Voice::Down;
                self.voice = Voice::Down;
                if lost && self.preferences.speech { vec![Outcome::VoiceLost] } else { Vec::new() }
            }
            speech::Event::Spare => {
                let after_silence = self.voice == Voice::Down;
                self.voice = Voice::Spare;
                let spare = Outcome::VoiceSpare { after_silence };
                if self.preferences.speech { vec![spare] } else { Vec::new() }
            }
            speech::Event::Begun(id) => {
                if let Some(saying) = self.saying.get_mut(&id) {
                    saying.begun = true;
                }
                Vec::new()
            }
            speech::Event::Ended(id) => match self.saying.remove(&id) {
                Some(saying) => self.said(saying.what).into_iter().collect(),
                None => Vec::new(),
            },
            speech::Event::Cut(id) => {
                self.cut(id);
                Vec::new()
            }
            speech::Event::NotSaid(id) => {
                if let Some(saying) = self.saying.remove(&id) {
                    self.not_said(&saying);
                }
                Vec::new()
            }
        }
    }

    fn said(&mut self, what: What) -> Option<Outcome> {
        if let What::Head(id) = what
            && let Some(sentence) = self.tails.remove(&id)
        {
            let tail = Told { sentence, line: String::new() };
            self.speak(What::Tail(id), tail, Priority::Text);
        }
        if what == What::Trial {
            self.tried(Channel::Speech, true);
        }
        self.perceived(what, Perceived::Speech)
    }

    pub(super) fn perceived(&mut self, what: What, by: Perceived) -> Option<Outcome> {
        match what {
            What::Head(id) => {
                self.notices.remove(&id).map(|turn| Outcome::Notice(turn.perceived(by)))
            }
            What::Question(id) => self
                .questions
                .remove(&id)
                .map(|asking| Outcome::Question(asking.turn.perceived(by))),
            What::News(id) => self.arrived(id),
            What::Missing => {
                self.missing_told();
                None
            }
            What::Tail(_) | What::Digits(_) | What::Result(_) | What::Trial => None,
        }
    }

    /// Cut off by somebody else: what must be heard is said once more, the rest is let go.
    fn cut(&mut self, id: UtteranceId) {
        let Some(saying) = self.saying.remove(&id) else { return };
        match saying.what {
            What::Tail(_) => {}
            What::Trial => self.tried(Channel::Speech, false),
            What::Head(_)
            | What::Question(_)
            | What::Digits(_)
            | What::Result(_)
            | What::News(_)
            | What::Missing
                if saying.again =>
            {
                self.not_said(&saying);
            }
            What::Head(_)
            | What::Question(_)
            | What::Digits(_)
            | What::Result(_)
            | What::News(_)
            | What::Missing => {
                self.utter(Saying { begun: false, again: true, ..saying });
            }
        }
    }

    /// Without a voice, the line is shown instead.
    fn not_said(&mut self, saying: &Saying) {
        match saying.what {
            What::Tail(_) => {}
            What::Trial => self.tried(Channel::Speech, false),
            // What another channel has told whole stands there already.
            What::Head(id) => {
                let tail = self.tails.remove(&id).unwrap_or_default();
                if self.notices.contains_key(&id) {
                    self.show_request(id, &saying.told.line, &tail);
                }
            }
            What::Question(id) => {
                if self.questions.contains_key(&id) {
                    self.show_request(id, &saying.told.line, &saying.told.sentence);
                }
            }
            What::Digits(_) | What::Result(_) => self.show_told(&saying.told),
            What::News(id) => self.show_news(id),
            What::Missing => self.show_missing(),
        }
    }

    /// Stops what is being said about `id`.
    pub(super) fn silence(&mut self, id: RequestId) {
        self.stop(|what| match what {
            What::Head(about) | What::Tail(about) | What::Question(about) | What::Digits(about) => {
                about == id
            }
            What::Result(_) | What::News(_) | What::Missing | What::Trial => false,
        });
    }

    /// Stops what is being said of these. Answers whether something was.
    pub(super) fn stop(&mut self, which: impl Fn(What) -> bool) -> bool {
        let stop: Vec<_> = self
            .saying
            .iter()
            .filter(|(_, saying)| which(saying.what))
            .map(|(utterance, _)| *utterance)
            .collect();
        for utterance in &stop {
            self.saying.remove(utterance);
            self.order(speech::Order::Cancel(*utterance));
        }
        self.next_head();
        !stop.is_empty()
    }

    /// Whether the person hears what is said.
    #[must_use]
    pub fn speaks(&self) -> bool {
        self.preferences.speech && self.voice != Voice::Down
    }

    pub(super) fn speak(&mut self, what: What, told: Told, priority: Priority) {
        self.speak_in(self.words.language(), what, told, priority);
    }

    pub(super) fn speak_in(
        &mut self,
        language: Language,
        what: What,
        told: Told,
        priority: Priority,
    ) {
        self.utter(Saying { what, told, language, priority, begun: false, again: false });
    }

    fn utter(&mut self, saying: Saying) {
        self.last_id += 1;
        let id = UtteranceId(self.last_id);
        let utterance = Utterance {
            id,
            text: saying.told.sentence.clone(),
            priority: saying.priority,
            language: saying.language.tag().to_owned(),
        };
        self.saying.insert(id, saying);
        self.order(speech::Order::Say(utterance));
    }

    /// The voice's line holds more than a person can hear; when it is full, something is wrong
    /// with the voice, and the other channels carry on.
    pub(super) fn order(&self, order: speech::Order) {
        if self.speech.try_send(order).is_err() {
            tracing::error!("the voice takes no orders");
        }
    }
}
