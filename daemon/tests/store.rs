//! The store on a real full disk and a real read-only one, and under `kill -9`.
//!
//! Each test runs itself again in a process of its own: inside a mount namespace where it needs a
//! small or read-only disk of its own, or to be killed.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod sample;

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use sayso_protocol::decision::{Heard, UserVerification};
use sayso_protocol::enrolment::ApproverId;
use sayso_protocol::relay::{Perceived, Received, SignedDecision, Signer, Turn};
use sayso_protocol::request::{RequestId, Verification};
use sayso_protocol::secret::Receipt;
use sayso_protocol::signature::{Envelope, SecretKey};
use sayso_protocol::time::UnixTime;
use saysod::store::{Ending, HistoryEvent, Store, StoreError, Wholeness};
use tempfile::TempDir;

/// Holds the folder in the process that a test starts.
const INSIDE: &str = "SAYSO_TEST_STORE";
const NOW: UnixTime = UnixTime(1_800_000_000);

fn key(seed: u8) -> SecretKey {
    SecretKey::from_bytes(&[seed; 32])
}

fn approver() -> ApproverId {
    ApproverId(key(1).public().thumbprint())
}

/// A signed approval of request `number`, after a question of `length` characters.
fn decision(number: u64, length: usize) -> SignedDecision {
    let id = RequestId(uuid::Uuid::from_u128(number.into()));
    let envelope = Envelope {
        iss: "https://login.example".into(),
        aud: approver().0,
        iat: NOW,
        exp: UnixTime(NOW.0 + 600),
        jti: number.to_string(),
        claims: sample::login(id, "anna", "Example Bank"),
    };
    let received = Received::new(key(4).sign(&envelope), envelope);
    let heard = Heard { lang: "en".into(), text: "?".repeat(length) };
    let receipt = Receipt::parse("AAAAAAAAAAAAAAAAAAAAAA").unwrap();
    let by = UserVerification { method: Verification::Session, at: NOW };
    let keys = Signer { approver: approver(), approver_key: key(1), link_key: key(2) };
    Turn::question(received, heard, receipt)
        .perceived(Perceived::Shown)
        .approve(by)
        .sign(&keys, number.to_string())
}

async fn keep(store: &Store, decision: SignedDecision) -> Result<(), StoreError> {
    store.keep_decision(decision, &approver(), NOW, &key(3)).await
}

/// This test binary, set to run `name` alone on `folder`, through `shell` if it needs one.
fn again(name: &str, folder: &Path, shell: Option<&str>) -> Command {
    let program = std::env::current_exe().unwrap();
    let mut command = match shell {
        Some(script) => {
            // As root at once, else as root of a user namespace: either may mount.
            let mut command = Command::new("unshare");
            if rustix::process::geteuid().is_root() {
                command.args(["--mount"]);
            } else {
                command.args(["--user", "--map-root-user", "--mount"]);
            }
            command.args(["sh", "-ec", &format!("{script}; exec \"$@\""), "sh"]).arg(&program);
            command
        }
        None => Command::new(&program),
    };
    command.args(["--exact", name, "--nocapture", "--test-threads=1"]).env(INSIDE, folder);
    command
}

fn passes(mut command: Command) {
    let output = command.output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && text.contains("1 passed"), "{text}{errors}");
}

fn folder_inside() -> Option<PathBuf> {
    std::env::var_os(INSIDE).map(PathBuf::from)
}

#[tokio::test]
async fn a_full_disk_keeps_all_that_was_kept_and_goes_on_when_there_is_room() {
    let Some(folder) = folder_inside() else {
        let folder = TempDir::new().unwrap();
        let mount = format!("mount -t tmpfs -o size=600k tmpfs {}", folder.path().display());
        let name = "a_full_disk_keeps_all_that_was_kept_and_goes_on_when_there_is_room";
        return passes(again(name, folder.path(), Some(&mount)));
    };
    let ballast = folder.join("ballast");
    std::fs::write(&ballast, vec![0; 200 * 1024]).unwrap();
    let state = folder.join("state");
    let store = Store::open(&state).unwrap();
    let mut kept = 0;
    let refused = loop {
        match keep(&store, decision(kept, 4000)).await {
            Ok(()) => kept += 1,
            Err(error) => break error,
        }
        assert!(kept < 1000, "the disk never fills");
    };
    assert!(matches!(refused, StoreError::Full), "{refused:?}");
    assert!(kept > 0);
    let whole = store.verify_history(&key(3).public()).await.unwrap();
    assert_eq!(whole, Wholeness::Whole { entries: kept });
    assert_eq!(store.unsent(&approver()).await.unwrap().len() as u64, kept);

    std::fs::remove_file(ballast).unwrap();
    keep(&store, decision(kept, 4000)).await.unwrap();
    let whole = store.verify_history(&key(3).public()).await.unwrap();
    assert_eq!(whole, Wholeness::Whole { entries: kept + 1 });
    store.close().await;
    assert_eq!(Store::open(&state).unwrap().history_length().await.unwrap(), kept + 1);
}

