//! A store that is put back from a backup: the broker's, and Sayso's own.

use std::time::Duration;

use rig::cli::{self, Terminal};
use rig::daemon;
use rig::desktop::Desktop;
use rig::processes::copy_folder;
use rig::story::{ACCOUNT, CHANNELS, Computer, Story, register_at};

const YESTERDAY: &str = "\
The broker is set back to yesterday's backup. Today Anna has logged in and registered a second computer. The
first one says what happened, once, and its history has it; she logs in there as ever. The second one is not
known any more: it says so and what to do, and keeps its keys until Anna unregisters it.";

const KEY: &str = "\
The broker is set back to a backup from before its key was changed. Anna's computer does not take the old key
again, and says what to do. She unregisters it, registers it again, and logs in.";

const OWN: &str = "\
Sayso's own store is set back to a copy from before the broker had answered. It sends what Anna decided once
more, the same bytes, which count once. She hears once more how it ended and is asked nothing again, and the
next login is like any other.";

const DAY: Duration = Duration::from_secs(86_400);
const HOUR: Duration = Duration::from_secs(3_600);

/// Anna logs in by ear, as her `count`th login.
async fn log_in(story: &mut Story, name: &str, count: usize) {
    let mut login = story.log_in(name).await;
    let asked = story.desktop.session_bus().wait_for_notification("log in?").await;
    let mut terminal = Terminal::sayso(&story.desktop, &["enter", &login.code]);
    terminal.read_until("Answer:").await;
    story.desktop.session_bus().wait_for_close(&asked).await;
    terminal.type_line("approve");
    login.go_on("Approved", story.transcript()).await;
    let (status, rest) = terminal.wait_for_end().await;
    assert_eq!(status, 0, "{rest}");
    story.service.wait_for_nth_return(count).await;
    assert_eq!(story.service.returned().len(), count);
}

/// Anna has the account forgotten on this computer alone, since its broker does not take her word.
async fn forget_here(desktop: &Desktop) {
    let mut terminal = Terminal::sayso(desktop, &["unregister"]);
    terminal.read_until("Yes or no:").await;
    terminal.type_line("yes");
    assert_eq!(terminal.wait_for_end().await.0, 0, "{}", terminal.screen());
}

#[tokio::test(flavor = "multi_thread")]
async fn broker_set_back_to_yesterday() {
    let desktop = Desktop::builder(YESTERDAY).called("first computer");
    let (mut story, clock) = Story::begin_with_clock(desktop).await;
    story.act("the operator backs the broker's store up; a day passes");
    story.broker.back_up().await;
    story.pass(&clock, DAY).await;
    story.broker.link_anew().await;
    log_in(&mut story, "CODE-1", 1).await;
    let second = story.desktop.beside("second computer");
    let mut second = Computer::start_with_clock(second, clock.clone()).await;
    story.act("Anna registers the second computer, and the operator lets it in at once");
    second.join(&story.broker, "kitchen").await;
    story.desktop.speech().wait_for("kitchen").await;
    second.act("the second computer is switched off");
    second.daemon.stop().await;
    story.pass(&clock, HOUR).await;

    story.act("the operator puts yesterday's store back");
    story.broker.put_back().await;
    story.desktop.speech().wait_for("was set back to an earlier state").await;
    story.operate(&["audit", "verify"]).await;
    let listed = story.broker.must(&["approver", "list", ACCOUNT]).await;
    assert!(listed.contains("laptop") && !listed.contains("kitchen"), "{listed}");
    log_in(&mut story, "CODE-2", 2).await;
    story.wait_for_in_history("Broker set back: ", 1).await;

    second.act("the second computer is switched on");
    second.daemon.start_again(&second.desktop).await;
    second.desktop.speech().wait_for("does not know this computer").await;
    assert_eq!(second.desktop.keyring().keys("approver").await.len(), 1, "its keys stay");
    forget_here(&second.desktop).await;
    second.forgotten().await;
    story.end_with(&[&second], "broker-set-back-to-yesterday").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn broker_set_back_to_the_key_before() {
    let (mut story, clock) = Story::begin_with_clock(Desktop::builder(KEY)).await;
    story.broker.back_up().await;
    story.broker.link_anew().await;
    let snapshots = story.broker.proxy().passed_named("link snapshot").len();
    story.act("the operator backs the broker's store up, and gives the broker a new key");
    story.broker.must(&["keys", "rotate"]).await;
    story.broker.proxy().wait_for("link snapshot", snapshots + 1).await;
    log_in(&mut story, "CODE-1", 1).await;
    story.pass(&clock, HOUR).await;
    story.act("the operator puts the store back, with the key of then");
    story.broker.put_back().await;
    story.desktop.speech().wait_for("signs with a key that this computer does not know").await;
    cli::run(&story.desktop, &["status"]).await;
    forget_here(&story.desktop).await;
    story.wait_for_no_account().await;
    let code = story.draw_activation(&["--now"]).await;
    story.act("Anna registers again");
    register_at(&story.desktop, &story.broker.origin(), &code, &CHANNELS).await;
    story.desktop.speech().wait_for("was set back to an earlier state").await;
    log_in(&mut story, "CODE-2", 2).await;
    story.end("broker-set-back-to-the-key-before").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn sayso_set_back() {
    let mut story = Story::begin(Desktop::builder(OWN)).await;
    let folder = story.desktop.dir().join("home/.local/state/sayso");
    let copy = story.desktop.dir().join("copy");
    let mut login = story.log_in("CODE-1").await;
    let mut held = story.broker.proxy().hold("answer to POST /v1/requests/*/decision");
    let mut terminal = Terminal::sayso(&story.desktop, &["enter", &login.code]);
    story.wait_for_question(&mut terminal).await;
    terminal.type_line("approve");
    held.arrived().await;
    daemon::kill(story.daemon.id());
    held.lose();
    assert_eq!(terminal.wait_for_end().await.0, 3);
    story.daemon.kill();
    story.act("saysod is killed, its store is copied, and it is started again");
    copy_folder(&folder, &copy);
    story.daemon.start_again(&story.desktop).await;
    story.broker.proxy().wait_for("answer to POST /v1/requests/*/decision", 1).await;
    login.go_on("Approved", story.transcript()).await;
    story.desktop.speech().wait_for("Approved. You are logged in at Example Bank.").await;
    story.service.wait_for_return().await;

    story.act("Sayso ends; its store is put back; Sayso starts");
    story.daemon.stop().await;
    copy_folder(&copy, &folder);
    story.daemon.start_again(&story.desktop).await;
    story.broker.proxy().wait_for("answer to POST /v1/requests/*/decision", 2).await;
    story.desktop.speech().wait_for_nth("Approved. You are logged in at Example Bank.", 2).await;
    let sent = story.broker.proxy().passed_named("POST /v1/requests/*/decision");
    assert!(sent.iter().all(|one| one.body == sent[0].body), "the same bytes");
    assert_eq!(story.service.returned().len(), 1);
    log_in(&mut story, "CODE-2", 2).await;
    story.end("sayso-set-back").await;
}
