//! The main story: a login, approved by ear and by keyboard.

use rig::browser::Browser;
use rig::cli::Terminal;
use rig::desktop::Desktop;
use rig::service::Returned;
use rig::speech::Ending;
use rig::story::Story;

const HEADING: &str = "\
A login approved by ear. Anna logs in at her bank in a browser that she cannot see. Sayso tells
her of it, she types the code from the login page, hears the question, and approves.";

#[tokio::test(flavor = "multi_thread")]
async fn approve() {
    let mut story = Story::begin(Desktop::builder(HEADING)).await;
    let browser = Browser::open(&story.desktop, "first").await;

    story.act("in the browser: Anna begins to log in at Example Bank");
    browser.go(&story.service.login_address("anna")).await;
    let code = browser.code().await;
    story.transcript().name_code(&code, "CODE-1");
    let head = story.desktop.speech().wait_for("asks you to log in").await;
    assert_eq!(head.ending, Ending::Whole);
    story.desktop.speech().wait_for("The code is on the page").await;
    story.desktop.session_bus().wait_for_notification("log in? Answer: code").await;

    let mut terminal = Terminal::sayso(&story.desktop, &["enter", &code]);
    terminal.read_until("Approve or deny?").await;
    story.wait_for_question(&mut terminal).await;
    browser.wait_for_text("Code correct").await;
    terminal.type_line("approve");
    let rest = terminal.wait_for_status(0).await;
    assert!(rest.contains("Approved. You are logged in at Example Bank."), "{rest}");

    browser.wait_for_text("approve for anna").await;
    assert!(matches!(story.service.wait_for_return().await, Returned::Outcome(_)));
    let readable = story.desktop.session_bus().readable().await;
    assert!(!readable.contains(&code), "the code crossed the session bus");
    drop(browser);
    story.end("approve").await;
}
