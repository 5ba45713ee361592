//! The session bus dies under a running daemon.

use rig::cli::{self, Terminal};
use rig::desktop::{Desktop, KeyringAtStart};
use rig::service::Returned;
use rig::story::Story;

const HEADING: &str = "\
A session bus that dies. With it go the notification server and everything else of the desktop. Speech
and the terminal need no bus: Anna hears who asks, and logs in. Sayso's status says what is missing.";

#[tokio::test(flavor = "multi_thread")]
async fn session_bus_gone() {
    let desktop = Desktop::builder(HEADING).keyring(KeyringAtStart::Absent);
    let mut story = Story::begin(desktop).await;
    story.transcript().name(&story.desktop.dir().display().to_string(), "DIR");
    story.desktop.speech().wait_for("There is no keyring").await;
    story.act("the session bus is killed");
    story.desktop.kill_session_bus();
    let mut login = story.log_in("CODE-1").await;
    let status = cli::run(&story.desktop, &["status"]).await;
    assert!(status.out.contains("Notifications do not work."), "{}{}", status.out, status.err);
    let mut terminal = Terminal::sayso(&story.desktop, &["enter", &login.code]);
    terminal.read_until("Answer:").await;
    terminal.type_line("approve");
    login.go_on("Approved", story.transcript()).await;
    terminal.wait_for_status(0).await;
    assert!(matches!(story.service.wait_for_return().await, Returned::Outcome(_)));
    story.end("session-bus-gone").await;
}
