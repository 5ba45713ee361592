//! Every command that the guide names is one that can be typed.

use std::path::Path;

use clap::Parser;
use sayso::command_line::CommandLine;

/// What stands between backticks, alone or in a block.
fn commands(text: &str) -> impl Iterator<Item = &str> {
    let quoted = text.split('`').skip(1).step_by(2);
    let blocks = text.split("```sh\n").skip(1).filter_map(|rest| rest.split_once("```"));
    let lines = blocks.flat_map(|(block, _)| block.lines());
    quoted.chain(lines).filter(|code| code.split_whitespace().next() == Some("sayso"))
}

#[test]
fn every_command_of_the_guide_can_be_typed() {
    let (mut count, mut faults) = (0, Vec::new());
    for language in ["en", "da"] {
        let folder = format!("{}/../docs/guide/{language}", env!("CARGO_MANIFEST_DIR"));
        for page in std::fs::read_dir(Path::new(&folder)).expect("the guide") {
            let page = page.expect("a page").path();
            let text = std::fs::read_to_string(&page).expect("a page");
            for command in commands(&text) {
                count += 1;
                if let Err(fault) = CommandLine::try_parse_from(command.split_whitespace()) {
                    faults.push(format!("{}: {command}: {fault}", page.display()));
                }
            }
        }
    }
    assert!(count > 60, "only {count} commands were found");
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}
