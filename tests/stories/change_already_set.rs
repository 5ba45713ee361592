//! A change to what holds already, or waits already.

use rig::cli::Terminal;
use rig::desktop::Desktop;
use rig::story::{Story, changing};

const HEADING: &str = "\
A change to the value already set. Anna approves by one-time codes, and asks for them: nothing is queued, and
she is told why. While QR codes wait, she asks for them once more, and for the codes that she has.";

/// Types `sayso settings approve_with VALUE`, which is refused without a question.
async fn refused(story: &Story, value: &str) {
    let mut terminal = Terminal::sayso(&story.desktop, &["settings", "approve_with", value]);
    let rest = terminal.wait_for_status(2).await;
    assert!(!rest.contains("Yes or no."), "{rest}");
}

#[tokio::test(flavor = "multi_thread")]
async fn change_already_set() {
    let (story, _clock) = Story::begin_with_clock(Desktop::builder(HEADING)).await;
    refused(&story, "code").await;
    assert!(story.broker.proxy().passed_named("POST /v1/changes").is_empty());
    changing::ask_for(&story.desktop, "qr").await;
    refused(&story, "qr").await;
    refused(&story, "code").await;
    refused(&story, "page").await;
    assert_eq!(story.broker.proxy().passed_named("POST /v1/changes").len(), 1);
    let mut terminal = Terminal::sayso(&story.desktop, &["settings", "cancel"]);
    terminal.wait_for_status(0).await;
    story.end("change-already-set").await;
}
