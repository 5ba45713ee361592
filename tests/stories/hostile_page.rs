//! Pages that open Sayso where nobody asked them to.

use rig::browser::{Browser, Engine, PlainBrowser, Window};
use rig::cli::Terminal;
use rig::desktop::Desktop;
use rig::keyboard::Keyboard;
use rig::processes::wait_until;
use rig::service::Returned;
use rig::speech::Ending;
use rig::story::{ACCOUNT, Story};
use rig::transcript::Channel;

const FIFTY: &str = "\
A page that opens Sayso fifty times. Anna's own login waits when she comes to such a page in Firefox. One
dialog says that it is not hers; of the other forty-nine she hears nothing, and nothing is sent anywhere.
Her own login goes on.";

#[tokio::test(flavor = "multi_thread")]
async fn a_page_that_opens_sayso_fifty_times() {
    let mut story = Story::begin(Desktop::builder(FIFTY)).await;
    let mut keyboard = Keyboard::start(&story.desktop, "true").await;
    let firefox = (Engine::Firefox, Window::Normal);
    let browser = Browser::open_as(&story.desktop, "first", firefox.0, firefox.1).await;
    let mut login = story.log_in("CODE-1").await;
    // What the desktop runs, and a line of its own for each that has ended.
    let ended = story.desktop.dir().join("ended");
    let script = story.desktop.dir().join("open.sh");
    let lines = format!("sayso open \"$1\"\necho $? >> {}\n", ended.display());
    std::fs::write(&script, lines).expect("a script");
    story.desktop.open_with("sayso", &format!("sh {} %u", script.display()));

    story.act("in Firefox: Anna comes to a page that opens Sayso fifty times");
    browser.go(&fifty(&story.broker.origin())).await;
    keyboard.wait_for_dialog().await;
    let told = story.desktop.speech().wait_for("is not waiting here").await;
    assert_eq!(told.ending, Ending::Whole);
    story.act("in the dialog: Return");
    keyboard.press("Return");
    let read = || std::fs::read_to_string(&ended).unwrap_or_default();
    wait_until("all fifty to end", read, || (read().lines().count() == 50).then_some(())).await;
    assert_eq!(read(), "2\n".repeat(50), "each is refused");
    keyboard.wait_for_focus("Prizes").await;

    story.approve(&mut login).await;
    drop(browser);
    story.end("hostile-page-of-fifty").await;
}

/// A page that opens addresses of this broker, as only a login page should.
fn fifty(broker: &str) -> String {
    let address =
        format!("sayso:bind?broker={broker}%26request=018f2d7e-7e3b-7000-8000-0000000000");
    format!(
        "data:text/html,<title>Prizes</title><body><h1>You have won</h1><script>\
         for (let n = 10; n < 60; n++) {{ const frame = document.createElement('iframe'); \
         frame.src = '{address}' + n + '%26secret=QUJDREVGR0hJSktMTU5PUA'; \
         document.body.append(frame); }}</script>"
    )
    .replace("%26", "&")
}

const ELSEWHERE: &str = "\
A login begun elsewhere. Mallory begins to log in as Anna, and puts the address of his login page's button
behind a link that Anna follows. She is taken in, and approves: the approval arrives in her browser, which
is not his, so nobody is in. She hears it once. She has lost no try: at her own login a first wrong code
leaves her four.";

#[tokio::test(flavor = "multi_thread")]
async fn a_page_that_opens_a_login_begun_elsewhere() {
    let mut story = Story::begin(Desktop::builder(ELSEWHERE)).await;
    let mut keyboard = Keyboard::start(&story.desktop, "true").await;
    let chromium = (Engine::Chromium, Window::Normal);
    let browser = Browser::open_as(&story.desktop, "first", chromium.0, chromium.1).await;
    browser.become_default(&story.desktop);
    story.act("in Mallory's browser: he begins to log in as anna");
    let mut mallory = PlainBrowser::new("en");
    let his = mallory.go(&story.service.login_address(ACCOUNT)).await;
    let address = his.opens().expect("a button");
    story.transcript().name_code(&his.code().expect("a code"), "HIS-CODE");
    story.desktop.speech().wait_for("The code is on the page").await;

    story.act("in Anna's browser, on a page of Mallory's: Take your prize");
    let link = address.replace('&', "&amp;");
    let page = format!("data:text/html,<title>Prizes</title><a href='{link}'>Take your prize</a>");
    browser.go(&page).await;
    browser.press("Take your prize").await;
    keyboard.wait_for_dialog().await;
    story.desktop.speech().wait_for("Approve or deny?").await;
    story.act("in the dialog: Tab, Space");
    keyboard.press("Tab");
    keyboard.press("space");
    story.desktop.speech().wait_for("Start again in that one.").await;
    let page = browser.turn_to("Begun in another browser").await;
    story.transcript().note(Channel::Page, format!("in Anna's browser: {page}"));
    let page = mallory.go(his.address.as_str()).await;
    story.transcript().note(Channel::Page, format!("in Mallory's browser: {}", page.text()));
    mallory.go(&format!("{}/return", his.address)).await;
    assert!(matches!(story.service.wait_for_return().await, Returned::Refused(_)));

    let mut login = story.log_in("CODE-1").await;
    let wrong = login.wrong_code();
    story.transcript().name_code(&wrong, "WRONG-CODE");
    let mut terminal = Terminal::sayso(&story.desktop, &["enter", &wrong]);
    terminal.read_until("Wrong code. Four tries left.").await;
    terminal.read_until("Code from the page:").await;
    terminal.type_line(&login.code);
    story.wait_for_question(&mut terminal).await;
    terminal.type_line("approve");
    login.go_on("Approved", story.transcript()).await;
    terminal.wait_for_status(0).await;
    drop(browser);
    story.end("hostile-page-begun-elsewhere").await;
}
