//! The Fluent files, and one message said out of them.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};

use crate::languages::Language;
use crate::speak::numbers;

/// The files of one language, by name: the same names in the same order for each.
macro_rules! files {
    ($folder:literal) => {
        [
            ("spoken", include_str!(concat!("../", $folder, "/spoken.ftl"))),
            ("notification", include_str!(concat!("../", $folder, "/notification.ftl"))),
            ("errors", include_str!(concat!("../", $folder, "/errors.ftl"))),
            ("page", include_str!(concat!("../", $folder, "/page.ftl"))),
            ("terminal", include_str!(concat!("../", $folder, "/terminal.ftl"))),
            ("dialog", include_str!(concat!("../", $folder, "/dialog.ftl"))),
            ("admin", include_str!(concat!("../", $folder, "/admin.ftl"))),
        ]
    };
}

/// The Fluent files of a language: name without ending, text.
pub(crate) fn files(language: Language) -> [(&'static str, &'static str); 7] {
    match language {
        Language::English => files!("en"),
        Language::Danish => files!("da"),
    }
}

/// All sentences in one language. Cheap to clone, and to send to another task.
#[derive(Clone)]
pub struct Words {
    language: Language,
    bundle: Arc<FluentBundle<FluentResource>>,
}

impl Words {
    /// The sentences of this language.
    #[must_use]
    pub fn new(language: Language) -> Words {
        Words { language, bundle: Arc::new(bundle(language)) }
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
        let Some(pattern) = self.bundle.get_message(id).and_then(|message| message.value()) else {
            return id.to_owned();
        };
        let mut given = FluentArgs::with_capacity(args.len());
        for (name, value) in args {
            given.set((*name).to_owned(), value.0.clone());
        }
        let mut errors = Vec::new();
        self.bundle.format_pattern(pattern, Some(&given), &mut errors).into_owned()
    }
}

impl fmt::Debug for Words {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Words").field("language", &self.language).finish_non_exhaustive()
    }
}

fn bundle(language: Language) -> FluentBundle<FluentResource> {
    let mut bundle = FluentBundle::new_concurrent(vec![language.identifier()]);
    // Isolation marks are invisible characters around each argument: braille displays and logs
    // show them. Outside text is cleaned of direction marks before it comes here.
    bundle.set_use_isolating(false);
    // Faults in the files are found by this crate's tests; what is sound is kept here.
    for (_, text) in files(language) {
        let resource = FluentResource::try_new(text.to_owned()).unwrap_or_else(|(sound, _)| sound);
        let _ = bundle.add_resource(resource);
    }
    let _ = bundle.add_function("WORD", move |given, _| {
        spelled(given, |number| numbers::word(language, number))
    });
    let _ = bundle.add_function("CAPITAL", move |given, _| {
        spelled(given, |number| numbers::capital(language, number))
    });
    let _ = bundle.add_function("GENITIVE", |given, _| match given {
        [FluentValue::String(name)] => numbers::genitive(name).into(),
        _ => FluentValue::Error,
    });
    bundle
}

/// A whole number by the given spelling; anything else stays as it is.
fn spelled<'a>(given: &[FluentValue<'a>], spell: impl Fn(u64) -> String) -> FluentValue<'a> {
    match given {
        [FluentValue::Number(number)] => whole(number.value).map_or_else(
            || FluentValue::Number(number.clone()),
            |number| FluentValue::String(spell(number).into()),
        ),
        [other] => other.clone(),
        _ => FluentValue::Error,
    }
}

fn whole(number: f64) -> Option<u64> {
    // Only the small numbers have words; those are exact in a float.
    (0..100_u8).find(|small| (f64::from(*small) - number).abs() < f64::EPSILON).map(u64::from)
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
