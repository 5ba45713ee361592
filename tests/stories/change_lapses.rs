//! A change that nobody confirms.

use std::time::Duration;

use rig::cli::Terminal;
use rig::desktop::Desktop;
use rig::story::{Story, changing};

const HEADING: &str = "\
A change that nobody confirms. Anna asks for one-time codes, and does not answer when it is ready. She
is asked again after a day and in a new session; after seven days the change is dropped.";

const DAY: Duration = Duration::from_hours(24);
/// In the first moments of a session a screen reader has enough to say.
const YOUNG: Duration = Duration::from_secs(20);

#[tokio::test(flavor = "multi_thread")]
async fn change_lapses() {
    let desktop = Desktop::builder(HEADING);
    let (mut story, clock) = Story::begin_with_clock_as(desktop, &["--approve-with", "qr"]).await;
    changing::ask_for(&story.desktop, "code").await;

    story.act("a day passes");
    story.pass(&clock, DAY).await;
    story.desktop.speech().wait_for_nth("Change ready", 1).await;
    story.wait_for_shown("Change ready", 1).await;
    story.act("one more day passes");
    story.pass(&clock, DAY).await;
    story.desktop.speech().wait_for_nth("Change ready", 2).await;
    story.wait_for_shown("Change ready", 2).await;

    story.act("Anna logs out of her computer, and in again");
    let links = story.broker.proxy().passed_named("link snapshot").len();
    story.daemon.stop().await;
    story.daemon.start_again(&story.desktop).await;
    story.broker.proxy().wait_for("link snapshot", links + 1).await;
    story.daemon.wake(&story.desktop).await;
    assert_eq!(story.desktop.speech().said().len(), 2, "not in the session's first moments");
    story.act("twenty seconds pass");
    story.pass(&clock, YOUNG).await;
    story.desktop.speech().wait_for_nth("Change ready", 3).await;
    story.wait_for_shown("Change ready", 3).await;

    story.act("six more days pass");
    story.pass(&clock, 6 * DAY).await;
    story.desktop.speech().wait_for("Change dropped").await;
    story.wait_for_shown("Change dropped", 1).await;
    let mut terminal = Terminal::sayso(&story.desktop, &["settings", "confirm"]);
    terminal.wait_for_status(2).await;
    changing::look(&story.desktop).await;
    story.end("change-lapses").await;
}
