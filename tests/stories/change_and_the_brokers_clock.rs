//! Somebody sets the broker's clock while a change waits.

use std::time::Duration;

use rig::broker::Broker;
use rig::cli::Terminal;
use rig::clock::FakeClock;
use rig::daemon::Daemon;
use rig::desktop::Desktop;
use rig::story::{CHANNELS, SERVICE, Story, changing};

const HEADING: &str = "\
The broker's clock is set while a change waits. Forward, two days and then eight: the change is not ready, and
is not dropped. Back, to before it was asked for: it is not lost. Setting a clock makes no time pass.";

const DAY: Duration = Duration::from_hours(24);

/// The clock is set, and Anna tries to say yes.
async fn set(story: &mut Story, clock: &FakeClock, ahead: i64, act: &str) {
    story.act(act);
    clock.set(ahead);
    story.broker.wake().await;
    let mut terminal = Terminal::sayso(&story.desktop, &["settings", "confirm"]);
    terminal.wait_for_status(4).await;
    changing::look(&story.desktop).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn change_and_the_brokers_clock() {
    let desktop = Desktop::builder(HEADING).start().await;
    let clock = FakeClock::wall_alone(desktop.dir(), "broker");
    let broker = Broker::start_with_clock(&desktop, clock.clone()).await;
    let daemon = Daemon::start(&desktop).await;
    let answers = [&CHANNELS[..], &["--approve-with", "qr"]].concat();
    let mut story = Story::begin_as(desktop, broker, daemon, SERVICE, &answers).await;
    changing::ask_for(&story.desktop, "code").await;

    let days = |days: i64| days * i64::try_from(DAY.as_secs()).expect("a day");
    set(&mut story, &clock, days(2), "the broker's clock is set two days forward").await;
    set(&mut story, &clock, days(10), "the broker's clock is set eight days further").await;
    set(&mut story, &clock, days(-1), "the broker's clock is set back, to yesterday").await;
    story.act("the broker is restarted, with its clock a month ahead");
    clock.set(days(30));
    let links = story.broker.proxy().passed_named("link snapshot").len();
    story.broker.restart().await;
    story.broker.proxy().wait_for("link snapshot", links + 1).await;
    story.desktop.speech().wait_for("set the clock when you can").await;
    set(&mut story, &clock, days(30), "Anna looks").await;
    let said = story.desktop.speech().said();
    assert!(!said.iter().any(|one| one.text.contains("Change")), "{said:?}");
    story.end("change-and-the-brokers-clock").await;
}
