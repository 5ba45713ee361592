//! A text console: no voice, no notifications, one terminal.

use rig::broker::Broker;
use rig::cli::Terminal;
use rig::daemon::Daemon;
use rig::desktop::Desktop;
use rig::service::Returned;
use rig::story::{SERVICE, Story};

const HEADING: &str = "\
A login at a text console. There is no speech and no notification server. Anna stays in `sayso
attend`, reads the notice on her braille display, and answers at the same prompt.";

#[tokio::test(flavor = "multi_thread")]
async fn attend() {
    let desktop = Desktop::builder(HEADING).without_speech().without_notifications();
    let desktop = desktop.without_display().start().await;
    let broker = Broker::start(&desktop).await;
    let daemon = Daemon::start(&desktop).await;
    let channels = ["--speech", "off", "--notification", "off", "--attend", "on"];
    let mut story = Story::begin_as(desktop, broker, daemon, SERVICE, &channels).await;
    let mut terminal = Terminal::sayso(&story.desktop, &["attend"]);
    terminal.read_until("To stop: Ctrl+C.\n").await;

    let mut login = story.open_login_page("CODE-1").await;
    terminal.read_until("The code is on the page. Five minutes.\u{7}\n").await;
    assert_eq!(terminal.screen().matches('\u{7}').count(), 1, "{:?}", terminal.screen());
    terminal.type_line(&login.code);
    terminal.read_until("Approve or deny?\n").await;
    terminal.type_line("approve");
    login.go_on("Approved", story.transcript()).await;
    terminal.read_until("Approved. You are logged in at Example Bank.\n").await;
    assert!(matches!(story.service.wait_for_return().await, Returned::Outcome(_)));
    story.act("pressed: Ctrl+D");
    terminal.press("\u{4}");
    terminal.wait_for_status(0).await;
    story.end("attend").await;
}
