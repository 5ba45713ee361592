//! Speech Dispatcher dies while Sayso speaks, and comes back.

use std::time::Duration;

use rig::cli::Terminal;
use rig::desktop::Desktop;
use rig::story::Story;

const HEADING: &str = "\
The voice dies in the middle of a sentence. Speech Dispatcher is killed while it says who asks.
Sayso says in a notification that it cannot speak; the request stands beside it. When there is a
voice again, one sentence says what waits, and nothing of what was missed.";

#[tokio::test(flavor = "multi_thread")]
async fn speech_killed_in_mid_sentence() {
    let mut story = Story::begin(Desktop::builder(HEADING)).await;
    story.desktop.speech().take_per_message(Duration::from_secs(600));
    let mut login = story.open_login_page("CODE-1").await;
    story.desktop.speech().wait_for_begin("asks you to log in").await;
    let shown = story.desktop.session_bus().wait_for_notification("log in? Answer: code").await;
    story.act("Speech Dispatcher is killed");
    story.desktop.speech().kill();
    let silent = story.desktop.session_bus().wait_for_notification("Sayso cannot speak").await;
    story.act("Speech Dispatcher is back");
    story.desktop.speech().take_per_message(Duration::from_millis(20));
    story.desktop.speech().restart().await;
    story.desktop.speech().wait_for("Speech is back").await;
    story.desktop.session_bus().wait_for_close(&silent).await;

    let mut terminal = Terminal::sayso(&story.desktop, &["enter", &login.code]);
    terminal.read_until("Answer:").await;
    story.desktop.session_bus().wait_for_close(&shown).await;
    terminal.type_line("approve");
    login.go_on("Approved", story.transcript()).await;
    terminal.wait_for_status(0).await;
    story.end("speech-killed-in-mid-sentence").await;
}
