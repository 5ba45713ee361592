//! Calls that are wrong: each is refused as `problem+json`, and nothing comes of it.

mod parts;

use parts::{Running, Site, login};
use sayso_protocol::change::AccountSettings;
use sayso_protocol::problem::{MEDIA_TYPE, Problem, ProblemType};
use sayso_protocol::time::{BrokerTime, TimeAnswer};
use serde_json::{Value, json};

#[tokio::test]
async fn a_call_that_asks_wrongly_is_refused_with_what_to_do() {
    let store = tempfile::tempdir().unwrap();
    let running = Running::start(store.path(), None).await;
    let service = running.service("Bank").await;
    let with = |name: &str, value: Value| {
        let mut body = login("anna");
        body[name] = value;
        body
    };
    let wrong = [
        (json!([]), ProblemType::Malformed),
        (with("surprise", json!(1)), ProblemType::Malformed),
        (with("account", json!("An na")), ProblemType::Malformed),
        (with("action", json!({ "kind": "payment" })), ProblemType::Malformed),
        (with("action", json!({ "kind": "other" })), ProblemType::Malformed),
        (with("expires_in", json!(59)), ProblemType::Malformed),
        (with("expires_in", json!(601)), ProblemType::Malformed),
        (with("state", json!("x".repeat(513))), ProblemType::Malformed),
        (with("state", json!("a\r\nb")), ProblemType::Malformed),
        (with("return_url", json!("https://bank.example/back")), ProblemType::ReturnUrl),
        (with("return_url", json!(format!("{}/", parts::RETURN_URL))), ProblemType::ReturnUrl),
        (with("locale", json!("x".repeat(70_000))), ProblemType::TooLarge),
    ];
    for (body, kind) in wrong {
        let answer = service.post("/v1/requests", &body).await;
        assert_eq!(answer.headers()["content-type"], MEDIA_TYPE);
        let status = answer.status().as_u16();
        let problem: Problem = answer.json().await.unwrap();
        assert_eq!((problem.kind, problem.status), (kind, status), "{body}");
        assert!(!problem.title.is_empty() && !problem.detail.is_empty());
    }
    running.stop().await;
}

#[tokio::test]
async fn bodies_that_are_no_json_and_routes_that_are_none_are_refused() {
    let store = tempfile::tempdir().unwrap();
    let running = Running::start(store.path(), None).await;
    let service = running.service("Bank").await;
    for path in ["/v1/bindings", "/v1/approvers", "/v1/requests/x/decision"] {
        for body in ["", "{", "\u{0}", "{\"binding\":\"a.b.c\"}", "{\"decision\":\"..\"}"] {
            let call = service.http.post(format!("{}{path}", running.origin)).body(body);
            let answer = call.send().await.unwrap();
            assert!((400..500).contains(&answer.status().as_u16()), "{path} {body}");
            assert_eq!(answer.headers()["content-type"], MEDIA_TYPE);
        }
    }
    for path in ["/v1/nothing", "/v1/requests/not-an-id", "/v1/time", "/v1/time?nonce="] {
        let call = service.http.get(format!("{}{path}", running.origin));
        let answer = call.bearer_auth(&service.key).send().await.unwrap();
        assert!(matches!(answer.status().as_u16(), 400 | 404), "{path}");
        assert_eq!(answer.headers()["content-type"], MEDIA_TYPE);
    }
    running.stop().await;
}

#[tokio::test]
async fn a_service_is_known_by_its_key_alone_and_sees_its_own_requests() {
    let store = tempfile::tempdir().unwrap();
    let running = Running::start(store.path(), None).await;
    let (one, mut two) = (running.service("One").await, running.service("Two").await);
    let asked = one.ask("anna").await;
    let path = format!("{}/v1/requests/{}", running.origin, asked.id);
    let status = async |key: Option<&str>| {
        let call = one.http.get(&path);
        let call = key.map_or(one.http.get(&path), |key| call.bearer_auth(key));
        call.send().await.unwrap().status().as_u16()
    };
    assert_eq!(status(None).await, 401);
    assert_eq!(status(Some("sayso-key-wrong")).await, 401);
    assert_eq!(status(Some(&two.key)).await, 404);
    assert_eq!(status(Some(&one.key)).await, 200);
    two.key.push('x');
    assert_eq!(two.post("/v1/requests", &login("anna")).await.status(), 401);
    running.stop().await;
}

#[tokio::test]
async fn twenty_requests_wait_for_an_account_known_or_not_each_with_a_code_of_its_own() {
    let Site { running, service, store: _store, .. } = Site::start().await;
    let nobody = running.nobody(AccountSettings::default());
    for account in ["anna", &nobody] {
        let mut codes = std::collections::HashSet::new();
        for n in 1..=20 {
            let asked = service.asked_from(account, &format!("192.0.2.{n}")).await;
            codes.insert(running.browser().code(&asked.login_url).await);
        }
        assert_eq!(codes.len(), 20);
    }
    running.stop().await;
}

#[tokio::test]
async fn the_time_is_signed_for_who_asks() {
    let store = tempfile::tempdir().unwrap();
    let running = Running::start(store.path(), None).await;
    let answer = reqwest::get(format!("{}/v1/time?nonce=n-1", running.origin)).await.unwrap();
    let TimeAnswer { time } = answer.json().await.unwrap();
    let key = running.keys().await;
    let envelope = key.verify_at_any_time::<BrokerTime>(time.as_str()).unwrap();
    assert_eq!((envelope.aud.as_str(), envelope.iat), ("n-1", running.now()));
    assert_eq!(envelope.iss, running.origin);
    running.stop().await;
}
