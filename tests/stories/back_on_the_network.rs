//! A computer that loses its address, and gets it back: the kernel itself tells Sayso (rtnetlink).

use std::time::Duration;

use rig::cli;
use rig::daemon::Daemon;
use rig::desktop::Desktop;
use rig::namespace::{Own, inside};
use rig::processes::{bare_command, wait_until};
use rig::story::{ACCOUNT, Story};

const HEADING: &str = "\
A cable that is pulled, three times. With it go the computer's address and the way to the broker, and Sayso
tries to connect ever more seldom. The moment the address is back it is connected again: it waits for
nothing. Anna logs in as ever.";

/// The longest wait between two tries.
const LONGEST: Duration = Duration::from_mins(1);
/// After so many failures it is that long.
const FAILURES: usize = 8;

/// The computer has this address from now on, or has it no more.
async fn address(act: &str) {
    let mut command = bare_command("ip");
    command.args(["address", act, "198.51.100.1/32", "dev", "lo"]);
    let done = cli::run_silently(command, "").await;
    assert_eq!(done.status, 0, "{}", done.err);
}

/// How often the kernel has told Sayso of something.
fn told(desktop: &Desktop) -> usize {
    let log = Daemon::log(desktop);
    log.lines().filter(|line| line.contains("the network may be another")).count()
}

/// Waits until the kernel has told Sayso of more than `before`.
async fn wait_for_told(desktop: &Desktop, before: usize) {
    let log = || Daemon::log(desktop);
    wait_until("a change of the network", log, || (told(desktop) > before).then_some(())).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn back_on_the_network() {
    if !inside(Own::Network, "back_on_the_network::back_on_the_network") {
        return;
    }
    address("add").await;
    let (mut story, clock) = Story::begin_with_clock(Desktop::builder(HEADING)).await;
    for _ in 0..3 {
        story.act("the cable is pulled");
        let before = told(&story.desktop);
        story.broker.proxy().network_down();
        address("del").await;
        wait_for_told(&story.desktop, before).await;
        for _ in 0..FAILURES {
            story.daemon.wake(&story.desktop).await;
            clock.forward(LONGEST);
            story.daemon.wake(&story.desktop).await;
        }

        story.act("the cable is put back");
        let (before, links) =
            (told(&story.desktop), story.broker.proxy().passed_named("link snapshot").len());
        story.broker.proxy().network_up();
        address("add").await;
        wait_for_told(&story.desktop, before).await;
        story.broker.proxy().wait_for("link snapshot", links + 1).await;
        story.wait_for_connected(ACCOUNT).await;
    }
    let mut login = story.log_in("CODE-1").await;
    story.approve(&mut login).await;
    story.end("back-on-the-network").await;
}
