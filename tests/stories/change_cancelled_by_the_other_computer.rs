//! Two computers: what is asked for at one can be stopped at the other.

use std::time::Duration;

use rig::cli::Terminal;
use rig::desktop::Desktop;
use rig::story::{Computer, Story, changing};

const HEADING: &str = "\
A change cancelled by the other computer. Somebody at Anna's laptop asks for one-time codes. Her other
computer, kitchen, tells her who asked and how to stop it; she stops it there. They ask once more. A day
later both computers say that it is ready, and she says no in the kitchen.";

const DAY: Duration = Duration::from_hours(24);

#[tokio::test(flavor = "multi_thread")]
async fn change_cancelled_by_the_other_computer() {
    let first = Desktop::builder(HEADING).called("laptop");
    let (mut story, clock) = Story::begin_with_clock_as(first, &["--approve-with", "qr"]).await;
    let kitchen = story.desktop.beside("kitchen");
    let mut kitchen = Computer::start_with_clock(kitchen, clock.clone()).await;
    kitchen.join(&story.broker, "kitchen").await;
    story.desktop.speech().wait_for("The computer kitchen can now answer").await;

    changing::ask_for(&story.desktop, "code").await;
    kitchen.desktop.speech().wait_for("laptop asked for one-time codes").await;
    let mut terminal = Terminal::sayso(&kitchen.desktop, &["settings", "cancel"]);
    terminal.wait_for_status(0).await;
    story.desktop.speech().wait_for("Change stopped at kitchen").await;

    changing::ask_for(&story.desktop, "code").await;
    kitchen.desktop.speech().wait_for_nth("laptop asked for one-time codes", 2).await;
    story.act("a day passes");
    story.pass_for(&[&kitchen], &clock, DAY).await;
    story.desktop.speech().wait_for("Change ready").await;
    kitchen.desktop.speech().wait_for("Change ready").await;
    let (status, rest) = changing::answer(&kitchen.desktop, "no").await;
    assert_eq!(status, 1, "{rest}");
    story.desktop.speech().wait_for_nth("Change stopped at kitchen", 2).await;
    let mut terminal = Terminal::sayso(&story.desktop, &["settings", "confirm"]);
    terminal.wait_for_status(2).await;
    changing::look(&story.desktop).await;
    story.end_with(&[&kitchen], "change-cancelled-by-the-other-computer").await;
}
