//! A store that is opened: after a start that was cut short, without its key, and after the program
//! was upgraded.

use super::*;

use sayso_protocol::binding::Method;
use sayso_protocol::change::{AccountSettings, ApproveWith, SameDevice};
use sayso_protocol::decision::Verdict;
use sayso_protocol::enrolment::{AccountName, ApproverId};
use sayso_protocol::life::{Life, Reason, State};
use sayso_protocol::request::RequestId;
use sayso_protocol::signature::{Digest, SecretKey};
use sayso_protocol::spoken::Clean;
use sayso_protocol::time::UnixTime;
use std::os::unix::fs::PermissionsExt as _;
use uuid::Uuid;

use super::audit::Entry;

fn opening(folder: &Path) -> Opening {
    Opening {
        folder: folder.to_owned(),
        origin: Some("http://127.0.0.1:1".into()),
        news: None,
        clock: Clock::machine(),
    }
}

async fn open_and_close(folder: &Path) -> Result<String, OpenError> {
    let (store, closed) = Store::open(opening(folder))?;
    let key = store.key().public().thumbprint();
    drop(store);
    closed.wait().await;
    Ok(key)
}

/// Takes back what a first start does last.
fn forget_the_key(folder: &Path) {
    let db = Connection::open(folder.join(DATABASE)).unwrap();
    assert_eq!(db.execute("DELETE FROM broker", []).unwrap(), 1);
}

#[tokio::test]
async fn a_first_start_that_was_cut_short_is_begun_again() {
    let folder = tempfile::tempdir().unwrap();
    let (path, half) = (folder.path(), folder.path().join(key::UNFINISHED));
    let first = open_and_close(path).await.unwrap();
    forget_the_key(path);
    assert_eq!(open_and_close(path).await.unwrap(), first, "cut before the row");
    forget_the_key(path);
    std::fs::rename(path.join(key::FILE), &half).unwrap();
    std::fs::write(&half, "half a k").unwrap();
    let second = open_and_close(path).await.unwrap();
    assert_ne!(second, first, "cut within the key");
    assert!(!half.exists());
    assert_eq!(open_and_close(path).await.unwrap(), second);
}

#[tokio::test]
async fn a_store_that_has_lost_its_key_is_given_no_other() {
    let folder = tempfile::tempdir().unwrap();
    open_and_close(folder.path()).await.unwrap();
    std::fs::remove_file(folder.path().join(key::FILE)).unwrap();
    let refused = open_and_close(folder.path()).await;
    assert!(matches!(refused, Err(OpenError::ForeignKey)), "{refused:?}");
    BrokerKey::open(folder.path(), true).unwrap();
    let refused = open_and_close(folder.path()).await;
    assert!(matches!(refused, Err(OpenError::ForeignKey)), "{refused:?}");
}

#[tokio::test]
async fn the_whole_store_is_looked_through_before_a_broker_rests_on_it_and_for_no_single_command() {
    let folder = tempfile::tempdir().unwrap();
    open_and_close(folder.path()).await.unwrap();
    let db = Connection::open(folder.path().join(DATABASE)).unwrap();
    let damage = "PRAGMA ignore_check_constraints = ON; UPDATE broker SET one = 2";
    db.execute_batch(damage).unwrap();
    drop(db);
    let refused = open_and_close(folder.path()).await;
    assert!(matches!(refused, Err(OpenError::Corrupt(_))), "{refused:?}");
    Store::open(Opening { origin: None, ..opening(folder.path()) }).unwrap();
}

fn key_in(folder: &Path, name: &str) -> Option<Vec<u8>> {
    std::fs::read(folder.join(name)).ok()
}

async fn whole(store: &Store) -> u64 {
    let key = store.key();
    store.read(move |db| Ok(db.verify_audit(&key))).await.unwrap().unwrap()
}

#[tokio::test]
async fn a_new_key_is_there_or_not_wherever_it_was_cut_short() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    let (store, closed) = Store::open(opening(path)).unwrap();
    store.write(|tx| tx.audit(&Entry::Started)).await.unwrap();
    let first = store.key();
    first.next(path).unwrap();
    drop(store);
    closed.wait().await;
    let kid = first.public().thumbprint();
    assert_eq!(open_and_close(path).await.unwrap(), kid, "cut before the store named it");

    let (store, closed) = Store::open(opening(path)).unwrap();
    let before = key_in(path, key::FILE).unwrap();
    let second = store.write(rotations::rotate).await.unwrap().value;
    assert_eq!((store.key().public(), whole(&store).await), (&second, 2));
    drop(store);
    closed.wait().await;
    let after = key_in(path, key::FILE).unwrap();
    assert_ne!(before, after);
    assert_eq!(key_in(path, key::READY), None, "the old key is nowhere");
    std::fs::rename(path.join(key::FILE), path.join(key::READY)).unwrap();
    std::fs::write(path.join(key::FILE), &before).unwrap();
    let owner = std::fs::Permissions::from_mode(0o600);
    std::fs::set_permissions(path.join(key::FILE), owner).unwrap();
    let (store, closed) = Store::open(opening(path)).unwrap();
    assert_eq!((store.key().public(), whole(&store).await), (&second, 2), "cut after that");
    assert_eq!(key_in(path, key::FILE), Some(after));
    assert_eq!(key_in(path, key::READY), None);
    drop(store);
    closed.wait().await;
}

