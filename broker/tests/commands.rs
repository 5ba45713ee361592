//! Every command of `sayso-broker` and every line of its settings file stands in the documents and
//! in the manual page, and what stands there can be typed.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails so")]

use std::path::Path;

use clap::{CommandFactory as _, Parser as _};
use sayso_broker::admin::Flags;
use sayso_broker::settings::{Settings, SettingsError};

const DOCUMENTS: [&str; 4] =
    ["README.md", "CONTRIBUTING.md", "docs/hosting.md", "docs/services.md"];

fn read(file: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(file);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The words of a line, as a shell takes them; quotes hold words together.
fn words(line: &str) -> Vec<String> {
    let parts = line.split('"').enumerate().flat_map(|(place, part)| {
        let whole = place % 2 == 1;
        let words: Vec<&str> = if whole { vec![part] } else { part.split_whitespace().collect() };
        words.into_iter().map(str::to_owned)
    });
    parts.collect()
}

#[test]
fn every_command_of_the_documents_can_be_typed() {
    let (mut count, mut faults) = (0, Vec::new());
    for name in DOCUMENTS {
        let text = read(name);
        let quoted = text.split('`').skip(1).step_by(2);
        for line in text.lines().chain(quoted).filter(|line| line.starts_with("sayso-broker ")) {
            let line = line.split(" = ").next().unwrap_or(line);
            count += 1;
            if let Err(fault) = Flags::try_parse_from(words(line)) {
                faults.push(format!("{name}: {line}: {fault}"));
            }
        }
    }
    assert!(count >= 8, "only {count} commands were found");
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// The words of each command that does something: `service add`.
fn commands(of: &clap::Command, before: &str) -> Vec<String> {
    let mut found = Vec::new();
    for command in of.get_subcommands().filter(|command| command.get_name() != "help") {
        let name = format!("{before} {}", command.get_name());
        let below = commands(command, &name);
        found.extend(if below.is_empty() { vec![name.trim().to_owned()] } else { below });
    }
    found
}

#[test]
fn every_command_stands_in_the_documents_and_in_the_manual() {
    let all = commands(&Flags::command(), "");
    assert!(all.len() > 10, "{all:?}");
    for (name, text) in [
        ("docs/hosting.md", read("docs/hosting.md")),
        ("packaging/man/sayso-broker.1", read("packaging/man/sayso-broker.1")),
    ] {
        let missing: Vec<_> = all.iter().filter(|command| !text.contains(*command)).collect();
        assert!(missing.is_empty(), "{name} does not name {missing:?}");
    }
}

/// The names that a table of the settings file can have, as a wrong one is told.
fn keys(table: &str) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("settings.toml");
    std::fs::write(&file, format!("{table}\nnothing_of_ours = 1\n")).unwrap();
    let Err(SettingsError::Fault { text, .. }) = Settings::read(&file) else { panic!("{table}") };
    let (_, known) = text.split_once("expected").expect("what is known instead");
    known.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

#[test]
fn every_line_of_the_settings_file_stands_in_the_documents_and_no_other() {
    let hosting = read("docs/hosting.md");
    let (_, block) = hosting.split_once("```toml\n").expect("the settings");
    let block = block.split_once("```").expect("their end").0;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("settings.toml");
    std::fs::write(&file, block).unwrap();
    Settings::read(&file).expect("it is read as it stands");
    let manual = read("packaging/man/sayso-broker.1");
    for key in keys("") {
        let table = format!("\n[{key}]\n");
        let shown = block.contains(&format!("\n{key} = ")) || block.contains(&table);
        assert!(shown, "docs/hosting.md does not tell of {key}");
        assert!(manual.contains(&key), "the manual does not name {key}");
        if block.contains(&table) {
            for inner in keys(&format!("[{key}]")) {
                assert!(block.contains(&format!("\n{inner} = ")), "nothing tells of {key}.{inner}");
            }
        }
    }
}
