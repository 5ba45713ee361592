//! This computer's clock is ten minutes wrong.

use rig::broker::Broker;
use rig::clock::FakeClock;
use rig::daemon::Daemon;
use rig::desktop::Desktop;
use rig::service::Returned;
use rig::story::{CHANNELS, SERVICE, Story};

const FAST: &str = "\
A clock that is fast. This computer is ten minutes ahead of the broker. Registering and logging in
work as ever, by the broker's time; Sayso says once that the clock is off.";

const SLOW: &str = "\
A clock that is slow. This computer is ten minutes behind the broker. Registering and logging in
work as ever, by the broker's time; Sayso says once that the clock is off.";

/// A login with this computer's clock so many seconds ahead of the broker's.
async fn log_in(heading: &str, ahead: i64, name: &str) {
    let desktop = Desktop::builder(heading).start().await;
    let clock = FakeClock::new(desktop.dir(), "computer");
    clock.set(ahead);
    let broker = Broker::start(&desktop).await;
    let daemon = Daemon::start_with_clock(&desktop, clock).await;
    let mut story = Story::begin_as(desktop, broker, daemon, SERVICE, &CHANNELS).await;
    story.desktop.speech().wait_for("set the clock when you can").await;
    let mut login = story.log_in("CODE-1").await;

    story.approve(&mut login).await;
    assert!(matches!(story.service.wait_for_return().await, Returned::Outcome(_)));
    story.end(name).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn fast() {
    log_in(FAST, 600, "clock-fast").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn slow() {
    log_in(SLOW, -600, "clock-slow").await;
}
