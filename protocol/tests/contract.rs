//! Every message, name, value, problem, bus method and bus error that there is stands in the
//! documents, and the documents name no other. Other tests hold `docs/openapi.json` and the D-Bus
//! descriptions to the code; here the words of the documents are held to those.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "helpers of tests fail as tests do")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde_json::Value;

type Words = BTreeSet<String>;

fn read(file: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(file);
    std::fs::read_to_string(path).expect(file)
}

fn described() -> Value {
    serde_json::from_str(&read("docs/openapi.json")).unwrap()
}

/// What stands between these two marks, wherever they stand in a text.
fn between(text: &str, open: &str, close: &str) -> Words {
    let rests = text.split(open).skip(1);
    rests.filter_map(|rest| Some(rest.split_once(close)?.0.to_owned())).collect()
}

/// What stands between backticks. Blocks are closed by three of them, and so come out even.
fn quoted(text: &str) -> Words {
    text.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

/// Adds the names of fields, and the values that a field can have.
fn names(schema: &Value, into: &mut Words) {
    match schema {
        Value::Object(map) => {
            let values = map.get("enum").and_then(Value::as_array).into_iter().flatten();
            let values = values.chain(map.get("const")).filter_map(Value::as_str);
            into.extend(values.map(str::to_owned));
            let fields = map.get("properties").and_then(Value::as_object);
            into.extend(fields.into_iter().flat_map(|fields| fields.keys().cloned()));
            map.values().for_each(|value| names(value, into));
        }
        Value::Array(values) => values.iter().for_each(|value| names(value, into)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

#[test]
fn every_field_and_every_value_of_a_message_is_told_or_shown() {
    let documents = read("docs/protocol.md") + &read("docs/services.md");
    let mut all = Words::new();
    names(&described()["components"]["schemas"], &mut all);
    all.retain(|name| !name.starts_with("/problems/"));
    assert!(all.len() > 100, "only {} names were found", all.len());
    let told = |name: &String| {
        documents.contains(&format!("`{name}`")) || documents.contains(&format!("\"{name}\""))
    };
    let missing: Vec<_> = all.iter().filter(|name| !told(name)).collect();
    assert!(
        missing.is_empty(),
        "docs/protocol.md and docs/services.md tell nothing of {missing:?}"
    );
}

#[test]
fn every_type_of_signed_message_is_told_and_no_other() {
    let told = quoted(&(read("docs/protocol.md") + &read("docs/services.md")));
    let told: Words = told.into_iter().filter(|word| word.ends_with("+jwt")).collect();
    let mut there = Words::new();
    for file in [
        "binding",
        "change/messages",
        "decision",
        "enrolment",
        "link",
        "outcome",
        "request",
        "rotation",
        "time",
    ] {
        let source = read(&format!("protocol/src/{file}.rs"));
        there.extend(between(&source, "const TYP: &'static str = \"", "\""));
    }
    assert_eq!(told, there);
}

/// The status of each type of problem, as the calls are refused with it.
fn refusals() -> BTreeMap<String, String> {
    let described = described();
    let calls = described["paths"].as_object().unwrap().values();
    let calls = calls.flat_map(|path| path.as_object().unwrap().values());
    let mut found = BTreeMap::new();
    for (status, answer) in calls.flat_map(|call| call["responses"].as_object().unwrap()) {
        let kinds =
            &answer["content"]["application/problem+json"]["schema"]["properties"]["type"]["enum"];
        for kind in kinds.as_array().into_iter().flatten().filter_map(Value::as_str) {
            let slug = kind.strip_prefix("/problems/").expect("a type of ours");
            found.insert(slug.to_owned(), status.clone());
        }
    }
    found
}

#[test]
fn every_type_of_problem_is_told_with_its_status_and_no_other() {
    let text = read("docs/protocol.md");
    let (_, refused) = text.split_once("## Refusals").expect("the chapter");
    let told: BTreeMap<String, String> = refused
        .lines()
        .filter_map(|line| line.strip_prefix("- `")?.split_once("` ("))
        .filter_map(|(slug, rest)| Some((slug.to_owned(), rest.split_once("): ")?.0.to_owned())))
        .collect();
    assert_eq!(told, refusals());
}

/// The methods, signals and properties of each interface of ours.
fn interfaces(file: &str) -> BTreeMap<String, Words> {
    let text = read(file);
    let parts = text.split("<interface name=\"").skip(1);
    let parts = parts.filter_map(|part| part.split_once('"'));
    let ours = parts.filter(|(name, _)| name.starts_with("org.sayso."));
    ours.map(|(name, part)| {
        let members = ["method", "signal", "property"]
            .into_iter()
            .flat_map(|kind| between(part, &format!("<{kind} name=\""), "\""));
        (name.to_owned(), members.collect())
    })
    .collect()
}

/// The list items of a chapter, each with the lines that belong to it.
fn items(document: &str, chapter: &str) -> Vec<String> {
    let (_, text) = document.split_once(&format!("## {chapter}\n")).expect("the chapter");
    let text = text.split_once("\n## ").map_or(text, |two| two.0);
    let (_, list) = text.split_once("\n- ").expect("a list");
    let list = list.split_once("\n\n").map_or(list, |two| two.0);
    list.split("\n- ").map(str::to_owned).collect()
}

#[test]
fn every_member_of_the_private_interfaces_is_told_and_no_other() {
    let document = read("docs/dbus.md");
    let told: BTreeMap<String, Words> = items(&document, "The private socket")
        .iter()
        .map(|item| item.split_once(": ").expect("an interface and its members"))
        .map(|(name, members)| (name.trim_matches('`').to_owned(), quoted(members)))
        .collect();
    assert_eq!(told, interfaces("docs/dbus/org.sayso.Approver1.xml"));
}

#[test]
fn every_member_of_the_session_bus_is_told_and_no_other() {
    let document = read("docs/dbus.md");
    let told: Words = items(&document, "The session bus")
        .iter()
        .flat_map(|item| quoted(item.split_once(": ").expect("members and words").0))
        .collect();
    let there = interfaces("packaging/dbus/org.sayso.Approver.xml");
    assert_eq!(there.keys().collect::<Vec<_>>(), ["org.sayso.Approver1"]);
    assert_eq!(told, there["org.sayso.Approver1"]);
}

#[test]
fn every_error_on_the_bus_is_told_and_no_other() {
    let document = read("docs/dbus.md");
    let (_, told) = document.split_once("`org.sayso.Error.` and then: ").expect("the errors");
    let told = quoted(told.split_once(". ").expect("the end of a sentence").0);
    let source = read("protocol/src/bus/mod.rs");
    let (_, errors) = source.split_once("pub enum Error {").expect("the errors");
    let errors = errors.split_once("\n}").expect("their end").0;
    let there: Words = errors
        .lines()
        .filter_map(|line| line.trim().strip_suffix("(String),"))
        .map(str::to_owned)
        .collect();
    assert_eq!(told, there);
}
