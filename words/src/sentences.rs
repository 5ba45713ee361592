//! One message said, with what stands for its `{ $name }`s. `parsed` has the Fluent files.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use fluent_bundle::{FluentArgs, FluentValue};

use crate::languages::Language;
use crate::parsed::Parsed;

/// All sentences in one language. Cheap to clone, and to send to another task.
#[derive(Clone)]
pub struct Words {
    language: Language,
    parsed: Arc<Parsed>,
}

impl Words {
    /// The sentences of this language.
    #[must_use]
    pub fn new(language: Language) -> Words {
        Words { language, parsed: Arc::new(Parsed::new(language)) }
    }

    /// The language that these sentences are in.
    #[must_use]
    pub fn language(&self) -> Language {
        self.language
    }

    /// Says one message. [`say!`](crate::say) writes the arguments shorter.
    ///
    /// A name that is not there comes back as it is: a test over all crates keeps that from
    /// happening, and a person is better off with a bare name than with silence.
    #[must_use]
    pub fn say(&self, id: &str, args: &[(&str, Arg<'_>)]) -> String {
        let mut given = FluentArgs::with_capacity(args.len());
        for (name, value) in args {
            given.set((*name).to_owned(), value.0.clone());
        }
        self.parsed.say(id, &given).unwrap_or_else(|| id.to_owned())
    }
}

/// The cells of a braille display, and the length of a notification's line.
pub const LINE: usize = 40;

/// About six seconds of speech: what the head of a notice may take.
const HEAD: usize = 85;

impl Words {
    /// Says a `line-` message within [`LINE`] characters: the longest text in it, which is a name
    /// from outside, is cut and ends in "…" until the line fits.
    #[must_use]
    pub fn line(&self, id: &str, args: &[(&str, Arg<'_>)]) -> String {
        self.within(id, args, LINE).chars().take(LINE).collect()
    }

    /// The same behind a broker's name, which is cut where a name in the message has no room beside
    /// it: both within [`LINE`] characters.
    #[must_use]
    pub fn line_at(&self, broker: &str, id: &str, args: &[(&str, Arg<'_>)]) -> String {
        let mut broker = Arg::from(broker);
        loop {
            let before = self.say("line-at-broker", &[("broker", broker.clone())]);
            let room = LINE.saturating_sub(before.chars().count() + 1);
            let line = self.within(id, args, room);
            let over = line.chars().count().saturating_sub(room);
            let length = broker.length();
            if over == 0 || length <= SHORTEST_BROKER {
                return format!("{before} {line}").chars().take(LINE).collect();
            }
            broker.cut(length.saturating_sub(over).max(SHORTEST_BROKER));
        }
    }

    /// Says the head of a notice within 85 characters (about six seconds), in the same way: it holds up
    /// everybody else who speaks. The question says every name whole.
    #[must_use]
    pub fn head(&self, id: &str, args: &[(&str, Arg<'_>)]) -> String {
        self.within(id, args, HEAD)
    }

    fn within(&self, id: &str, args: &[(&str, Arg<'_>)], most: usize) -> String {
        let mut args: Vec<(&str, Arg<'_>)> = args.to_vec();
        let mut line = self.say(id, &args);
        while let Some(over) = line.chars().count().checked_sub(most).filter(|over| *over > 0) {
            let mut names: Vec<_> =
                args.iter_mut().filter(|(name, _)| OUTSIDE.contains(name)).collect();
            names.sort_by_key(|(_, arg)| std::cmp::Reverse(arg.length()));
            // Down to the next longest first, so that no name pays for another one.
            let next = names.get(1).map_or(0, |(_, arg)| arg.length());
            let longest = names.into_iter().next();
            let Some((_, arg)) = longest.filter(|(_, arg)| arg.length() > SHORTEST) else { break };
            let length = arg.length();
            arg.cut(length.saturating_sub(over).max(next.min(length - 1)).max(SHORTEST));
            line = self.say(id, &args);
        }
        line
    }
}

/// What comes from outside and may be long. An amount, for one, is never cut.
const OUTSIDE: [&str; 7] = ["service", "place", "summary", "account", "payee", "open", "name"];
/// A name that is cut keeps this many characters, the "…" among them.
const SHORTEST: usize = 6;
/// A broker's name before a line that says who asks from where keeps so many.
const SHORTEST_BROKER: usize = 5;

impl Arg<'_> {
    /// In characters; a number has none to spare.
    fn length(&self) -> usize {
        match &self.0 {
            FluentValue::String(text) => text.chars().count(),
            FluentValue::Number(_)
            | FluentValue::Custom(_)
            | FluentValue::None
            | FluentValue::Error => 0,
        }
    }

    fn cut(&mut self, length: usize) {
        if let FluentValue::String(text) = &self.0 {
            let kept: String = text.chars().take(length - 1).collect();
            self.0 = FluentValue::String(format!("{}…", kept.trim_end()).into());
        }
    }
}

impl fmt::Debug for Words {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Words").field("language", &self.language).finish_non_exhaustive()
    }
}

/// What stands for a `{ $name }` of a sentence: text, or a number that chooses the plural.
#[derive(Clone, Debug)]
pub struct Arg<'a>(FluentValue<'a>);

impl<'a> From<&'a str> for Arg<'a> {
    fn from(text: &'a str) -> Self {
        Arg(FluentValue::String(Cow::Borrowed(text)))
    }
}

impl<'a> From<&'a String> for Arg<'a> {
    fn from(text: &'a String) -> Self {
        Arg(FluentValue::String(Cow::Borrowed(text)))
    }
}

impl From<String> for Arg<'_> {
    fn from(text: String) -> Self {
        Arg(FluentValue::String(Cow::Owned(text)))
    }
}

impl<'a> From<&'a Cow<'_, str>> for Arg<'a> {
    fn from(text: &'a Cow<'_, str>) -> Self {
        Arg(FluentValue::String(Cow::Borrowed(text)))
    }
}

macro_rules! number_args {
    ($($number:ty),*) => {$(
        impl From<$number> for Arg<'_> {
            fn from(number: $number) -> Self {
                Arg(FluentValue::from(number))
            }
        }
    )*};
}

number_args!(u8, u16, u32, u64, usize, i32, i64);

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_head_of_a_notice_is_short_and_its_amount_is_whole() {
        let words = Words::new(Language::English);
        let (long, amount) = ("x".repeat(60), "123456789.50 Norwegian kroner");
        let args = [
            ("service", long.as_str().into()),
            ("sayso", "Sayso.".into()),
            ("amount", amount.into()),
            ("risk", "place".into()),
            ("place", long.as_str().into()),
        ];
        let head = words.head("notice-payment", &args);
        assert!(head.chars().count() <= HEAD && head.contains(amount), "{head}");
        let names = head.matches('…').count();
        assert!(names == 2 && head.matches("xxxxx").count() >= 2, "both are cut alike: {head}");
    }

    #[test]
    fn a_long_name_is_cut_and_the_rest_of_the_line_stays() {
        let words = Words::new(Language::English);
        let name = "The Very Old and Very Long Savings Bank of Somewhere";
        let args = [("service", name.into()), ("risk", "none".into()), ("place", "".into())];
        assert_eq!(words.line("line-login", &args), "The Very Old and…: log in? Answer: code");
    }

    #[test]
    fn a_name_that_is_not_there_comes_back() {
        let name = "no-such-name";
        assert_eq!(Words::new(Language::Danish).say(name, &[]), name);
    }

    proptest! {
        #[test]
        fn no_line_is_longer_than_the_display(service in "\\PC{0,80}", place in "\\PC{0,60}", risk in "none|place|network") {
            let words = Words::new(Language::Danish);
            let args = [("service", (&service).into()), ("place", (&place).into()), ("risk", (&risk).into())];
            prop_assert!(words.line("line-login", &args).chars().count() <= LINE);
        }
    }
}
