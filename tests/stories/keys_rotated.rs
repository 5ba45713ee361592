//! The broker gets a new key.

use rig::cli::{self, Terminal};
use rig::daemon::Daemon;
use rig::desktop::Desktop;
use rig::processes::copy_folder;
use rig::service::Returned;
use rig::story::Story;
use rusqlite::Connection;

const LINKED: &str = "\
The broker gets a new key between the code and the approval. Sayso takes it, since the old one signed it.
Anna notices nothing: she approves what the old key has asked, and the next login too.";

const AWAY: &str = "\
The broker gets two new keys while Anna's computer is off. Switched on again, it takes one after the other,
and she logs in as ever.";

const FORGED: &str = "\
Another broker answers in place of Anna's, and names a new key that the old one did not sign. Sayso says
once that it does not believe it, and sends nothing there. When her own broker is back, she logs in.";

/// The operator gives the broker a new key, which is called `name` in the transcript.
async fn rotate(story: &Story, name: &str) {
    let printed = story.operate(&["keys", "rotate"]).await;
    let key = printed.split_whitespace().last().unwrap_or_default();
    story.transcript().name(key, name);
}

/// Anna logs in by ear.
async fn log_in(story: &mut Story, name: &str, returned: usize) {
    let mut login = story.log_in(name).await;
    let mut terminal = Terminal::sayso(&story.desktop, &["enter", &login.code]);
    story.wait_for_question(&mut terminal).await;
    terminal.type_line("approve");
    login.go_on("Approved", story.transcript()).await;
    let (status, rest) = terminal.wait_for_end().await;
    assert_eq!(status, 0, "{rest}");
    story.service.wait_for_nth_return(returned).await;
    assert_eq!(story.service.returned().len(), returned);
}

/// What the history says of a new key.
const NEW_KEY: &str = "New key of the broker: account anna at";

#[tokio::test(flavor = "multi_thread")]
async fn keys_rotated_in_mid_approval() {
    let mut story = Story::begin(Desktop::builder(LINKED)).await;
    let mut login = story.log_in("CODE-1").await;
    let mut terminal = Terminal::sayso(&story.desktop, &["enter", &login.code]);
    story.wait_for_question(&mut terminal).await;
    let links = story.broker.proxy().passed_named("GET /v1/approver/link").len();
    rotate(&story, "KEY-2").await;
    story.broker.proxy().wait_for("link snapshot", 2).await;
    terminal.type_line("approve");
    login.go_on("Approved", story.transcript()).await;
    let (status, rest) = terminal.wait_for_end().await;
    assert_eq!(status, 0, "{rest}");
    assert!(matches!(story.service.wait_for_return().await, Returned::Outcome(_)));
    log_in(&mut story, "CODE-2", 2).await;
    story.wait_for_in_history(NEW_KEY, 1).await;
    let again = story.broker.proxy().passed_named("GET /v1/approver/link").len();
    assert_eq!(again, links, "the link stays");
    story.end("keys-rotated-in-mid-approval").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_rotated_while_away() {
    let mut story = Story::begin(Desktop::builder(AWAY)).await;
    story.act("Anna switches her computer off");
    story.daemon.stop().await;
    rotate(&story, "KEY-2").await;
    story.broker.restart().await;
    rotate(&story, "KEY-3").await;
    story.act("Anna switches her computer on");
    let snapshots = story.broker.proxy().passed_named("link snapshot").len();
    story.daemon.start_again(&story.desktop).await;
    story.broker.proxy().wait_for("link snapshot", snapshots + 1).await;
    log_in(&mut story, "CODE-1", 1).await;
    // The one that she has not used stands nowhere.
    story.wait_for_in_history(NEW_KEY, 1).await;
    story.daemon.stop().await;
    let asked = story.broker.proxy().passed_named("GET /v1/keys").len();
    let snapshots = story.broker.proxy().passed_named("link snapshot").len();
    story.daemon.start_again(&story.desktop).await;
    story.broker.proxy().wait_for("link snapshot", snapshots + 1).await;
    let again = story.broker.proxy().passed_named("GET /v1/keys").len();
    assert_eq!(again, asked, "the key is known");
    story.end("keys-rotated-while-away").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_rotated_by_a_stranger() {
    let mut story = Story::begin(Desktop::builder(FORGED)).await;
    let (store, own) = (story.broker.store(), story.desktop.dir().join("own"));
    let trusted = key_of(&story);
    story.act(
        "another broker answers in place of Anna's, with a key that leads on from nothing of hers",
    );
    story.broker.proxy().network_down();
    story.broker.stop().await;
    copy_folder(&store, &own);
    std::fs::remove_dir_all(&store).expect("a store");
    story.broker.start_again().await;
    story.broker.must(&["keys", "rotate"]).await;
    let forged = Connection::open(story.broker.database()).expect("a store");
    let led = forged.execute("UPDATE rotations SET from_kid = ?1", [&trusted]);
    assert_eq!(led.expect("a store"), 1);
    drop(forged);
    story.broker.proxy().network_up();
    story.desktop.speech().wait_for("signs with a key that this computer does not know").await;
    assert!(Daemon::log(&story.desktop).contains("a new key of the broker does not count"));
    cli::run(&story.desktop, &["status"]).await;
    story.act("Anna's own broker is back");
    story.broker.stop().await;
    copy_folder(&own, &store);
    story.broker.start_again().await;
    story.wait_for_connected(rig::story::ACCOUNT).await;
    log_in(&mut story, "CODE-1", 1).await;
    story.wait_for_in_history(NEW_KEY, 0).await;
    story.end("keys-rotated-by-a-stranger").await;
}

/// The id of the broker's key.
fn key_of(story: &Story) -> String {
    let store = Connection::open(story.broker.database()).expect("a store");
    store.query_row("SELECT key_id FROM broker", [], |row| row.get(0)).expect("a key")
}
