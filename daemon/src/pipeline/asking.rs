//! Notices and questions: whose turn it is, and what is said while the screen is locked.

use std::time::{Duration, Instant};

use sayso_protocol::bus::Place;
use sayso_protocol::enrolment::ApproverId;
use sayso_protocol::relay::Turn;
use sayso_protocol::request::RequestId;
use sayso_protocol::time::UnixTime;
use sayso_words::say;

use super::Pipeline;
use crate::clock;
use crate::surroundings::lock::Lock;
use crate::wording::Told;

/// An open question that is left for so long may be replaced by the next one.
const LEFT_ALONE: Duration = Duration::from_secs(60);

impl Pipeline {
    /// A new request, or one whose time has come: its notice or its question is due.
    pub(super) fn turn(&mut self, id: RequestId, now: Instant) {
        if self.leave_out(id, now) {
            return;
        }
        let Some(entry) = self.inbox.get(id) else { return };
        if self.announcer.locked() {
            self.announcer.tell_locked();
        } else if entry.is_question() {
            self.next_question(now);
        } else if entry.standing == sayso_protocol::life::Standing::Pending {
            self.notice(id, now);
        }
    }

    fn notice(&mut self, id: RequestId, now: Instant) {
        let open = self.open_question(now).and_then(|open| self.inbox.get(open));
        let open = open.map(|entry| entry.received.request().service.clone());
        let words = self.announcer.words().clone();
        let Some(entry) = self.inbox.get_mut(id) else { return };
        let wording = self.announcer.wording(&entry.received);
        entry.noticed = true;
        if let Some(open) = open {
            // One question is open: the other request is named, and gets its notice afterwards.
            entry.noticed = false;
            let service = entry.received.request().service.as_str();
            let told = Told {
                sentence: wording.at_broker(say!(
                    words,
                    "one-more",
                    service = service,
                    open = open.as_str()
                )),
                line: words.line(
                    "line-one-more",
                    &[("service", service.into()), ("open", open.as_str().into())],
                ),
            };
            self.announcer.tell(None, &told);
            return;
        }
        let turn = Turn::notice(entry.received.clone(), wording.notice_heard());
        let left = entry.left(now);
        self.announcer.notice(turn, left);
    }

    /// The question that is open now: one that was asked and is not left alone.
    pub(super) fn open_question(&self, now: Instant) -> Option<RequestId> {
        self.inbox
            .iter()
            .filter(|(_, entry)| entry.is_question())
            .filter_map(|(id, entry)| entry.asked.map(|asked| (asked, id)))
            .filter(|(asked, _)| now.saturating_duration_since(*asked) < LEFT_ALONE)
            .max()
            .map(|(_, id)| id)
    }

    /// When the open question counts as left alone.
    pub(super) fn left_alone(&self, now: Instant) -> Option<Instant> {
        let open = self.inbox.get(self.open_question(now)?)?;
        open.asked.map(|asked| asked + LEFT_ALONE)
    }

    /// The question that a person who names none means: the open one, or the one asked last.
    pub(super) fn asked_last(&self) -> Option<RequestId> {
        self.inbox
            .iter()
            .filter(|(_, entry)| entry.is_question())
            .max_by_key(|(_, entry)| entry.asked)
            .map(|(id, _)| id)
    }

    /// Says the question again that an answer would be for; else the digits that a page waits for;
    /// else the last thing that was told.
    pub(super) fn repeat(&mut self, place: Place) -> String {
        let asked = self.asked_last();
        if asked.is_none()
            && !self.announcer.locked()
            && let Some(sentence) = self.repeat_digits(place)
        {
            return sentence;
        }
        self.announcer.repeat(asked, place)
    }