#[tokio::test]
async fn a_new_key_that_is_not_kept_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let (store, closed) = Store::open(opening(folder.path())).unwrap();
    let first = store.key();
    let failed = store.write(|tx| {
        rotations::rotate(tx)?;
        Err::<(), _>(StoreError::Unreadable("no".into()))
    });
    assert!(failed.await.is_err());
    store.write(|tx| tx.audit(&Entry::Started)).await.unwrap();
    assert_eq!((store.key().public(), whole(&store).await), (first.public(), 1));
    drop(store);
    closed.wait().await;
    let kid = first.public().thumbprint();
    assert_eq!(open_and_close(folder.path()).await.unwrap(), kid);
}

#[tokio::test]
async fn a_running_broker_follows_a_key_that_administration_gave_it() {
    let folder = tempfile::tempdir().unwrap();
    let (news, mut told) = mpsc::channel(8);
    let running = Opening { news: Some(news), ..opening(folder.path()) };
    let (running, _closed) = Store::open(running).unwrap();
    let administration = Opening { origin: None, ..opening(folder.path()) };
    let (store, closed) = Store::open(administration).unwrap();
    let second = store.write(rotations::rotate).await.unwrap().value;
    drop(store);
    closed.wait().await;
    assert_ne!(running.key().public(), &second);
    running.write(|tx| tx.audit(&Entry::Started)).await.unwrap();
    assert_eq!((running.key().public(), whole(&running).await), (&second, 2));
    assert!(matches!(told.recv().await.unwrap().anew, Some(Anew::All)));
}

/// A store with the schema of the first version and its key.
fn first_version(folder: &Path) -> Connection {
    let key = BrokerKey::open(folder, true).unwrap();
    let mut db = Connection::open(folder.join(DATABASE)).unwrap();
    prepare(&mut db).unwrap();
    let first = refinery::Target::Version(1);
    migrations::migrations::runner().set_target(first).run(&mut db).unwrap();
    let sql = "INSERT INTO broker (one, origin, key_id) VALUES (1, 'http://127.0.0.1:1', ?1)";
    db.execute(sql, [key.public().thumbprint()]).unwrap();
    db
}

/// Anna and her computer, as the first version kept them.
fn keep_anna(db: &Connection) {
    db.execute_batch(
        r#"INSERT INTO accounts (name, display, added_at, settings)
           VALUES ('anna', 'Anna', 1, '{"approve_with":"code"}'), ('bo', 'Bo', 1, NULL);
           INSERT INTO activations (account, salt, hash, expires_at, wrong)
           VALUES ('bo', zeroblob(16), zeroblob(32), 1800, 0);"#,
    )
    .unwrap();
    let key = || SecretKey::generate(&mut crate::random()).public();
    let (jwk, link_jwk) = (key(), key());
    db.execute(
        r#"INSERT INTO approvers (id, account, name, jwk, link_jwk, link_kid, since, lockout)
           VALUES ('laptop', 'anna', 'laptop', ?1, ?2, ?3, 1, '{"wrong":3,"blocked_until":null}')"#,
        (
            serde_json::to_string(&jwk).unwrap(),
            serde_json::to_string(&link_jwk).unwrap(),
            link_jwk.thumbprint(),
        ),
    )
    .unwrap();
}

/// A request of Anna in this state, as the first version kept it.
fn keep_request(db: &Connection, n: u128, state: &str, ended: bool) {
    let life = format!(r#"{{"state":{state},"expires_at":300}}"#);
    db.execute(
        r#"INSERT INTO requests (id, service, service_name, account, action, origin, locale,
               return_url, page, code, life, created_at, exp, expires_at, ended_at)
           VALUES (?1, 'bank', 'Bank', 'anna',
               '{"kind":"login"}', '{"address":"192.0.2.7"}', 'en',
               'https://bank.example/', ?1, ?2, ?3, 1, 600, 300, ?4)"#,
        (Uuid::from_u128(n).to_string(), (!ended).then_some("482913"), life, ended.then_some(9)),
    )
    .unwrap();
}

