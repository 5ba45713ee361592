//! The computer that the person removes is the one before them.

use rig::cli::{self, Terminal};
use rig::desktop::Desktop;
use rig::story::Story;

const HEADING: &str = "\
A computer that is given away. Anna has no other, and is told what that means before she says yes.
She reads once that it is removed, and nothing of the account is left on it.";

#[tokio::test(flavor = "multi_thread")]
async fn removed_here() {
    let mut story = Story::begin(Desktop::builder(HEADING)).await;
    let mut no = Terminal::sayso(&story.desktop, &["approvers", "remove", "laptop"]);
    no.read_until("Answer:").await;
    no.type_line("no");
    no.wait_for_status(1).await;

    let mut unknown = Terminal::sayso(&story.desktop, &["approvers", "remove", "kitchen"]);
    unknown.wait_for_status(2).await;

    let mut yes = Terminal::sayso(&story.desktop, &["approvers", "remove", "LAPTOP"]);
    yes.read_until("Answer:").await;
    yes.type_line("yes");
    yes.wait_for_status(0).await;
    story.wait_for_no_account().await;
    cli::run(&story.desktop, &["status"]).await;
    story
        .wait_for_history("the account's four events", |lines| {
            lines.iter().map(|line| &line["kind"]).eq([
                "registered",
                "agreed",
                "changed",
                "removed",
            ])
        })
        .await;
    story.act("Sayso starts anew");
    story.daemon.stop().await;
    story.daemon.start_again(&story.desktop).await;
    cli::run(&story.desktop, &["accounts"]).await;
    story.end("removed-here").await;
}
