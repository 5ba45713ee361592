//! From QR codes to one-time codes, and back: each change takes a day, and is asked twice.

use std::time::Duration;

use rig::browser::Browser;
use rig::cli::Terminal;
use rig::clock::FakeClock;
use rig::desktop::Desktop;
use rig::service::Returned;
use rig::story::{Story, changing};

const HEADING: &str = "\
Codes and back. Anna approves by QR codes, and switches to one-time codes. She is asked what she wants;
a day later she is asked to confirm it; only then it holds. She switches back in the same way.";

const DAY: Duration = Duration::from_hours(24);

/// A day passes. Sayso says that the change is ready, and Anna says yes again.
async fn confirm(story: &mut Story, clock: &FakeClock, count: usize) {
    story.act("a day passes");
    story.pass(clock, DAY).await;
    story.desktop.speech().wait_for_nth("Change ready", count).await;
    story.wait_for_shown("Change ready", count).await;
    let (status, rest) = changing::answer(&story.desktop, "yes").await;
    assert_eq!(status, 0, "{rest}");
    assert!(rest.contains("Done."), "{rest}");
    story.desktop.session_bus().wait_for_empty_screen().await;
}

/// A login with the QR code on the page.
async fn log_in_by_qr(story: &mut Story, browser: &Browser, count: usize) {
    story.act("in the browser: Anna begins to log in at Example Bank; the page shows a QR code");
    browser.go(&story.service.login_address("anna")).await;
    browser.wait_for("svg").await;
    let asked = story.service.last().expect("the service has asked");
    story.transcript().name(&asked.id, "REQUEST");
    story.desktop.speech().wait_for_nth("this network", count).await;
    let picture = story.desktop.dir().join("home/page.png");
    browser.picture(&picture).await;
    let picture = picture.display().to_string();
    story.transcript().name(&picture, "page.png");
    let mut terminal = Terminal::sayso(&story.desktop, &["scan", "--image", &picture]);
    story.wait_for_question(&mut terminal).await;
    terminal.type_line("approve");
    end(story, &mut terminal, count).await;
}

/// The `count`th login ends well.
async fn end(story: &Story, terminal: &mut Terminal, count: usize) {
    terminal.wait_for_status(0).await;
    assert!(matches!(story.service.wait_for_nth_return(count).await, Returned::Outcome(_)));
}

#[tokio::test(flavor = "multi_thread")]
async fn codes_and_back() {
    let desktop = Desktop::builder(HEADING);
    let (mut story, clock) = Story::begin_with_clock_as(desktop, &["--approve-with", "qr"]).await;
    let browser = Browser::open(&story.desktop, "first").await;
    log_in_by_qr(&mut story, &browser, 1).await;

    changing::ask_for(&story.desktop, "code").await;
    changing::look(&story.desktop).await;
    confirm(&mut story, &clock, 1).await;
    let mut login = story.open_login_page("CODE-1").await;
    story.desktop.speech().wait_for("The code is on the page").await;
    let mut terminal = Terminal::sayso(&story.desktop, &["enter", &login.code]);
    story.wait_for_question(&mut terminal).await;
    terminal.type_line("approve");
    login.go_on("Approved", story.transcript()).await;
    end(&story, &mut terminal, 2).await;

    changing::ask_for(&story.desktop, "qr").await;
    confirm(&mut story, &clock, 2).await;
    log_in_by_qr(&mut story, &browser, 3).await;
    changing::look(&story.desktop).await;
    drop(browser);
    story.end("codes-and-back").await;
}
