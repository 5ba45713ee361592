//! What goes to the server: orders, the line of utterances, settings, and the two halves of a
//! `SPEAK`.

use std::time::Instant;

use super::super::ssip;
use super::super::{Event, Order, Priority, Utterance, UtteranceId, Voice};
use super::{
    Conversation, Effect, Expect, FIRST_PAUSE, LINE_CAP, Link, Open, PATIENCE, PER_CHARACTER, Pen,
};

impl Conversation {
    pub(super) fn order(&mut self, order: Order, now: Instant) {
        match order {
            Order::Say(utterance) => self.take(utterance, now),
            Order::Hush => {
                for utterance in std::mem::take(&mut self.line) {
                    self.tell(Event::Cut(utterance.id));
                }
                if !self.open.is_empty() {
                    self.cancel(now);
                }
            }
            Order::Cancel(id) => {
                if let Some(at) = self.line.iter().position(|u| u.id == id) {
                    self.line.remove(at);
                    self.tell(Event::Cut(id));
                } else if self.open.iter().any(|open| open.id == Some(id)) {
                    self.cancel(now);
                }
            }
            Order::Voice(voice) => self.voice = voice,
        }
    }

    fn take(&mut self, mut utterance: Utterance, now: Instant) {
        let clean = ssip::sayable(&utterance.text);
        match (clean, self.told_up) {
            (Some(text), Some(true) | None) if self.line.len() < LINE_CAP => {
                utterance.text = text;
                let after = self.line.iter().rposition(|u| u.priority <= utterance.priority);
                self.line.insert(after.map_or(0, |at| at + 1), utterance);
            }
            _ => {
                self.tell(Event::NotSaid(utterance.id));
                // Somebody wants a voice: look again now rather than at the end of the pause.
                if let Link::Resting { since, .. } = self.link
                    && now >= since + FIRST_PAUSE
                {
                    self.connect(false);
                }
            }
        }
    }

    /// Gives the server the next utterance, if nothing of ours that is as urgent is with it.
    pub(super) fn say_next(&mut self, now: Instant) {
        let Some(next) = self.line.front() else { return };
        let urgent = self.open.iter().all(|open| next.priority < open.priority);
        if self.link != Link::Up || !matches!(self.pen, Pen::Down) || !urgent {
            return;
        }
        if let Some(next) = self.line.pop_front() {
            self.offer(Some(next.id), next.priority, &next.text, next.language, now);
        }
    }

    pub(super) fn offer(
        &mut self,
        id: Option<UtteranceId>,
        priority: Priority,
        text: &str,
        language: String,
        now: Instant,
    ) {
        let characters = u32::try_from(text.chars().count()).unwrap_or(u32::MAX);
        let patience = PATIENCE + PER_CHARACTER.saturating_mul(characters);
        let mut bytes = self.settings(priority, language, now);
        bytes.extend(self.ask("SPEAK", Expect::GoAhead, now));
        self.effects.push(Effect::Write(bytes));
        self.pen = Pen::Offered { body: ssip::body(text), then_cancel: false };
        self.open.push(Open { id, priority, number: None, patience, sent: now, begun: None });
        if priority == Priority::Text && self.next_ping.is_none() {
            self.next_ping = Some(now + PATIENCE);
        }
    }

    /// The settings that differ from what this connection has. The language goes before the
    /// voice, which is of a language itself.
    fn settings(&mut self, priority: Priority, language: String, now: Instant) -> Vec<u8> {
        let wanted = (priority, language, self.voice.clone());
        let old = self.set.replace(wanted.clone());
        let mut commands = Vec::new();
        if old.as_ref().map(|o| o.0) != Some(wanted.0) {
            commands.push(format!("PRIORITY {}", priority.word()));
        }
        let voices = |o: &(Priority, String, Voice)| (o.1.clone(), o.2.voice.clone());
        if old.as_ref().map(voices) != Some(voices(&wanted)) {
            commands.push(format!("LANGUAGE {}", wanted.1));
            if self.voice.voice.is_some() || old.as_ref().is_some_and(|o| o.2.voice.is_some()) {
                let name = self.voice.voice.as_deref().unwrap_or("NULL"); // the server's own "none"
                commands.push(format!("SYNTHESIS_VOICE {name}"));
            }
        }
        let old_rate = old.and_then(|o| o.2.rate);
        if old_rate != self.voice.rate {
            let rate = self.voice.rate.unwrap_or(self.server_rate).clamp(-100, 100);
            commands.push(format!("RATE {rate}"));
        }
        let each =
            commands.iter().map(|c| self.ask(&format!("SET SELF {c}"), Expect::Setting, now));
        each.collect::<Vec<_>>().concat()
    }

    pub(super) fn ask(&mut self, words: &str, expect: Expect, now: Instant) -> Vec<u8> {
        self.awaiting.push_back((expect, now));
        ssip::command(words)
    }

    pub(super) fn send(&mut self, words: &str, expect: Expect, now: Instant) {
        let bytes = self.ask(words, expect, now);
        self.effects.push(Effect::Write(bytes));
    }

    /// Cancels all that the server has of ours: SSIP knows nothing finer.
    pub(super) fn cancel(&mut self, now: Instant) {
        if let Pen::Offered { then_cancel, .. } = &mut self.pen {
            *then_cancel = true;
        } else {
            self.send("CANCEL self", Expect::Cancelled, now);
        }
    }
}
