//! This computer answers for an account no longer, because the person wants it so.

use rig::cli::{self, Terminal};
use rig::desktop::Desktop;
use rig::story::{ACCOUNT, Story};

const HEADING: &str = "\
A computer that Anna no longer wants to answer with. Sayso tells her that it is the only one, asks, and
tells the broker. Nothing of the account is left here, and a login finds nobody who answers.";

const OFFLINE: &str = "\
A computer that is to answer no longer, while its broker is out of reach. Sayso says so, and Anna has
the account forgotten here alone. The broker goes on listing it, and she is told that.";

/// Neither key of any account is in the keyring.
async fn keys_are_gone(story: &mut Story) {
    for kind in ["approver", "link"] {
        assert!(story.desktop.keyring().keys(kind).await.is_empty(), "{kind} keys are left");
    }
    assert_eq!(story.desktop.keyring().keys("history").await.len(), 1, "the history stays");
}

#[tokio::test(flavor = "multi_thread")]
async fn unregistered() {
    let mut story = Story::begin(Desktop::builder(HEADING)).await;
    assert_eq!(story.desktop.keyring().keys("approver").await.len(), 1);
    let mut no = Terminal::sayso(&story.desktop, &["unregister"]);
    no.read_until("Answer:").await;
    no.type_line("no");
    no.wait_for_status(1).await;

    let mut yes = Terminal::sayso(&story.desktop, &["unregister", "--account", ACCOUNT]);
    yes.read_until("Answer:").await;
    yes.type_line("yes");
    yes.wait_for_status(0).await;
    story.wait_for_no_account().await;
    story.operate(&["approver", "list", ACCOUNT]).await;
    story.ask().await;
    story.wait_for_waiting(0).await;
    cli::run(&story.desktop, &["accounts"]).await;
    let mut again = Terminal::sayso(&story.desktop, &["unregister"]);
    again.wait_for_status(2).await;
    story.daemon.stop().await;
    keys_are_gone(&mut story).await;
    story.daemon.start_again(&story.desktop).await;
    story.end("unregistered").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn unregistered_here_alone() {
    let mut story = Story::begin(Desktop::builder(OFFLINE)).await;
    story.act("the broker is killed");
    story.broker.kill();
    story.wait_for_lost("127.0.0.1").await;
    let mut terminal = Terminal::sayso(&story.desktop, &["unregister"]);
    terminal.read_until("Yes or no:").await;
    terminal.type_line("yes");
    terminal.wait_for_status(0).await;
    story.wait_for_no_account().await;
    story.broker.start_again().await;
    let listed = story.broker.must(&["approver", "list", ACCOUNT]).await;
    assert!(listed.contains("laptop"), "{listed}");
    story.daemon.stop().await;
    keys_are_gone(&mut story).await;
    story.daemon.start_again(&story.desktop).await;
    story.end("unregistered-here-alone").await;
}
