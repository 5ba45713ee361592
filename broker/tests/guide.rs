//! The guide on paper, or as a file that a screen reader reads: tagged PDF.

#![allow(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

#[path = "../examples/guide.rs"]
#[allow(dead_code, reason = "the example's main function")]
mod guide;

use std::path::Path;
use std::process::Command;

use sayso_broker::page::help::Topic;

/// What a command prints.
fn printed(command: &mut Command) -> String {
    let output = command.output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?}: {said}");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[test]
fn a_page_of_the_guide_is_printed_as_a_tagged_pdf_in_each_language() {
    let folder = tempfile::tempdir().unwrap();
    let (html, pdf) = (folder.path().join("html"), folder.path().join("pdf"));
    guide::write(&html, &[Topic::ToCodes]).unwrap();
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../packaging/guide-pdf.sh");
    printed(Command::new(script).args([&html, &pdf]));
    for (language, title) in [("en", "Switch to one-time codes"), ("da", "Skift til engangskoder")]
    {
        let file = pdf.join(language).join("switch-to-codes.pdf");
        let facts = printed(Command::new("pdfinfo").arg(&file));
        let tagged = facts.lines().any(|line| line.split_whitespace().eq(["Tagged:", "yes"]));
        assert!(tagged && facts.contains(title), "{facts}");
        let tree = printed(Command::new("pdfinfo").arg("-struct-text").arg(&file));
        for part in ["H1", "H2", "L (block)", "LI (block)", "BlockQuote", title] {
            assert!(tree.contains(part), "no {part} in:\n{tree}");
        }
        let bytes = std::fs::read(&file).unwrap();
        let lang = format!("/Lang ({language})");
        assert!(bytes.windows(lang.len()).any(|part| part == lang.as_bytes()), "{lang}");
    }
}
