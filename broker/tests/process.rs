//! The program itself: administration beside a running broker, the audit, what its log holds, and
//! stores that cannot be used.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "parts of tests")]

mod parts;

use parts::Approver;
use parts::served::{Served, fails, last_word, must, now, program};
use sayso_broker::store::DATABASE;
use sayso_protocol::change::{Author, Standing};
use sayso_protocol::enrolment::ActivationCode;
use sayso_protocol::link::FromBroker;
use sayso_protocol::problem::ProblemType;
use serde_json::{Value, json};
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

const RETURN: &str = "http://127.0.0.1:9/return";

/// What a login left behind, all of it secret.
async fn log_in(served: Served, store: &Path) -> (Served, Vec<String>) {
    let key = last_word(&must(store, &["service", "add", "Bank", "--return-url", RETURN]));
    must(store, &["account", "add", "anna"]);
    let activation = last_word(&must(store, &["activation", "new", "anna"]));
    let anna = Approver::new(&served.origin);
    let code = ActivationCode::parse(&activation).unwrap();
    assert_eq!(anna.enrol("anna", code, now()).await.status(), 201);
    let service = parts::Service {
        id: "bank".into(),
        key: key.clone(),
        origin: served.origin.clone(),
        http: parts::client(),
    };
    let body = json!({ "account": "anna", "action": { "kind": "login" }, "return_url": RETURN });
    let asked: Value = service.post("/v1/requests", &body).await.json().await.unwrap();
    let login_url = asked["login_url"].as_str().unwrap().to_owned();
    let http = reqwest::Client::builder()
        .pool_max_idle_per_host(0)
        .redirect(reqwest::redirect::Policy::none());
    let http = http.build().unwrap();
    let mut browser = parts::Browser { http, cookie: String::new(), language: "en" };
    let code = browser.code(&login_url).await;
    anna.connect(now()).await.snapshot().await;
    let bound = anna.bind(&code, now()).await.unwrap();
    let listen = served.origin.trim_start_matches("http://").to_owned();
    served.kill();
    let served = Served::start(store, &listen);
    let receipt = bound.receipt.reveal();
    let (status, answer) = anna.approve(&bound, now()).await;
    assert_eq!(status, 200, "{answer}");
    let back = browser.get(&format!("{login_url}/return")).await.location.unwrap();
    let ticket = back.strip_prefix(&format!("{RETURN}?ticket=")).unwrap().to_owned();
    let id = parts::id_of(&bound.jws);
    service.collect(id, &ticket).await.unwrap();
    let page = login_url.rsplit('/').next().unwrap().to_owned();
    let cookie = browser.cookie.split_once('=').unwrap().1.to_owned();
    let code = code.reveal().to_owned();
    (served, vec![key, activation, page, cookie, code, receipt, ticket])
}

#[tokio::test]
async fn a_login_over_a_kill_keeps_its_audit_and_leaves_no_secret_in_the_log() {
    let folder = tempfile::tempdir().unwrap();
    let store = folder.path().join("store");
    let served = Served::start(&store, "127.0.0.1:0");
    let (served, secrets) = log_in(served, &store).await;
    assert!(must(&store, &["audit", "verify"]).contains("The audit is whole"));
    assert!(must(&store, &["approver", "list", "anna"]).contains("laptop"));
    must(&store, &["approver", "remove", "anna", "laptop"]);
    let log = served.log.clone();
    served.stop();
    let log = std::fs::read_to_string(log).unwrap();
    assert!(log.contains("/login/{page}/return") && log.contains("connected"), "{log}");
    for (number, secret) in secrets.iter().enumerate() {
        let hex = |at: usize| log.get(at.saturating_sub(60)..at + 60).unwrap_or("");
        let found = log.find(secret.as_str());
        assert!(found.is_none(), "secret {number} in the log: {}", hex(found.unwrap()));
    }
    must(&store, &["audit", "verify"]);
}

