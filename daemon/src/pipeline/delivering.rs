//! Telling where the person is, once: at the terminal or the dialog that waits for it, else by the
//! announcer. While the screen is locked it is kept.

use sayso_protocol::bus::{Answer, Error, Place, Result as AnswerResult};
use sayso_protocol::request::RequestId;

use super::Pipeline;
use super::addressed::sentences;
use crate::doors::Reply;
use crate::wording::Told;

impl Pipeline {
    /// A result goes to where the person is: once.
    pub(super) fn deliver(
        &mut self,
        id: RequestId,
        place: Place,
        reply: Option<Reply<Answer>>,
        result: AnswerResult,
        told: &Told,
    ) {
        let answer = Answer { id: id.to_string(), result, sentence: told.sentence.clone() };
        let returned = reply.is_some_and(|reply| reply.send(Ok(answer)).is_ok());
        if !returned || place != Place::Terminal {
            self.tell_result(told);
        }
    }

    /// A refusal goes to where the person is: once.
    pub(super) fn refuse<T>(&mut self, place: Place, reply: Reply<T>, error: Error) {
        let sentence = sentences(&error);
        drop(reply.send(Err(error)));
        if sentence.is_empty() {
            return;
        }
        match place {
            Place::Terminal => {}
            Place::Dialog => self.say_in_dialog(&sentence),
            Place::Nowhere => self.tell_result(&Told::plain(sentence)),
        }
    }

    /// Says what stands in a dialog that no screen reader reads.
    pub(super) fn say_in_dialog(&mut self, sentence: &str) {
        if self.announcer.speaks_in_dialogs() && !self.announcer.locked() {
            self.announcer.say_gently(sentence);
        }
    }

    /// Tells a result, or keeps it until the screen is unlocked.
    pub(super) fn tell_result(&mut self, told: &Told) {
        if self.announcer.locked() {
            self.untold.push(told.clone());
        } else {
            self.announcer.tell(None, told);
        }
    }

    /// Results that came while the screen was locked.
    pub(super) fn tell_untold(&mut self) {
        for told in std::mem::take(&mut self.untold) {
            self.announcer.tell(None, &told);
        }
    }
}
