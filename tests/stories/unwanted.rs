//! Somebody else asks again and again: Sayso keeps quiet, and the person's own login works.

use rig::cli::Terminal;
use rig::desktop::Desktop;
use rig::story::Story;

const HEADING: &str = "\
Requests that nobody wanted. A stranger asks again and again to log in as Anna, who denies three of
them. Sayso says once that it keeps quiet now, and why. The next one stands on the list alone, also
after Sayso was killed. Anna's own login works as ever, and ends the quiet.";

#[tokio::test(flavor = "multi_thread")]
async fn unwanted() {
    let (mut story, _clock) = Story::begin_with_clock(Desktop::builder(HEADING)).await;
    for count in 1..=3 {
        story.ask().await;
        story.desktop.speech().wait_for_nth("The code is on the page", count).await;
        assert_eq!(Terminal::sayso(&story.desktop, &["deny"]).wait_for_end().await.0, 1);
    }
    story.desktop.speech().wait_for("Nobody gets in without your yes").await;

    story.ask().await;
    story.wait_for_waiting(1).await;
    let (_, listed) = Terminal::sayso(&story.desktop, &["requests"]).wait_for_end().await;
    assert!(listed.contains("To end it now: sayso back."), "{listed}");

    // What is written down is written in turn, so all that came before is then there too.
    story.wait_for_in_history("Denied: ", 3).await;
    story.act("Sayso is killed, and started again");
    story.daemon.kill();
    story.daemon.start_again(&story.desktop).await;
    story.wait_for_waiting(1).await;
    let mut login = story.open_login_page("CODE-1").await;
    story.wait_for_waiting(2).await;
    let mut terminal = Terminal::sayso(&story.desktop, &["enter", &login.code]);
    terminal.read_until("Answer:").await;
    terminal.type_line("approve");
    login.go_on("Approved", story.transcript()).await;
    terminal.wait_for_status(0).await;
    story.service.wait_for_return().await;
    story.desktop.speech().wait_for("that was not told").await;

    story.ask().await;
    story.desktop.speech().wait_for("asks you to log in").await;
    story.desktop.speech().wait_for_nth("The code is on the page", 4).await;
    story.end("unwanted").await;
}
