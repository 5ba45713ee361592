//! The sentences as data: each message's arguments by its syntax tree, and everything that it can
//! say with the names of the examples.

use std::collections::{BTreeMap, BTreeSet};

use fluent_syntax::ast;
use fluent_syntax::parser;

use crate::languages::Language;
use crate::parsed::files;
use crate::sentences::{Arg, Words};

/// One message of one language.
#[derive(Default)]
pub(super) struct Message {
    pub(super) file: &'static str,
    /// Its own arguments, and by argument the variants to choose from.
    pub(super) arguments: BTreeMap<String, BTreeSet<String>>,
    /// The messages it has inside.
    pub(super) inside: BTreeSet<String>,
    pub(super) functions: BTreeSet<String>,
}

/// One thing that a message can say.
pub(super) struct Said {
    pub(super) language: Language,
    pub(super) file: &'static str,
    pub(super) id: String,
    pub(super) text: String,
}

/// All messages of a language, by name. Panics on a fault in a file or a name given twice.
pub(super) fn messages(language: Language) -> BTreeMap<String, Message> {
    let mut messages = BTreeMap::new();
    for (file, text) in files(language) {
        let tree = parser::parse(text)
            .unwrap_or_else(|(_, faults)| panic!("{language}/{file}.ftl: {faults:?}"));
        for entry in &tree.body {
            let ast::Entry::Message(message) = entry else { continue };
            let mut found = Message { file, ..Message::default() };
            if let Some(pattern) = &message.value {
                read_pattern(pattern, &mut found);
            }
            let before = messages.insert(message.id.name.to_owned(), found);
            assert!(before.is_none(), "{language}/{file}.ftl: {} is there twice", message.id.name);
        }
    }
    messages
}

fn read_pattern(pattern: &ast::Pattern<&str>, found: &mut Message) {
    for element in &pattern.elements {
        let ast::PatternElement::Placeable { expression } = element else { continue };
        read_expression(expression, found);
    }
}

fn read_expression(expression: &ast::Expression<&str>, found: &mut Message) {
    match expression {
        ast::Expression::Inline(inline) => read_inline(inline, found),
        ast::Expression::Select { selector, variants } => {
            read_inline(selector, found);
            for variant in variants {
                let key = match &variant.key {
                    ast::VariantKey::Identifier { name } => name,
                    ast::VariantKey::NumberLiteral { value } => value,
                };
                if let ast::InlineExpression::VariableReference { id } = selector {
                    let keys = found.arguments.entry(id.name.to_owned()).or_default();
                    keys.insert((*key).to_owned());
                }
                read_pattern(&variant.value, found);
            }
        }
    }
}

fn read_inline(inline: &ast::InlineExpression<&str>, found: &mut Message) {
    match inline {
        ast::InlineExpression::VariableReference { id } => {
            found.arguments.entry(id.name.to_owned()).or_default();
        }
        ast::InlineExpression::MessageReference { id, .. } => {
            found.inside.insert(id.name.to_owned());
        }
        ast::InlineExpression::FunctionReference { id, arguments } => {
            found.functions.insert(id.name.to_owned());
            for argument in &arguments.positional {
                read_inline(argument, found);
            }
        }
        ast::InlineExpression::Placeable { expression } => read_expression(expression, found),
        ast::InlineExpression::StringLiteral { .. }
        | ast::InlineExpression::NumberLiteral { .. }
        | ast::InlineExpression::TermReference { .. } => {}
    }
}

/// The arguments that a caller gives: the message's own, and those of the messages inside it.
pub(super) fn all_arguments(
    messages: &BTreeMap<String, Message>,
    id: &str,
) -> BTreeMap<String, BTreeSet<String>> {
    let message = &messages[id];
    let mut arguments = message.arguments.clone();
    for inside in &message.inside {
        for (name, keys) in all_arguments(messages, inside) {
            arguments.entry(name).or_default().extend(keys);
        }
    }
    arguments
}

/// Everything that every message can say: each variant of each choice, with the names of the
/// examples.
pub(super) fn everything_said() -> Vec<Said> {
    said_with(sample)
}

/// The same with [`GAP`] for each name and amount.
pub(super) fn everything_said_with_gaps() -> Vec<Said> {
    said_with(|_, _, _| Arg::from(GAP))
}