#[tokio::test]
async fn what_a_malformed_message_holds_stands_in_no_log() {
    use base64::Engine as _;
    let folder = tempfile::tempdir().unwrap();
    let served = Served::start(&folder.path().join("store"), "127.0.0.1:0");
    let forged = "12345678901237\nINFO forged";
    let part =
        |value: Value| base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(value.to_string());
    let header = |typ: &str| json!({ "alg": "EdDSA", "kid": "k", "typ": typ });
    let mut more = header("sayso-enrol+jwt");
    more[forged] = 1.into();
    let claims = json!({ "iss": "k", "aud": "a", "iat": forged, "exp": 2, "jti": "j" });
    for enrolment in [
        format!("{}.{}.AA", part(header("sayso-enrol+jwt")), part(claims.clone())),
        format!("{}.{}.AA", part(more), part(claims)),
        format!("{}.{}.AA", part(header("sayso-enrol+jwt")), part(forged.into())),
        format!("{forged}.e30.AA"),
    ] {
        let call = parts::client().post(format!("{}/v1/approvers", served.origin));
        let answer = call.json(&json!({ "enrolment": enrolment })).send().await.unwrap();
        assert_eq!(answer.status(), 400, "{enrolment}");
    }
    let log = served.log.clone();
    served.stop();
    let log = std::fs::read_to_string(log).unwrap();
    assert_eq!(log.matches("a signed message does not count").count(), 4, "{log}");
    assert!(!log.contains("12345678901237") && !log.contains("forged"), "{log}");
}

#[tokio::test]
async fn a_changed_byte_and_a_cut_tail_fail_the_audit() {
    let folder = tempfile::tempdir().unwrap();
    let store = folder.path().join("store");
    let served = Served::start(&store, "127.0.0.1:0");
    let (served, _) = log_in(served, &store).await;
    served.stop();
    let database = store.join(DATABASE);
    let tamper = |sql: &str| {
        let db = rusqlite::Connection::open(&database).unwrap();
        db.execute_batch(sql).unwrap();
    };
    let whole = std::fs::read(&database).unwrap();
    for (sql, said) in [
        ("UPDATE audit SET entry = replace(entry, 'anna', 'bnna') WHERE n = 3", "Audit entry 3"),
        ("DELETE FROM audit WHERE n = (SELECT max(n) FROM audit)", "The end of the audit"),
        ("DELETE FROM audit; DELETE FROM audit_head", ""),
        ("DELETE FROM audit WHERE n = 2", "Audit entry 2"),
        ("UPDATE audit_head SET jws = replace(jws, 'A', 'B')", "The end of the audit"),
        ("UPDATE decisions SET jws = jws || 'x'", "A signed answer"),
    ] {
        tamper(sql);
        if !said.is_empty() {
            let sentences = fails(&store, &["audit", "verify"]);
            assert!(sentences.starts_with(said), "{sql}: {sentences}");
        }
        assert!(!store.join("sayso-broker.db-wal").exists(), "the command closed the store");
        std::fs::write(&database, &whole).unwrap();
    }
    must(&store, &["audit", "verify"]);
}

#[test]
fn a_store_that_cannot_be_used_is_said_in_two_sentences() {
    let folder = tempfile::tempdir().unwrap();
    let store = folder.path().join("store");
    let absent = fails(&store, &["account", "list"]);
    assert!(absent.starts_with("There is no store at"), "{absent}");
    Served::start(&store, "127.0.0.1:0").stop();
    let database = store.join(DATABASE);
    let whole = std::fs::read(&database).unwrap();

    std::fs::write(&database, b"not a database ".repeat(400)).unwrap();
    let corrupt = fails(&store, &["serve", "--listen", "127.0.0.1:0"]);
    assert!(corrupt.starts_with("The store is damaged"), "{corrupt}");
    let mut damaged = whole.clone();
    damaged[4096..12_288].fill(7);
    std::fs::write(&database, damaged).unwrap();
    let corrupt = fails(&store, &["serve", "--listen", "127.0.0.1:0"]);
    assert!(corrupt.starts_with("The store is damaged"), "{corrupt}");
    std::fs::write(&database, &whole).unwrap();

    let db = rusqlite::Connection::open(&database).unwrap();
    let newer = "INSERT INTO refinery_schema_history (version, name, applied_on, checksum)
        SELECT 999, 'later', applied_on, checksum FROM refinery_schema_history LIMIT 1";
    db.execute_batch(newer).unwrap();
    drop(db);
    let newer = fails(&store, &["serve", "--listen", "127.0.0.1:0"]);
    assert!(newer.starts_with("The store is from a newer Sayso"), "{newer}");
    std::fs::write(&database, &whole).unwrap();

    std::fs::remove_file(store.join("sayso-broker.key")).unwrap();
    let keyless = fails(&store, &["serve", "--listen", "127.0.0.1:0"]);
    assert!(keyless.starts_with("The key of the store is missing"), "{keyless}");
    let file = folder.path().join("file");
    std::fs::write(&file, "").unwrap();
    let folderless = fails(&file, &["serve", "--listen", "127.0.0.1:0"]);
    assert!(folderless.starts_with("The store cannot be opened"), "{folderless}");
}

