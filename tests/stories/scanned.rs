//! A login page's QR code, read off the screen.

use rig::browser::{Browser, Engine, Window};
use rig::cli::{self, Terminal};
use rig::desktop::{Desktop, Portal};
use rig::keyboard::Keyboard;
use rig::processes::{Process, program};
use rig::service::{Returned, Service};
use rig::story::{ACCOUNT, Story};
use rig::transcript::Channel;
use serde_json::Value;

const ON_WAYLAND: &str = "\
Off the screen, on Wayland. Anna's login pages show QR codes, and the desktop's portal takes the picture.
She types sayso scan in a terminal, switches to the page, and is asked there, in a dialog.";

#[tokio::test(flavor = "multi_thread")]
async fn scanned_off_the_screen() {
    let mut story = Story::begin_by_qr(Desktop::builder(ON_WAYLAND).wayland()).await;
    let portal = Portal::start(&story.desktop).await;
    let browser = browser(&story, "first").await;
    log_in(&mut story, &browser, ACCOUNT).await;
    browser.wait_until_shown(&story.desktop).await;
    let mut terminal = Terminal::sayso(&story.desktop, &["scan"]);
    terminal.read_until("ask for permission.").await;
    story.desktop.wait_for_focus_on_wayland("Sayso").await;
    story.desktop.speech().wait_for("Approve or deny?").await;
    story.act("in the dialog: Tab, Space");
    story.desktop.press_on_wayland("Tab");
    story.desktop.press_on_wayland("space");
    approved(&mut story, &browser).await;
    terminal.wait_for_status(0).await;
    drop((browser, portal));
    story.end("scanned-off-the-screen").await;
}

const ON_X11: &str = "\
Off the screen, on X11, where there is no portal. Anna's login pages show QR codes. She types sayso scan
in a terminal, switches to the page, and is asked there, in a dialog.";

#[tokio::test(flavor = "multi_thread")]
async fn scanned_off_x11() {
    let mut story = Story::begin_by_qr(Desktop::builder(ON_X11)).await;
    let mut keyboard = Keyboard::start(&story.desktop, "true").await;
    let browser = browser(&story, "first").await;
    log_in(&mut story, &browser, ACCOUNT).await;
    let mut terminal = Terminal::sayso(&story.desktop, &["scan"]);
    terminal.read_until("ask for permission.").await;
    keyboard.wait_for_dialog().await;
    story.desktop.speech().wait_for("Approve or deny?").await;
    story.act("in the dialog: Tab, Space");
    keyboard.press("Tab");
    keyboard.press("space");
    approved(&mut story, &browser).await;
    terminal.wait_for_status(0).await;
    drop(browser);
    story.end("scanned-off-x11").await;
}

const BY_SHORTCUT: &str = "\
By a shortcut. Anna has one for sayso scan, and presses it before the login page is there: she hears what
to try. On the page she presses it again. Sayso looks at once, and asks her in a dialog of its own.";

#[tokio::test(flavor = "multi_thread")]
async fn scanned_by_a_shortcut() {
    let mut story = Story::begin_by_qr(Desktop::builder(BY_SHORTCUT)).await;
    let scan = format!("{} scan", program("sayso").display());
    let mut keyboard = Keyboard::start(&story.desktop, &scan).await;
    let browser = browser(&story, "first").await;
    keyboard.wait_for_focus("Chromium").await;
    story.act("keys: the shortcut");
    keyboard.shortcut();
    keyboard.wait_for_dialog().await;
    story.desktop.speech().wait_for("No QR code seen.").await;
    story.act("in the dialog: Return");
    keyboard.press("Return");
    keyboard.wait_for_focus("Chromium").await;
    log_in(&mut story, &browser, ACCOUNT).await;
    browser.wait_until_shown(&story.desktop).await;
    story.act("keys: the shortcut");
    keyboard.shortcut();
    story.desktop.speech().wait_for("Approve or deny?").await;
    keyboard.wait_for_dialog().await;
    story.act("in the dialog: Tab, Space");
    keyboard.press("Tab");
    keyboard.press("space");
    approved(&mut story, &browser).await;
    drop(browser);
    story.end("scanned-by-a-shortcut").await;
}

const TWO: &str = "\
Two codes at once. Anna has two login pages side by side, of her bank and of her shop, and presses her
shortcut for sayso scan. Sayso names both and asks which one she means; it asks the question of that one
alone.";

#[tokio::test(flavor = "multi_thread")]
async fn two_codes_on_the_screen() {
    let mut story = Story::begin_by_qr(Desktop::builder(TWO).wayland()).await;
    let portal = Portal::start(&story.desktop).await;
    let shop = Service::start(&story.broker, "Example Shop", story.transcript()).await;
    let bank = browser(&story, "bank").await;
    log_in(&mut story, &bank, ACCOUNT).await;
    let other = browser(&story, "shop").await;
    story.act("in another browser: Anna begins to log in at Example Shop");
    other.go(&shop.login_address(ACCOUNT)).await;
    story.desktop.speech().wait_for_nth("or scan", 2).await;
    wait_for_codes(&story.desktop, 2).await;
    story.act("keys: the shortcut");
    let mut scan = cli::sayso(&story.desktop, &["scan"]);
    let mut scan = Process::start_quiet("scan", &mut scan, &story.desktop.logs());
    story.desktop.wait_for_focus_on_wayland("Sayso").await;
    story.desktop.speech().wait_for("Type a number.").await;
    story.act("in the dialog: 2, Return");
    story.desktop.type_on_wayland("2");
    story.desktop.press_on_wayland("Return");
    story.desktop.speech().wait_for("Approve or deny?").await;
    story.desktop.wait_for_focus_on_wayland("Sayso").await;
    story.act("in the dialog: Space");
    story.desktop.press_on_wayland("space");
    scan.wait_for_end().await;
    story.desktop.speech().wait_for("Denied.").await;
    drop((bank, other, portal, shop));
    story.end("two-codes-on-the-screen").await;
}

/// One of Anna's browsers, in a window.
async fn browser(story: &Story, name: &str) -> Browser {
    Browser::open_as(&story.desktop, name, Engine::Chromium, Window::Normal).await
}

/// Waits until so many codes can be read on a picture of the screen.
async fn wait_for_codes(desktop: &Desktop, count: usize) {
    let file = desktop.dir().join("screen.png");
    let image = file.display().to_string();
    for _ in 0..50 {
        desktop.picture().write_png(&file);
        let look = cli::sayso(desktop, &["scan", "--dry-run", "--json", "--image", &image]);
        let codes = cli::run_silently(look, "").await.out;
        if serde_json::from_str::<Vec<Value>>(&codes).is_ok_and(|codes| codes.len() == count) {
            return;
        }
    }
    panic!("not {count} codes on the screen");
}

/// Anna is led to a login page of her bank and hears of it.
async fn log_in(story: &mut Story, browser: &Browser, account: &str) {
    story.act("in the browser: Anna begins to log in at Example Bank");
    browser.go(&story.service.login_address(account)).await;
    browser.wait_for("#qr").await;
    story.desktop.speech().wait_for("or scan").await;
    let page = browser.text().await;
    story.transcript().note(Channel::Page, format!("on the page: {page}"));
}

async fn approved(story: &mut Story, browser: &Browser) {
    browser.wait_for_text("approve for anna").await;
    assert!(matches!(story.service.wait_for_return().await, Returned::Outcome(_)));
    story.desktop.speech().wait_for("Approved. You are logged in").await;
}
