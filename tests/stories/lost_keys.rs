//! Keys that are lost beside a store that is there, and a store that is lost beside its keys.

use rig::cli::{self, Terminal};
use rig::daemon::Daemon;
use rig::desktop::Desktop;
use rig::story::{ACCOUNT, CHANNELS, Login, Story, register_at};

const KEYRING: &str = "\
A keyring that is lost. Anna's keys were in it, and so was the key that signed her history. Sayso says
what is lost and what to do. She registers again, and can log in; the history says from where it can be
proved.";

const ONE: &str = "\
One account's keys are lost, another's are not. Sayso says which, and goes on answering for the other.
Anna has the first one forgotten.";

const STORE: &str = "\
A store that is lost while its keys are there. Sayso says so, keeps to its strictest settings, and works
again once Anna has registered.";

const FIRM: &str = "firm";

/// Anna registers again with a code that counts at once, and logs in.
async fn start_over(story: &mut Story) {
    let code = story.draw_activation(&["--now"]).await;
    story.act("Anna registers again");
    register_at(&story.desktop, &story.broker.origin(), &code, &CHANNELS).await;
    story.wait_for_connected(ACCOUNT).await;
    let mut login = story.log_in("CODE-1").await;
    story.approve(&mut login).await;
    story.service.wait_for_return().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn lost_keyring() {
    let mut story = Story::begin(Desktop::builder(KEYRING)).await;
    story.act("Sayso ends; the keyring is deleted with all that was in it; Sayso starts");
    story.daemon.stop().await;
    story.desktop.keyring().delete_all().await;
    story.daemon.start_again(&story.desktop).await;
    story.desktop.speech().wait_for("The key of your history is lost").await;
    story.desktop.speech().wait_for("The keys for anna").await;
    start_over(&mut story).await;
    cli::run(&story.desktop, &["history", "--verify"]).await;
    story.end("lost-keyring").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn lost_keys_of_one_account() {
    let mut story = Story::begin(Desktop::builder(ONE)).await;
    let lost = story.desktop.keyring().keys_of_accounts().await;
    story.broker.add_account(FIRM).await;
    story.act("Anna registers for the account firm too");
    story.register_also(FIRM).await;
    story.act("Sayso ends; the keys of anna are deleted; Sayso starts");
    story.daemon.stop().await;
    for key in &lost {
        story.desktop.keyring().delete(key).await;
    }
    story.daemon.start_again(&story.desktop).await;
    story.desktop.speech().wait_for("The keys for anna").await;
    story.wait_for_connected(FIRM).await;

    story.act("in the browser: Anna begins to log in at Example Bank for the firm");
    let mut login = Login::open(&story.service.login_address(FIRM), "en").await;
    story.transcript().name_code(&login.code, "CODE-1");
    story.desktop.speech().wait_for("The code is on the page").await;
    story.approve(&mut login).await;
    story.service.wait_for_return().await;
    let mut terminal = Terminal::sayso(&story.desktop, &["unregister", "--account", ACCOUNT]);
    terminal.read_until("Yes or no:").await;
    terminal.type_line("yes");
    terminal.wait_for_status(0).await;
    cli::run(&story.desktop, &["accounts"]).await;
    story.end("lost-keys-of-one-account").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn lost_store() {
    let mut story = Story::begin(Desktop::builder(STORE)).await;
    story.act("Sayso ends; its store is deleted; Sayso starts");
    story.daemon.stop().await;
    let store = Daemon::store(&story.desktop);
    for ending in ["", "-wal", "-shm"] {
        std::fs::remove_file(format!("{}{ending}", store.display())).ok();
    }
    assert!(!store.exists());
    story.daemon.start_again(&story.desktop).await;
    story.desktop.speech().wait_for("Sayso's store is lost").await;
    start_over(&mut story).await;
    story.end("lost-store").await;
}
