//! A person tries whole approvals of each kind before anything is at stake.

use rig::browser::{Browser, Engine, Window};
use rig::cli::Terminal;
use rig::desktop::{Builder, Desktop, Output};
use rig::keyboard::Keyboard;
use rig::story::Story;
use rig::transcript::Channel;

const HEADING: &str = "\
Practice. Anna has just registered, and practises before she needs it. Sayso asks for each way whether she
wants to try it, and says what is to be done; the broker makes a request of its own for her computer, whose
page opens in her browser, and she approves it as she would any other. Nobody else hears of it, and nothing
happens.";

/// Anna's browser, into which the practice pages are opened.
async fn browser(story: &Story, window: Window) -> Browser {
    let browser = Browser::open_as(&story.desktop, "first", Engine::Chromium, window).await;
    browser.become_default(&story.desktop);
    browser
}

/// She begins; her browser comes up with the page.
async fn begin(story: &mut Story, browser: &Browser, terminal: &mut Terminal, page: &str) {
    terminal.read_until("Press Enter to begin.").await;
    terminal.read_until(":").await;
    terminal.type_line("");
    let printed = terminal.read_until("open it yourself: ").await;
    let address = terminal.read_until("\n").await;
    let (_, name) = address.trim().rsplit_once('/').unwrap_or_else(|| panic!("{printed}"));
    story.transcript().name(name, "PAGE");
    story.desktop.speech().wait_for("Practice, as you asked").await;
    story.desktop.speech().wait_for("Five minutes").await;
    story.desktop.session_bus().wait_for_notification("Practice: nothing happens").await;
    let shown = browser.turn_to(page).await;
    story.transcript().note(Channel::Page, format!("in the browser: {shown}"));
}

