//! What is not urgent and still must reach the person: it gives way to the screen reader, and is
//! said, shown and written down. It has arrived once one perceived channel took it whole.

use sayso_words::say;

use super::speech::Priority;
use super::{Announcer, GENERAL, Outcome, What};
use crate::wording::Told;

/// One piece of news.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct NewsId(u64);

/// News on its way.
#[derive(Debug)]
pub(super) struct News {
    key: String,
    told: Told,
    /// Its line at the terminals that attend.
    line: u64,
}

impl Announcer {
    /// Tells news. `key` names what it is about: its newer notification takes the older one's
    /// place.
    pub fn news(&mut self, key: &str, told: &Told) -> NewsId {
        let id = self.write_news(key, told);
        if self.speaks() {
            self.speak(What::News(id), told.clone(), Priority::Text);
        }
        id
    }

    /// Tells news that cannot wait: `head` must be heard, `rest` may be cut.
    pub fn warn(&mut self, key: &str, line: String, head: String, rest: String) {
        let id = self.write_news(key, &Told { sentence: format!("{head} {rest}"), line });
        if self.speaks() {
            let head = Told { sentence: head, line: String::new() };
            self.speak(What::News(id), head, Priority::Message);
            let rest = Told { sentence: rest, line: String::new() };
            self.speak(What::Result(None), rest, Priority::Text);
        }
    }

    fn write_news(&mut self, key: &str, told: &Told) -> NewsId {
        self.last_id += 1;
        let id = NewsId(self.last_id);
        self.last = Some(told.clone());
        self.attend_line(None, &told.sentence);
        let line = self.attend.last();
        self.news.insert(id, News { key: key.to_owned(), told: told.clone(), line });
        if !self.only_counts() {
            self.show_news(id);
        }
        id
    }

    /// Something that belongs to no request and holds nobody up: said, or else shown.
    pub fn tell_gently(&mut self, told: &Told) {
        self.last = Some(told.clone());
        if self.speaks() {
            self.speak(What::Result(None), told.clone(), Priority::Text);
        } else {
            self.show_told(told);
        }
        self.attend_line(None, &told.sentence);
    }

    /// Says what stands in a dialog that no screen reader reads.
    pub fn say_gently(&mut self, sentence: &str) {
        let told = Told { sentence: sentence.to_owned(), line: String::new() };
        self.last = Some(told.clone());
        if self.speaks() {
            self.speak(What::Result(None), told, Priority::Text);
        }
    }

    /// Nothing more is shown about `key`.
    pub fn close_news(&self, key: &str) {
        self.show_closed(key);
    }

    /// Whether anything is being said.
    #[must_use]
    pub fn is_talking(&self) -> bool {
        !self.saying.is_empty()
    }

    /// Says, while the screen is locked, that a change waits, and nothing of it.
    pub fn tell_locked_change(&mut self) {
        let told = Told {
            sentence: say!(self.words, "locked-change"),
            line: self.words.line("line-locked-change", &[]),
        };
        if self.speaks() {
            self.speak(What::Result(None), told.clone(), Priority::Message);
        }
        self.show(GENERAL, &told.line, "", false);
        self.attend_line(None, &told.sentence);
    }

    /// The notification of this news, without a button.
    pub(super) fn show_news(&self, id: NewsId) {
        if let Some(News { key, told, .. }) = self.news.get(&id) {
            self.show(key, &told.line, beneath(told), false);
        }
    }

    /// A notification is on the screen: the news that it tells has arrived.
    pub(super) fn shown_news(&mut self, key: &str) -> Option<Outcome> {
        let newest = self.news.iter().filter(|(_, news)| news.key == key).map(|(id, _)| *id);
        let id = newest.max_by_key(|id| id.0)?;
        self.arrived(id)
    }

    /// A key was pressed at an attending terminal after line `until` was printed.
    pub fn read_news(&mut self, until: u64) -> Vec<Outcome> {
        let read: Vec<_> =
            self.news.iter().filter(|(_, news)| news.line <= until).map(|(id, _)| *id).collect();
        read.into_iter().filter_map(|id| self.arrived(id)).collect()
    }

    pub(super) fn arrived(&mut self, id: NewsId) -> Option<Outcome> {
        self.news.remove(&id).map(|_| Outcome::News(id))
    }
}

/// What stands beneath the line of a notification: the sentence, without what the line has said.
fn beneath(told: &Told) -> &str {
    match told.sentence.split_once(". ") {
        Some((first, rest)) if told.line.starts_with(first) => rest,
        Some(_) | None => &told.sentence,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_notification_says_nothing_twice() {
        let told =
            |line: &str, sentence: &str| Told { line: line.into(), sentence: sentence.into() };
        let ready = told("Change ready: QR codes", "Change ready: QR codes. You asked, here.");
        assert_eq!(beneath(&ready), "You asked, here.");
        let done = told("Done: QR codes", "Done. Your next login uses a QR code.");
        assert_eq!(beneath(&done), "Your next login uses a QR code.");
        let asked = told("Change waiting: QR codes", "Laptop asked for QR codes. Not you?");
        assert_eq!(beneath(&asked), "Laptop asked for QR codes. Not you?");
    }
}
