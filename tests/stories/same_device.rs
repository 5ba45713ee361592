//! Approved on this computer, by the login page's first button.

use rig::browser::{Browser, Engine, Window};
use rig::cli::Terminal;
use rig::desktop::Desktop;
use rig::keyboard::Keyboard;
use rig::service::Returned;
use rig::story::{ACCOUNT, Story};
use rig::transcript::Channel;

const BUTTON: &str = "Approve on this computer";

const CHROMIUM: &str = "\
On this computer, in Chromium. The login page's first button opens Sayso: a dialog with the question has
the focus, and two keys approve. The login is finished in a new tab of the browser that holds the page;
Anna types no code.";

const FIREFOX: &str = "\
On this computer, in Firefox. The login page's first button opens Sayso: a dialog with the question has
the focus, and two keys approve. The login is finished in a new tab of the browser that holds the page;
Anna types no code.";

const OTHER: &str = "\
Another default browser. Anna's login page is open in Firefox, and her default browser is Chromium, where
Sayso's approval arrives: nobody is in, and page, browser and voice say why. She starts again in Firefox
and gives the code, which needs no browser.";

#[tokio::test(flavor = "multi_thread")]
async fn same_device_in_chromium() {
    same_device(Engine::Chromium, CHROMIUM, "same-device-chromium").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn same_device_in_firefox() {
    same_device(Engine::Firefox, FIREFOX, "same-device-firefox").await;
}

async fn same_device(engine: Engine, heading: &str, name: &str) {
    let mut story = Story::begin(Desktop::builder(heading)).await;
    let mut keyboard = Keyboard::start(&story.desktop, "true").await;
    let browser = Browser::open_as(&story.desktop, "first", engine, Window::Normal).await;
    browser.become_default(&story.desktop);
    begin(&mut story, &browser, 1).await;
    let page = browser.text().await;
    story.transcript().note(Channel::Page, format!("on the page: {page}"));
    approve(&mut story, &browser, &mut keyboard).await;
    for text in ["approve for anna", "Done in the other tab."] {
        let page = browser.turn_to(text).await;
        story.transcript().note(Channel::Page, format!("on a tab: {page}"));
    }
    assert_eq!(browser.tabs().await, 2);
    assert!(matches!(story.service.wait_for_return().await, Returned::Outcome(_)));
    story.desktop.speech().wait_for("Approved. You are logged in").await;
    drop(browser);
    story.end(name).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_login_page_in_another_browser_than_the_default_one() {
    let mut story = Story::begin(Desktop::builder(OTHER)).await;
    let mut keyboard = Keyboard::start(&story.desktop, "true").await;
    let open = |name, engine| Browser::open_as(&story.desktop, name, engine, Window::Normal);
    let (default, hers) =
        tokio::join!(open("default", Engine::Chromium), open("hers", Engine::Firefox));
    default.become_default(&story.desktop);
    begin(&mut story, &hers, 1).await;
    approve(&mut story, &hers, &mut keyboard).await;
    story.desktop.speech().wait_for("Start again in that one.").await;
    let page = default.turn_to("Begun in another browser").await;
    story.transcript().note(Channel::Page, format!("in the default browser: {page}"));
    let page = hers.wait_for_text("Stopped.").await;
    story.transcript().note(Channel::Page, format!("on the page: {page}"));

    let code = begin(&mut story, &hers, 2).await;
    let mut terminal = Terminal::sayso(&story.desktop, &["enter", &code]);
    story.wait_for_question(&mut terminal).await;
    terminal.type_line("approve");
    terminal.wait_for_status(0).await;
    hers.wait_for_text("approve for anna").await;
    assert!(matches!(story.service.wait_for_return().await, Returned::Outcome(_)));
    drop((default, hers));
    story.end("same-device-other-browser").await;
}

/// Anna is led to a login page of her bank and hears of it; the code on the page.
async fn begin(story: &mut Story, browser: &Browser, number: usize) -> String {
    story.act("in the browser: Anna begins to log in at Example Bank");
    browser.go(&story.service.login_address(ACCOUNT)).await;
    let code = browser.code().await;
    story.transcript().name_code(&code, &format!("CODE-{number}"));
    story.desktop.speech().wait_for_nth("The code is on the page", number).await;
    code
}

/// She presses the page's first button, and approves in the dialog that it opens.
async fn approve(story: &mut Story, browser: &Browser, keyboard: &mut Keyboard) {
    story.act(&format!("on the page: {BUTTON}"));
    browser.press(BUTTON).await;
    keyboard.wait_for_dialog().await;
    story.desktop.speech().wait_for("Approve or deny?").await;
    let page = browser.wait_for_text("Opened in Sayso.").await;
    story.transcript().note(Channel::Page, format!("on the page: {page}"));
    story.act("in the dialog: Tab, Space");
    keyboard.press("Tab");
    keyboard.press("space");
}
