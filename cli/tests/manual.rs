//! The committed manual page and completions are those of this command line.

#[path = "../examples/manual.rs"]
#[allow(dead_code, reason = "the example's main function")]
mod manual;

#[test]
fn the_manual_and_the_completions_are_up_to_date() {
    for (path, text) in manual::files().unwrap() {
        let committed = std::fs::read(&path).unwrap_or_default();
        assert!(
            committed == text,
            "{} is not up to date: cargo run -p sayso --example manual",
            path.display()
        );
    }
}
