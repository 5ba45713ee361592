//! Two brokers, each with an account of Anna's: what comes from which, and where a code goes.

use rig::broker::Broker;
use rig::cli::{self, Terminal};
use rig::desktop::Desktop;
use rig::service::{Returned, Service};
use rig::story::{ACCOUNT, Story, claims};

const HEADING: &str = "\
Two brokers. Anna registers at her employer's broker too, and says what she calls each. Two logins
wait at once: each is told with its broker's name. She types the code of one, says which broker it
is for, and the other broker never sees it. When that one is gone, the first goes on working; and when
its keys are gone too, she hears for which account.";

/// Anna registers at a second broker, and names both.
async fn register(story: &Story, work: &Broker) {
    let code = work.activation(ACCOUNT).await;
    story.transcript().name(&code, "ACTIVATION-CODE");
    let origin = work.origin();
    let mut arguments = vec!["register", &*origin, ACCOUNT, "--computer", "laptop"];
    arguments.extend(["--approve-with", "code", "--same-device", "on"]);
    arguments.extend(["--speech", "on", "--notification", "on"]);
    arguments.extend(["--attend", "off", "--voice", "", "--rate", "0", "--language", "en"]);
    let mut terminal = Terminal::sayso(&story.desktop, &arguments);
    terminal.read_until("Yes or no:").await;
    terminal.type_line("yes");
    terminal.read_until("14 digits:").await;
    terminal.type_line(&code);
    let asked = |broker: &Broker| format!("Enter keeps {}:", host(broker));
    terminal.read_until(&asked(&story.broker)).await;
    terminal.type_line("Home");
    terminal.read_until(&asked(work)).await;
    terminal.type_line("home");
    terminal.read_until("Choose another name.").await;
    terminal.read_until(&asked(work)).await;
    terminal.type_line("Work");
    terminal.wait_for_status(0).await;
    work.proxy().wait_for("link snapshot", 1).await;
}

fn host(broker: &Broker) -> String {
    broker.origin().trim_start_matches("http://").to_owned()
}

fn codes(broker: &Broker) -> usize {
    broker.proxy().passed_named("POST /v1/bindings").len()
}

#[tokio::test(flavor = "multi_thread")]
async fn two_brokers() {
    let mut story = Story::begin(Desktop::builder(HEADING)).await;
    let mut work = Broker::start_in(&story.desktop, "work", None).await;
    for (broker, name) in [(&work, "OTHER-BROKER"), (&story.broker, "BROKER")] {
        story.transcript().name(&host(broker), name);
    }
    work.add_account(ACCOUNT).await;
    let at_home = story.desktop.keyring().keys_of_accounts().await;
    register(&story, &work).await;
    cli::run(&story.desktop, &["accounts"]).await;

    let mut at_bank = story.log_in("CODE-1").await;
    let office = Service::start(&work, "Time Sheets", story.transcript()).await;
    let mut at_work = story.log_in_at(&office, "Time Sheets", "CODE-2").await;
    story.transcript().name(&office.last().unwrap().id, "REQUEST-2");
    let shown = story.desktop.session_bus().wait_for_notification("Work: Time Sheets").await;
    cli::run(&story.desktop, &["requests"]).await;

    let mut terminal = Terminal::sayso(&story.desktop, &["enter", &at_work.code]);
    terminal.read_until("Number, 1 to 2:").await;
    terminal.type_line("2");
    terminal.read_until("Log in at Time Sheets as anna?").await;
    terminal.read_until("Answer:").await;
    story.desktop.session_bus().wait_for_close(&shown).await;
    terminal.type_line("approve");
    at_work.go_on("Approved", story.transcript()).await;
    terminal.wait_for_status(0).await;
    assert!(matches!(office.wait_for_return().await, Returned::Outcome(_)));
    assert_eq!((codes(&story.broker), codes(&work)), (0, 1), "one broker alone saw the code");
    for passed in story.broker.proxy().passed() {
        let text = String::from_utf8_lossy(&passed.body).into_owned();
        let text = claims(text.trim_matches('"')).map_or(text, |claims| claims.to_string());
        assert!(!text.contains(&at_work.code), "{} carried the code", passed.name);
    }

    story.act("the employer's broker is killed");
    work.kill();
    story.approve(&mut at_bank).await;
    assert!(matches!(story.service.wait_for_return().await, Returned::Outcome(_)));
    story.wait_for_lost("Work").await;
    cli::run(&story.desktop, &["status"]).await;
    cli::run(&story.desktop, &["accounts", "name", "Work", "The office"]).await;
    cli::run(&story.desktop, &["accounts"]).await;

    story.act("Sayso ends; the keys for the office are deleted; Sayso starts");
    story.daemon.stop().await;
    let keyring = story.desktop.keyring();
    for key in keyring.keys_of_accounts().await.iter().filter(|key| !at_home.contains(key)) {
        keyring.delete(key).await;
    }
    story.daemon.start_again(&story.desktop).await;
    story.desktop.speech().wait_for("The keys for anna at The office").await;
    story.wait_for_connected(ACCOUNT).await;
    story.end("two-brokers").await;
}
