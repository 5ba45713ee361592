//! What is said of a silence: that nobody wants the requests that come, at once; what came
//! meanwhile, once, at its end or at the next unlock or answer. While the screen is locked nothing
//! of it is said, and at the unlock what is true then.

use sayso_protocol::request::RequestId;
use sayso_words::say;

use super::super::Pipeline;
use super::name;
use crate::quiet::{Event, Why};
use crate::wording::Told;

/// The notification that requests are unwanted.
pub(super) const KEY: &str = "quiet";

/// What is still to be told.
#[derive(Debug, Default)]
pub(in crate::pipeline) struct Untold {
    /// That requests are unwanted.
    pub(super) unwanted: bool,
    /// That this is over.
    pub(super) over: Option<Why>,
    /// That the person is away still.
    pub(super) away: bool,
}

impl Pipeline {
    /// Tells of silences what is to be told, once the person can listen.
    pub(in crate::pipeline) fn tell_quiet(&mut self) {
        if self.announcer.locked() {
            return;
        }
        if std::mem::take(&mut self.quiet_untold.away)
            && let Some(until) = self.silent_until(Why::Away)
        {
            self.announcer.remark(self.away_sentence(until));
        }
        if self.nobody_listens() {
            return;
        }
        if std::mem::take(&mut self.quiet_untold.unwanted) {
            self.tell_unwanted();
        }
        if !self.is_busy()
            && let Some(why) = self.quiet_untold.over.take()
        {
            self.tell_over_quiet(why);
        }
    }

    /// The person is there: how many requests came that were not told.
    pub(in crate::pipeline) fn tell_came(&mut self) {
        self.tell_quiet();
        let count = self.quiet.came();
        if count == 0 || self.announcer.locked() || self.nobody_listens() || self.is_busy() {
            return;
        }
        let waiting = self.left_out();
        self.quieten(Event::Counted);
        let words = self.announcer.words();
        let sentence = say!(words, "quiet-came", came = count, waiting = waiting);
        self.announcer.tell_gently(&Told::plain(sentence));
    }

    /// Somebody else may be signing in: said at once, and written where it stays.
    fn tell_unwanted(&mut self) {
        let Some(until) = self.silent_until(Why::Unwanted) else { return };
        let when = self.when(until);
        let words = self.announcer.words();
        let line = words.line("line-quiet-unwanted", &[]);
        let head = say!(words, "quiet-unwanted", when = when.as_str());
        let rest = say!(words, "quiet-unwanted-more");
        self.announcer.warn(KEY, line, head, rest);
        for id in self.announcer.skip_heads() {
            self.not_told(id);
        }
    }

    /// The notice of `id` was under way, and is left out.
    fn not_told(&mut self, id: RequestId) {
        if let Some(entry) = self.inbox.get_mut(id)
            && entry.left_out.replace(Why::Unwanted).is_none()
        {
            self.quieten(Event::LeftOut);
        }
    }

    /// Quiet hours are over, or the time away: said where there is something to say.
    fn tell_over_quiet(&mut self, why: Why) {
        let (came, waiting) = (self.quiet.came(), self.left_out());
        if why != Why::Away && came == 0 && waiting == 0 {
            return;
        }
        self.quieten(Event::Counted);
        let words = self.announcer.words();
        let why = name(why);
        let sentence = say!(words, "quiet-over", why = why, came = came, waiting = waiting);
        self.announcer.tell_gently(&Told::plain(sentence));
    }

    /// Whether the person is answering something.
    fn is_busy(&self) -> bool {
        self.open_question(self.now).is_some() || self.is_answering()
    }
}
