//! The voice is lost, or back: what is said of that, and what is said again.

use std::time::Instant;

use sayso_protocol::bus::Place;
use sayso_words::say;

use super::Pipeline;
use crate::announcer::Voice;
use crate::wording::Told;

impl Pipeline {
    /// Says so on the other channels, and with the spare voice where there is one, once somebody
    /// relies on Sayso.
    pub(super) fn voice_lost(&mut self, now: Instant) {
        if self.sources.is_empty() || !self.announcer.preferences().speech {
            return;
        }
        let words = self.announcer.words();
        match self.announcer.channels().0 {
            Voice::Untried | Voice::Up => return,
            Voice::Spare => {
                let told = Told {
                    sentence: say!(words, "speech-spare"),
                    line: words.line("line-speech-spare", &[]),
                };
                if self.nobody_listens() {
                    self.announcer.tell_without_voice(&told);
                } else {
                    self.announcer.tell_with_spare_voice(&told);
                }
            }
            Voice::Down => {
                let told = Told {
                    sentence: say!(words, "speech-gone"),
                    line: words.line("line-speech-gone", &[]),
                };
                self.announcer.tell_without_voice(&told);
            }
        }
        if self.announcer.counted() {
            self.show_all(now);
        }
    }

    /// One sentence about what waits now, never the backlog; an open question is asked again.
    pub(super) fn voice_back(&mut self, now: Instant) {
        self.announcer.has_voice_again();
        let words = self.announcer.words().clone();
        let waiting = || self.inbox.waiting().filter(|(_, entry)| entry.left_out.is_none());
        let (count, first) = (waiting().count(), waiting().next());
        let told = match first {
            // Of those that were left out nothing is said now, nor that there are none.
            None if self.inbox.waiting().next().is_some() => {
                Told::plain(say!(words, "speech-back-alone"))
            }
            None => Told {
                sentence: say!(words, "speech-back-none"),
                line: words.line("line-speech-back-none", &[]),
            },
            Some((_, entry)) => {
                let request = entry.received.request();
                let (service, left) = (request.service.as_str(), words.time_left(entry.left(now)));
                let what = self.announcer.wording(&entry.received).action();
                let broker = self.announcer.brokers().said_first(entry.received.broker());
                let args = [("count", count.into()), ("service", service.into())];
                let (service, line) = match broker {
                    "" => (service.to_owned(), words.line("line-speech-back", &args)),
                    _ => (
                        say!(words, "speech-back-at", broker = broker, service = service),
                        words.line_at(broker, "line-speech-back", &args),
                    ),
                };
                Told {
                    sentence: say!(
                        words,
                        "speech-back",
                        count = count,
                        service = service.as_str(),
                        what = what.as_str(),
                        left = left.as_str()
                    ),
                    line,
                }
            }
        };
        if self.announcer.locked() {
            return;
        }
        if !self.nobody_listens() {
            self.announcer.tell(None, &told);
        }
        self.ask_open_again(now);
    }

    /// Asks the open question again where it was to be heard, if it was not heard whole. One that
    /// stands at a terminal is not for the ear.
    pub(super) fn ask_open_again(&mut self, now: Instant) {
        if self.announcer.locked() {
            return;
        }
        let Some(id) = self.open_question(now) else { return };
        let unheard = self.inbox.get(id).filter(|entry| entry.question.is_none());
        if let Some(place @ (Place::Nowhere | Place::Dialog)) =
            unheard.and_then(|entry| entry.asked_at)
        {
            self.ask(id, "", place, now);
        }
    }
}
