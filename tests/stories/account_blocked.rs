//! An account that the operator stops as a whole.

use rig::browser::PlainBrowser;
use rig::cli::{self, Terminal};
use rig::desktop::Desktop;
use rig::service::Returned;
use rig::story::{ACCOUNT, Story};
use rig::transcript::Channel;

const HEADING: &str = "\
A blocked account. Anna's only computer may be in other hands, and she telephones the operator of
the broker, who blocks her account: the question that is open on it comes to nothing, nothing
answers any more, and a change that waits is called off. When she has it back, the operator lets
the account answer again.";

#[tokio::test(flavor = "multi_thread")]
async fn account_blocked() {
    let mut story = Story::begin(Desktop::builder(HEADING)).await;
    let mut set = Terminal::sayso(&story.desktop, &["settings", "approve_with", "qr"]);
    set.read_until("Answer:").await;
    set.type_line("yes");
    set.wait_for_status(0).await;

    let mut login = story.open_thiefs_page("CODE-1").await;
    story.desktop.speech().wait_for("The code is on the page").await;
    let mut thief = Terminal::sayso(&story.desktop, &["enter", &login.code]);
    story.wait_for_question(&mut thief).await;

    story.operate(&["account", "block", ACCOUNT]).await;
    thief.wait_for_status(5).await;
    login.go_on("Stopped", story.transcript()).await;
    assert!(matches!(story.service.wait_for_return().await, Returned::Refused(_)));
    for (typed, status) in [(&[][..], 0), (&["settings"], 4), (&["settings", "pending"], 4)] {
        let mut terminal = Terminal::sayso(&story.desktop, typed);
        terminal.wait_for_status(status).await;
    }
    cli::run(&story.desktop, &["accounts"]).await;
    story.act("in the browser: somebody begins to log in as Anna once more");
    let mut browser = PlainBrowser::new("en");
    let page = browser.go(&story.service.login_address(ACCOUNT)).await;
    assert!(page.text().contains("Five minutes left."), "{}", page.text());
    let waits = "on the page: it waits, like that of any account that does not answer";
    story.transcript().note(Channel::Page, waits);
    browser.press(&page, "Cancel this login").await;

    story.operate(&["account", "unblock", ACCOUNT]).await;
    cli::run(&story.desktop, &["approvers"]).await;
    story.desktop.speech().wait_for("is no longer blocked").await;
    story.desktop.speech().wait_for("Change stopped").await;
    story.log_in("CODE-3").await;
    story.end("account-blocked").await;
}
