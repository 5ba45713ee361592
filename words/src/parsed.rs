//! The Fluent files. A message is read when it is first said, with those that stand in it: of the
//! hundreds that there are, one program says a few, and the rest is no work and no memory.

use std::sync::{PoisonError, RwLock};

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::resolver::errors::{ReferenceKind, ResolverError};
use fluent_bundle::{FluentArgs, FluentError, FluentResource, FluentValue};

use crate::languages::Language;
use crate::speak::numbers;

/// The files of one language, by name: the same names in the same order for each.
macro_rules! files {
    ($folder:literal) => {
        [
            ("spoken", include_str!(concat!("../", $folder, "/spoken.ftl"))),
            ("changes", include_str!(concat!("../", $folder, "/changes.ftl"))),
            ("notification", include_str!(concat!("../", $folder, "/notification.ftl"))),
            ("errors", include_str!(concat!("../", $folder, "/errors.ftl"))),
            ("page", include_str!(concat!("../", $folder, "/page.ftl"))),
            ("terminal", include_str!(concat!("../", $folder, "/terminal.ftl"))),
            ("doctor", include_str!(concat!("../", $folder, "/doctor.ftl"))),
            ("dialog", include_str!(concat!("../", $folder, "/dialog.ftl"))),
            ("admin", include_str!(concat!("../", $folder, "/admin.ftl"))),
        ]
    };
}

/// The Fluent files of a language: name without ending, text.
pub(crate) fn files(language: Language) -> [(&'static str, &'static str); 9] {
    match language {
        Language::English => files!("en"),
        Language::Danish => files!("da"),
    }
}

/// The messages of one language.
pub(crate) struct Parsed {
    /// All of them as they are written, by name.
    written: Vec<(&'static str, &'static str)>,
    /// Those that were said.
    read: RwLock<FluentBundle<FluentResource>>,
}

impl Parsed {
    pub(crate) fn new(language: Language) -> Self {
        let mut written: Vec<_> =
            files(language).into_iter().flat_map(|(_, text)| messages(text)).collect();
        written.sort_unstable_by_key(|(id, _)| *id);
        Self { written, read: RwLock::new(bundle(language)) }
    }

    /// Says one message; `None` if there is none of this name.
    pub(crate) fn say(&self, id: &str, given: &FluentArgs<'_>) -> Option<String> {
        let mut unread = vec![id.to_owned()];
        let mut said = None;
        // Once for each message that stands in it and was not said before.
        while !unread.is_empty() {
            (said, unread) = self.try_to_say(id, given);
            unread.retain(|id| self.read(id));
        }
        said
    }

    /// Says what is read of it, and names what is not.
    fn try_to_say(&self, id: &str, given: &FluentArgs<'_>) -> (Option<String>, Vec<String>) {
        let bundle = self.read.read().unwrap_or_else(PoisonError::into_inner);
        let Some(message) = bundle.get_message(id) else { return (None, vec![id.to_owned()]) };
        let Some(pattern) = message.value() else { return (None, Vec::new()) };
        let mut errors = Vec::new();
        let said = bundle.format_pattern(pattern, Some(given), &mut errors).into_owned();
        (Some(said), errors.into_iter().filter_map(missing).collect())
    }

    /// Reads a message. Answers whether there is more to say now.
    fn read(&self, id: &str) -> bool {
        let Ok(at) = self.written.binary_search_by_key(&id, |(id, _)| id) else { return false };
        let text = self.written[at].1.to_owned();
        // Faults in the files are found by this crate's tests; what is sound is kept here.
        let resource = FluentResource::try_new(text).unwrap_or_else(|(sound, _)| sound);
        let mut bundle = self.read.write().unwrap_or_else(PoisonError::into_inner);
        // Another thread may have read it meanwhile.
        bundle.has_message(id) || bundle.add_resource(resource).is_ok()
    }
}

/// The message that was to stand in another one and is not read yet.
#[allow(clippy::wildcard_enum_match_arm, reason = "Fluent names more faults, and may add some")]
fn missing(error: FluentError) -> Option<String> {
    match error {
        FluentError::ResolverError(ResolverError::Reference(ReferenceKind::Message {
            id,
            attribute: None,
        })) => Some(id),
        _ => None,
    }
}

/// The messages of a file, each with its name. One begins at the start of a line, and ends where the
/// next begins, or a comment.
fn messages(file: &'static str) -> Vec<(&'static str, &'static str)> {
    let mut messages: Vec<(&str, &str)> = Vec::new();
    let mut rest = file;
    while !rest.is_empty() {
        let line = rest.find('\n').map_or(rest.len(), |end| end + 1);
        let end = line + length_of_more(&rest[line..]);
        if let Some((id, _)) = rest[..line].split_once(" =").filter(|_| begins(rest)) {
            messages.push((id, &rest[..end]));
        }
        rest = &rest[end..];
    }
    messages
}

/// How much of `text` belongs to what stands before it.
fn length_of_more(text: &str) -> usize {
    let more =
        text.split_inclusive('\n').take_while(|line| !begins(line) && !line.starts_with('#'));
    more.map(str::len).sum()
}

/// Whether a message begins here.
fn begins(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_alphabetic())
}

fn bundle(language: Language) -> FluentBundle<FluentResource> {
    let mut bundle = FluentBundle::new_concurrent(vec![language.identifier()]);
    // Isolation marks are invisible characters around each argument: braille displays and logs
    // show them. Outside text is cleaned of direction marks before it comes here.
    bundle.set_use_isolating(false);
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

#[cfg(test)]
mod tests {
    use super::*;

    fn said(parsed: &Parsed, id: &str) -> Option<String> {
        let mut given = FluentArgs::new();
        given.set("count", 1);
        parsed.say(id, &given)
    }

    #[test]
    fn every_message_of_the_files_is_found_as_the_files_have_it() {
        for language in Language::ALL {
            let parsed = Parsed::new(language);
            let whole = files(language).map(|(_, text)| FluentResource::try_new(text.to_owned()));
            let mut all = bundle(language);
            for resource in whole {
                assert!(all.add_resource(resource.unwrap()).is_ok());
            }
            for (id, _) in &parsed.written {
                let pattern = all.get_message(id).and_then(|message| message.value()).unwrap();
                let mut given = FluentArgs::new();
                given.set("count", 1);
                let expected = all.format_pattern(pattern, Some(&given), &mut Vec::new());
                assert_eq!(said(&parsed, id).as_deref(), Some(&*expected), "{id}");
            }
            let lines = files(language).into_iter().flat_map(|(_, text)| text.lines());
            assert_eq!(parsed.written.len(), lines.filter(|line| begins(line)).count());
        }
    }

    #[test]
    fn only_what_was_said_is_read() {
        let parsed = Parsed::new(Language::English);
        assert_eq!(said(&parsed, "no-such-name"), None);
        assert_eq!(said(&parsed, "waiting").as_deref(), Some("One request is waiting."));
        let bundle = parsed.read.into_inner().unwrap();
        assert!(bundle.has_message("waiting") && !bundle.has_message("waiting-none"));
    }
}
