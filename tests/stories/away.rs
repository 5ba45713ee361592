//! A computer that was switched off while a change ended.

use std::time::Duration;

use rig::cli::Terminal;
use rig::desktop::Desktop;
use rig::story::{Computer, Story, changing};

const HEADING: &str = "\
A computer that was away. Anna asks for QR codes, and her second computer tells her. While that one
is switched off, she stops the change at the first. Three days later the second one tells her so,
once.";

const HALF_A_MINUTE: Duration = Duration::from_secs(30);
const THREE_DAYS: Duration = Duration::from_secs(3 * 86_400);

#[tokio::test(flavor = "multi_thread")]
async fn away() {
    let first = Desktop::builder(HEADING).called("first computer");
    let (mut story, clock) = Story::begin_with_clock(first).await;
    let second = story.desktop.beside("second computer");
    let mut second = Computer::start_with_clock(second, clock.clone()).await;
    second.join(&story.broker, "kitchen").await;
    story.desktop.speech().wait_for("The computer kitchen can now answer").await;
    changing::ask_for(&story.desktop, "qr").await;
    second.desktop.speech().wait_for("laptop asked for QR codes").await;

    second.act("the second computer is switched off");
    second.daemon.stop().await;
    let mut terminal = Terminal::sayso(&story.desktop, &["settings", "cancel"]);
    terminal.wait_for_status(0).await;
    story.act("three days pass");
    story.pass(&clock, THREE_DAYS).await;
    second.act("the second computer is switched on, and half a minute passes");
    second.start_again().await;
    story.pass_for(&[&second], &clock, HALF_A_MINUTE).await;
    second.desktop.speech().wait_for("Change stopped at laptop").await;

    second.act("it is switched off and on once more, and half a minute passes");
    second.daemon.stop().await;
    second.start_again().await;
    story.pass_for(&[&second], &clock, HALF_A_MINUTE).await;
    changing::look(&second.desktop).await;
    story.end_with(&[&second], "away").await;
}
