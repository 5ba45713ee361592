//! A second computer: let in by the first, or in time by nobody.

use std::time::Duration;

use rig::cli::{self, Terminal};
use rig::desktop::Desktop;
use rig::story::{Computer, Story};

const CONFIRMED: &str = "\
A second computer. Anna registers one more. It waits, and the first one tells her of it. There she
lets it in, the second one says so, and from then on she can approve a login on it.";

const WAITS: &str = "\
A second computer that nobody lets in. It can approve nothing while it waits. A day later nobody
has stopped it: it can approve, and both computers say so.";

const UNHEARD: &str = "\
A second computer whose registration is never answered: the network fails between question and
answer. Sayso says that nobody knows, finds out by itself, and says that the computer waits.";

const AGAIN: &str = "\
A registration that is never answered, and tried again. Anna tries once more with the same code,
which is used up by now. Sayso asks the broker what came of the first try, and says that.";

const REFUSED: &str = "\
A second computer that is none of Anna's. Somebody has got hold of an activation code. Anna is told
of a new computer at once, and keeps it out; it says so, and forgets the account.";

const FIRST: &str = "first computer";
const SECOND: &str = "second computer";
const DAY: Duration = Duration::from_secs(86_400);

/// Anna registers her second computer, which she calls kitchen, and is told that it waits.
async fn register(story: &Story, second: &Computer) {
    let code = story.draw_activation(&[]).await;
    second.register_by_hand(&story.broker, &code, "kitchen").await;
}

/// Anna logs in at the bank with her second computer.
async fn log_in_at_the_second(story: &mut Story, second: &mut Computer, name: &str) {
    let mut login = story.log_in(name).await;
    second.desktop.speech().wait_for("The code is on the page").await;
    let asked = second.desktop.session_bus().wait_for_notification("log in?").await;
    let mut terminal = Terminal::sayso(&second.desktop, &["enter", &login.code]);
    terminal.read_until("Answer:").await;
    second.desktop.session_bus().wait_for_close(&asked).await;
    terminal.type_line("approve");
    login.go_on("Approved", story.transcript()).await;
    terminal.wait_for_status(0).await;
    story.service.wait_for_return().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn second_computer_confirmed() {
    let mut story = Story::begin(Desktop::builder(CONFIRMED).called(FIRST)).await;
    let mut second = Computer::start(story.desktop.beside(SECOND)).await;
    register(&story, &second).await;
    story.desktop.speech().wait_for("A new computer, kitchen").await;
    cli::run(&second.desktop, &["accounts"]).await;

    let mut terminal = Terminal::sayso(&story.desktop, &[]);
    terminal.read_until("Answer:").await;
    terminal.type_line("yes");
    terminal.wait_for_status(0).await;
    second.desktop.speech().wait_for("This computer can now answer").await;
    cli::run(&story.desktop, &["approvers"]).await;

    log_in_at_the_second(&mut story, &mut second, "CODE-1").await;
    story.end_with(&[&second], "second-computer-confirmed").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn second_computer_waits() {
    let first = Desktop::builder(WAITS).called(FIRST);
    let (mut story, clock) = Story::begin_with_clock(first).await;
    let second = story.desktop.beside(SECOND);
    let mut second = Computer::start_with_clock(second, clock.clone()).await;
    register(&story, &second).await;
    story.desktop.speech().wait_for("A new computer, kitchen").await;

    let login = story.log_in("CODE-1").await;
    let enter = ["enter", &login.code];
    let set = ["settings", "approve_with", "qr"];
    for (typed, status) in [(&[][..], 0), (&enter, 4), (&set, 4), (&["approvers"], 4)] {
        let mut terminal = Terminal::sayso(&second.desktop, typed);
        terminal.wait_for_status(status).await;
    }
    cli::run(&second.desktop, &["status"]).await;

    story.act("a day passes, and nobody stops the second computer");
    story.pass(&clock, DAY).await;
    second.daemon.wake(&second.desktop).await;
    story.desktop.speech().wait_for("The computer kitchen can now answer").await;
    second.desktop.speech().wait_for("This computer can now answer").await;
    log_in_at_the_second(&mut story, &mut second, "CODE-2").await;
    story.end_with(&[&second], "second-computer-waits").await;
}

/// The network loses every answer to a registration.
fn lose_the_answers(story: &Story) {
    story.act("the network loses the answers");
    for _ in 0..3 {
        story.broker.proxy().cut("answer to POST /v1/approvers");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn second_computer_unheard() {
    let mut story = Story::begin(Desktop::builder(UNHEARD).called(FIRST)).await;
    let mut second = Computer::start(story.desktop.beside(SECOND)).await;
    let code = story.draw_activation(&[]).await;
    lose_the_answers(&story);
    let mut terminal = second.begin_to_register(&story.broker, &code, "kitchen").await;
    terminal.wait_for_status(4).await;
    second.desktop.speech().wait_for("This computer waits").await;
    story.desktop.speech().wait_for("A new computer, kitchen").await;
    cli::run(&second.desktop, &["accounts"]).await;
    story.end_with(&[&second], "second-computer-unheard").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn second_computer_tried_again() {
    let mut story = Story::begin(Desktop::builder(AGAIN).called(FIRST)).await;
    let second = Computer::start(story.desktop.beside(SECOND)).await;
    let code = story.draw_activation(&[]).await;
    lose_the_answers(&story);
    story.broker.proxy().cut("answer to GET /v1/changes");
    let mut terminal = second.begin_to_register(&story.broker, &code, "kitchen").await;
    terminal.wait_for_status(4).await;
    story.desktop.speech().wait_for("A new computer, kitchen").await;
    second.register_by_hand(&story.broker, &code, "kitchen").await;
    cli::run(&second.desktop, &["accounts"]).await;
    story.end_with(&[&second], "second-computer-tried-again").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn second_computer_refused() {
    let mut story = Story::begin(Desktop::builder(REFUSED).called("Anna's computer")).await;
    let mut second = Computer::start(story.desktop.beside("stranger's computer")).await;
    register(&story, &second).await;
    story.desktop.speech().wait_for("A new computer, kitchen").await;
    let mut terminal = Terminal::sayso(&story.desktop, &["settings", "cancel"]);
    terminal.wait_for_status(0).await;
    second.desktop.speech().wait_for("This computer was kept out").await;
    second.desktop.session_bus().wait_for_notification("kept out").await;
    story.act("the stranger looks whether the account is there still");
    second.forgotten().await;
    cli::run(&second.desktop, &["accounts"]).await;
    story.end_with(&[&second], "second-computer-refused").await;
}
