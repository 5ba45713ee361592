//! The computer that the person removes is the one before them.

use rig::cli::{self, Terminal};
use rig::desktop::Desktop;
use rig::story::Story;
use serde_json::Value;

const HEADING: &str = "\
A computer that is given away. Anna has no other, and is told what that means before she says yes.
She reads once that it is removed, and nothing of the account is left on it.";

/// What stands in the history, oldest first.
async fn events(story: &Story) -> Vec<String> {
    let history = cli::sayso(&story.desktop, &["history", "--json"]);
    let printed = cli::run_silently(history, "").await.out;
    let lines: Vec<Value> = serde_json::from_str(&printed).unwrap();
    lines.iter().filter_map(|line| line["kind"].as_str().map(str::to_owned)).collect()
}

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
    assert_eq!(events(&story).await, ["registered", "agreed", "changed", "removed"]);
    story.act("Sayso starts anew");
    story.daemon.stop().await;
    story.daemon.start_again(&story.desktop).await;
    cli::run(&story.desktop, &["accounts"]).await;
    story.end("removed-here").await;
}
