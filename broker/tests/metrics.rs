//! What can be watched of a broker: before and after a login.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "parts of tests")]

mod parts;

use parts::Running;
use parts::served::must;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// All that can be watched now, by name and labels.
async fn watched(running: &Running) -> BTreeMap<String, f64> {
    let answer = reqwest::get(format!("http://{}/metrics", running.metrics)).await.unwrap();
    assert_eq!(answer.status(), 200);
    let kind = answer.headers()["content-type"].to_str().unwrap().to_owned();
    assert!(kind.starts_with("application/openmetrics-text; version=1.0.0"), "{kind}");
    let text = answer.text().await.unwrap();
    assert!(text.ends_with("# EOF\n"), "{text}");
    assert!(!text.contains("anna") && !text.contains("ank"), "it tells of whom: {text}");
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    let read = |line: &str| {
        let (name, value) = line.rsplit_once(' ').unwrap();
        (name.to_owned(), value.parse().unwrap())
    };
    lines.map(read).collect()
}

#[tokio::test]
async fn a_login_counts_and_nothing_tells_whose_it_was() {
    let store = tempfile::tempdir().unwrap();
    let running = Running::start(store.path(), None).await;
    let (bank, anna) = (running.service("Bank").await, running.approver("anna").await);
    let before = watched(&running).await;

    let asked = bank.ask("anna").await;
    let mut link = anna.connect(running.now()).await;
    link.snapshot().await;
    let mut browser = running.browser();
    let code = browser.code(&asked.login_url).await;
    anna.bind(&parts::another(&code), running.now()).await.unwrap_err();
    let bound = anna.bind(&code, running.now()).await.unwrap();
    assert_eq!(anna.approve(&bound, running.now()).await.0, 200);
    let ticket = browser.ticket(&asked.login_url).await;
    bank.collect(asked.id, &ticket).await.unwrap();
    bank.collect(asked.id, "AAECAwQFBgcICQoLDA0ODw").await.unwrap_err();

    let after = watched(&running).await;
    let grown = |name: &str| {
        let at = |seen: &BTreeMap<String, f64>| seen.get(name).copied().unwrap_or_default();
        at(&after) - at(&before)
    };
    for act in ["asked", "bound", "approved", "collected", "wrong_code"] {
        let name = format!("sayso_broker_acts_total{{act=\"{act}\"}}");
        assert!((grown(&name) - 1.0).abs() < 0.1, "{name}: {before:?} {after:?}");
    }
    for (kind, count) in [("ticket", 1.0), ("wrong-code", 1.0), ("too-many", 0.0)] {
        let name = format!("sayso_broker_refusals_total{{type=\"{kind}\"}}");
        assert!((grown(&name) - count).abs() < 0.1, "{name}: {before:?} {after:?}");
    }
    assert!((grown("sayso_broker_links") - 1.0).abs() < 0.1);
    assert!(grown("sayso_broker_commits_total") >= 4.0);
    assert!(after["sayso_broker_resident_memory_bytes"] > 1_000_000.0);

    let elsewhere = reqwest::get(format!("{}/metrics", running.origin)).await.unwrap();
    assert_eq!(elsewhere.status(), 404, "it has a listener of its own");
    drop(link);
    running.stop().await;
}

#[tokio::test]
async fn every_name_that_can_be_watched_stands_in_the_documents_and_no_other() {
    let store = tempfile::tempdir().unwrap();
    let running = Running::start(store.path(), None).await;
    // Those with labels are there once they have counted: a call to a webhook where nobody is, too.
    let mut bank = running.service("Bank").await;
    must(store.path(), &["service", "webhook", "set", "bank", "http://127.0.0.1:9/"]);
    let asked = bank.ask("anna").await;
    let call_off = bank.http.delete(format!("{}/v1/requests/{}", bank.origin, asked.id));
    assert_eq!(call_off.bearer_auth(&bank.key).send().await.unwrap().status(), 200);
    bank.key = "another".into();
    assert_eq!(bank.post("/v1/requests", &parts::login("anna")).await.status(), 401);
    let address = format!("http://{}/metrics", running.metrics);
    let text = loop {
        let text = reqwest::get(&address).await.unwrap().text().await.unwrap();
        if text.contains("result=\"in_vain\"") {
            break text;
        }
    };
    let typed = text.lines().filter_map(|line| line.strip_prefix("# TYPE "));
    let there: BTreeSet<String> = typed
        .map(|line| match line.split_once(' ').unwrap() {
            (name, "counter") => format!("{name}_total"),
            (name, _) => name.to_owned(),
        })
        .collect();
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/hosting.md");
    let document = std::fs::read_to_string(file).unwrap();
    let quoted = document.split('`').skip(1).step_by(2);
    let told: BTreeSet<String> =
        quoted.filter(|word| word.starts_with("sayso_broker_")).map(str::to_owned).collect();
    assert_eq!(told, there);
    running.stop().await;
}