/// Every state of a request, as the first version wrote it and as it is meant today.
fn lives() -> Vec<(String, State)> {
    let (by, method, decision) = (ApproverId("laptop".into()), Method::Code, Digest::of(b"yes"));
    let reported_later = Digest::of(b"report");
    let approved =
        |reported_later| State::Approved { by: by.clone(), method, decision, reported_later };
    let yes = format!(r#""state":"approved","by":"laptop","decision":"{decision}""#);
    vec![
        (r#"{"state":"pending"}"#.to_owned(), State::Pending),
        (r#"{"state":"bound","by":"laptop"}"#.to_owned(), State::Bound { by: by.clone(), method }),
        (format!(r#"{{{yes},"reported_later":null}}"#), approved(None)),
        (
            format!(r#"{{{yes},"reported_later":"{reported_later}"}}"#),
            approved(Some(reported_later)),
        ),
        (
            format!(
                r#"{{"state":"denied","by":"laptop","decision":"{decision}","verdict":"deny"}}"#
            ),
            State::Denied { by: by.clone(), decision, verdict: Verdict::Deny },
        ),
        (r#"{"state":"expired"}"#.to_owned(), State::Expired),
        (
            r#"{"state":"cancelled","reason":"service"}"#.to_owned(),
            State::Cancelled { reason: Reason::Service },
        ),
        (
            r#"{"state":"cancelled","reason":"approver-removed"}"#.to_owned(),
            State::Cancelled { reason: Reason::ApproverRemoved },
        ),
    ]
}

#[tokio::test]
async fn a_store_of_the_first_version_is_read_with_all_that_it_holds() {
    let folder = tempfile::tempdir().unwrap();
    let db = first_version(folder.path());
    keep_anna(&db);
    let lives = lives();
    for (n, (state, meant)) in (1..).zip(&lives) {
        let life = Life { state: meant.clone(), expires_at: UnixTime(300) };
        keep_request(&db, n, state, life.standing().is_final());
    }
    drop(db);

    let (store, closed) = Store::open(opening(folder.path())).unwrap();
    let anna = AccountName::parse("anna").unwrap();
    let of = anna.clone();
    let account = store.read(move |db| db.account(&of)).await.unwrap().unwrap();
    let settings =
        AccountSettings { approve_with: ApproveWith::Code, same_device: SameDevice::Off };
    assert_eq!((account.settings, account.approvers, account.blocked), (Some(settings), 1, false));
    let of = anna.clone();
    assert_eq!(store.read(move |db| db.approvers(&of)).await.unwrap()[0].id.0, "laptop");
    let bo = AccountName::parse("bo").unwrap();
    let of = bo.clone();
    assert_eq!(store.read(move |db| db.account(&of)).await.unwrap().unwrap().settings, None);
    assert!(store.read(move |db| db.activation(&bo)).await.unwrap().is_some());
    for (n, (_, meant)) in (1..).zip(lives) {
        let id = RequestId(Uuid::from_u128(n));
        let kept = store.read(move |db| db.request(id)).await.unwrap().unwrap();
        assert_eq!(kept.life.state, meant);
    }
    let waiting = store.read(move |db| db.waiting(&anna)).await.unwrap();
    let codes = waiting.iter().filter_map(|kept| kept.offer.as_ref()?.code());
    assert_eq!(codes.map(|code| code.reveal()).collect::<Vec<_>>(), ["482913", "482913"]);
    drop(store);
    closed.wait().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn however_much_a_broker_writes_administration_gets_its_turn() {
    let folder = tempfile::tempdir().unwrap();
    let (busy, _closed) = Store::open(opening(folder.path())).unwrap();
    busy.write(|tx| tx.audit(&Entry::Started)).await.unwrap();
    let mut writing = tokio::task::JoinSet::new();
    for _ in 0..64 {
        let busy = busy.clone();
        writing.spawn(
            async move { while busy.write(|tx| tx.audit(&Entry::Started)).await.is_ok() {} },
        );
    }
    for n in 0..5 {
        let administration = Opening { origin: None, ..opening(folder.path()) };
        let (store, closed) = Store::open(administration).unwrap();
        let name = AccountName::parse(&format!("anna-{n}")).unwrap();
        let added = store.write(move |tx| tx.add_account(&name, &Clean::new("Anna"))).await;
        assert!(added.unwrap().value);
        drop(store);
        closed.wait().await;
    }
    writing.shutdown().await;
}
