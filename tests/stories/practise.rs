//! A person tries whole approvals before anything is at stake.

use rig::browser::Browser;
use rig::cli::Terminal;
use rig::desktop::Desktop;
use rig::story::Story;

const HEADING: &str = "\
Practice. Anna has just registered, and practises before she needs it. Sayso says what is to be done, the
broker makes a request of its own for her computer, and she approves it as she would any other. Nobody
else hears of it, and nothing happens.";

/// The address that was printed, and the page in it.
fn page(printed: &str) -> (&str, &str) {
    let at = printed.find("http://").expect("an address");
    let address = printed[at..].split_whitespace().next().expect("an address");
    (address, address.rsplit_once('/').expect("a page").1)
}

#[tokio::test(flavor = "multi_thread")]
async fn practise() {
    let mut story = Story::begin(Desktop::builder(HEADING)).await;
    let browser = Browser::open(&story.desktop, "first").await;
    let mut terminal = Terminal::sayso(&story.desktop, &["practise"]);
    terminal.read_until("Yes or no:").await;
    terminal.type_line("yes");
    terminal.read_until("Press Enter to begin:").await;
    terminal.type_line("");
    let printed = terminal.read_until("Then press Enter here:").await;
    let (address, page) = page(&printed);
    story.transcript().name(page, "PAGE");
    story.desktop.speech().wait_for("Practice, as you asked").await;
    story.desktop.speech().wait_for("The code is on the page").await;
    story.desktop.session_bus().wait_for_notification("Practice: nothing happens").await;

    story.act("in the browser: Anna opens the practice page");
    browser.go(address).await;
    let code = browser.code().await;
    story.transcript().name_code(&code, "CODE-1");
    terminal.type_line("");
    terminal.read_until("Code from the page:").await;
    terminal.type_line(&code);
    story.wait_for_question(&mut terminal).await;
    terminal.type_line("approve");
    browser.wait_for_text("Done. That was practice: nothing happened.").await;
    let (status, rest) = terminal.wait_for_end().await;
    assert_eq!(status, 0, "{rest}");
    assert!(rest.contains("Approved. That was practice: nothing happened."), "{rest}");
    assert!(story.service.last().is_none(), "no service has to do with it");
    drop(browser);
    story.end("practise").await;
}

const FIRST_THINGS: &str = "\
No practice while a real login waits. Anna begins to log in at her bank, and wants to practise before she
answers. Sayso says what is first. She denies the login.";

#[tokio::test(flavor = "multi_thread")]
async fn nobody_practises_while_a_real_login_waits() {
    let mut story = Story::begin(Desktop::builder(FIRST_THINGS)).await;
    let mut login = story.log_in("CODE-1").await;
    let mut terminal = Terminal::sayso(&story.desktop, &["practise", "code"]);
    terminal.read_until("Press Enter to begin:").await;
    terminal.type_line("");
    let (status, rest) = terminal.wait_for_end().await;
    assert_eq!(status, 2, "{rest}");
    assert!(rest.contains("A real request is waiting: Example Bank."), "{rest}");

    let mut terminal = Terminal::sayso(&story.desktop, &["enter", &login.code]);
    story.wait_for_question(&mut terminal).await;
    terminal.type_line("deny");
    let (status, rest) = terminal.wait_for_end().await;
    assert_eq!(status, 1, "{rest}");
    login.go_on("Denied", story.transcript()).await;
    story.service.wait_for_return().await;
    story.end("practise-not-now").await;
}
