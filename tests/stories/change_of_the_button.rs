//! The page's button is taken away at once, and comes back after a day.

use std::time::Duration;

use rig::browser::PlainBrowser;
use rig::cli::Terminal;
use rig::desktop::Desktop;
use rig::story::{ACCOUNT, Story, changing};
use rig::transcript::Channel;

const HEADING: &str = "\
The page's button. Anna takes it off her login pages, which protects and takes effect at once. To have it back
is a change that waits a day and is confirmed.";

const DAY: Duration = Duration::from_hours(24);
const BUTTON: &str = "Approve on this computer";

/// Anna begins to log in, sees whether there is the button, and stops.
async fn look_at_a_page(story: &mut Story, count: usize) -> bool {
    story.act("in the browser: Anna begins to log in at Example Bank");
    let mut browser = PlainBrowser::new("en");
    let page = browser.go(&story.service.login_address(ACCOUNT)).await;
    let there = page.text().contains(BUTTON);
    let told = if there { "the button is there" } else { "there is no button" };
    story.transcript().note(Channel::Page, format!("on the page: {told}"));
    story.desktop.speech().wait_for_nth("this network", count).await;
    story.wait_for_shown("log in?", count).await;
    let notice = story.desktop.session_bus().wait_for_notification("log in?").await;
    browser.press(&page, "Cancel this login").await;
    story.desktop.session_bus().wait_for_close(&notice).await;
    story.desktop.speech().wait_for_nth("Stopped on the page", count).await;
    there
}

/// Anna types a new value of `same_device`, and yes.
async fn set(story: &Story, value: &str) -> String {
    let mut terminal = Terminal::sayso(&story.desktop, &["settings", "same_device", value]);
    terminal.read_until("Answer:").await;
    terminal.type_line("yes");
    terminal.wait_for_status(0).await
}

#[tokio::test(flavor = "multi_thread")]
async fn change_of_the_button() {
    let (mut story, clock) = Story::begin_with_clock(Desktop::builder(HEADING)).await;
    assert!(look_at_a_page(&mut story, 1).await);
    assert!(set(&story, "off").await.contains("Done."));
    assert!(!look_at_a_page(&mut story, 2).await);
    assert!(set(&story, "on").await.contains("Change waiting"));
    story.act("a day passes");
    story.pass(&clock, DAY).await;
    story.desktop.speech().wait_for("Change ready").await;
    let ready = story.desktop.session_bus().wait_for_notification("Change ready").await;
    let (status, rest) = changing::answer(&story.desktop, "yes").await;
    assert_eq!(status, 0, "{rest}");
    story.desktop.session_bus().wait_for_close(&ready).await;
    assert!(look_at_a_page(&mut story, 3).await);
    story.end("change-of-the-button").await;
}
