//! A person who needs longer: by a command, or because they chose that Sayso asks by itself.

use std::time::Duration;

use rig::cli::Terminal;
use rig::desktop::Desktop;
use rig::story::Story;

const HEADING: &str = "\
More time. Anna needs longer than a login lasts. She asks for more time, and hears how long is left; a
second time there is no more to be had. At her next login Sayso asks by itself, as she has chosen, once
she has given the code and a minute is left.";

const FOUR_MINUTES: Duration = Duration::from_secs(242);

async fn type_at_terminal(story: &Story, words: &[&str]) {
    Terminal::sayso(&story.desktop, words).wait_for_status(0).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn more_time() {
    let (mut story, clock) = Story::begin_with_clock(Desktop::builder(HEADING)).await;
    story.log_in("CODE-1").await;
    story.act("four minutes pass");
    story.pass(&clock, FOUR_MINUTES).await;
    for words in [&["more-time"][..], &["more-time"], &["time"]] {
        type_at_terminal(&story, words).await;
    }
    Terminal::sayso(&story.desktop, &["deny"]).wait_for_status(1).await;
    story.wait_for_waiting(0).await;

    type_at_terminal(&story, &["preferences", "more_time", "auto"]).await;
    let mut login = story.open_login_page("CODE-2").await;
    story.desktop.speech().wait_for_nth("The code is on the page", 2).await;
    let mut terminal = Terminal::sayso(&story.desktop, &["enter", &login.code]);
    story.wait_for_question(&mut terminal).await;
    story.act("four minutes pass");
    // In two steps: a link that hears nothing for longer is given up.
    story.pass(&clock, FOUR_MINUTES / 2).await;
    story.pass_until(&clock, 61).await;
    story.desktop.speech().wait_for("More time. Six minutes left").await;
    terminal.type_line("approve");
    login.go_on("Approved", story.transcript()).await;
    terminal.wait_for_status(0).await;
    story.service.wait_for_return().await;
    story.end("more-time").await;
}