/// The page says that it was practice, and so does the terminal.
async fn end(story: Story, browser: Browser, terminal: &mut Terminal, name: &str) {
    let page = browser.turn_to("That was practice: nothing happened.").await;
    story.transcript().note(Channel::Page, format!("in the browser: {page}"));
    terminal.wait_for_status(0).await;
    assert!(story.service.last().is_none(), "no service has to do with it");
    drop(browser);
    story.end(name).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn practise() {
    let mut story = Story::begin(Desktop::builder(HEADING)).await;
    let browser = browser(&story, Window::Normal).await;
    let mut terminal = Terminal::sayso(&story.desktop, &["practise"]);
    for (way, answer) in [("button", "no"), ("QR code", "no"), ("one-time code", "yes")] {
        terminal.read_until(way).await;
        terminal.read_until("Yes or no:").await;
        terminal.type_line(answer);
    }
    begin(&mut story, &browser, &mut terminal, "Code").await;
    let code = browser.code().await;
    story.transcript().name_code(&code, "CODE-1");
    terminal.read_until("Then press Enter here:").await;
    terminal.type_line("");
    terminal.read_until("Code from the page:").await;
    terminal.type_line(&code);
    story.wait_for_question(&mut terminal).await;
    terminal.type_line("approve");
    terminal.read_until("code read out? Yes or no:").await;
    terminal.type_line("no");
    end(story, browser, &mut terminal, "practise").await;
}

const BUTTON: &str = "\
Practice with the button. The practice page opens in Anna's browser. Its first button opens Sayso's dialog,
where two keys approve, and the browser finishes it in a new tab. The terminal tells what she has learnt.";

#[tokio::test(flavor = "multi_thread")]
async fn practise_with_the_button() {
    let mut story = Story::begin(Desktop::builder(BUTTON)).await;
    let mut keyboard = Keyboard::start(&story.desktop, "true").await;
    let browser = browser(&story, Window::Normal).await;
    let mut terminal = Terminal::sayso(&story.desktop, &["practise", "link"]);
    begin(&mut story, &browser, &mut terminal, "Approve on this computer").await;
    terminal.read_until("answer it there.").await;
    story.act("on the page: Approve on this computer");
    browser.press("Approve on this computer").await;
    keyboard.wait_for_dialog().await;
    story.desktop.speech().wait_for("Approve or deny?").await;
    story.act("in the dialog: Tab, Space");
    keyboard.press("Tab");
    keyboard.press("space");
    story.desktop.speech().wait_for("Approved. That was practice").await;
    end(story, browser, &mut terminal, "practise-with-the-button").await;
}

const QR: &str = "\
Practice with a QR code. The practice page opens in Anna's browser, before her terminal. Sayso looks at the
screen, finds the QR code there, and asks its question where she is: in a dialog. The terminal tells what
she has learnt.";

#[tokio::test(flavor = "multi_thread")]
async fn practise_with_a_qr_code() {
    let mut story = Story::begin(Desktop::builder(QR)).await;
    let mut keyboard = Keyboard::start(&story.desktop, "true").await;
    let browser = browser(&story, Window::Normal).await;
    let mut terminal = Terminal::sayso(&story.desktop, &["practise", "qr"]);
    begin(&mut story, &browser, &mut terminal, "QR code").await;
    terminal.read_until("Press Enter here:").await;
    browser.wait_until_shown(&story.desktop).await;
    terminal.type_line("");
    keyboard.wait_for_dialog().await;
    story.desktop.speech().wait_for("Approve or deny?").await;
    story.act("in the dialog: Tab, Space");
    keyboard.press("Tab");
    keyboard.press("space");
    story.desktop.speech().wait_for("Approved. That was practice").await;
    end(story, browser, &mut terminal, "practise-with-a-qr-code").await;
}

const READOUT: &str = "\
Practice with a code read out. Anna has her headset on. She approves in the terminal, has the code said,
and types it on the practice page, which was opened in her browser.";

const ALOUD: &str = "\
Practice with a code read out, without a headset. Sayso asks before it says the code aloud. Anna would
rather read it.";

async fn practise_readout(desktop: Builder, output: Output, name: &str) {
    let mut story = Story::begin(desktop.sound()).await;
    if output == Output::Headset {
        story.send_sound_to(output).await;
    }
    let browser = browser(&story, Window::Normal).await;
    let mut terminal = Terminal::sayso(&story.desktop, &["practise", "readout"]);
    begin(&mut story, &browser, &mut terminal, "page").await;
    terminal.read_until("Press Enter here:").await;
    terminal.type_line("");
    story.wait_for_question(&mut terminal).await;
    terminal.type_line("approve");
    let printed = terminal.read_until("or Enter to close:").await;
    let (_, digits) = printed.split_once("Type on the page: ").expect("the digits");
    let code: String =
        digits.lines().next().unwrap().chars().filter(char::is_ascii_digit).collect();
    story.transcript().name_code(&code, "CODE-1");
    terminal.type_line("say");
    if output == Output::Headset {
        story.desktop.speech().wait_for("Again: ").await;
    } else {
        terminal.read_until("Yes or no.").await;
        terminal.type_line("no");
    }
    terminal.read_until("or Enter to close:").await;
    story.type_on_page(&browser, &code).await;
    end(story, browser, &mut terminal, name).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn practise_with_a_code_read_out() {
    let desktop = Desktop::builder(READOUT);
    practise_readout(desktop, Output::Headset, "practise-with-a-code-read-out").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn practise_with_a_code_that_others_would_hear() {
    let desktop = Desktop::builder(ALOUD);
    practise_readout(desktop, Output::Speakers, "practise-with-a-code-to-read").await;
}

const FIRST_THINGS: &str = "\
No practice while a real login waits. Anna begins to log in at her bank, and wants to practise before she
answers. Sayso says what is first. She denies the login.";

#[tokio::test(flavor = "multi_thread")]
async fn nobody_practises_while_a_real_login_waits() {
    let mut story = Story::begin(Desktop::builder(FIRST_THINGS)).await;
    let mut login = story.log_in("CODE-1").await;
    let mut terminal = Terminal::sayso(&story.desktop, &["practise", "code"]);
    terminal.read_until("come back here from it:").await;
    terminal.type_line("");
    let rest = terminal.wait_for_status(2).await;
    assert!(rest.contains("A real request is waiting: Example Bank."), "{rest}");

    let mut terminal = Terminal::sayso(&story.desktop, &["enter", &login.code]);
    story.wait_for_question(&mut terminal).await;
    terminal.type_line("deny");
    terminal.wait_for_status(1).await;
    login.go_on("Denied", story.transcript()).await;
    story.service.wait_for_return().await;
    story.end("practise-not-now").await;
}
