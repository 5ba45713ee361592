//! A newer change takes an older one's place.

use std::time::Duration;

use rig::cli;
use rig::desktop::Desktop;
use rig::story::{Story, changing};

const HEADING: &str = "\
A change replaced by a newer one. Anna asks for one-time codes, and an hour later for codes read out. She is
told that the newer takes the older's place, and it alone becomes ready, a day after it was asked for.";

const HOUR: Duration = Duration::from_hours(1);

#[tokio::test(flavor = "multi_thread")]
async fn change_replaced() {
    let desktop = Desktop::builder(HEADING);
    let (mut story, clock) = Story::begin_with_clock_as(desktop, &["--approve-with", "qr"]).await;
    changing::ask_for(&story.desktop, "code").await;
    story.act("an hour passes");
    story.pass(&clock, HOUR).await;
    changing::ask_for(&story.desktop, "readout").await;
    story.act("23 hours pass: a day since Anna asked for one-time codes");
    story.pass(&clock, 23 * HOUR).await;
    cli::run(&story.desktop, &["settings", "pending"]).await;
    story.act("one more hour passes");
    story.pass(&clock, HOUR).await;
    story.desktop.speech().wait_for("Change ready: codes read out").await;
    story.wait_for_shown("Change ready", 1).await;
    let (status, rest) = changing::answer(&story.desktop, "yes").await;
    assert_eq!(status, 0, "{rest}");
    story.desktop.session_bus().wait_for_empty_screen().await;
    changing::look(&story.desktop).await;
    story.end("change-replaced").await;
}
