//! The network is down when the person approves: the decision is kept, and sent when it is back.

use rig::cli::Terminal;
use rig::desktop::Desktop;
use rig::service::Returned;
use rig::story::Story;

const HEADING: &str = "\
No network at the moment of the answer. Anna approves; Sayso cannot reach the broker, says so, and
keeps her answer. When the network is back it is sent, and she hears how it ended.";

#[tokio::test(flavor = "multi_thread")]
async fn kept_and_sent() {
    let mut story = Story::begin(Desktop::builder(HEADING)).await;
    let mut login = story.log_in("CODE-1").await;
    let mut terminal = Terminal::sayso(&story.desktop, &["enter", &login.code]);
    story.wait_for_question(&mut terminal).await;
    story.act("the network is gone");
    story.broker.proxy().network_down();
    terminal.type_line("approve");
    let rest = terminal.wait_for_status(4).await;
    assert!(rest.contains("Not sent yet: no connection."), "{rest}");
    assert!(story.broker.proxy().passed_named("POST /v1/requests/*/decision").is_empty());

    story.act("the network is back");
    story.broker.proxy().network_up();
    login.go_on("Approved", story.transcript()).await;
    story.desktop.speech().wait_for("Approved. You are logged in at Example Bank.").await;
    assert!(matches!(story.service.wait_for_return().await, Returned::Outcome(_)));
    story.end("kept-and-sent").await;
}
