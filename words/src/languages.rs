//! Which language a person gets: the first of their list that is here, else a fallback that is
//! named as one, so that it can be said once.

use std::fmt;

use fluent_langneg::{NegotiationStrategy, negotiate_languages};
use unic_langid::LanguageIdentifier;
use unic_langid::subtags::Language as Subtag;

/// A language that Sayso has all its sentences in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Language {
    /// English.
    #[default]
    English,
    /// Danish.
    Danish,
}

impl Language {
    /// All of them.
    pub const ALL: [Language; 2] = [Language::English, Language::Danish];

    /// The language tag (RFC 5646): `en`, `da`. Fit for SSIP, `lang` in HTML, and signed words.
    #[must_use]
    pub fn tag(self) -> &'static str {
        match self {
            Language::English => "en",
            Language::Danish => "da",
        }
    }

    /// What the language calls itself.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Language::English => "English",
            Language::Danish => "dansk",
        }
    }

    /// The language of a tag, region and script set aside: `da-DK` is Danish. `None` for others.
    #[must_use]
    pub fn of_tag(tag: &str) -> Option<Language> {
        let wished: LanguageIdentifier = tag.parse().ok()?;
        Language::ALL.into_iter().find(|language| language.identifier().language == wished.language)
    }

    /// The language for a person who reads these, best first. [`Choice::among`] also tells
    /// whether it is only a fallback.
    #[must_use]
    pub fn choose<'a>(preferred: impl Iterator<Item = &'a str>) -> Language {
        Choice::among(preferred).language()
    }

    /// The language for a browser. [`Choice::of_accept_language`] also tells whether it is only a
    /// fallback.
    #[must_use]
    pub fn of_accept_language(header: &str) -> Language {
        Choice::of_accept_language(header).language()
    }

    /// The language of the person whose session this is, by the locale.
    #[must_use]
    pub fn of_person() -> Language {
        Choice::of_person().language()
    }

    pub(crate) fn identifier(self) -> LanguageIdentifier {
        // A two-letter tag of ours cannot fail to parse; the default is the empty tag.
        let language = Subtag::from_bytes(self.tag().as_bytes()).unwrap_or_default();
        LanguageIdentifier::from_parts(language, None, None, &[])
    }
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.tag())
    }
}

/// The language chosen, and whether the person had wished for another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Choice {
    /// The person's first language, or they named none.
    Theirs(Language),
    /// None of the first languages of the list is here; say `language-fallback` once.
    Fallback {
        /// What is used instead.
        language: Language,
        /// The tag of what they wished for.
        wished: String,
    },
}

impl Choice {
    /// Chooses from a list of language tags, best first.
    #[must_use]
    pub fn among<'a>(preferred: impl Iterator<Item = &'a str>) -> Choice {
        let mut wished = preferred
            .filter_map(|tag| tag.parse::<LanguageIdentifier>().ok())
            .filter(|tag| !tag.language.is_empty())
            .peekable();
        let Some(first) = wished.peek().cloned() else {
            return Choice::Theirs(Language::default());
        };
        let language = wished.find_map(|tag| nearest(&tag)).unwrap_or_default();
        if language.identifier().language == first.language {
            Choice::Theirs(language)
        } else {
            Choice::Fallback { language, wished: first.to_string() }
        }
    }

    /// Chooses by the `Accept-Language` header of a browser (RFC 9110, 12.5.4).
    #[must_use]
    pub fn of_accept_language(header: &str) -> Choice {
        let mut wished: Vec<(u16, &str)> =
            header.split(',').take(32).filter_map(weighted).filter(|(q, _)| *q > 0).collect();
        wished.sort_by_key(|(q, _)| std::cmp::Reverse(*q));
        Choice::among(wished.into_iter().map(|(_, tag)| tag))
    }

    /// Chooses by the locale of this process (`LANGUAGE`, `LC_ALL`, `LC_MESSAGES`, `LANG`).
    #[must_use]
    pub fn of_person() -> Choice {
        let locales: Vec<String> = sys_locale::get_locales().collect();
        Choice::among(locales.iter().map(String::as_str))
    }

    /// The language chosen.
    #[must_use]
    pub fn language(&self) -> Language {
        match self {
            Choice::Theirs(language) | Choice::Fallback { language, .. } => *language,
        }
    }
}

/// The language for one tag, if there is one. Greenlandic and Faroese readers learn Danish at
/// school, and many no English.
fn nearest(tag: &LanguageIdentifier) -> Option<Language> {
    let available = Language::ALL.map(Language::identifier);
    let found =
        negotiate_languages(&[tag], &available, None, NegotiationStrategy::Lookup).first().copied();
    match (found, tag.language.as_str()) {
        (Some(found), _) => Language::ALL.into_iter().find(|here| here.identifier() == *found),
        (None, "kl" | "fo") => Some(Language::Danish),
        (None, _) => None,
    }
}

/// One part of an `Accept-Language` header: its weight in thousandths, and the tag.
fn weighted(part: &str) -> Option<(u16, &str)> {
    let mut fields = part.split(';').map(str::trim);
    let tag = fields.next().filter(|tag| !tag.is_empty())?;
    let Some(quality) = fields.find_map(|field| field.strip_prefix("q=")) else {
        return Some((1000, tag));
    };
    let (whole, parts) = quality.split_once('.').unwrap_or((quality, ""));
    let thousandths: u16 = format!("{parts:0<3}").get(..3)?.parse().ok()?;
    Some((whole.parse::<u16>().ok()?.min(1) * 1000 + thousandths, tag))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_region_does_not_hide_the_language() {
        assert_eq!(Language::choose(["da-DK"].into_iter()), Language::Danish);
        assert_eq!(Language::of_tag("en_GB"), Some(Language::English));
        assert_eq!(Language::of_tag("kl"), None);
    }

    #[test]
    fn the_first_language_that_is_here_is_taken_and_called_a_fallback() {
        assert_eq!(
            Choice::among(["de-DE", "da", "en"].into_iter()),
            Choice::Fallback { language: Language::Danish, wished: "de-DE".to_owned() }
        );
        assert_eq!(Choice::among(["da-DK", "en"].into_iter()), Choice::Theirs(Language::Danish));
    }

    #[test]
    fn greenlandic_falls_back_to_danish_and_others_to_english() {
        assert_eq!(Language::choose(["kl-GL"].into_iter()), Language::Danish);
        assert_eq!(Language::choose(["fi-FI"].into_iter()), Language::English);
    }

    #[test]
    fn no_locale_is_english_and_no_fallback() {
        for locale in [vec![], vec!["C"], vec![""]] {
            assert_eq!(Choice::among(locale.into_iter()), Choice::Theirs(Language::English));
        }
    }

    #[test]
    fn a_browser_is_answered_by_its_weights() {
        assert_eq!(Language::of_accept_language("en;q=0.5, da;q=0.9"), Language::Danish);
        assert_eq!(Language::of_accept_language("da-DK, da;q=0.9, en;q=0.8"), Language::Danish);
        assert_eq!(Language::of_accept_language("da;q=0, en"), Language::English);
        assert_eq!(Language::of_accept_language("*"), Language::English);
    }

    proptest! {
        #[test]
        fn no_header_is_too_strange(header in "\\PC{0,80}") {
            let _ = Language::of_accept_language(&header);
        }
    }
}
