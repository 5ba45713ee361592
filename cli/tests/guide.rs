//! Every command that the documents name is one that can be typed, and every one that can be typed
//! stands in the manual page.

use std::path::Path;

use clap::error::ErrorKind;
use clap::{CommandFactory as _, Parser};
use sayso::command_line::CommandLine;

/// What stands between backticks, alone or in a block.
fn commands(text: &str) -> impl Iterator<Item = &str> {
    let quoted = text.split('`').skip(1).step_by(2);
    let blocks = text.split("```sh\n").skip(1).filter_map(|rest| rest.split_once("```"));
    let lines = blocks.flat_map(|(block, _)| block.lines());
    quoted.chain(lines).filter(|code| code.split_whitespace().next() == Some("sayso"))
}

#[test]
fn every_command_of_the_documents_can_be_typed() {
    let (mut count, mut faults) = (0, Vec::new());
    for folder in ["", "docs", "docs/guide/en", "docs/guide/da"] {
        let folder = format!("{}/../{folder}", env!("CARGO_MANIFEST_DIR"));
        let pages = std::fs::read_dir(Path::new(&folder)).expect("a folder of documents");
        for page in pages {
            let page = page.expect("a page").path();
            if page.extension().is_none_or(|extension| extension != "md") {
                continue;
            }
            let text = std::fs::read_to_string(&page).expect("a page");
            for command in commands(&text) {
                count += 1;
                let typed = CommandLine::try_parse_from(command.split_whitespace());
                // A word may be named without what is typed after it.
                let whole =
                    |fault: &clap::Error| fault.kind() != ErrorKind::MissingRequiredArgument;
                if let Some(fault) = typed.err().filter(whole) {
                    faults.push(format!("{}: {command}: {fault}", page.display()));
                }
            }
        }
    }
    assert!(count > 60, "only {count} commands were found");
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn every_word_stands_in_the_manual() {
    let manual = include_str!("../../packaging/man/sayso.1");
    let command = CommandLine::command();
    let words = command.get_subcommands().filter(|word| !word.is_hide_set());
    let missing: Vec<&str> = words
        .map(clap::Command::get_name)
        .filter(|word| !manual.contains(&format!("sayso\\-{word}(1)")) && !manual.contains(word))
        .collect();
    assert!(missing.is_empty(), "{missing:?}");
}
