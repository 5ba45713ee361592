//! What stands between the person and the broker, and lets no WebSocket through.

use std::time::Duration;

use rig::cli::Terminal;
use rig::desktop::Desktop;
use rig::proxy::Manner;
use rig::service::Returned;
use rig::story::{Login, Story};

const STRIPS: &str = "\
A proxy that strips Upgrade. Sayso learns of logins by calls that wait, and Anna notices nothing. Once the
proxy lets WebSockets through, Sayso takes one, and what she has heard she does not hear again.";

const BUFFERS: &str = "\
A proxy that holds back what has no end. Sayso learns of logins by calls that wait, and Anna notices
nothing.";

const CUTS: &str = "\
A proxy that cuts WebSockets. After the third Sayso learns of logins by calls that wait, and Anna notices
nothing.";

const HOLDS: &str = "\
A proxy that lets a call go on late. Sayso has a WebSocket by then, and the broker takes the call for the
newer one. Sayso knows its own call, connects again, and Anna hears nothing of another computer.";

const LOOKS: &str = "GET /v1/approver/inbox";
const TRIAL: Duration = Duration::from_mins(5);

/// The network comes back with another proxy, and Sayso waits by a call.
async fn behind(story: &Story, manner: Manner) {
    let proxy = story.broker.proxy();
    proxy.behave(manner);
    proxy.network_down();
    proxy.network_up();
    // The first is answered at once; while the second waits, the broker knows where she is.
    proxy.wait_for(LOOKS, 2).await;
}

async fn log_in(story: &mut Story, number: usize) {
    let login = story.log_in(&format!("CODE-{number}")).await;
    go_through(story, login, number).await;
}

/// Anna enters the code of a login page and says yes.
async fn go_through(story: &mut Story, mut login: Login, number: usize) {
    let mut terminal = Terminal::sayso(&story.desktop, &["enter", &login.code]);
    story.wait_for_question(&mut terminal).await;
    terminal.type_line("approve");
    login.go_on("Approved", story.transcript()).await;
    let rest = terminal.wait_for_status(0).await;
    assert!(rest.contains("Approved. You are logged in at Example Bank."), "{rest}");
    assert!(matches!(story.service.wait_for_nth_return(number).await, Returned::Outcome(_)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_proxy_that_strips_upgrade() {
    let (mut story, clock) = Story::begin_with_clock(Desktop::builder(STRIPS)).await;
    story.act("the network is another, behind a proxy");
    behind(&story, Manner::StripsUpgrade).await;
    log_in(&mut story, 1).await;
    assert_eq!(story.broker.proxy().passed_named("link snapshot").len(), 1);

    story.act("the proxy is set right");
    story.broker.proxy().behave(Manner::Open);
    story.pass(&clock, TRIAL).await;
    story.broker.proxy().wait_for("link snapshot", 2).await;
    // A call that was on its way may have come after it.
    story.broker.link_anew().await;
    log_in(&mut story, 2).await;
    story.end("proxy-that-strips-upgrade").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_proxy_that_buffers() {
    let mut story = Story::begin(Desktop::builder(BUFFERS)).await;
    story.act("the network is another, behind a proxy");
    behind(&story, Manner::Buffers).await;
    log_in(&mut story, 1).await;
    story.end("proxy-that-buffers").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_proxy_that_cuts() {
    let mut story = Story::begin(Desktop::builder(CUTS)).await;
    story.act("the network is another, behind a proxy");
    behind(&story, Manner::Cuts).await;
    log_in(&mut story, 1).await;
    story.end("proxy-that-cuts").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_proxy_that_lets_a_call_go_on_late() {
    let mut story = Story::begin(Desktop::builder(HOLDS)).await;
    story.act("the network is another, behind a proxy");
    behind(&story, Manner::StripsUpgrade).await;
    let mut late = story.broker.proxy().hold(LOOKS);
    let login = story.log_in("CODE-1").await;
    story.wait_for_shown("log in? Answer: code", 1).await;
    late.arrived().await;

    story.act("the proxy lets WebSockets through, and the computer wakes up");
    story.broker.proxy().behave(Manner::Open);
    story.desktop.lock().sleep(false).await;
    story.broker.proxy().wait_for("link snapshot", 2).await;
    late.release();
    story.broker.proxy().wait_for("link snapshot", 3).await;
    go_through(&mut story, login, 1).await;
    story.end("proxy-that-lets-a-call-go-on-late").await;
}
