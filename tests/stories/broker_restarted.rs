//! The broker goes away between the code and the approval, and comes back.

use rig::cli::Terminal;
use rig::desktop::Desktop;
use rig::service::Returned;
use rig::story::Story;

/// The question is open; `restart` ends the broker and starts it again.
async fn tell(heading: &str, act: &str, name: &str, restart: impl AsyncFnOnce(&mut Story)) {
    let mut story = Story::begin(Desktop::builder(heading)).await;
    let mut login = story.log_in("CODE-1").await;
    let mut terminal = Terminal::sayso(&story.desktop, &["enter", &login.code]);
    story.wait_for_question(&mut terminal).await;
    story.act(act);
    restart(&mut story).await;
    story.broker.proxy().wait_for("link snapshot", 2).await;
    terminal.type_line("approve");
    login.go_on("Approved", story.transcript()).await;
    terminal.wait_for_status(0).await;
    assert!(matches!(story.service.wait_for_return().await, Returned::Outcome(_)));
    story.end(name).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn broker_restarted() {
    let heading = "\
The broker is restarted between the code and the approval. It still knows that the code was right;
Anna notices nothing.";
    tell(heading, "the broker is restarted", "broker-restarted", async |story| {
        story.broker.restart().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn broker_killed() {
    let heading = "\
The broker is killed between the code and the approval, and started again. It still knows that the
code was right; Anna notices nothing.";
    tell(heading, "the broker is killed, and started again", "broker-killed", async |story| {
        story.broker.kill();
        story.broker.start_again().await;
    })
    .await;
}