#[test]
fn settings_with_a_fault_are_said_with_their_line() {
    let folder = tempfile::tempdir().unwrap();
    let settings = folder.path().join("broker.toml");
    std::fs::write(&settings, "# ours\nlisten = \"nowhere\"\n").unwrap();
    let mut command = program();
    let output = command.arg("--config").arg(&settings).arg("serve").output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.starts_with("The settings file has a fault in line 2"), "{said}");
    let store = folder.path().join("store");
    std::fs::write(&settings, "listen = \"0.0.0.0:0\"\norigin = \"https://b.example\"\n").unwrap();
    let mut command = program();
    command.arg("--config").arg(&settings).arg("--store").arg(&store).arg("serve");
    let output = command.output().unwrap();
    assert_eq!((output.status.code(), output.stdout.len()), (Some(1), 0));
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains(" is not on this computer, and plain http is"), "{said}");
    assert!(!store.exists());
}

#[test]
fn names_and_addresses_that_cannot_be_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let store = folder.path().join("store");
    Served::start(&store, "127.0.0.1:0").stop();
    must(&store, &["account", "add", "anna"]);
    for (arguments, said) in [
        (&["account", "add", "anna"][..], "There is an account anna already"),
        (
            &["account", "add", "An na"],
            "An na cannot be the name of an account. Use 1 to 64 of a to z, 0 to 9, dot,",
        ),
        (&["service", "add", " ", "--return-url", RETURN], "A service needs a name."),
        (&["activation", "new", "nemo"], "There is no account nemo"),
        (&["approver", "remove", "anna", "laptop"], "Account anna has no approver laptop"),
        (&["service", "remove", "none"], "There is no service none"),
        (&["service", "add", "S", "--return-url", "http://b.example/"], "http://b.example/ cannot"),
        (&["serve", "--listen", "0.0.0.0:0"], "0.0.0.0:"),
    ] {
        let sentences = fails(&store, arguments);
        assert!(sentences.starts_with(said), "{sentences}");
    }
}

#[test]
fn a_service_is_told_its_id_which_its_outcomes_are_for() {
    let folder = tempfile::tempdir().unwrap();
    let store = folder.path().join("store");
    Served::start(&store, "127.0.0.1:0").stop();
    let added = must(&store, &["service", "add", "Example Bank", "--return-url", RETURN]);
    assert!(added.starts_with("Service Example Bank is added. Its id: example-bank. "), "{added}");
    let listed = must(&store, &["service", "list"]);
    assert_eq!(listed, format!("Example Bank, id example-bank, returns to {RETURN}.\n"));
}

#[test]
fn dev_prints_what_a_person_needs_and_throws_its_store_away() {
    let temporary = tempfile::tempdir().unwrap();
    let mut child = program()
        .args(["dev", "--listen", "127.0.0.1:0"])
        .env("TMPDIR", temporary.path())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let lines: Vec<String> = lines.take(4).map(Result::unwrap).collect();
    assert!(lines[0].starts_with("listening on http://127.0.0.1:"), "{lines:?}");
    assert!(lines[1].starts_with("login page: http://127.0.0.1:"), "{lines:?}");
    assert_eq!(lines[2], "account: anna");
    let code = lines[3].strip_prefix("activation code: ").unwrap();
    ActivationCode::parse(code).unwrap();
    assert_eq!(std::fs::read_dir(temporary.path()).unwrap().count(), 1);
    Command::new("kill").arg(child.id().to_string()).status().unwrap();
    assert!(child.wait().unwrap().success());
    assert_eq!(std::fs::read_dir(temporary.path()).unwrap().count(), 0);
}

