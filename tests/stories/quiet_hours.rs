//! Quiet hours: requests stand on the list, and nothing is said.

use std::time::Duration;

use rig::cli::Terminal;
use rig::desktop::Desktop;
use rig::story::Story;

const HEADING: &str = "\
Quiet hours. Anna rests every day from two to four, and nothing is told then. Who has something to do
finds it on the list: she logs in all the same, and is asked the whole question. At four Sayso says how
many requests came that she knows nothing of; the next day, when none came, it says nothing.";

const AWAY: &str = "\
A person who is away. Anna says that she goes away for a week. Requests are not told. At the next session
she is told that she is away still, and says that she is back.";

const TWO_HOURS: Duration = Duration::from_hours(2);
const DAY: Duration = Duration::from_hours(24);

async fn type_at_terminal(story: &Story, words: &[&str]) {
    Terminal::sayso(&story.desktop, words).wait_for_end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn quiet_hours() {
    let (mut story, clock) = Story::begin_with_clock(Desktop::builder(HEADING)).await;
    for value in ["at night", "14:00-16:00"] {
        type_at_terminal(&story, &["preferences", "quiet_hours", value]).await;
    }
    story.ask().await;
    story.wait_for_waiting(1).await;
    type_at_terminal(&story, &["requests"]).await;
    story.ask_from("192.0.2.7").await;
    story.wait_for_waiting(2).await;

    let mut login = story.open_login_page("CODE-1").await;
    story.wait_for_waiting(3).await;
    let mut terminal = Terminal::sayso(&story.desktop, &["enter", &login.code]);
    terminal.read_until("Answer:").await;
    terminal.type_line("approve");
    login.go_on("Approved", story.transcript()).await;
    terminal.wait_for_status(0).await;
    story.service.wait_for_return().await;

    story.act("two hours pass");
    story.pass(&clock, TWO_HOURS).await;
    story.desktop.speech().wait_for("Quiet hours are over").await;
    story.broker.link_anew().await;
    story.act("a day passes");
    story.pass(&clock, DAY).await;
    story.broker.link_anew().await;
    story.ask().await;
    story.desktop.speech().wait_for("The code is on the page").await;
    story.end("quiet-hours").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn person_away() {
    let (mut story, _clock) = Story::begin_with_clock(Desktop::builder(AWAY)).await;
    for time in ["seven days", "7d"] {
        type_at_terminal(&story, &["away", time]).await;
    }
    story.ask().await;
    story.wait_for_waiting(1).await;
    story.act("Anna's session ends, and begins again");
    story.daemon.stop().await;
    story.daemon.start_again(&story.desktop).await;
    story.desktop.speech().wait_for("You are away").await;
    story.wait_for_waiting(1).await;
    for typed in [&["requests"][..], &["status"], &["back"], &["back"]] {
        type_at_terminal(&story, typed).await;
    }
    story.ask().await;
    story.desktop.speech().wait_for("The code is on the page").await;
    story.end("person-away").await;
}
