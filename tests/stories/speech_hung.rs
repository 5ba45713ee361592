//! Speech Dispatcher hangs while two requests come, and goes on.

use rig::cli::Terminal;
use rig::desktop::Desktop;
use rig::service::Service;
use rig::story::{ACCOUNT, Story};

const HEADING: &str = "\
The voice hangs. Speech Dispatcher takes everything and answers nothing while two requests come.
Sayso notices, says so in a notification, and shows the requests there. When the voice goes on,
nothing of what was missed is said: one sentence tells what waits now.";

#[tokio::test(flavor = "multi_thread")]
async fn speech_hung() {
    let mut story = Story::begin(Desktop::builder(HEADING)).await;
    story.act("Speech Dispatcher hangs");
    story.desktop.speech().hang();
    let mut login = story.open_login_page("CODE-1").await;
    let shown = story.desktop.session_bus().wait_for_notification("log in? Answer: code").await;
    let silent = story.desktop.session_bus().wait_for_notification("Sayso cannot speak").await;
    story.act("Nordic Rail asks too");
    let rail = Service::start(&story.broker, "Nordic Rail", story.transcript()).await;
    rail.ask(ACCOUNT).await;
    story.desktop.session_bus().wait_for_notification("Nordic Rail: log in?").await;
    story.act("Speech Dispatcher goes on");
    story.desktop.speech().go_on();
    let back = story.desktop.speech().wait_for("Speech is back").await;
    story.desktop.session_bus().wait_for_close(&silent).await;
    assert!(back.text.contains("Two waiting"), "{}", back.text);

    let mut terminal = Terminal::sayso(&story.desktop, &["enter", &login.code]);
    terminal.read_until("Answer:").await;
    story.desktop.session_bus().wait_for_close(&shown).await;
    terminal.type_line("approve");
    login.go_on("Approved", story.transcript()).await;
    terminal.wait_for_status(0).await;
    let said = story.desktop.speech().said();
    let heard = said.iter().filter(|one| !one.text.trim().is_empty()).count();
    assert_eq!(heard, 1, "one sentence about now: {said:#?}");
    story.end("speech-hung").await;
}