#[tokio::test]
async fn a_disk_that_is_full_from_the_start_is_said_to_be_full() {
    let Some(folder) = folder_inside() else {
        let folder = TempDir::new().unwrap();
        let mount = format!("mount -t tmpfs -o size=64k tmpfs {}", folder.path().display());
        let name = "a_disk_that_is_full_from_the_start_is_said_to_be_full";
        return passes(again(name, folder.path(), Some(&mount)));
    };
    for ballast in [48, 32, 16, 8, 4] {
        let file = folder.join("ballast");
        std::fs::write(&file, vec![0; ballast * 1024]).unwrap();
        let state = folder.join(format!("state-{ballast}"));
        if let Err(error) = Store::open(&state) {
            assert!(matches!(error, StoreError::Full), "{ballast}: {error:?}");
        } else {
            assert!(ballast < 48, "there was no room");
        }
        std::fs::remove_dir_all(state).unwrap();
    }
}

#[tokio::test]
async fn a_read_only_disk_is_said_to_be_read_only() {
    let Some(folder) = folder_inside() else {
        let folder = TempDir::new().unwrap();
        let store = Store::open(&folder.path().join("old")).unwrap();
        keep(&store, decision(1, 10)).await.unwrap();
        store.close().await;
        let at = folder.path().display();
        let mount = format!("mount --bind {at} {at}; mount -o remount,bind,ro {at}");
        let name = "a_read_only_disk_is_said_to_be_read_only";
        return passes(again(name, folder.path(), Some(&mount)));
    };
    for state in ["old", "new"] {
        let opened = Store::open(&folder.join(state));
        assert!(matches!(opened, Err(StoreError::ReadOnly(_))), "{state}: {opened:?}");
    }
}

#[tokio::test]
async fn a_store_killed_at_any_moment_has_each_decision_whole_or_not_at_all() {
    let name = "a_store_killed_at_any_moment_has_each_decision_whole_or_not_at_all";
    if let Some(folder) = folder_inside() {
        return keep_until_killed(&folder).await;
    }
    let folder = TempDir::new().unwrap();
    let mut promised = 0_u64;
    for round in 0..8 {
        let mut process = again(name, folder.path(), None).stdout(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
        // Killed while it works on what comes after the line; the rounds differ in where.
        for line in lines.by_ref().take(4 + round * 3) {
            promised = promise(&line.unwrap()).unwrap_or(promised);
        }
        process.kill().unwrap();
        process.wait().unwrap();
        for line in lines {
            promised = line.ok().as_deref().and_then(promise).unwrap_or(promised);
        }
        holds_together(folder.path(), promised).await;
    }
    assert!(promised > 8, "the rounds kept something");
}

/// Keeps decisions and settles every other one, and says after each what it has promised.
#[allow(clippy::print_stdout, reason = "the killer reads it")]
async fn keep_until_killed(folder: &Path) {
    let store = Store::open(folder).unwrap();
    let history = store.history(u32::MAX).await.unwrap();
    let mut number = history.iter().filter(|entry| entry.event.kind() == "decided").count() as u64;
    while keep(&store, decision(number, 200)).await.is_ok() {
        if number.is_multiple_of(2) {
            let digest = decision(number, 200).jws().digest();
            store.settled(digest, Ending::Taken, NOW, None, &key(3)).await.unwrap();
        }
        number += 1;
        println!("\npromised {number}");
    }
}

fn promise(line: &str) -> Option<u64> {
    line.strip_prefix("promised ")?.parse().ok()
}

async fn holds_together(folder: &Path, promised: u64) {
    let store = Store::open(folder).unwrap();
    let whole = store.verify_history(&key(3).public()).await.unwrap();
    let entries = store.history_length().await.unwrap();
    assert_eq!(whole, Wholeness::Whole { entries });
    let (mut decided, mut ended) = (Vec::new(), Vec::new());
    for entry in store.history(u32::MAX).await.unwrap() {
        match entry.event {
            HistoryEvent::Decided { about, .. } => decided.push(about.request),
            HistoryEvent::Ended { about, .. } => ended.push(about.request),
            HistoryEvent::Registered { .. }
            | HistoryEvent::Agreed { .. }
            | HistoryEvent::Changed { .. }
            | HistoryEvent::Renewed
            | HistoryEvent::BrokerKey { .. }
            | HistoryEvent::SetBack { .. }
            | HistoryEvent::Removed { .. } => {}
        }
    }
    assert!(decided.len() as u64 >= promised, "{} kept of {promised}", decided.len());
    for request in &decided {
        let rows = store.decisions(&approver(), *request).await.unwrap();
        assert_eq!(rows.len(), 1);
        assert_eq!(rows[0].ending.is_some(), ended.contains(request));
    }
    let unsent = store.unsent(&approver()).await.unwrap().len();
    assert_eq!(unsent, decided.len() - ended.len());
    store.close().await;
}
