//! The broker's audit and the daemon's history: whole after a login, and visibly not whole once a
//! byte is changed or the end is cut off, in the very files, while both run.

use std::path::{Path, PathBuf};

use rig::cli;
use rig::daemon::Daemon;
use rig::desktop::Desktop;
use rig::story::Story;
use rig::transcript::Channel;
use rusqlite::Connection;

const HEADING: &str = "\
Records that cannot be edited unseen. After a login the broker's audit and Sayso's history are whole.
Somebody who can write to the files changes one byte, or cuts off the end: both say so.";

/// A chain of entries in a store.
struct Chain {
    store: PathBuf,
    table: &'static str,
    number: &'static str,
}

impl Chain {
    fn open(&self) -> Connection {
        Connection::open(&self.store).expect("the store")
    }

    /// Runs `with` the chain damaged by `damage`, and puts back what was there.
    async fn damaged(&self, damage: &str, verify: impl AsyncFnOnce()) {
        let Chain { table, number, .. } = self;
        let (kept, last) =
            (format!("kept_{table}"), format!("(SELECT max({number}) FROM {table})"));
        let damage = damage.replace("LAST", &last).replace("CHAIN", table).replace("N ", number);
        self.open()
            .execute_batch(&format!(
                "BEGIN; CREATE TABLE {kept} AS SELECT * FROM {table}; {damage}; COMMIT;"
            ))
            .expect("a chain that can be damaged");
        verify().await;
        self.open()
            .execute_batch(&format!(
                "BEGIN; DELETE FROM {table}; INSERT INTO {table} SELECT * FROM {kept};
                 DROP TABLE {kept}; COMMIT;"
            ))
            .expect("a chain that can be put back");
    }
}

/// One letter of the second entry becomes another one.
const ONE_BYTE: &str = "UPDATE CHAIN SET entry = replace(entry, '\"at\":', '\"au\":') WHERE N = 2";
const CUT: &str = "DELETE FROM CHAIN WHERE N = LAST";

async fn audit(story: &Story) -> i32 {
    let done = story.broker.administer(&["audit", "verify"]).await;
    story.act("the administrator: sayso-broker audit verify");
    note(story, &done.out, &done.err, done.status);
    done.status
}

async fn history(story: &Story) -> i32 {
    let command = cli::sayso(&story.desktop, &["history", "--verify"]);
    let ran = cli::run_silently(command, "").await;
    story.act("typed: sayso history --verify");
    note(story, &ran.out, &ran.err, ran.status);
    ran.status
}

/// How many entries there are depends on how often links were opened.
fn note(story: &Story, out: &str, err: &str, status: i32) {
    let text = format!("{out}{err}");
    let text: String = text
        .split_inclusive(' ')
        .map(|word| {
            let digits = word.trim_end_matches([' ', '.', ',']);
            let is_number = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
            if is_number && digits != "2" { word.replace(digits, "N") } else { word.to_owned() }
        })
        .collect();
    story.transcript().note(Channel::Printed, format!("printed: {}", text.trim()));
    story.transcript().note(Channel::Printed, format!("(exit status {status})"));
}

#[tokio::test(flavor = "multi_thread")]
async fn audit_and_history() {
    let mut story = Story::begin(Desktop::builder(HEADING)).await;
    let mut login = story.log_in("CODE-1").await;
    let mut terminal = cli::Terminal::sayso(&story.desktop, &["enter", &login.code]);
    story.wait_for_question(&mut terminal).await;
    terminal.type_line("approve");
    login.go_on("Approved", story.transcript()).await;
    terminal.wait_for_status(0).await;
    story.wait_for_answers().await;

    assert_eq!((audit(&story).await, history(&story).await), (0, 0));
    let at_broker = story.broker.database();
    let at_broker = Chain { store: at_broker, table: "audit", number: "n" };
    let here = Chain { store: Daemon::store(&story.desktop), table: "history", number: "number" };
    for (what, damage) in [("one byte is changed", ONE_BYTE), ("the end is cut off", CUT)] {
        story.act(&format!("in the broker's store {what}"));
        at_broker.damaged(damage, async || assert_eq!(audit(&story).await, 1)).await;
        story.act(&format!("in Sayso's store {what}"));
        here.damaged(damage, async || assert_eq!(history(&story).await, 1)).await;
    }
    story.act("everything is put back");
    assert_eq!((audit(&story).await, history(&story).await), (0, 0));

    in_the_bytes(&mut story).await;
    story.end("audit-and-history").await;
}

/// The same without SQL: a byte of the file itself, while nobody has it open.
async fn in_the_bytes(story: &mut Story) {
    story.broker.stop().await;
    story.daemon.stop().await;
    for store in [story.broker.database(), Daemon::store(&story.desktop)] {
        let store = Connection::open(store).expect("the store");
        let moved = store.pragma_update(None, "wal_checkpoint", "TRUNCATE");
        moved.expect("everything in one file");
    }
    let store = story.broker.database();
    let whole = change(&store, b"\"act\":\"asked\"", b"\"act\":\"asket\"");
    story.act("one byte of the broker's file is changed, while nobody has it open");
    assert_eq!(audit(story).await, 1);
    std::fs::write(&store, whole).expect("the file");
    story.broker.start_again().await;

    let store = Daemon::store(&story.desktop);
    let whole = change(&store, b"\"kind\":\"registered\"", b"\"kind\":\"registerec\"");
    story.act("one byte of Sayso's file is changed, while nobody has it open");
    story.daemon.start_again(&story.desktop).await;
    assert_eq!(history(story).await, 1);
    story.daemon.stop().await;
    std::fs::write(&store, whole).expect("the file");
    story.daemon.start_again(&story.desktop).await;
}

/// Replaces the first occurrence; returns what the file held before.
fn change(path: &Path, from: &[u8], to: &[u8]) -> Vec<u8> {
    let whole = std::fs::read(path).expect("the file");
    let at = whole.windows(from.len()).position(|part| part == from).expect("an entry");
    let mut changed = whole.clone();
    changed[at..at + to.len()].copy_from_slice(to);
    std::fs::write(path, changed).expect("the file");
    whole
}
