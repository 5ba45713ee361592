//! Notices and questions: how each is told, shown again and repeated, and when it counts as announced.

use std::time::Duration;

use sayso_protocol::bus::Place;
use sayso_protocol::decision::Heard;
use sayso_protocol::relay::{Announced, Notice, Perceived, Question, Turn};
use sayso_protocol::request::RequestId;
use sayso_protocol::secret::nonce;
use sayso_words::say;

use super::speech::Priority;
use super::{Announcer, Asking, Voice, What};
use crate::wording::Told;

impl Announcer {
    /// A notice is due: its head must be heard, its tail may be cut.
    pub fn notice(&mut self, turn: Turn<Notice>, left: Duration) {
        let id = turn.received().id();
        let wording = self.wording(turn.received());
        let (told, tail) = (wording.notice(left), wording.tail(left));
        let tail_line = wording.notice_tail_line(left);
        let head = Told { sentence: wording.head(), line: told.line.clone() };
        let priority =
            if wording.is_from_elsewhere() { Priority::Important } else { Priority::Message };
        self.last = Some(told.clone());
        self.notices.insert(id, turn);
        if self.speaks() {
            self.tails.insert(id, tail);
            if priority == Priority::Important {
                // Nothing that is said matters more; it cuts off what stands in its way.
                self.speak(What::Head(id), head, priority);
            } else {
                self.heads.push_back((id, head));
                self.next_head();
            }
        }
        self.show_request(id, &told.line, &tail_line);
        self.attend_line(Some(id), &told.sentence);
    }

    /// A question is due. At a terminal and in the dialog it is shown there, against the token
    /// that is returned; it is spoken where nothing else reads it.
    pub fn question(&mut self, turn: Turn<Question>, before: &str, place: Place) -> String {
        let id = turn.received().id();
        self.forget_notice(id);
        let line = self.wording(turn.received()).question_line();
        let token = nonce(&mut rand::rng());
        self.questions.insert(id, Asking { turn, token, line });
        self.pose(id, before, place).unwrap_or_default()
    }

    /// The words in which the question of `id` was asked, as long as nobody has perceived it whole.
    #[must_use]
    pub fn asked(&self, id: RequestId) -> Option<&Heard> {
        self.questions.get(&id).map(|asking| asking.turn.words())
    }

    /// The question of `id` is asked again, where the person is now. The token stays.
    pub fn ask_again(&mut self, id: RequestId, place: Place) -> Option<String> {
        self.silence(id);
        self.pose(id, "", place)
    }

    fn pose(&mut self, id: RequestId, before: &str, place: Place) -> Option<String> {
        let Asking { turn, token, line } = self.questions.get(&id)?;
        let told = Told { sentence: turn.words().text.clone(), line: line.clone() };
        let token = token.clone();
        self.last = Some(told.clone());
        let spoken = match place {
            Place::Terminal => false,
            Place::Dialog => self.speaks_in_dialogs(),
            Place::Nowhere => true,
        };
        if place == Place::Nowhere {
            self.show_request(id, &told.line, &told.sentence);
            self.attend_line(Some(id), &told.sentence);
        }
        if spoken && self.speaks() {
            if !before.is_empty() {
                let before = Told { sentence: before.to_owned(), line: String::new() };
                self.speak(What::Result(Some(id)), before, Priority::Message);
            }
            self.speak(What::Question(id), told, Priority::Message);
        }
        Some(token)
    }

    /// Whether what stands in a dialog is spoken as well: nothing else reads it. A screen reader
    /// has no voice where Speech Dispatcher has none.
    #[must_use]
    pub fn speaks_in_dialogs(&self) -> bool {
        !self.reader || self.voice == Voice::Spare
    }

    /// The question of `id` was shown whole to who hands back its token.
    pub fn shown(&mut self, id: RequestId, token: &str) -> Option<Announced<Question>> {
        if self.questions.get(&id).is_none_or(|asking| asking.token != token) {
            return None;
        }
        self.silence(id);
        self.questions.remove(&id).map(|asking| asking.turn.perceived(Perceived::Shown))
    }

    /// The notice of `id` was printed at the person's terminal.
    pub fn printed(&mut self, id: RequestId) -> Option<Announced<Notice>> {
        self.notices.remove(&id).map(|turn| turn.perceived(Perceived::Shown))
    }

    /// The request has ended or is answered: nothing more is said or shown of it.
    pub fn withdraw(&mut self, id: RequestId) {
        self.forget_notice(id);
        self.questions.remove(&id);
    }

    /// Says the last thing again, or returns it to a terminal.
    pub fn repeat(&mut self, question: Option<RequestId>, place: Place) -> String {
        if self.locked {
            let count = self.waiting;
            let told = Told {
                sentence: say!(self.words, "locked-waiting", count = count),
                line: self.words.line("line-locked", &[("count", count.into())]),
            };
            return self.say_or_return(place, What::Result(None), told);
        }
        if let Some(asking) = question.and_then(|id| self.questions.get(&id)) {
            let id = asking.turn.received().id();
            let sentence = asking.turn.words().text.clone();
            let told = Told { line: asking.line.clone(), sentence };
            return self.say_or_return(place, What::Question(id), told);
        }
        let none = || {
            let sentence = say!(self.words, "waiting-none");
            Told::plain(sentence)
        };
        let told = self.last.clone().unwrap_or_else(none);
        self.say_or_return(place, What::Result(None), told)
    }

    fn say_or_return(&mut self, place: Place, what: What, told: Told) -> String {
        let sentence = told.sentence.clone();
        if place != Place::Terminal {
            if self.speaks() {
                self.speak(what, told, Priority::Message);
            } else {
                self.show_told(&told);
            }
        }
        sentence
    }

    fn forget_notice(&mut self, id: RequestId) {
        self.notices.remove(&id);
        self.tails.remove(&id);
        self.silence(id);
        self.close(id);
    }
}