/// Stands where anything may stand.
pub(super) const GAP: &str = "\u{1}";

/// What stands for an argument: of a language, of a file, of this name.
type Sample = fn(Language, &str, &str) -> Arg<'static>;

fn said_with(sample: Sample) -> Vec<Said> {
    Language::ALL.into_iter().flat_map(|language| said_in(language, sample)).collect()
}

fn said_in(language: Language, sample: Sample) -> Vec<Said> {
    let messages = messages(language);
    let words = Words::new(language);
    let mut said = Vec::new();
    for (id, message) in &messages {
        let arguments = all_arguments(&messages, id);
        for given in combinations(language, message.file, &arguments, sample) {
            let given: Vec<(&str, Arg<'_>)> =
                given.iter().map(|(name, value)| (name.as_str(), value.clone())).collect();
            let text = words.say(id, &given);
            said.push(Said { language, file: message.file, id: id.clone(), text });
        }
    }
    said
}

type Given = Vec<(String, Arg<'static>)>;

fn combinations(
    language: Language,
    file: &str,
    arguments: &BTreeMap<String, BTreeSet<String>>,
    sample: Sample,
) -> Vec<Given> {
    let mut all: Vec<Given> = vec![Vec::new()];
    for (name, keys) in arguments {
        let values = values(language, file, name, keys, sample);
        all = all
            .into_iter()
            .flat_map(|given| {
                values.iter().map(move |value| {
                    let mut longer = given.clone();
                    longer.push((name.clone(), value.clone()));
                    longer
                })
            })
            .collect();
    }
    all
}

fn values(
    language: Language,
    file: &str,
    name: &str,
    keys: &BTreeSet<String>,
    sample: Sample,
) -> Vec<Arg<'static>> {
    let numeric =
        keys.iter().any(|key| key == "one" || key.parse::<u32>().is_ok()) && !keys.contains("many");
    if numeric {
        let mut numbers = vec![Arg::from(1), Arg::from(4)];
        numbers.extend(keys.iter().filter_map(|key| key.parse::<u32>().ok()).map(Arg::from));
        return numbers;
    }
    if keys.is_empty() {
        return vec![sample(language, file, name)];
    }
    keys.iter().map(|key| Arg::from(key.clone())).collect()
}

/// What stands for an argument in the tests: the names and amounts of the examples.
fn sample(language: Language, file: &str, name: &str) -> Arg<'static> {
    let english = language == Language::English;
    let short = file == "notification";
    match name {
        "service" => Arg::from("Example Bank"),
        "sayso" => Arg::from("Sayso."),
        "payee" | "open" => Arg::from("Nordic Rail"),
        "account" => Arg::from("Anna"),
        "place" => Arg::from("Berlin"),
        "amount" => Arg::from(if short { "1500 kr" } else { "1500 kroner" }),
        "digits" => Arg::from("1 5 0 0"),
        "summary" if english => Arg::from("share your address"),
        "summary" => Arg::from("del din adresse"),
        "what" if english => Arg::from("log in"),
        "what" => Arg::from("log ind"),
        "left" if short => Arg::from("5 min"),
        "left" if english => Arg::from("Fifty seconds"),
        "left" => Arg::from("Halvtreds sekunder"),
        "wait" if english => Arg::from("half a minute"),
        "wait" => Arg::from("et halvt minut"),
        "when" if english => Arg::from("tomorrow at 14:05"),
        "when" => Arg::from("i morgen klokken 14.05"),
        "until" if file == "changes" && english => Arg::from("tomorrow at 14:05"),
        "until" if file == "changes" => Arg::from("i morgen klokken 14.05"),
        "until" | "time" if english => Arg::from("14:05"),
        "until" | "time" => Arg::from("14.05"),
        "seconds" | "minutes" | "hours" | "tries" | "count" => Arg::from(20),
        "name" | "by" => Arg::from("laptop"),
        "day" => Arg::from(24),
        "broker" | "host" => Arg::from("login.example"),
        "reason" => Arg::from("too many requests"),
        "path" => Arg::from("/home/anna/file"),
        "address" => Arg::from("https://login.example"),
        "code" if file == "spoken" => Arg::from("4 8 2, 9 1 3"),
        "code" => Arg::from("482 913"),
        _ => Arg::from("NAME"),
    }
}
