//! What to do next, and how long there is for it.

use std::time::Instant;

use sayso_protocol::binding::Method;
use sayso_protocol::bus::{Error, Next, Place, Step};
use sayso_protocol::decision::Verdict;
use sayso_words::say;

use super::Pipeline;
use crate::doors::Reply;
use crate::inbox::Entry;
use crate::wording::Told;

impl Pipeline {
    /// Where nobody can read the answer it is said; a question or digits that follow speak for
    /// themselves.
    pub(super) fn next(&mut self, place: Place, reply: Reply<Next>, now: Instant) {
        match self.next_step(now) {
            Ok(next) => {
                let (step, sentence) = (next.step, next.sentence.clone());
                drop(reply.send(Ok(next)));
                match (place, step) {
                    (Place::Dialog, Step::Nothing | Step::Page) => self.say_in_dialog(&sentence),
                    (Place::Nowhere, Step::Nothing | Step::Code | Step::Page | Step::Change) => {
                        self.tell_result(&Told::plain(sentence));
                    }
                    (Place::Terminal, _)
                    | (Place::Dialog, Step::Code | Step::Change)
                    | (_, Step::Take | Step::Question | Step::Readout) => {}
                }
            }
            Err(error) => self.refuse(place, reply, error),
        }
    }

    fn next_step(&self, now: Instant) -> Result<Next, Error> {
        self.registered()?;
        let words = self.announcer.words();
        let waiting = self.inbox.waiting().count();
        let simple = |step, sentence| Ok(Next { step, sentence, choices: Vec::new() });
        if self.asked_last().is_some() {
            return simple(Step::Question, say!(words, "waiting", count = waiting));
        }
        if self.last_readout().is_some() {
            return simple(Step::Readout, say!(words, "readout-ready"));
        }
        let first = self.inbox.waiting().find(|(_, entry)| entry.takes_proof());
        let Some((_, first)) = first.or_else(|| self.inbox.waiting().next()) else {
            return Ok(self.next_change(now));
        };
        let step = step_of(first);
        let request = first.received.request();
        let wording = self.announcer.wording(&first.received);
        let what = wording.action();
        let left = words.time_left(first.left(now));
        let sentence = wording.at_broker(say!(
            words,
            "next-step",
            service = request.service.as_str(),
            what = what.as_str(),
            left = left.as_str(),
            account = request.account.as_str(),
            by = wording.way()
        ));
        let choices = if step == Step::Take { self.choices() } else { Vec::new() };
        Ok(Next { step, sentence, choices })
    }

    pub(super) fn time_left(
        &mut self,
        id: &str,
        place: Place,
        now: Instant,
    ) -> Result<String, Error> {
        let words = self.announcer.words().clone();
        let id = self.meant(id, Verdict::Deny, now)?;
        let Some(entry) = self.inbox.get(id) else {
            return Err(Error::NoRequest(say!(words, "error-no-request")));
        };
        let told = self.announcer.wording(&entry.received).time_left(entry.left(now));
        if place != Place::Terminal {
            self.announcer.tell(Some(id), &told);
        }
        Ok(told.sentence)
    }
}

/// By what a request is bound.
fn step_of(entry: &Entry) -> Step {
    if entry.offers(Method::Code) {
        Step::Code
    } else if entry.offers(Method::Readout) {
        Step::Take
    } else {
        Step::Page
    }
}
