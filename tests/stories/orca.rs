//! With the real Orca, each fact is heard once.

use std::time::Duration;

use rig::broker::Broker;
use rig::desktop::Desktop;
use rig::keyboard::Keyboard;
use rig::orca::{CLIENT, Orca};
use rig::processes::{program, wait_until};
use rig::story::Story;

const HEADING: &str = "\
With Orca, the screen reader. Sayso says what there is to say, and its notification only that
something waits, so that Orca repeats nothing. Anna presses her shortcut: Orca reads the dialog with
the question, and Sayso keeps quiet. Each fact is heard once.";

/// Orca says the first word on a new window sooner than this, unless it has missed it.
const SILENT: Duration = Duration::from_secs(6);

#[tokio::test(flavor = "multi_thread")]
async fn orca() {
    let mut desktop = Desktop::builder(HEADING).start().await;
    let mut keyboard = Keyboard::start(&desktop, &program("sayso").display().to_string()).await;
    let orca = Orca::start(&mut desktop).await;
    let broker = Broker::start(&desktop).await;
    let mut story = Story::begin_with(desktop, broker).await;
    let mut login = story.log_in("CODE-1").await;
    story.desktop.session_bus().wait_for_notification("Sayso: 1 waiting").await;

    story.act("the shortcut: sayso");
    keyboard.shortcut();
    keyboard.wait_for_dialog().await;
    heard(&mut story, &keyboard, "Code from the page").await;
    story.act("typed in the dialog: CODE-1");
    keyboard.type_text(&login.code);
    keyboard.press("Return");
    heard(&mut story, &keyboard, "Approve or deny?").await;
    story.act("in the dialog: Tab, Space");
    keyboard.press("Tab");
    keyboard.press("space");
    login.go_on("Approved", story.transcript()).await;
    story.desktop.speech().wait_for("Approved. You are logged in").await;

    let all = story.desktop.speech().all();
    for fact in ["asks you to log in", "The code is on the page", "Approve or deny?", "Approved."] {
        let heard: Vec<_> = all.iter().filter(|one| one.text.contains(fact)).collect();
        assert_eq!(heard.len(), 1, "{fact:?} is heard once: {heard:#?}");
    }
    orca.stop(&story.desktop).await;
    story.end("orca").await;
}

/// Waits until Orca has begun to read this. On a busy machine Orca misses a window whose program is
/// slow to answer it; then the person leaves the window and comes back.
async fn heard(story: &mut Story, keyboard: &Keyboard, text: &str) {
    let speech = story.desktop.speech();
    let found = || speech.said_by(CLIENT).into_iter().find(|one| one.text.contains(text));
    for _ in 0..3 {
        let reads = wait_until(text, String::new, found);
        if tokio::time::timeout(SILENT, reads).await.is_ok() {
            return;
        }
        keyboard.come_back();
    }
    wait_until(text, || format!("{:#?}", speech.all()), found).await;
}
