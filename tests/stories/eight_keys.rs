//! From the browser with a shortcut: how many keys a login takes.

use std::io::Write;

use rig::browser::Browser;
use rig::desktop::Desktop;
use rig::keyboard::Keyboard;
use rig::processes::program;
use rig::service::Returned;
use rig::story::Story;
use rig::transcript::Channel;

const HEADING: &str = "\
Eight keys. Anna is on the login page in Chromium and has a shortcut for Sayso. Twice Tab and Space copy
the code, the shortcut asks the question in a dialog, Tab and Space approve. She changes no window
herself; the focus follows her and goes back.";

#[tokio::test(flavor = "multi_thread")]
async fn eight_keys() {
    let mut story = Story::begin(Desktop::builder(HEADING)).await;
    let sayso = program("sayso").display().to_string();
    let mut keyboard = Keyboard::start(&story.desktop, &sayso).await;
    let browser = Browser::open_with_window(&story.desktop, "first").await;
    story.act("in the browser: Anna begins to log in at Example Bank");
    browser.go(&story.service.login_address("anna")).await;
    let code = browser.code().await;
    story.transcript().name_code(&code, "CODE-1");
    // She has come here by a link, so the page has the focus and not the address line.
    browser.driver().find(thirtyfour::By::Tag("h1")).await.unwrap().click().await.unwrap();
    story.desktop.speech().wait_for("The code is on the page").await;
    let page = keyboard.focused();
    let before = keyboard.pressed();

    story.act("keys: Tab, Tab, Space");
    keyboard.press("Tab");
    keyboard.press("Tab");
    keyboard.press("space");
    browser.wait_for_text("Copied").await;
    story.act("keys: the shortcut");
    keyboard.shortcut();
    story.desktop.speech().wait_for("Approve or deny?").await;
    keyboard.wait_for_dialog().await;
    story.act("keys: Tab, Space");
    keyboard.press("Tab");
    keyboard.press("space");
    story.desktop.speech().wait_for("Approved. You are logged in").await;
    let keys = keyboard.pressed() - before;
    // Past libtest, which keeps what a test prints to itself.
    let mut out = std::io::stderr();
    writeln!(out, "keys from the notice to \"Approved\": {keys}").unwrap();
    story.transcript().note(Channel::Page, format!("(keys since the notice: {keys})"));
    assert!(keys <= 8, "{keys} keys");

    browser.wait_for_text("approve for anna").await;
    assert!(matches!(story.service.wait_for_return().await, Returned::Outcome(_)));
    assert_ne!(keyboard.focused(), "");
    assert!(page.contains("Chromium"), "{page}");
    keyboard.wait_for_focus("Chromium").await;
    drop(browser);
    story.end("eight-keys").await;
}
