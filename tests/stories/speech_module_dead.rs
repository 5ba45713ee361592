//! Speech Dispatcher lives, takes every message, and its output module is dead.

use rig::cli::Terminal;
use rig::desktop::Desktop;
use rig::story::Story;

const HEADING: &str = "\
A voice that answers and says nothing. Speech Dispatcher's output module is dead: every message is
taken and none is heard. Sayso believes only what was heard: it says in a notification that it
cannot speak. With a new one, one sentence says what waits.";

#[tokio::test(flavor = "multi_thread")]
async fn speech_module_dead() {
    let mut story = Story::begin(Desktop::builder(HEADING)).await;
    story.act("Speech Dispatcher's output module is killed");
    story.desktop.speech().kill_module();
    let mut login = story.open_login_page("CODE-1").await;
    let shown = story.desktop.session_bus().wait_for_notification("log in? Answer: code").await;
    let silent = story.desktop.session_bus().wait_for_notification("Sayso cannot speak").await;
    assert!(story.desktop.speech().all().is_empty());
    story.act("Speech Dispatcher is started anew");
    story.desktop.speech().kill();
    story.desktop.speech().restart().await;
    story.desktop.speech().wait_for("Speech is back").await;
    story.desktop.session_bus().wait_for_close(&silent).await;

    let mut terminal = Terminal::sayso(&story.desktop, &["enter", &login.code]);
    terminal.read_until("Answer:").await;
    story.desktop.session_bus().wait_for_close(&shown).await;
    terminal.type_line("approve");
    login.go_on("Approved", story.transcript()).await;
    terminal.wait_for_status(0).await;
    story.end("speech-module-dead").await;
}
