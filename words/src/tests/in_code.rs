//! Reads the sources of every crate: what they say is there, with the arguments it needs.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use super::catalogue::{Message, all_arguments, messages};
use crate::languages::Language;

/// One `say!(words, "id", name = value)` or `words.say("id", &[("name", value)])`.
#[derive(Debug, PartialEq, Eq)]
struct Call {
    id: String,
    /// The names of the arguments; `None` where they are not written out in the call.
    given: Option<BTreeSet<String>>,
}

#[test]
fn every_sentence_that_code_says_is_there_with_its_arguments() {
    let messages = messages(Language::English);
    for (path, source) in sources() {
        for call in calls(&source) {
            let at = format!("{}: {}", path.display(), call.id);
            assert!(messages.contains_key(&call.id), "{at} is not in words/en");
            let Some(given) = call.given else { continue };
            let needed: BTreeSet<String> = all_arguments(&messages, &call.id).into_keys().collect();
            // What only one variant has inside may be left out where that variant is not chosen.
            let missing: Vec<_> =
                always_needed(&messages, &call.id).difference(&given).cloned().collect();
            assert!(missing.is_empty(), "{at} lacks {missing:?}");
            let unknown: Vec<_> = given.difference(&needed).collect();
            assert!(unknown.is_empty(), "{at} has no use for {unknown:?}");
        }
    }
}

/// Names that begin so are names of sentences, also where they are chosen first and said later.
const TOPICS: [&str; 10] = [
    "admin-",
    "approved-",
    "denied-",
    "dialog-",
    "error-",
    "line-",
    "notice-",
    "prompt-",
    "question-",
    "reported-",
];

#[test]
fn every_name_that_looks_like_a_sentence_is_one() {
    let messages = messages(Language::English);
    for (path, source) in sources() {
        if path.extension().is_none_or(|ending| ending != "rs") {
            continue;
        }
        for name in source.split('"').skip(1) {
            let looks =
                TOPICS.iter().any(|topic| name.len() > topic.len() && name.starts_with(topic))
                    && name.chars().all(|one| one.is_ascii_lowercase() || one == '-');
            let known = !looks || messages.contains_key(name);
            assert!(known, "{}: {name} is not in words/en", path.display());
        }
    }
}

#[test]
fn no_sentence_is_left_without_use() {
    let messages = messages(Language::English);
    let inside: BTreeSet<&String> =
        messages.values().flat_map(|message| message.inside.iter()).collect();
    let sources = sources();
    let unused: Vec<&String> = messages
        .keys()
        .filter(|id| !inside.contains(id))
        .filter(|id| {
            // A name may be chosen first and said later, so any literal counts.
            let literal = format!("\"{id}\"");
            !sources.iter().any(|(_, source)| source.contains(&literal))
        })
        .collect();
    assert!(unused.is_empty(), "nothing says these: {unused:?}");
}

/// The arguments without which some choice cannot be made or the sentence has a hole: all but
/// `place`, which only the variants that name a place need.
fn always_needed(messages: &BTreeMap<String, Message>, id: &str) -> BTreeSet<String> {
    let mut needed: BTreeSet<String> = all_arguments(messages, id).into_keys().collect();
    needed.remove("place");
    needed
}

/// The sources and templates of all crates: path, text.
fn sources() -> Vec<(PathBuf, String)> {
    let workspace =
        Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("a crate has a workspace");
    let mut found = Vec::new();
    for room in ["protocol", "words", "broker", "daemon", "cli"] {
        for folder in ["src", "templates"] {
            read_folder(&workspace.join(room).join(folder), &mut found);
        }
    }
    assert!(found.len() >= 5, "the sources are not where they were: {found:?}");
    found
}

fn read_folder(folder: &Path, found: &mut Vec<(PathBuf, String)>) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries {
        let path = entry.expect("a folder can be read to its end").path();
        if path.is_dir() {
            // These tests write calls that are not meant.
            if !path.ends_with("words/src/tests") {
                read_folder(&path, found);
            }
        } else if path.extension().is_some_and(|ending| ending == "rs" || ending == "html") {
            found.push((path.clone(), fs::read_to_string(&path).expect("a source is text")));
        }
    }
}

/// The calls in a source whose message is written as a literal.
fn calls(source: &str) -> Vec<Call> {
    let code: String = source
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"))
        .flat_map(|line| [line, "\n"])
        .collect();
    let by_macro = after(&code, "say!(").filter_map(|inside| {
        let (parts, _) = arguments(inside);
        let id = literal(parts.get(1)?)?;
        let named = |part: &&str| Some(part.split_once('=')?.0.trim().to_owned());
        Some(Call { id, given: Some(parts.get(2..)?.iter().filter_map(named).collect()) })
    });
    let methods = [".say(", ".line(", ".head("];
    let by_method = methods.iter().flat_map(|it| after(&code, it)).filter_map(|inside| {
        let (parts, _) = arguments(inside);
        let id = literal(parts.first()?)?;
        let list = parts.get(1).and_then(|list| list.strip_prefix("&["));
        let given = list.map(|list| {
            arguments(list)
                .0
                .iter()
                .filter_map(|pair| literal(arguments(pair.get(1..)?).0.first()?))
                .collect()
        });
        Some(Call { id, given })
    });
    by_macro.chain(by_method).collect()
}

/// What follows each place where `opening` stands.
fn after<'a>(code: &'a str, opening: &'a str) -> impl Iterator<Item = &'a str> {
    code.match_indices(opening).map(move |(place, _)| &code[place + opening.len()..])
}

/// The arguments up to the closing bracket, without white space around them, and the rest.
fn arguments(inside: &str) -> (Vec<&str>, &str) {
    let (mut depth, mut quoted, mut escaped, mut begin) = (0_u32, false, false, 0);
    let mut parts = Vec::new();
    for (place, one) in inside.char_indices() {
        match one {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            _ if quoted => {}
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' if depth == 0 => {
                parts.push(inside[begin..place].trim());
                parts.retain(|part| !part.is_empty());
                return (parts, &inside[place..]);
            }
            ')' | ']' | '}' => depth -= 1,
            ',' if depth == 0 => {
                parts.push(inside[begin..place].trim());
                begin = place + 1;
            }
            _ => {}
        }
    }
    (parts, "")
}

/// The text of a string literal that names a message.
fn literal(part: &str) -> Option<String> {
    let text = part.strip_prefix('"')?.strip_suffix('"')?;
    let is_name = !text.is_empty()
        && text.chars().all(|one| one.is_ascii_alphanumeric() || "-_".contains(one));
    is_name.then(|| text.to_owned())
}

#[test]
fn calls_are_read_as_they_are_written() {
    let source = r#"
        // say!(words, "in-a-comment")
        let text = say!(self.words, "code-wrong", tries = left(a, "x, y"),);
        words.say("waiting", &[("count", Arg::from(2)), ("b", (1, 2).0.into())]);
        words.line("waiting", given);
        words.say(id, &[]);
    "#;
    let names = |names: &[&str]| Some(names.iter().map(|&name| name.to_owned()).collect());
    let expected = [
        Call { id: "code-wrong".to_owned(), given: names(&["tries"]) },
        Call { id: "waiting".to_owned(), given: names(&["count", "b"]) },
        Call { id: "waiting".to_owned(), given: None },
    ];
    assert_eq!(calls(source), expected);
}