    /// After a start, an unlock or an end: the next question that nobody has asked, and then the
    /// notices that nobody has given.
    pub(super) fn next_question(&mut self, now: Instant) {
        if self.announcer.locked() || self.open_question(now).is_some() || self.is_answering() {
            return;
        }
        let due = self.inbox.iter().find(|(_, entry)| entry.is_question() && entry.asked.is_none());
        if let Some((id, entry)) = due {
            // What is being proved is asked where that was given, whatever tells of it first.
            if !self.is_proving(&entry.approver) {
                self.ask(id, "", Place::Nowhere, now);
            }
            return;
        }
        let unnoticed: Vec<_> = self
            .inbox
            .waiting()
            .filter(|(_, entry)| !entry.noticed && !entry.is_question())
            .map(|(id, _)| id)
            .collect();
        for id in unnoticed {
            self.turn(id, now);
        }
    }

    /// Whether an answer is on its way whose result was not told.
    pub(super) fn is_answering(&self) -> bool {
        self.inbox.iter().any(|(_, entry)| {
            entry.answering.as_ref().is_some_and(|answering| answering.due().is_some())
        })
    }

    /// Asks the question of a bound request, where the person is. Answers with the token that
    /// proves that it was shown.
    pub(super) fn ask(
        &mut self,
        id: RequestId,
        before: &str,
        place: Place,
        now: Instant,
    ) -> Option<String> {
        self.found(id);
        let entry = self.inbox.get_mut(id)?;
        let receipt = entry.receipt.clone()?;
        // The notice goes back to the inbox; from now on the question stands for the request.
        (entry.notice, entry.begun, entry.asked) = (None, true, Some(now));
        entry.asked_at = Some(place);
        if entry.question.is_some() {
            return Some(String::new());
        }
        if let Some(token) = self.announcer.ask_again(id, place) {
            return Some(token);
        }
        let heard = self.announcer.wording(&entry.received).question();
        let turn = Turn::question(entry.received.clone(), heard, receipt);
        Some(self.announcer.question(turn, before, place))
    }

    pub(super) fn warn(&mut self, id: RequestId, now: Instant) {
        if self.inbox.get_mut(id).is_some_and(|entry| entry.warn(now)) && !self.wants_more(id) {
            self.tell_time_left(id, now);
        }
    }

    pub(super) fn tell_time_left(&mut self, id: RequestId, now: Instant) {
        let Some(entry) = self.inbox.get(id) else { return };
        let told = self.announcer.wording(&entry.received).time_left(entry.left(now));
        if !self.announcer.locked() {
            self.announcer.tell(Some(id), &told);
        }
    }

    pub(super) fn locked(&mut self, lock: Lock, now: Instant) {
        let locked = match lock {
            Lock::Locked => true,
            Lock::Unlocked | Lock::Unknown => false,
        };
        if locked == self.announcer.locked() {
            return;
        }
        self.announcer.lock(locked);
        if locked {
            // What was being said or shown is not taken as told: it is due again at the unlock.
            self.hide_changes();
            for id in self.inbox.ids() {
                self.announcer.hide(id);
                if let Some(entry) = self.inbox.get_mut(id) {
                    entry.noticed = entry.notice.is_some();
                    if entry.question.is_none() {
                        entry.asked = None;
                    }
                }
            }
        } else {
            self.tell_untold();
            if let Some(id) = self.last_readout() {
                self.say_digits(id);
            }
            self.show_all(now);
            self.next_question(now);
            self.tell_came();
        }
    }

    /// Shows what waits and was told, or could not be shown before.
    pub(super) fn show_all(&mut self, now: Instant) {
        if self.announcer.locked() {
            return;
        }
        for (_, entry) in self.inbox.waiting().filter(|(_, entry)| entry.left_out.is_none()) {
            if entry.asked.is_some() || entry.noticed {
                let is_question = entry.asked.is_some();
                self.announcer.show_again(&entry.received, is_question, entry.left(now));
            }
        }
    }

    /// Broker time for what this approver signs or keeps.
    pub(super) fn time_of(&self, approver: &ApproverId, now: Instant) -> UnixTime {
        self.sources
            .get(approver)
            .map_or_else(|| UnixTime(clock::wall()), |source| source.time(now))
    }
}
