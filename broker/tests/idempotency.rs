//! A service that does not know whether its call arrived sends it again, and nobody is asked twice.

#![allow(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

mod parts;

use parts::{Running, Service, Site, login};
use sayso_protocol::problem::{Problem, ProblemType};
use sayso_protocol::service::Asked;
use serde_json::{Value, json};

const KEY: &str = "8e03978e-40d5-43dd-bc93-6894a57f9324";

async fn send(service: &Service, key: &str, body: &Value) -> reqwest::Response {
    let call = service.http.post(format!("{}/v1/requests", service.origin));
    let call = call.bearer_auth(&service.key).header("Idempotency-Key", key);
    call.json(body).send().await.unwrap()
}

async fn asked(service: &Service, key: &str) -> (String, String, i64) {
    let answer = send(service, key, &login("anna")).await;
    assert_eq!(answer.status(), 201);
    let Asked { id, login_url, expires_at } = answer.json().await.unwrap();
    (id.to_string(), login_url, expires_at.0)
}

#[tokio::test]
async fn the_same_call_again_is_answered_alike_and_done_once_also_after_a_restart() {
    let Site { running, service, anna, store } = Site::start().await;
    let (one, two) = tokio::join!(asked(&service, KEY), asked(&service, KEY));
    assert_eq!(one, two);
    let (origin, now) = (running.origin.clone(), running.now());
    running.stop().await;
    let running = Running::start_at(store.path(), Some(&origin), now).await;
    running.pass(120);
    assert_eq!(asked(&service, KEY).await, one);
    let (open, _) = anna.connect(running.now()).await.snapshot().await;
    assert_eq!(open.len(), 1, "one request was made");
    running.browser().code(&one.1).await;
    running.stop().await;
}

#[tokio::test]
async fn another_body_is_refused_and_another_key_service_or_day_is_another_call() {
    let store = tempfile::tempdir().unwrap();
    let running = Running::start(store.path(), None).await;
    let (bank, shop) = (running.service("Bank").await, running.service("Shop").await);
    let first = asked(&bank, KEY).await;
    let mut other = login("anna");
    other["state"] = json!("another");
    let refused = send(&bank, KEY, &other).await;
    assert_eq!(refused.status(), 422);
    assert_eq!(refused.json::<Problem>().await.unwrap().kind, ProblemType::IdempotencyKey);
    assert_ne!(asked(&shop, KEY).await.1, first.1);
    assert_ne!(asked(&bank, "another").await.0, first.0);
    running.pass(24 * 3600 - 1);
    assert_eq!(asked(&bank, KEY).await, first);
    running.pass(1);
    assert_ne!(asked(&bank, KEY).await.0, first.0);
    running.stop().await;
}

#[tokio::test]
async fn a_call_that_was_refused_keeps_no_key_and_a_key_has_a_form() {
    let store = tempfile::tempdir().unwrap();
    let running = Running::start(store.path(), None).await;
    let bank = running.service("Bank").await;
    let mut elsewhere = login("anna");
    elsewhere["return_url"] = json!("https://elsewhere.example/");
    assert_eq!(send(&bank, KEY, &elsewhere).await.status(), 400);
    asked(&bank, KEY).await;
    for key in ["", "two words", &"x".repeat(256)] {
        assert_eq!(send(&bank, key, &login("anna")).await.status(), 400, "{key:?}");
    }
    running.stop().await;
}