/// Registers one more computer of Anna's by an activation code made with these arguments.
async fn one_more(store: &Path, origin: &str, arguments: &[&str]) -> Approver {
    let said = must(store, &[&["activation", "new", "anna"], arguments].concat());
    let computer = Approver::new(origin);
    let code = ActivationCode::parse(&last_word(&said)).unwrap();
    assert_eq!(computer.enrol("anna", code, now()).await.status(), 201);
    computer
}

#[tokio::test]
async fn what_the_administrator_does_reaches_those_who_are_connected() {
    let folder = tempfile::tempdir().unwrap();
    let store = folder.path().join("store");
    let served = Served::start(&store, "127.0.0.1:0");
    must(&store, &["account", "add", "anna"]);
    let desk = one_more(&store, &served.origin, &[]).await;
    let mut link = desk.connect(now()).await;
    assert_eq!(link.changes().await, []);
    let laptop = one_more(&store, &served.origin, &["--now"]).await;
    let told = link.change().await;
    assert_eq!((told.by, told.standing), (Author::Administrator, Standing::Applied));
    let waiting = one_more(&store, &served.origin, &[]).await;
    assert_eq!(link.change().await.standing, Standing::Waiting);
    let listed = must(&store, &["approver", "list", "anna"]);
    assert_eq!(listed.matches(", waits to be let in.").count(), 1, "{listed}");
    let full = fails(&store, &["activation", "new", "anna"]);
    assert!(full.starts_with("Account anna has as many approvers as it may have"), "{full}");

    must(&store, &["account", "block", "anna"]);
    while let Some(message) = link.next().await {
        let snapshot = matches!(message, FromBroker::Snapshot { .. });
        assert!(snapshot, "of the commands before, until its link is closed: {message:?}");
    }
    for computer in [&desk, &laptop] {
        let refused = computer.changes(now()).await.unwrap_err();
        assert_eq!(refused.kind, ProblemType::AccountBlocked);
    }
    assert!(
        must(&store, &["account", "list"]).contains("anna, called anna, blocked: 2 approvers.")
    );
    let twice = fails(&store, &["account", "block", "anna"]);
    assert!(twice.starts_with("Account anna is blocked."), "{twice}");
    let none = fails(&store, &["activation", "new", "anna", "--now"]);
    assert!(none.starts_with("Account anna is blocked."), "{none}");

    must(&store, &["account", "unblock", "anna"]);
    let twice = fails(&store, &["account", "unblock", "anna"]);
    assert!(twice.starts_with("Account anna is not blocked."), "{twice}");
    let turned_away = waiting.changes(now()).await.unwrap_err();
    assert_eq!(turned_away.kind, ProblemType::ApproverRemoved);
    let told = desk.connect(now()).await.changes().await.pop().unwrap();
    assert_eq!((told.ended_by, told.standing), (Some(Author::Administrator), Standing::Cancelled));
    must(&store, &["audit", "verify"]);
    served.stop();
}

#[tokio::test]
async fn of_computers_that_are_called_alike_the_one_that_is_named_by_its_id_is_removed() {
    let folder = tempfile::tempdir().unwrap();
    let store = folder.path().join("store");
    let served = Served::start(&store, "127.0.0.1:0");
    must(&store, &["account", "add", "anna"]);
    let desk = one_more(&store, &served.origin, &[]).await;
    let laptop = one_more(&store, &served.origin, &["--now"]).await;
    let unsure = fails(&store, &["approver", "remove", "anna", "laptop"]);
    assert_eq!(
        unsure,
        "Several approvers of account anna are called laptop. Name one by its id, which this \
         shows: sayso-broker approver list anna.\n"
    );
    let listed = must(&store, &["approver", "list", "anna"]);
    assert!(listed.contains(&format!("laptop, id {}, registered ", laptop.id().0)), "{listed}");
    let removed = must(&store, &["approver", "remove", "anna", &laptop.id().0]);
    assert!(removed.starts_with("Approver laptop of account anna is removed."), "{removed}");
    let refused = laptop.changes(now()).await.unwrap_err();
    assert_eq!(refused.kind, ProblemType::ApproverRemoved);
    desk.changes(now()).await.unwrap();
    must(&store, &["approver", "remove", "anna", "laptop"]);
    let gone = fails(&store, &["approver", "remove", "anna", "-not-an-id"]);
    assert!(gone.starts_with("Account anna has no approver -not-an-id."), "{gone}");
    served.stop();
}
