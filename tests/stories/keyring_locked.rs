//! The keyring is locked while the question is open.

use rig::cli::{self, Terminal};
use rig::desktop::Desktop;
use rig::service::Returned;
use rig::story::{ACCOUNT, Story};

const HEADING: &str = "\
A keyring that is locked while Anna answers. Sayso has had her keys since it started, so her approval is
signed all the same. At its next start the keyring is still locked: Sayso says what to do, and is
connected again soon after she has unlocked it.";

#[tokio::test(flavor = "multi_thread")]
async fn keyring_locked() {
    let mut story = Story::begin(Desktop::builder(HEADING)).await;
    let mut login = story.log_in("CODE-1").await;
    let mut terminal = Terminal::sayso(&story.desktop, &["enter", &login.code]);
    story.wait_for_question(&mut terminal).await;
    story.act("the keyring is locked");
    story.desktop.keyring().lock().await;
    terminal.type_line("approve");
    login.go_on("Approved", story.transcript()).await;
    terminal.wait_for_status(0).await;
    assert!(matches!(story.service.wait_for_return().await, Returned::Outcome(_)));

    story.act("Sayso is killed and started again");
    story.daemon.kill();
    story.daemon.start_again(&story.desktop).await;
    story.desktop.speech().wait_for("The keyring is locked. Unlock it").await;
    story.act("Anna unlocks the keyring");
    story.desktop.unlock_keyring().await;
    story.desktop.speech().wait_for("The keys are open now.").await;
    story.wait_for_connected(ACCOUNT).await;
    let status = cli::run(&story.desktop, &["status"]).await;
    assert_eq!(status.status, 0, "{}{}", status.out, status.err);
    story.end("keyring-locked").await;
}
