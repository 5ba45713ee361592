//! A service shows the digits on a page of its own.

use rig::cli::Terminal;
use rig::desktop::Desktop;
use rig::story::{SERVICE, Story};
use serde_json::json;

const HEADING: &str = "\
A page of the bank's own. The administrator lets the bank show the digits itself. Anna types them, hears the
question and approves, and the bank fetches the approval by looking.";

#[tokio::test(flavor = "multi_thread")]
async fn own_page() {
    let mut story = Story::begin(Desktop::builder(HEADING)).await;
    let allowed = story.broker.must(&["service", "page", SERVICE, "service"]).await;
    assert!(allowed.contains("may show the digits on its own page"), "{allowed}");

    story.act("on a page of its own, Example Bank shows Anna the digits");
    let ask = json!({
        "account": "anna",
        "action": {"kind": "login"},
        "origin": {"address": "127.0.0.1"},
        "page": "service",
    });
    let (status, asked) = story.service.call("POST", "/v1/requests", Some(ask)).await;
    assert_eq!(status, 201, "{asked}");
    let (id, code) = (asked["id"].as_str().unwrap(), asked["code"].as_str().unwrap());
    story.transcript().name_code(code, "CODE-1");
    story.desktop.speech().wait_for("asks you to log in").await;
    story.desktop.speech().wait_for("The code is on the page").await;
    story.desktop.session_bus().wait_for_notification("log in? Answer: code").await;

    let mut terminal = Terminal::sayso(&story.desktop, &["enter", code]);
    terminal.read_until("Approve or deny?").await;
    story.wait_for_question(&mut terminal).await;
    terminal.type_line("approve");
    let look = format!("/v1/requests/{id}?wait=50");
    let (_, told) = story.service.call("GET", &look, None).await;
    let outcome = story.service.verify(told["outcome"].as_str().unwrap()).await.unwrap();
    assert_eq!(outcome["verdict"], "approve", "{outcome}");
    let rest = terminal.wait_for_status(0).await;
    assert!(rest.contains("Approved. You are logged in at Example Bank."), "{rest}");
    story.end("own_page").await;
}
