//! A broker that is killed in each state of a change.

use std::time::Duration;

use rig::cli::Terminal;
use rig::clock::FakeClock;
use rig::desktop::Desktop;
use rig::service::Returned;
use rig::story::{Story, changing};

const HEADING: &str = "\
A broker that is killed in each state of a change: while it is asked for, while it waits, when it is ready,
while it is confirmed, and when it holds. Nothing is lost, nothing is told twice, nothing comes early.";

const CALL: &str = "POST /v1/changes";
const ANSWER: &str = "answer to POST /v1/changes";
const DAY: Duration = Duration::from_hours(24);

/// Links that are cut sooner, one after the other, are taken for cut by what stands between.
const SETTLED: Duration = Duration::from_secs(91);

async fn settle(story: &Story, clock: &FakeClock) {
    story.pass(clock, SETTLED).await;
}

/// Kills the broker and starts it again; Sayso has found it.
async fn kill(story: &mut Story, clock: &FakeClock) {
    settle(story, clock).await;
    story.act("the broker is killed, and started again");
    let links = story.broker.proxy().passed_named("link snapshot").len();
    story.broker.kill();
    story.broker.start_again().await;
    story.broker.proxy().wait_for("link snapshot", links + 1).await;
    story.daemon.wake(&story.desktop).await;
}

/// Types `arguments` and says yes to what is asked; the broker is killed when `message` is on its
/// way. If it had the yes, Sayso tells so when it is back: a sentence and a line that begin with
/// `told`.
async fn kill_at(
    story: &mut Story,
    clock: &FakeClock,
    arguments: &[&str],
    message: &str,
    told: Option<&str>,
) {
    settle(story, clock).await;
    let mut held = story.broker.proxy().hold(message);
    // What it does is told over the link as well.
    let mut live = told.map(|_| story.broker.proxy().hold("link change"));
    let mut terminal = Terminal::sayso(&story.desktop, arguments);
    terminal.read_until("Answer:").await;
    terminal.type_line("yes");
    held.arrived().await;
    if let Some(live) = &mut live {
        live.arrived().await;
    }
    story.act(match told {
        None => "the broker is killed before it has the yes",
        Some(_) => "the broker is killed when it has the yes, and before it can say so",
    });
    let links = story.broker.proxy().passed_named("link snapshot").len();
    story.broker.kill();
    held.lose();
    drop(live);
    terminal.wait_for_status(4).await;
    story.act("the broker is started again");
    story.broker.start_again().await;
    story.broker.proxy().wait_for("link snapshot", links + 1).await;
    story.daemon.wake(&story.desktop).await;
    if let Some(told) = told {
        story.desktop.speech().wait_for(told).await;
        story.wait_for_shown(told, 1).await;
    }
    changing::look(&story.desktop).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn change_survives_the_broker() {
    let desktop = Desktop::builder(HEADING);
    let (mut story, clock) = Story::begin_with_clock_as(desktop, &["--approve-with", "qr"]).await;
    let set = ["settings", "approve_with", "code"];
    kill_at(&mut story, &clock, &set, CALL, None).await;
    kill_at(&mut story, &clock, &set, ANSWER, Some("Change waiting")).await;
    kill(&mut story, &clock).await;
    let mut terminal = Terminal::sayso(&story.desktop, &["settings", "confirm"]);
    terminal.wait_for_status(4).await;

    story.act("a day passes");
    story.pass(&clock, DAY).await;
    story.desktop.speech().wait_for("Change ready").await;
    story.wait_for_shown("Change ready", 1).await;
    kill(&mut story, &clock).await;
    kill_at(&mut story, &clock, &[], CALL, None).await;
    kill_at(&mut story, &clock, &[], ANSWER, Some("Done")).await;
    kill(&mut story, &clock).await;

    let mut login = story.log_in("CODE-1").await;
    let notice = story.desktop.session_bus().wait_for_notification("log in?").await;
    let mut terminal = Terminal::sayso(&story.desktop, &["enter", &login.code]);
    terminal.read_until("Answer:").await;
    story.desktop.session_bus().wait_for_close(&notice).await;
    terminal.type_line("approve");
    login.go_on("Approved", story.transcript()).await;
    terminal.wait_for_status(0).await;
    assert!(matches!(story.service.wait_for_return().await, Returned::Outcome(_)));
    story.end("change-survives-the-broker").await;
}
