//! Writes the manual page and the completions of `sayso` into `packaging/`:
//! `cargo run -p sayso --example manual`. They are committed; a test compares them.

use std::io;
use std::path::{Path, PathBuf};

use clap::{Command, CommandFactory};
use clap_complete::{Shell, generate};
use clap_mangen::Man;
use sayso::command_line::CommandLine;

fn main() -> io::Result<()> {
    for (path, text) in files()? {
        std::fs::create_dir_all(path.parent().unwrap_or(&path))?;
        std::fs::write(&path, text)?;
    }
    Ok(())
}

/// Every file, and what stands in it.
pub(crate) fn files() -> io::Result<Vec<(PathBuf, Vec<u8>)>> {
    let packaging = Path::new(env!("CARGO_MANIFEST_DIR")).join("../packaging");
    // The package's version changes without the manual: it is not in the page.
    let command = || CommandLine::command().version(None::<&str>);
    let completions = packaging.join("completions");
    Ok(vec![
        (packaging.join("man/sayso.1"), manual(command())?),
        (completions.join("sayso.bash"), completion(Shell::Bash, command())),
        (completions.join("_sayso"), completion(Shell::Zsh, command())),
        (completions.join("sayso.fish"), completion(Shell::Fish, command())),
    ])
}

/// One page for all words, so that one search finds everything.
fn manual(command: Command) -> io::Result<Vec<u8>> {
    let mut page = Vec::new();
    let man = Man::new(command.clone()).section("1");
    man.render_title(&mut page)?;
    man.render_name_section(&mut page)?;
    man.render_synopsis_section(&mut page)?;
    man.render_description_section(&mut page)?;
    man.render_options_section(&mut page)?;
    page.extend_from_slice(b".SH WORDS\n");
    let mut command = command;
    command.build();
    for word in command.get_subcommands() {
        page.extend_from_slice(format!(".SS sayso {}\n", word.get_name()).as_bytes());
        let own = Man::new(word.clone().mut_args(|argument| {
            let global = argument.is_global_set() || argument.get_id() == "help";
            argument.hide(global)
        }));
        let mut about = Vec::new();
        own.render_description_section(&mut about)?;
        own.render_options_section(&mut about)?;
        page.extend(without_headings(&about));
    }
    page.extend_from_slice(b".SH SEE ALSO\nsaysod(1), sayso\\-broker(1)\n");
    Ok(page)
}

/// The sections of one word stand below its own heading.
fn without_headings(page: &[u8]) -> Vec<u8> {
    let text = String::from_utf8_lossy(page);
    let lines = text.lines().filter(|line| !line.starts_with(".SH "));
    lines.flat_map(|line| format!("{line}\n").into_bytes()).collect()
}

fn completion(shell: Shell, mut command: Command) -> Vec<u8> {
    let mut script = Vec::new();
    generate(shell, &mut command, "sayso", &mut script);
    script
}
