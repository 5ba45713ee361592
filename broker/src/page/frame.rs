//! What stands around every page: above it which languages there are, for who reads none of them;
//! below it the help, and the other languages.

use sayso_words::{Language, Words, say};

use super::help::Topic;
use super::reader::Reader;

/// What stands around a page.
pub(super) struct Frame {
    pub(super) notices: Vec<Notice>,
    pub(super) others: Vec<Other>,
    pub(super) help: String,
    pub(super) help_href: String,
}

/// That the reader's language is not there, in one that is.
pub(super) struct Notice {
    pub(super) lang: &'static str,
    pub(super) text: String,
    pub(super) link: String,
    pub(super) href: String,
}

/// The way to the same page in another language.
pub(super) struct Other {
    pub(super) lang: &'static str,
    pub(super) name: &'static str,
    pub(super) href: String,
}

impl Frame {
    /// Around a page on which `topic` helps.
    pub(super) fn of(reader: Reader, topic: Topic) -> Self {
        Self::with(reader, topic, |language| format!("?lang={language}"))
    }

    /// Around a page of the help itself.
    pub(super) fn of_help(reader: Reader, topic: Topic) -> Self {
        let there = |language| format!("{}?lang={language}", topic.path(language));
        Self::with(reader, Topic::Index, there)
    }

    fn with(reader: Reader, topic: Topic, there: impl Fn(Language) -> String) -> Self {
        let others = || Language::ALL.into_iter().filter(|other| *other != reader.language());
        let told = reader.is_to_be_told().then(|| [reader.language()].into_iter().chain(others()));
        let notice = |language| {
            let words = Words::new(language);
            Notice {
                lang: language.tag(),
                text: say!(words, "page-language-missing"),
                link: say!(words, "page-language-read"),
                href: there(language),
            }
        };
        let other = |language: Language| Other {
            lang: language.tag(),
            name: language.name(),
            href: there(language),
        };
        Self {
            notices: told.into_iter().flatten().map(notice).collect(),
            others: others().map(other).collect(),
            help: say!(reader.words(), "page-help-link"),
            help_href: topic.path(reader.language()),
        }
    }
}
