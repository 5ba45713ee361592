//! All computers lost, and a new one registered.

use rig::cli::{self, Terminal};
use rig::desktop::Desktop;
use rig::story::{Computer, Story};

const HEADING: &str = "\
All computers lost. Anna has no computer left that could let a new one in. The operator of the
broker, who knows her, gives her a code by which her new computer counts at once. On it she removes
the old ones, and logs in. One of the old ones is found later: it can do nothing, and says so.";

#[tokio::test(flavor = "multi_thread")]
async fn all_computers_lost() {
    let mut story = Story::begin(Desktop::builder(HEADING).called("lost computer")).await;
    story.act("Anna's computer, which she calls laptop, is lost: it is switched off");
    story.daemon.stop().await;

    let mut new = Computer::start(story.desktop.beside("new computer")).await;
    let code = story.draw_activation(&["--now"]).await;
    new.register_by_hand(&story.broker, &code, "desk").await;
    cli::run(&new.desktop, &["approvers"]).await;
    let mut terminal = Terminal::sayso(&new.desktop, &["approvers", "remove", "laptop"]);
    terminal.read_until("Answer:").await;
    terminal.type_line("yes");
    terminal.wait_for_status(0).await;

    let mut login = story.open_login_page("CODE-1").await;
    new.desktop.speech().wait_for("The code is on the page").await;
    let mut terminal = Terminal::sayso(&new.desktop, &["enter", &login.code]);
    terminal.read_until("Answer:").await;
    new.desktop.session_bus().wait_for_empty_screen().await;
    terminal.type_line("approve");
    login.go_on("Approved", story.transcript()).await;
    terminal.wait_for_status(0).await;
    story.service.wait_for_return().await;

    story.act("the lost computer is found and switched on");
    story.daemon.start_again(&story.desktop).await;
    story.desktop.speech().wait_for("This computer was removed").await;
    cli::run(&story.desktop, &["status"]).await;
    story.end_with(&[&new], "all-computers-lost").await;
}
