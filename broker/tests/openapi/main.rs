//! `docs/openapi.json` describes the HTTP interface and is served by the broker. It is
//! made here of the routes, of the documentation of their handlers, and of the types on the wire.
//! `UPDATE=1` writes it anew.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails so")]

mod document;
#[path = "../parts/mod.rs"]
mod parts;
mod sources;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use parts::Running;
use serde_json::Value;

const HOW: &str = "run `UPDATE=1 cargo test --workspace --test openapi`, and look at what changed";

fn file() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/openapi.json")
}

#[test]
fn the_description_is_what_the_sources_say() {
    let described = format!("{:#}\n", document::describe(&sources::calls()));
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(file(), &described).unwrap();
    }
    let committed = std::fs::read_to_string(file()).unwrap();
    assert!(committed == described, "docs/openapi.json is not what the sources say: {HOW}");
}

#[test]
fn every_type_of_problem_is_one_that_some_call_is_refused_with() {
    let refused: BTreeSet<String> =
        sources::calls().into_iter().flat_map(|call| call.refusals).collect();
    let never: Vec<String> =
        document::problems().into_iter().filter(|slug| !refused.contains(slug)).collect();
    assert!(
        never.is_empty(),
        "no handler names {never:?} under the `# Errors` of its documentation: name it there, then {HOW}"
    );
}

#[tokio::test]
async fn the_broker_serves_it() {
    let store = tempfile::tempdir().unwrap();
    let running = Running::start(store.path(), None).await;
    let answer = reqwest::get(format!("{}/openapi.json", running.origin)).await.unwrap();
    assert_eq!(answer.headers()["content-type"], "application/json");
    let served: Value = answer.json().await.unwrap();
    let committed: Value = serde_json::from_slice(&std::fs::read(file()).unwrap()).unwrap();
    assert!(served == committed, "the broker serves another description than docs/openapi.json");
    running.stop().await;
}

/// `METHOD /path` as documents write it, wherever it stands between backticks.
fn in_documents() -> BTreeSet<String> {
    let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs");
    let mut found = BTreeSet::new();
    for name in ["protocol.md", "services.md", "hosting.md"] {
        let text = std::fs::read_to_string(docs.join(name)).unwrap();
        for quoted in text.split('`').skip(1).step_by(2) {
            for method in ["GET", "POST", "DELETE", "PUT", "PATCH"] {
                if let Some(path) = quoted.strip_prefix(&format!("{method} /")) {
                    let path = path.split('?').next().unwrap_or(path);
                    found.insert(format!("{method} /{path}"));
                }
            }
        }
    }
    found
}

/// The pages are for browsers, and stand in no reference of calls.
#[test]
fn the_documents_name_every_call_of_services_and_approvers_and_no_other() {
    let calls = sources::calls();
    let all: BTreeSet<String> =
        calls.iter().map(|call| format!("{} {}", call.method, call.path)).collect();
    let named = in_documents();
    let unknown: Vec<_> = named.difference(&all).collect();
    assert!(unknown.is_empty(), "the documents name what is no call: {unknown:?}");
    let of_programs = |call: &&sources::Call| {
        !["/login/", "/help", "/assets/", "/practice/"]
            .iter()
            .any(|begin| call.path.starts_with(begin))
    };
    let missing: Vec<String> = calls
        .iter()
        .filter(of_programs)
        .map(|call| format!("{} {}", call.method, call.path))
        .filter(|call| !named.contains(call))
        .collect();
    assert!(missing.is_empty(), "no document names {missing:?}");
}
