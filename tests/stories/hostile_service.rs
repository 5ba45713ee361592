//! A service whose name and texts try to be more than text.

use rig::broker::Broker;
use rig::cli::Terminal;
use rig::daemon::Daemon;
use rig::desktop::Desktop;
use rig::speech::Ending;
use rig::story::{ACCOUNT, CHANNELS, Login, Story};
use rig::transcript::Channel;
use serde_json::json;

const HEADING: &str = "\
A hostile service. Its name, its summary and its place hold markup, a right-to-left override,
commands for the speech server and for a terminal, and 10,000 characters. What is said, shown,
printed, asked and signed is plain text, cut short, the same everywhere.";

#[tokio::test(flavor = "multi_thread")]
async fn hostile_service() {
    let desktop = Desktop::builder(HEADING).start().await;
    let broker = Broker::start(&desktop).await;
    let daemon = Daemon::start(&desktop).await;
    let long = "x".repeat(10_000);
    let name = format!("Bank</b><img src=x>\u{202e}knaB\u{7}\r\n.\r\nQUIT\r\n\u{1b}[2J{long}");
    let mut story = Story::begin_as(desktop, broker, daemon, &name, &CHANNELS).await;

    story.transcript().name(&name, "HOSTILE-NAME");
    story.act("the service asks");
    let action = json!({
        "kind": "other",
        "summary": format!("pay \u{202e}001\u{202c} kr\r\n.\r\nCANCEL all\r\n<speak>&amp;</speak>{long}"),
        "details": long,
    });
    let origin = json!({
        "address": "203.0.113.7",
        "place": format!("<i>Berlin</i>\u{200b}\r\nSET self RATE 100\r\n{long}"),
    });
    let more = json!({"action": action, "origin": origin});
    let asked = story.service.ask_with(ACCOUNT, more).await;
    let mut login = Login::open(&asked.login_url, "en").await;
    story.transcript().name_code(&login.code, "CODE-1");
    let page = login.page();
    for mark in
        ["<img", "<speak", "<i>", "\u{202e}", "\u{1b}", "\u{7}", "xxxxxxxxxx".repeat(10).as_str()]
    {
        assert!(!page.html.contains(mark), "{mark:?} is on the page: {}", page.html);
    }
    story.transcript().note(Channel::Page, format!("on the page: {}", page.text()));
    let head = story.desktop.speech().wait_for("Careful: from").await;
    assert_eq!(head.ending, Ending::Whole);
    let length = head.text.replace("...", "…").chars().count();
    assert!(length <= 85, "it holds up everybody else: {head:?}");
    let tail = story.desktop.speech().wait_for("The code is on the page").await;
    assert_eq!(tail.ending, Ending::Whole);
    story.desktop.session_bus().wait_for_notification("asks").await;

    let mut terminal = Terminal::sayso(&story.desktop, &["enter", &login.code]);
    story.wait_for_question(&mut terminal).await;
    terminal.type_line("deny");
    terminal.wait_for_status(1).await;
    let page = login.look().await.text();
    assert!(page.contains("Denied. Nothing was done."), "{page}");
    story.transcript().note(Channel::Page, format!("on the page: {page}"));
    for said in story.desktop.speech().said() {
        assert!(!said.text.contains(|c: char| c.is_control()), "{said:?}");
        assert!(said.text.chars().count() < 300, "{said:?}");
    }
    story.end("hostile-service").await;
}
