//! Remarks about Sayso itself: each is told once, as soon as there is a channel that tells.

use sayso_protocol::bus::AttendLine;
use sayso_words::{Language, Words, say};
use tokio::sync::oneshot;

use super::speech::Priority;
use super::{Announcer, Voice, What};
use crate::doors::{ClientId, Reply};
use crate::wording::Told;

/// The notification of a language that is not here.
const LANGUAGE: &str = "language";

/// That the person's language is not here, until they were told.
pub(super) struct Missing {
    /// In each language that is here, first in the one that is used.
    parts: Vec<(Language, String)>,
    /// Whether it is being said or shown.
    begun: bool,
    /// Whether it was shown: once, however many parts were not said.
    shown: bool,
    /// Who waits until they were told.
    told: Option<oneshot::Sender<()>>,
}

impl Missing {
    fn new(instead: Language, told: oneshot::Sender<()>) -> Self {
        let others = Language::ALL.into_iter().filter(|language| *language != instead);
        let part = |language| (language, say!(Words::new(language), "language-missing"));
        let parts = std::iter::once(instead).chain(others).map(part).collect();
        Self { parts, begun: false, shown: false, told: Some(told) }
    }

    /// All parts, where no voice reads each in its own language.
    fn whole(&self) -> String {
        self.parts.iter().map(|(_, part)| part.as_str()).collect::<Vec<_>>().join(" ")
    }
}

impl Announcer {
    /// The person's language is not here: tells it in each that is, as soon as they can perceive
    /// it, and `told` when they did.
    pub fn miss_language(&mut self, instead: Language, told: oneshot::Sender<()>) {
        self.missing = Some(Missing::new(instead, told));
        self.tell_held();
    }

    fn tell_missing(&mut self) {
        let Some(missing) = self.missing.as_mut().filter(|missing| !missing.begun) else { return };
        missing.begun = true;
        let parts = missing.parts.clone();
        for (_, part) in &parts {
            self.attend_line(None, part);
        }
        if !self.speaks() {
            self.show_missing();
            return;
        }
        for (language, sentence) in parts {
            let told = Told { sentence, line: String::new() };
            self.speak_in(language, What::Missing, told, Priority::Message);
        }
    }

    /// No voice says it: it is shown.
    pub(super) fn show_missing(&mut self) {
        if let Some(missing) = self.missing.as_mut().filter(|missing| !missing.shown) {
            missing.shown = true;
            let whole = missing.whole();
            self.show(LANGUAGE, "Sayso", &whole, false);
        }
        self.missing_told();
    }

    /// The person was told.
    pub(super) fn missing_told(&mut self) {
        if let Some(told) = self.missing.as_mut().and_then(|missing| missing.told.take()) {
            let _nobody_waits = told.send(());
        }
    }

    /// Something to know that belongs to no request. It waits until somebody can perceive it.
    pub fn remark(&mut self, sentence: String) {
        self.held.push(Told::plain(sentence));
        self.tell_held();
    }

    /// Tells what waited for a channel.
    pub(super) fn tell_held(&mut self) {
        let heard = self.preferences.speech && matches!(self.voice, Voice::Up | Voice::Spare);
        let read = self.preferences.notification && self.shows;
        if heard || read || self.attend.anybody() {
            self.tell_missing();
            for told in std::mem::take(&mut self.held) {
                self.tell(None, &told);
            }
        }
    }

    /// A terminal attends: it gets the lines after number `after`, and first what waited.
    pub fn attend(&mut self, client: ClientId, after: u64, reply: Reply<(u64, Vec<AttendLine>)>) {
        self.attend.attend(client, after, reply);
        self.tell_held();
    }
}
