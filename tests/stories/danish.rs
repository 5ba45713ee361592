//! The main story for somebody whose computer speaks Danish.

use rig::broker::Broker;
use rig::cli::Terminal;
use rig::daemon::Daemon;
use rig::desktop::Desktop;
use rig::service::Returned;
use rig::story::{SERVICE, Story};
use rig::transcript::Channel;

const HEADING: &str = "\
A login in Danish. Anna's computer speaks Danish, and her browser asks for Danish pages. All that
Sayso and the login page say, show, print and sign is Danish.";

#[tokio::test(flavor = "multi_thread")]
async fn danish() {
    let desktop = Desktop::builder(HEADING).locale("da_DK.UTF-8").start().await;
    let broker = Broker::start(&desktop).await;
    let daemon = Daemon::start(&desktop).await;
    let channels =
        ["--speech", "on", "--notification", "on", "--attend", "off", "--language", "da"];
    let mut story = Story::begin_as(desktop, broker, daemon, SERVICE, &channels).await;
    let mut login = story.open_login_page("CODE-1").await;
    story.transcript().note(Channel::Page, format!("on the page: {}", login.page().text()));
    let said = story.desktop.speech().wait_for("Koden står på siden").await;
    assert_eq!(said.language, "da");
    story.desktop.session_bus().wait_for_notification("log ind? Svar: kode").await;

    let mut terminal = Terminal::sayso(&story.desktop, &["enter", &login.code]);
    terminal.read_until("Godkend eller afvis?").await;
    terminal.read_until("Svar:").await;
    story.desktop.session_bus().wait_for_empty_screen().await;
    terminal.type_line("godkend");
    login.go_on("Godkendt", story.transcript()).await;
    terminal.wait_for_status(0).await;
    assert!(matches!(story.service.wait_for_return().await, Returned::Outcome(_)));
    story.end("danish").await;
}
