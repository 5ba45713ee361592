//! There is no voice when the person logs in to the desktop: the notification carries on.

use rig::cli::Terminal;
use rig::desktop::Desktop;
use rig::story::Story;

const HEADING: &str = "\
No voice from the start. Speech Dispatcher is dead when Anna's session begins. Sayso says in a
notification that it cannot speak, shows the request there, and the login goes on as ever.";

#[tokio::test(flavor = "multi_thread")]
async fn speech_dead_at_start() {
    let mut story = Story::begin(Desktop::builder(HEADING).without_speech()).await;
    story.desktop.session_bus().wait_for_notification("Sayso cannot speak").await;
    let mut login = story.open_login_page("CODE-1").await;
    let shown = story.desktop.session_bus().wait_for_notification("log in? Answer: code").await;

    let mut terminal = Terminal::sayso(&story.desktop, &["enter", &login.code]);
    terminal.read_until("Answer:").await;
    story.desktop.session_bus().wait_for_close(&shown).await;
    terminal.type_line("approve");
    login.go_on("Approved", story.transcript()).await;
    terminal.wait_for_status(0).await;
    assert!(story.desktop.speech().all().is_empty());
    story.end("speech-dead-at-start").await;
}
