//! With the real Orca, each fact is heard once.

use std::time::Duration;

use rig::broker::Broker;
use rig::browser::Browser;
use rig::desktop::Desktop;
use rig::keyboard::Keyboard;
use rig::orca::{CLIENT, Orca};
use rig::processes::{program, wait_until};
use rig::speech::Speech;
use rig::story::Story;
use thirtyfour::By;

const HEADING: &str = "\
With Orca, the screen reader. Sayso says what there is to say, and its notification only that
something waits, so that Orca repeats nothing. Anna presses her shortcut: Orca reads the dialog with
the question, and Sayso keeps quiet. Each fact is heard once.";

/// Orca says the first word on a new window sooner than this, unless it has missed it.
const SILENT: Duration = Duration::from_secs(12);

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

const PAGE: &str = "\
Orca and the login page. Anna's bank leads her to the login page in Chromium, whose heading says who
asks. By Orca's own keys she goes to the code, which Orca reads digit by digit, and to the button that
copies it. Space copies it, and Orca says so. The shortcut asks the question in a dialog; Tab and
Space approve, and she is back on the page of her bank.";

#[tokio::test(flavor = "multi_thread")]
async fn orca_and_the_page() {
    let mut desktop = Desktop::builder(PAGE).start().await;
    let mut keyboard = Keyboard::start(&desktop, &program("sayso").display().to_string()).await;
    let orca = Orca::start(&mut desktop).await;
    let broker = Broker::start(&desktop).await;
    let mut story = Story::begin_with(desktop, broker).await;
    let browser = Browser::open_with_window(&story.desktop, "first").await;
    // Orca says much of a new window, and Sayso's tail gives way to all of it.
    let mut notice = story.broker.proxy().hold("link request");
    story.act("in the browser: Anna begins to log in at Example Bank");
    browser.go(&story.service.login_address("anna")).await;
    let code = browser.code().await;
    story.transcript().name_code(&code, "CODE-1");
    // She has come here by a link, so the page has the focus and not the address line.
    browser.driver().find(By::Tag("h1")).await.unwrap().click().await.unwrap();
    top_of_page(&mut story, &mut keyboard, "Log in at Example Bank as anna?").await;
    notice.arrived().await;
    notice.release();
    story.desktop.speech().wait_for("The code is on the page").await;

    let digits = browser.driver().find(By::Id("code-spoken")).await.unwrap();
    let digits = digits.text().await.unwrap();
    let copy = digits.replace("Code: ", "Copy code ");
    for (key, text) in [
        ("h", "On this computer heading level 2."),
        ("h", "The code heading level 2."),
        ("Down", digits.as_str()),
        ("b", copy.as_str()),
        ("space", "Copied. Now open Sayso."),
    ] {
        let before = said(story.desktop.speech()).len();
        keyboard.press(key);
        read(story.desktop.speech(), before, text).await;
        story.act(&format!("key: {key}. Orca reads: {text}"));
    }

    story.act("the shortcut: sayso");
    keyboard.shortcut();
    keyboard.wait_for_dialog().await;
    heard(&mut story, &keyboard, "Approve or deny?").await;
    story.act("Orca reads: Log in at Example Bank as anna? Approve or deny?");
    story.act("in the dialog: Tab, Space");
    keyboard.press("Tab");
    keyboard.press("space");
    story.desktop.speech().wait_for("Approved. You are logged in").await;
    keyboard.wait_for_focus("Chromium").await;
    browser.wait_for_text("approve for anna").await;
    drop(browser);
    orca.stop(&story.desktop).await;
    story.end("orca-and-the-page").await;
}

/// What Orca has said so far.
fn said(speech: &Speech) -> Vec<String> {
    speech.said_by(CLIENT).into_iter().map(|one| one.text).collect()
}

/// Waits until Orca has begun to read this, after the first `before` things that it said.
async fn read(speech: &Speech, before: usize, text: &str) {
    let explain = || format!("{:#?}", said(speech));
    let found = || said(speech).into_iter().skip(before).find(|one| one.contains(text));
    wait_until(text, explain, found).await;
}

/// Goes to the first line of the page, which is this. Orca may have missed the page's window.
async fn top_of_page(story: &mut Story, keyboard: &mut Keyboard, text: &str) {
    for _ in 0..4 {
        let before = said(story.desktop.speech()).len();
        keyboard.press("ctrl+Home");
        let reads = read(story.desktop.speech(), before, text);
        if tokio::time::timeout(SILENT, reads).await.is_ok() {
            story.act(&format!("keys: Ctrl+Home. Orca reads: {text}"));
            return;
        }
        keyboard.come_back();
    }
    panic!("Orca does not read {text:?}: {:#?}", said(story.desktop.speech()));
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
