//! A stolen computer, removed while somebody has an open question on it.

use rig::cli::{self, Terminal};
use rig::desktop::Desktop;
use rig::service::Returned;
use rig::story::{CHANNELS, Computer, Story};

const HEADING: &str = "\
A stolen computer. Anna has two computers, and somebody has taken the one in the kitchen. The thief
begins a login on it and stands before its question. At the other one Anna removes the stolen
computer: the login comes to nothing, and the thief can do nothing more with it.";

#[tokio::test(flavor = "multi_thread")]
async fn stolen_computer() {
    let mut story = Story::begin(Desktop::builder(HEADING).called("Anna's computer")).await;
    let mut stolen = Computer::start(story.desktop.beside("stolen computer")).await;
    let code = story.draw_activation(&["--now"]).await;
    stolen.register(&story.broker, &code, "kitchen", &CHANNELS).await;
    story.desktop.speech().wait_for("The computer kitchen can now answer").await;

    let mut login = story.open_thiefs_page("CODE-1").await;
    story.desktop.speech().wait_for("The code is on the page").await;
    stolen.desktop.speech().wait_for("The code is on the page").await;
    let asked = stolen.desktop.session_bus().wait_for_notification("log in?").await;
    let mut thief = Terminal::sayso(&stolen.desktop, &["enter", &login.code]);
    thief.read_until("Answer:").await;
    stolen.desktop.session_bus().wait_for_close(&asked).await;

    cli::run(&story.desktop, &["approvers"]).await;
    let mut anna = Terminal::sayso(&story.desktop, &["approvers", "remove", "kitchen"]);
    anna.read_until("Answer:").await;
    anna.type_line("yes");
    anna.wait_for_status(0).await;
    thief.wait_for_status(5).await;
    stolen.desktop.speech().wait_for("This computer was removed").await;
    login.go_on("Stopped", story.transcript()).await;
    assert!(matches!(story.service.wait_for_return().await, Returned::Refused(_)));
    cli::run(&story.desktop, &["approvers"]).await;

    let login = story.open_thiefs_page("CODE-2").await;
    story.desktop.speech().wait_for_nth("The code is on the page", 2).await;
    let mut thief = Terminal::sayso(&stolen.desktop, &["enter", &login.code]);
    thief.wait_for_status(2).await;
    cli::run(&stolen.desktop, &["status"]).await;
    stolen.act("the thief starts Sayso anew");
    stolen.daemon.stop().await;
    stolen.daemon.start_again(&stolen.desktop).await;
    cli::run(&stolen.desktop, &["accounts"]).await;
    story.end_with(&[&stolen], "stolen-computer").await;
}
