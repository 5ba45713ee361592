//! Addresses that cannot be used, as a page or a message may hold them.

use std::time::Duration;

use rig::cli::Terminal;
use rig::clock::FakeClock;
use rig::desktop::Desktop;
use rig::story::Story;

const HEADING: &str = "\
Bad addresses. Anna's login waits, and she gives Sayso addresses that are almost that of its page's button:
each time she hears what is wrong and what to do, and nothing is sent. With the right one she is asked, and
denies it. After that it is used, and later one is too late. No try is lost: at her next login a wrong code
leaves her four.";

/// One address of a page is looked at in five seconds.
const BETWEEN: Duration = Duration::from_secs(6);

const SECRET: &str = "QUJDREVGR0hJSktMTU5PUA";

#[tokio::test(flavor = "multi_thread")]
async fn bad_addresses() {
    let (mut story, clock) = Story::begin_with_clock(Desktop::builder(HEADING)).await;
    let login = story.log_in("CODE-1").await;
    let good = login.page().opens().expect("a button");
    let (before_secret, secret) = good.split_once("secret=").expect("a secret");
    let (before_request, request) = before_secret.split_once("request=").expect("a request");
    let sevens = "7".repeat(4_000 - "sayso:bind?".len());
    let transcript = story.transcript();
    for (value, name) in [(secret, "SECRET"), (SECRET, "OTHER-SECRET"), (&sevens, "SEVENS")] {
        transcript.name(value, name);
    }
    let elsewhere = format!("sayso:bind?broker=https://login.example&request={request}");
    let not_waiting = format!("{before_request}request=018f2d7e-7e3b-7000-8000-000000000000");
    for bad in [
        "https://login.example/login".to_owned(),
        format!("{good}&method=qr"),
        before_secret.to_owned(),
        format!("{good}&secret={SECRET}"),
        format!("{before_request}request=7&secret={SECRET}"),
        good.replacen("bind", "approve", 1),
        format!("sayso:bind?{sevens}"),
        format!("{elsewhere}secret={SECRET}"),
        format!("{not_waiting}&secret={SECRET}"),
        format!("{before_secret}secret={SECRET}"),
    ] {
        refused(&story, &clock, &bad, 2).await;
    }

    let mut terminal = open(&story, &clock, &good).await;
    story.wait_for_question(&mut terminal).await;
    terminal.type_line("deny");
    terminal.wait_for_status(1).await;
    refused(&story, &clock, &good, 5).await;

    let late = story.log_in("CODE-2").await;
    let address = late.page().opens().expect("a button");
    let (_, secret) = address.split_once("secret=").expect("a secret");
    story.transcript().name(secret, "SECRET-2");
    story.act("five minutes pass");
    story.pass(&clock, Duration::from_secs(301)).await;
    story.desktop.session_bus().wait_for_empty_screen().await;
    refused(&story, &clock, &address, 5).await;

    let next = story.log_in("CODE-3").await;
    let wrong = next.wrong_code();
    story.transcript().name_code(&wrong, "WRONG-CODE");
    let mut terminal = Terminal::sayso(&story.desktop, &["enter", &wrong]);
    terminal.read_until("Wrong code. Four tries left.").await;
    terminal.read_until("Code from the page:").await;
    terminal.press("\x04");
    terminal.wait_for_end().await;
    story.end("bad-addresses").await;
}

/// Anna gives Sayso an address, in her terminal.
async fn open(story: &Story, clock: &FakeClock, address: &str) -> Terminal {
    story.pass(clock, BETWEEN).await;
    Terminal::sayso(&story.desktop, &["open", address])
}

async fn refused(story: &Story, clock: &FakeClock, address: &str, status: i32) {
    let mut terminal = open(story, clock, address).await;
    let told = terminal.wait_for_status(status).await;
    assert!(told.trim_end().split(". ").count() >= 2, "two sentences: {told}");
}
