//! The guide quotes Sayso and its pages word for word: what stands there as a quotation is said.

use std::path::Path;

use super::catalogue::{GAP, Said, everything_said_with_gaps};
use crate::languages::Language;

/// The pages of the guide in one language: name and text.
fn pages(language: Language) -> Vec<(String, String)> {
    let folder = format!("{}/../docs/guide/{language}", env!("CARGO_MANIFEST_DIR"));
    let files = std::fs::read_dir(Path::new(&folder)).expect("the guide");
    files
        .map(|file| file.expect("a page").path())
        .map(|path| (path.display().to_string(), std::fs::read_to_string(&path).expect("a page")))
        .collect()
}

/// The lines that Sayso says: those of block quotes.
fn said_lines(text: &str) -> impl Iterator<Item = &str> {
    text.lines().filter_map(|line| line.trim_start().strip_prefix("> "))
}

/// The names of buttons and the words of pages: what stands between quotation marks.
fn named(text: &str) -> impl Iterator<Item = String> {
    text.split('"')
        .skip(1)
        .step_by(2)
        .map(|name| name.split_whitespace().collect::<Vec<_>>().join(" "))
}

/// Whether `text` is `pattern`, in whose gaps anything may stand.
fn fits(pattern: &str, text: &str) -> bool {
    let Some((head, rest)) = pattern.split_once(GAP) else { return pattern == text };
    let Some(after) = text.strip_prefix(head) else { return false };
    after.char_indices().skip(1).any(|(at, _)| fits(rest, &after[at..]))
        || (rest.is_empty() && !after.is_empty())
}

/// Whether this is what is said: fits it, and is not made of gaps.
fn says(said: &Said, line: &str) -> bool {
    let literal = said.text.replace(GAP, "").chars().count();
    literal * 3 > line.chars().count() && fits(&said.text, line)
}

fn all_of(language: Language) -> Vec<Said> {
    everything_said_with_gaps().into_iter().filter(|said| said.language == language).collect()
}

#[test]
fn what_the_guide_quotes_is_said() {
    let (mut count, mut faults) = (0, Vec::new());
    for language in Language::ALL {
        let all = all_of(language);
        for (page, text) in pages(language) {
            for line in said_lines(&text) {
                count += 1;
                if !all.iter().any(|said| says(said, line)) {
                    faults.push(format!("{page}: {line}"));
                }
            }
            for name in named(&text) {
                count += 1;
                let begins = |said: &Said| {
                    said.text.starts_with(&name) && matches!(said.file, "page" | "dialog")
                };
                if !all.iter().any(begins) {
                    faults.push(format!("{page}: \"{name}\""));
                }
            }
        }
    }
    assert!(count > 70, "only {count} quotations were found");
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn both_languages_have_the_same_pages_with_the_same_steps() {
    let shape = |language| {
        let mut shapes: Vec<(String, [usize; 4])> = pages(language)
            .into_iter()
            .map(|(page, text)| {
                let count = |mark: &str| {
                    text.lines().filter(|line| line.trim_start().starts_with(mark)).count()
                };
                let steps = (1..10).map(|step| count(&format!("{step}. "))).sum();
                let name = page.rsplit('/').next().unwrap_or_default().to_owned();
                (name, [count("#"), count("> "), steps, count("- ")])
            })
            .collect();
        shapes.sort();
        shapes
    };
    assert_eq!(shape(Language::English), shape(Language::Danish));
}
