//! Every message is there in both languages, with the same arguments.

use std::collections::{BTreeMap, BTreeSet};

use super::catalogue::{Message, all_arguments, everything_said, messages};
use crate::languages::Language;
use crate::parsed::files;

#[test]
fn every_message_is_in_both_languages_and_in_the_same_file() {
    let [english, danish] = Language::ALL.map(messages);
    let names = |all: &BTreeMap<String, Message>| {
        all.iter().map(|(id, message)| format!("{}: {id}", message.file)).collect::<BTreeSet<_>>()
    };
    let (english, danish) = (names(&english), names(&danish));
    let only_one: Vec<_> = english.symmetric_difference(&danish).collect();
    assert!(only_one.is_empty(), "in one language only: {only_one:?}");
}

#[test]
fn every_message_takes_the_same_arguments_and_makes_the_same_choices() {
    let [english, danish] = Language::ALL.map(messages);
    for (id, message) in &english {
        assert_eq!(message.arguments, danish[id].arguments, "{id}");
        assert_eq!(message.inside, danish[id].inside, "{id}");
    }
}

#[test]
fn what_stands_inside_a_message_is_there() {
    for language in Language::ALL {
        let messages = messages(language);
        for (id, message) in &messages {
            for inside in &message.inside {
                assert!(messages.contains_key(inside), "{language} {id} has {inside} inside");
            }
            for function in &message.functions {
                let known = ["WORD", "CAPITAL", "GENITIVE"].contains(&function.as_str());
                assert!(known, "{language} {id} calls {function}");
            }
            assert!(all_arguments(&messages, id).len() < 8, "{id} takes too many arguments");
        }
    }
}

#[test]
fn every_group_has_the_same_place_in_both_files() {
    for (english, danish) in files(Language::English).into_iter().zip(files(Language::Danish)) {
        let ids = |text: &str| -> Vec<String> {
            text.lines()
                .filter_map(|line| match line.split_once(" =") {
                    Some((id, _)) if id.starts_with(char::is_lowercase) => Some(id.to_owned()),
                    _ if line.starts_with("## ") => Some("##".to_owned()),
                    _ => None,
                })
                .collect()
        };
        assert_eq!(ids(english.1), ids(danish.1), "{}.ftl", english.0);
    }
}

#[test]
fn nothing_is_left_unfilled() {
    let said = everything_said();
    assert!(said.len() > 600);
    for said in said {
        let sound = !said.text.contains(['{', '}', '$'])
            && !said.text.contains("  ")
            && said.text != said.id
            && said.text.trim() == said.text.as_str()
            && !said.text.is_empty();
        assert!(sound, "{} {}: {:?}", said.language, said.id, said.text);
    }
}
